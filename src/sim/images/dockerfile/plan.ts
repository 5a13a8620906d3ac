import { hashText } from '../../engine/hash.ts'
import type { ImageConfig } from '../image.ts'
import { expandWord, type Dockerfile, type DockerfileFault, type Instruction } from './parse.ts'

/** What a base image brings: compressed sizes of its layers, bottom first, and its configuration. */
export interface BaseImage {
  readonly reference: string
  readonly digest: string
  readonly layers: readonly number[]
  readonly config: ImageConfig
}

/** Files of the build context by path ("app.py", "src/main.go"). */
export type BuildContext = Readonly<Record<string, string>>

/**
 * One step of a stage: what the instruction makes. `layer`: a new layer of files; `config`: a field of the image's configuration;
 * `base`: the layers of another image or stage; `none`: nothing that is left in the image (ARG).
 */
export interface BuildStep {
  readonly instruction: Instruction
  readonly makes: 'base' | 'layer' | 'config' | 'none'
  /** Which field of the configuration, e.g. "Cmd", with its new value as JSON. */
  readonly field?: string
  readonly value?: string
  /** RUN, COPY, ADD, WORKDIR with their words as they are carried out. */
  readonly words: readonly string[]
  /** Base: the sizes of its layers. COPY and ADD from the context: bytes copied. RUN: unknown until it is run. */
  readonly size?: number
  /** Equal keys, equal layers: what the build cache looks for. */
  readonly key: string
  /** The configuration after this step. */
  readonly config: ImageConfig
  /** Variables that RUN sees besides the environment: build arguments. */
  readonly buildArgs: Readonly<Record<string, string>>
}

export interface BuildStage {
  readonly name: string
  readonly index: number
  readonly base: BaseImage | { readonly stage: number } | 'scratch'
  readonly steps: readonly BuildStep[]
  /** Is it part of the way to the target? Others are skipped. */
  readonly needed: boolean
}

export interface BuildPlan {
  readonly stages: readonly BuildStage[]
  /** Index of the stage that becomes the image. */
  readonly target: number
  readonly faults: readonly DockerfileFault[]
}

export interface PlanOptions {
  /** Looks a base image up; undefined: there is none of that name. */
  readonly resolve: (name: string) => BaseImage | undefined
  readonly context?: BuildContext
  readonly args?: Readonly<Record<string, string>>
  readonly target?: string
}

interface State {
  config: ImageConfig
  shell: readonly string[]
  args: Record<string, string>
  key: string
  /** CMD stood in this stage already. */
  ownCmd: boolean
}

/** What each instruction of a Dockerfile makes: layers, fields of the configuration, and their keys in the cache. Nothing is run. */
export function layersOf(dockerfile: Dockerfile, { resolve, context = {}, args = {}, target }: PlanOptions): BuildPlan {
  const faults: DockerfileFault[] = [...dockerfile.faults]
  const stages: BuildStage[] = []
  const globals: Record<string, string> = { TARGETPLATFORM: 'linux/amd64', TARGETOS: 'linux', TARGETARCH: 'amd64', BUILDPLATFORM: 'linux/amd64' }
  let state: State | undefined
  let steps: BuildStep[] = []
  for (const instruction of dockerfile.instructions) {
    if (instruction.keyword === 'FROM') {
      const begun = beginStage(instruction, stages, globals, resolve, faults)
      if (!begun) return { stages, target: -1, faults }
      steps = [begun.step]
      state = begun.state
      stages.push({ ...begun.stage, steps })
    } else if (!state) {
      if (instruction.keyword === 'ARG') declare(instruction, globals, args, globals)
    } else steps.push(step(instruction, state, { globals, given: args, context, stages, resolve, faults }))
  }
  const goal = target === undefined ? stages.length - 1 : stages.findIndex((s, i) => s.name === target.toLowerCase() || String(i) === target)
  if (target !== undefined && goal < 0) faults.push({ line: 0, message: `target stage "${target}" could not be found` })
  return { stages: withNeeded(stages, goal), target: goal, faults }
}

