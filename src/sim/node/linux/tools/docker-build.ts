import { parseImageName } from '../../../api/image-name.ts'
import { layersOf, matching, parseDockerfile, type BuildPlan, type BuildStep } from '../../../images/dockerfile/index.ts'
import { failed } from '../errno.ts'
import { existing } from '../files.ts'
import { directory, file, lookUp, namesOf, normalize, treeSize, withPath, type FsNode } from '../fs.ts'
import type { HostState } from '../host.ts'
import type { Descriptor } from '../machine.ts'
import { withContainerMade, type ContainerConfig } from '../container.ts'
import { DEFAULT_PATH, startProgram } from '../programs.ts'
import { daemonSays, digestOf } from './docker-state.ts'
import { options, type ToolContext } from './context.ts'

interface Layer {
  readonly createdBy: string
  readonly size: number
  readonly at: number
}

/** How far a build has come: the tree after each stage lies in the kernel's roots under `build:<stage>`. */
interface Progress {
  readonly stage: number
  readonly step: number
  /** The process that carries a RUN out. */
  readonly child?: number
  readonly layers: Readonly<Record<string, readonly Layer[]>>
  readonly count: number
}

const MOST_CONTEXT = 4 << 20
const CONTAINER = 'docker:build'

/** Files under the context folder as texts, without what .dockerignore names. */
function contextOf(c: ToolContext, path: string): Readonly<Record<string, string>> | string {
  const place = existing(c.files, path)
  if (failed(place) || place.node.t !== 'd') return `unable to prepare context: path "${path}" not found`
  const found: [string, string][] = []
  let size = 0
  const walk = (dir: string, name: string): void => {
    const here = existing(c.files, dir)
    if (failed(here) || size > MOST_CONTEXT) return
    if (here.node.t === 'f') {
      found.push([name, here.node.data])
      size += here.node.data.length
    } else if (here.node.t === 'd') for (const child of Object.keys(here.node.entries).sort()) walk(`${dir}/${child}`, name === '' ? child : `${name}/${child}`)
  }
  walk(place.path === '/' ? '' : place.path, '')
  const ignore = (found.find(([name]) => name === '.dockerignore')?.[1] ?? '').split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('!'))
  const kept = found.filter(([name]) => !ignore.some((line) => matching({ [name]: '' }, line).length > 0))
  return Object.fromEntries(kept)
}

/** docker build: the steps of a Dockerfile in order, RUN as processes of a container that goes with its step. */
export function build(c: ToolContext, host: HostState, args: readonly string[]): number | undefined {
  const { values, rest } = options(args.flatMap((word) => (word.startsWith('--tag') || word.startsWith('--file') || word.startsWith('--build-arg') ? long(word) : [word])), 'tfa')
  if (rest.length !== 1) {
    c.err("docker: 'docker build' requires 1 argument\n\nUsage:  docker build [OPTIONS] PATH | URL | -\n\nRun 'docker build --help' for more information\n")
    return 1
  }
  const context = contextOf(c, rest[0]!)
  if (typeof context === 'string') return fail(c, context)
  const dockerfile = c.state['dockerfile'] as string | undefined ?? textOf(c, values.get('f') ?? `${rest[0]!}/Dockerfile`)
  if (dockerfile === undefined) return fail(c, `failed to solve: failed to read dockerfile: open ${values.get('f') ?? 'Dockerfile'}: no such file or directory`)
  c.keep({ dockerfile })
  const target = values.get('t')
  const parsed = parseDockerfile(dockerfile)
  const bases = parsed.instructions.filter((i) => i.keyword === 'FROM').map((i) => i.args[0]!).filter((name) => name !== 'scratch' && parseImageName(name) && !host.image(name))
  const missing = bases.find((name) => !parsed.instructions.some((i) => i.keyword === 'FROM' && i.args[2] === name) && !((c.state['pulled'] as readonly string[] | undefined) ?? []).includes(name))
  if (missing !== undefined) return fetchBase(c, missing)
  const buildArgs = Object.fromEntries(args.flatMap((word, i) => (word === '--build-arg' ? [args[i + 1] ?? ''] : word.startsWith('--build-arg=') ? [word.slice(12)] : [])).map((word) => [word.split('=')[0]!, word.slice(word.indexOf('=') + 1)]))
  const plan = layersOf(parsed, { context, args: buildArgs, resolve: (name) => {
    const image = host.image(name)
    return image && { reference: image.reference, digest: image.digest, layers: image.history.map((h) => h.size), config: image.config }
  } })
  const fault = plan.faults[0]
  if (fault) return fail(c, `failed to solve: ${fault.line > 0 && /unknown instruction|requires|no build stage|Syntax/.test(fault.message) ? `dockerfile parse error on line ${fault.line}: ` : ''}${fault.message}`)
  return proceed(c, host, plan, context, target)
}

const long = (word: string): readonly string[] => {
  const [name = '', value] = word.split(/=(.*)/s)
  const letter = { '--tag': '-t', '--file': '-f', '--build-arg': '-a' }[name] ?? name
  return value === undefined ? [letter] : [letter, value]
}

const fail = (c: ToolContext, text: string): number => {
  c.err(`ERROR: ${text}\n`)
  return 1
}

function textOf(c: ToolContext, path: string): string | undefined {
  const place = existing(c.files, path)
  return failed(place) || place.node.t !== 'f' ? undefined : place.node.data
}

function fetchBase(c: ToolContext, name: string): number | undefined {
  const answer = c.askNode({ do: 'pull', image: name })
  if (!answer) return undefined
  if (!answer.ok) return fail(c, `failed to solve: ${name}: ${answer.body}`)
  c.keep({ answer: undefined, pulled: [...((c.state['pulled'] as readonly string[] | undefined) ?? []), name] })
  return c.sleepUntil(c.now + 1)
}

function proceed(c: ToolContext, host: HostState, plan: BuildPlan, context: Readonly<Record<string, string>>, tag: string | undefined): number | undefined {
  let at = (c.state['progress'] as Progress | undefined) ?? { stage: 0, step: 0, layers: {}, count: 0 }
  for (;;) {
    const stage = plan.stages[at.stage]
    if (!stage) return finish(c, plan, at, tag)
    const step = stage.needed ? stage.steps[at.step] : undefined
    if (!step) {
      at = { ...at, stage: at.stage + 1, step: 0 }
      continue
    }
    const key = `build:${at.stage}`
    if (at.child !== undefined) {
      const code = c.kernel.containers[CONTAINER]?.ended?.code ?? c.kernel.reap(at.child) ?? 0
      const before = c.kernel.roots[key]!
      const after = c.kernel.roots[`root:${CONTAINER}`] ?? before
      delete c.kernel.containers[CONTAINER]
      if (code !== 0) return fail(c, `failed to solve: process ${JSON.stringify(step.words.join(' '))} did not complete successfully: exit code: ${code}`)
      c.kernel.roots[key] = after
      at = done(c, at, step, Math.max(0, treeSize(after) - treeSize(before)))
      continue
    }
    c.err(`#${at.count + 1} [${stage.name || `stage-${at.stage}`} ${at.step + 1}/${stage.steps.length}] ${step.instruction.text}\n`)
    if (step.instruction.keyword === 'RUN') {
      const child = runStep(c, step, c.kernel.roots[key]!)
      if (typeof child === 'string') return fail(c, child)
      c.keep({ progress: { ...at, child } satisfies Progress })
      return c.wait({ for: 'child', ids: [child] })
    }
    if (step.makes === 'base') {
      const { base } = stage
      c.kernel.roots[key] = base === 'scratch' ? directory({}, 0o755, c.now) : 'stage' in base ? c.kernel.roots[`build:${base.stage}`]! : host.image(base.reference)!.root
      const layers = base === 'scratch' ? [] : 'stage' in base ? (at.layers[String(base.stage)] ?? []) : host.image(base.reference)!.history
      at = { ...at, step: at.step + 1, count: at.count + 1, layers: { ...at.layers, [String(at.stage)]: layers } }
      continue
    }
    const before = c.kernel.roots[key]!
    const after = filesOf(c, plan, step, before, context, host)
    if (typeof after === 'string') return fail(c, after)
    c.kernel.roots[key] = after
    at = done(c, at, step, after === before ? 0 : Math.max(0, treeSize(after) - treeSize(before)))
  }
}

function done(c: ToolContext, at: Progress, step: BuildStep, size: number): Progress {
  c.err(`#${at.count + 1} DONE 0.1s\n`)
  const createdBy = `${step.instruction.keyword} ${step.instruction.keyword === 'RUN' ? step.words.join(' ') : step.value ?? step.words.join(' ')} # buildkit`
  const key = String(at.stage)
  const { child: _ended, ...rest } = at
  return { ...rest, step: at.step + 1, count: at.count + 1, layers: step.makes === 'none' ? at.layers : { ...at.layers, [key]: [...(at.layers[key] ?? []), { createdBy, size, at: c.now }] } }
}

/** Starts the command of a RUN in a container of its own; gives back its process. */
function runStep(c: ToolContext, step: BuildStep, root: FsNode): number | string {
  const env = { PATH: DEFAULT_PATH, HOME: '/root', ...step.buildArgs, ...Object.fromEntries((step.config.env ?? []).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])) }
  const config: ContainerConfig = {
    name: CONTAINER, id: digestOf(step.key), argv: step.words, env, cwd: step.config.workingDir ?? '/', user: { uid: 0, gid: 0, groups: [0] }, root, mounts: [], readOnlyRoot: false, milliCpuRequest: 1000, milliCpuLimit: 0, oomScore: 0, oomGroup: false, capabilities: 0xa80425fb, noNewPrivileges: false,
    seccomp: true, privileged: false, cgroup: '/system.slice/docker-build.scope', cgroups: c.kernel.setting.cgroups, ports: [], terminationPath: '', layers: 30,
  }
  const made = withContainerMade({ ...c.kernel.machine, now: c.now, containers: {}, roots: {} }, config)
  c.kernel.containers[CONTAINER] = made.containers[CONTAINER]!
  for (const [fs, tree] of Object.entries(made.roots)) if (fs !== 'cgroup-root') c.kernel.roots[fs] = tree
  const probe = { ...c.task, container: CONTAINER, cwd: config.cwd, env }
  delete probe.view
  const program = startProgram(c.kernel, probe, step.words, env)
  if (typeof program === 'string') return `failed to solve: process ${JSON.stringify(step.words.join(' '))} did not complete successfully: exit code: 127`
  const err = c.task.fds[2]
  const told: Descriptor = err?.k === 'log' ? { ...err, of: err.of ?? c.task.container } : (err ?? { k: 'null' })
  const task = c.kernel.spawn(undefined, { container: CONTAINER, user: config.user, cwd: config.cwd, env, fds: { 0: { k: 'null' }, 1: told, 2: told }, ...program, at: c.now })
  if (!task) return "can't fork: Resource temporarily unavailable"
  task.view = { network: { kind: 'own', ip: '172.17.0.254' }, hostname: 'buildkitsandbox' }
  c.kernel.containers[CONTAINER] = { ...c.kernel.containers[CONTAINER]!, main: task.id }
  return task.id
}