function beginStage(instruction: Instruction, stages: readonly BuildStage[], globals: Readonly<Record<string, string>>, resolve: PlanOptions['resolve'], faults: DockerfileFault[]) {
  const { line, args } = instruction
  const name = expandWord(args[0] ?? '', globals)
  const index = stages.length
  const own = (args[2] ?? '').toLowerCase()
  if (name === '') {
    faults.push({ line, message: `base name (${args[0] ?? ''}) should not be blank` })
    return undefined
  }
  const earlier = stages.findIndex((s) => s.name !== '' && s.name === name.toLowerCase())
  const image = earlier >= 0 || name === 'scratch' ? undefined : resolve(name)
  if (earlier < 0 && name !== 'scratch' && !image) {
    faults.push({ line, message: `failed to resolve source metadata for ${name}: not found` })
    return undefined
  }
  const last = earlier >= 0 ? stages[earlier]!.steps.at(-1)! : undefined
  const config = last?.config ?? image?.config ?? {}
  const key = last?.key ?? (image ? image.digest : 'scratch')
  const base = earlier >= 0 ? { stage: earlier } : (image ?? ('scratch' as const))
  const size = image?.layers.reduce((sum, n) => sum + n, 0) ?? 0
  const step: BuildStep = { instruction, makes: 'base', words: [name], size, key, config, buildArgs: {} }
  return { stage: { name: own, index, base, needed: true }, step, state: { config, shell: ['/bin/sh', '-c'], args: {}, key, ownCmd: false } satisfies State }
}

function declare(instruction: Instruction, into: Record<string, string>, given: Readonly<Record<string, string>>, globals: Readonly<Record<string, string>>): void {
  for (const word of instruction.args) {
    const [name = '', value] = word.split(/=(.*)/s)
    const chosen = Object.hasOwn(given, name) ? given[name] : value !== undefined ? expandWord(value, into) : Object.hasOwn(globals, name) ? globals[name] : undefined
    if (chosen !== undefined) Object.defineProperty(into, name, { value: chosen, enumerable: true, configurable: true, writable: true })
  }
}

interface Around {
  readonly globals: Readonly<Record<string, string>>
  readonly given: Readonly<Record<string, string>>
  readonly context: BuildContext
  readonly stages: readonly BuildStage[]
  readonly resolve: PlanOptions['resolve']
  readonly faults: DockerfileFault[]
}

const variablesOf = ({ config, args }: State): Record<string, string> => ({ ...args, ...Object.fromEntries((config.env ?? []).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])) })

const keyed = (state: State, text: string): string => {
  let hex = ''
  for (let i = 0; i < 8; i++) hex += hashText(`${state.key}\n${text}`, i + 101).toString(16).padStart(8, '0')
  return `sha256:${hex}`
}

function step(instruction: Instruction, state: State, around: Around): BuildStep {
  const { keyword, args, form, heredocs, line } = instruction
  const variables = variablesOf(state)
  const plain = (): readonly string[] => args.map((word) => expandWord(word, variables))
  const made = (makes: BuildStep['makes'], words: readonly string[], more: Partial<BuildStep> = {}, cached = words.join(' ')): BuildStep => {
    if (makes !== 'none') state.key = keyed(state, `${keyword} ${cached}`)
    return { instruction, makes, words, key: state.key, config: state.config, buildArgs: { ...state.args }, ...more }
  }
  const config = (field: string, value: unknown, change: Partial<ImageConfig>): BuildStep => {
    state.config = { ...state.config, ...change }
    return made('config', plain(), { field, value: JSON.stringify(value) }, `${field}=${JSON.stringify(value)}`)
  }
  switch (keyword) {
    case 'RUN': {
      const script = heredocs.length > 0 && /^<<-?["']?\w+["']?$/.test(args[0] ?? '') ? heredocs[0]!.text : args[0]!
      const words = form === 'exec' ? args : [...state.shell, script]
      return made('layer', words, {}, `${words.join('\0')} ${JSON.stringify(state.args)} ${JSON.stringify(state.config.env ?? [])}`)
    }
    case 'COPY':
    case 'ADD': {
      const words = plain()
      const from = instruction.flags['from']
      if (from !== undefined) {
        const stage = around.stages.findIndex((s, i) => s.name === from.toLowerCase() || String(i) === from)
        const known = stage >= 0 ? around.stages[stage]!.steps.at(-1)!.key : around.resolve(from)?.digest
        if (known === undefined || stage === around.stages.length - 1) around.faults.push({ line, message: `failed to resolve source metadata for ${from}: not found` })
        return made('layer', words, {}, `${known} ${words.join(' ')}`)
      }
      const found = words.slice(0, -1).flatMap((source) => (source.startsWith('<<') ? heredocs.filter((h) => source.includes(h.name)).map((h): [string, string] => [h.name, h.text]) : isRemote(source) ? [] : matching(around.context, source)))
      for (const source of words.slice(0, -1)) if (!source.startsWith('<<') && !isRemote(source) && matching(around.context, source).length === 0) around.faults.push({ line, message: `failed to calculate checksum of ref: "/${source.replace(/^\.?\/+/, '')}": not found` })
      return made('layer', words, { size: found.reduce((sum, [, text]) => sum + text.length, 0) }, `${words.join(' ')} ${found.map(([name, text]) => `${name} ${hashText(text)} ${hashText(text, 7)}`).join(' ')}`)
    }
    case 'WORKDIR': {
      const dir = expandWord(args[0]!, variables)
      const whole = dir.startsWith('/') ? dir : `${state.config.workingDir ?? ''}/${dir}`
      state.config = { ...state.config, workingDir: whole.replace(/\/+/g, '/').replace(/(.)\/$/, '$1') }
      // The folder is made where it is missing: a layer, mostly an empty one.
      return made('layer', [state.config.workingDir!], { field: 'WorkingDir', value: JSON.stringify(state.config.workingDir), size: 0 })
    }
    case 'ENV': {
      const env = new Map((state.config.env ?? []).map((l): [string, string] => [l.slice(0, l.indexOf('=')), l.slice(l.indexOf('=') + 1)]))
      for (const word of args) env.set(word.slice(0, word.indexOf('=')), expandWord(word.slice(word.indexOf('=') + 1), variables))
      const lines = [...env].map(([name, value]) => `${name}=${value}`)
      return config('Env', lines, { env: lines })
    }
    case 'LABEL': {
      const labels = { ...state.config.labels, ...Object.fromEntries(args.map((word): [string, string] => [expandWord(word.slice(0, word.indexOf('=')), variables), expandWord(word.slice(word.indexOf('=') + 1), variables)])) }
      return config('Labels', labels, { labels })
    }
    case 'MAINTAINER':
      return config('Author', args[0], {})
    case 'CMD':
    case 'ENTRYPOINT': {
      const list = form === 'exec' ? args : [...state.shell, args[0] ?? '']
      state.ownCmd ||= keyword === 'CMD'
      // A new entry point takes the base's command away (BuildKit: dispatchEntrypoint).
      return keyword === 'CMD' ? config('Cmd', list, { cmd: list }) : config('Entrypoint', list, { entrypoint: list, ...(state.ownCmd ? {} : { cmd: [] }) })
    }
    case 'EXPOSE': {
      const ports = plain().map((p) => (p.includes('/') ? p : `${p}/tcp`))
      const all = [...new Set([...(state.config.exposedPorts ?? []), ...ports])]
      return config('ExposedPorts', all, { exposedPorts: all })
    }
    case 'VOLUME': {
      const all = [...new Set([...(state.config.volumes ?? []), ...plain()])]
      return config('Volumes', all, { volumes: all })
    }
    case 'USER':
      return config('User', expandWord(args[0]!, variables), { user: expandWord(args[0]!, variables) })
    case 'STOPSIGNAL':
      return config('StopSignal', plain()[0], { stopSignal: plain()[0] })
    case 'SHELL':
      state.shell = args
      return config('Shell', args, {})
    case 'HEALTHCHECK':
      return config('Healthcheck', args, {})
    case 'ONBUILD':
      return config('OnBuild', args, {})
    case 'ARG':
      declare(instruction, state.args, around.given, around.globals)
      return made('none', plain())
    case 'FROM':
      return made('none', [])
  }
}

const isRemote = (source: string): boolean => /^(https?|ftp|git):\/\//.test(source)

/** Files of the context that a source of COPY means: a file, all of a folder, or a pattern. */
export function matching(context: BuildContext, source: string): readonly [string, string][] {
  const plain = source.replace(/^(\.?\/)+/, '').replace(/\/+$/, '')
  const names = Object.keys(context).sort()
  if (plain === '' || plain === '.') return names.map((name) => [name, context[name]!])
  const pattern = new RegExp(`^${plain.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*').replaceAll('?', '[^/]')}(/.*)?$`)
  return names.filter((name) => pattern.test(name)).map((name) => [name, context[name]!])
}

/** Stages that the target needs: those it stands on and those it copies from. */
function withNeeded(stages: readonly BuildStage[], target: number): readonly BuildStage[] {
  const needed = new Set<number>()
  const visit = (index: number): void => {
    const stage = stages[index]
    if (!stage || needed.has(index)) return
    needed.add(index)
    if (typeof stage.base === 'object' && 'stage' in stage.base) visit(stage.base.stage)
    for (const { instruction } of stage.steps) {
      const from = instruction.flags['from']
      if (from !== undefined) visit(stages.findIndex((s, i) => i < index && (s.name === from.toLowerCase() || String(i) === from)))
    }
  }
  visit(target)
  return stages.map((stage) => ({ ...stage, needed: needed.has(stage.index) }))
}