/** What COPY, ADD and WORKDIR make of a tree. */
function filesOf(c: ToolContext, plan: BuildPlan, step: BuildStep, root: FsNode, context: Readonly<Record<string, string>>, host: HostState): FsNode | string {
  const { instruction: { keyword, flags, heredocs }, words } = step
  if (keyword === 'WORKDIR') return lookUp(root, namesOf(words[0]!)) ? root : withPath(root, words[0]!, directory({}, 0o755, c.now), c.now)
  if (keyword !== 'COPY' && keyword !== 'ADD') return root
  const target = normalize(words.at(-1)!, step.config.workingDir ?? '/')
  const sources = words.slice(0, -1)
  const [uid = 0, gid = uid] = (flags['chown'] ?? '').split(':').map((n) => Number(n) || 0)
  const isFolder = words.at(-1)!.endsWith('/') || sources.length > 1 || lookUp(root, namesOf(target))?.t === 'd'
  let tree = root
  const put = (path: string, node: FsNode): void => {
    tree = withPath(tree, path, node, c.now)
  }
  if (flags['from'] !== undefined) {
    const from = flags['from'].toLowerCase()
    const stage = plan.stages.findIndex((s, i) => s.name === from || String(i) === from)
    const other = stage >= 0 ? c.kernel.roots[`build:${stage}`] : host.image(flags['from'])?.root
    for (const source of sources) {
      const node = other && lookUp(other, namesOf(source))
      if (!node) return `failed to solve: failed to calculate checksum of ref: "${source}": not found`
      if (node.t === 'd') for (const [name, child] of Object.entries(node.entries)) put(`${target}/${name}`, child)
      else put(isFolder ? `${target}/${namesOf(source).at(-1)!}` : target, node)
    }
    return tree
  }
  for (const source of sources) {
    const text = source.startsWith('<<') ? heredocs.find((h) => source.includes(h.name)) : undefined
    if (text) {
      put(isFolder ? `${target}/${text.name}` : target, file(text.text, 0o644, c.now, uid, gid))
      continue
    }
    if (/^https?:/.test(source)) return `failed to solve: ADD of ${source}: the world outside is not modelled here`
    const plain = source.replace(/^(\.?\/)+/, '').replace(/\/+$/, '')
    for (const [name, data] of matching(context, source)) {
      const isFile = name === plain || (/[*?]/.test(plain) && !name.slice(plain.split('/').slice(0, -1).join('/').length + 1).includes('/'))
      const path = isFile ? (isFolder ? `${target}/${name.split('/').at(-1)!}` : target) : `${target}/${plain === '' || plain === '.' ? name : name.slice(plain.length + 1)}`
      put(path, file(data, Number.parseInt(flags['chmod'] ?? '', 8) || (data.startsWith('#!') ? 0o755 : 0o644), c.now, uid, gid))
    }
  }
  return tree
}

function finish(c: ToolContext, plan: BuildPlan, at: Progress, tag: string | undefined): number {
  const stage = plan.stages[plan.target]!
  const last = stage.steps.at(-1)!
  const digest = `sha256:${digestOf(`${last.key} ${treeSize(c.kernel.roots[`build:${plan.target}`]!)}`)}`
  const name = tag ?? `build:${digest.slice(7, 19)}`
  const parsed = parseImageName(name)
  if (!parsed) return daemonSays(c, `invalid tag "${name}": invalid reference format`)
  const reference = `${parsed.repository}:${parsed.tag}`
  const fs = `image:${digest.slice(7, 19)}`
  c.kernel.roots[fs] = c.kernel.roots[`build:${plan.target}`]!
  for (const { index } of plan.stages) delete c.kernel.roots[`build:${index}`]
  c.kernel.tell(c.task, { do: 'store-image', reference, digest, fs, config: last.config, history: at.layers[String(plan.target)] ?? [] })
  c.err(`#${at.count + 1} exporting to image\n#${at.count + 1} writing image ${digest} done\n#${at.count + 1} naming to ${reference} done\n`)
  return 0
}
