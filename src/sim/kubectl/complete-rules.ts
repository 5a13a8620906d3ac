import { preferredKinds } from './preferred-kinds.ts'
import { discovery } from './discovery.ts'
import { commandAt, GLOBAL_FLAGS, subCommand, type CommandSpec, type FlagSpec } from './surface.ts'
import { REQUIRED } from './required.ts'
import { resourceName } from './resources.ts'

/** What completion may look up: names as they are in the cluster now. */
export interface CompletionReads {
  /** Names of a resource's objects, in the namespace or of the whole cluster. */
  names(plural: string, namespace: string | undefined): readonly string[]
  /** Container names of a pod. */
  containers(pod: string, namespace: string): readonly string[]
  readonly namespace: string
  readonly files: readonly string[]
  readonly contexts?: readonly string[]
  readonly clusters?: readonly string[]
  readonly users?: readonly string[]
}

/** Bits of cobra's ShellCompDirective. */
export const FILES = 0
export const NO_SPACE = 2
export const NO_FILES = 4

/** Candidates in kubectl's order, and what the shell shall do about files. */
export interface Completed {
  readonly candidates: readonly string[]
  readonly directive: number
  /** The first word is no command. */
  readonly unknown?: boolean
}

const POD_HOLDERS: readonly string[] = ['daemonsets', 'deployments', 'pods', 'jobs', 'replicasets', 'replicationcontrollers', 'services', 'statefulsets']
const ANY_OBJECT: ReadonlySet<string> = new Set(['get', 'describe', 'delete', 'edit', 'label', 'annotate', 'patch', 'apply view-last-applied', 'apply edit-last-applied'])
const ROLLABLE = ['deployment', 'daemonset', 'statefulset']
/** Commands that take only some kinds. */
const SOME_KINDS: Readonly<Record<string, readonly string[]>> = {
  'rollout status': ROLLABLE, 'rollout history': ROLLABLE, 'rollout undo': ROLLABLE, 'rollout restart': ROLLABLE, 'rollout pause': ['deployment'], 'rollout resume': ['deployment'],
  scale: ['deployment', 'replicaset', 'replicationcontroller', 'statefulset'], autoscale: ['deployment', 'replicaset', 'replicationcontroller', 'statefulset'],
  expose: ['pod', 'service', 'replicationcontroller', 'deployment', 'replicaset'], taint: ['node'],
}
const RUNS_ALONE: ReadonlySet<string> = new Set(['apply', 'create', 'cluster-info'])
const ONE_NAME: Readonly<Record<string, string>> = { cordon: 'nodes', uncordon: 'nodes', drain: 'nodes', 'top node': 'nodes', 'top pod': 'pods' }
const FORMATS: readonly string[] = ['json', 'yaml', 'kyaml', 'name', 'go-template', 'go-template-file', 'template', 'templatefile', 'jsonpath', 'jsonpath-as-json', 'jsonpath-file']
const GET_FORMATS: readonly string[] = [...FORMATS, 'custom-columns', 'custom-columns-file', 'wide']

interface Walk {
  readonly command: CommandSpec
  readonly args: readonly string[]
  readonly given: ReadonlySet<string>
  readonly namespace: string | undefined
  /** The flag whose value the last word is. */
  readonly awaits: FlagSpec | undefined
  readonly unknown: boolean
}

const specOf = (command: CommandSpec, word: string): FlagSpec | undefined => [...command.flags, ...GLOBAL_FLAGS].find((f) => word === `--${f.name}` || (f.short !== '' && word === `-${f.short}`))
const standsAlone = (spec: FlagSpec): boolean => spec.type === 'bool' || spec.valueOptional

function walk(words: readonly string[]): Walk {
  let command = commandAt('')!
  let namespace: string | undefined
  const args: string[] = []
  const given = new Set<string>()
  let awaits: FlagSpec | undefined
  for (const word of words) {
    if (awaits) {
      if (awaits.name === 'namespace') namespace = word
      awaits = undefined
      continue
    }
    if (word.startsWith('-') && word !== '-') {
      const eq = word.indexOf('=')
      const spec = specOf(command, eq < 0 ? word : word.slice(0, eq))
      if (spec) given.add(spec.name)
      if (spec?.name === 'namespace' && eq > 0) namespace = word.slice(eq + 1)
      if (spec && eq < 0 && !standsAlone(spec)) awaits = spec
      continue
    }
    const child = args.length === 0 ? subCommand(command, word) : undefined
    if (child) command = child
    else args.push(word)
  }
  return { command, args, given, namespace, awaits, unknown: command.path === '' && args.length > 0 }
}

/** What kubectl proposes for the last of `words` (which may be ''); `words` begins after "kubectl" (cobra: completions.go; kubectl: util/completion). */
export function completionsOf(reads: CompletionReads, words: readonly string[]): Completed {
  const typed = words.at(-1) ?? ''
  const at = walk(words.slice(0, -1))
  if (at.unknown) return { candidates: [], directive: FILES, unknown: true }
  if (at.awaits) return flagValues(reads, at.command, at.awaits, typed)
  const eq = typed.startsWith('--') ? typed.indexOf('=') : -1
  const spec = eq > 0 ? specOf(at.command, typed.slice(0, eq)) : undefined
  if (spec) return flagValues(reads, at.command, spec, typed.slice(eq + 1))
  if (typed.startsWith('-')) return { candidates: flagWords(at.command, typed), directive: NO_FILES }
  const made = positional(reads, at, typed)
  const required = at.command.commands.length > 0 ? [] : (REQUIRED[at.command.path] ?? []).filter((name) => !at.given.has(name)).map((name) => `--${name}`)
  return { candidates: [...required, ...made.candidates].filter((c) => c.startsWith(typed)), directive: made.directive }
}

function flagWords(command: CommandSpec, typed: string): readonly string[] {
  const words = (f: FlagSpec): readonly string[] => [`--${f.name}`, ...(f.short ? [`-${f.short}`] : [])]
  const sorted = (flags: readonly FlagSpec[]): readonly FlagSpec[] => [...flags].sort((a, b) => (a.name < b.name ? -1 : 1))
  return [...sorted(GLOBAL_FLAGS), ...sorted(command.flags)].flatMap(words).filter((w) => w.startsWith(typed))
}

function flagValues(reads: CompletionReads, command: CommandSpec, { name }: FlagSpec, typed: string): Completed {
  const only = (values: readonly string[]): Completed => ({ candidates: values.filter((v) => v.startsWith(typed)), directive: NO_FILES })
  switch (name) {
    case 'namespace':
      return only(reads.names('namespaces', undefined))
    case 'context':
      return only([...(reads.contexts ?? [])].sort().reverse())
    case 'cluster':
      return only(reads.clusters ?? [])
    case 'user':
      return command.path.startsWith('create') ? { candidates: [], directive: FILES } : only(reads.users ?? [])
    case 'output':
      if (command.path === 'get') return only(GET_FORMATS)
      return command.flags.some((f) => f.name === 'template') ? only(FORMATS) : { candidates: [], directive: FILES }
    default:
      return { candidates: [], directive: FILES }
  }
}

/** Kinds that can be read, as api-resources names them. */
const kindWords = (): readonly string[] => preferredKinds().filter((k) => k.verbs.includes('get') && !k.addOn).map(resourceName)

function positional(reads: CompletionReads, { command, args, given, namespace = reads.namespace }: Walk, typed: string): Completed {
  const none: Completed = { candidates: [], directive: FILES }
  const only = (candidates: readonly string[], more = 0): Completed => ({ candidates, directive: NO_FILES | more })
  // A flag behind a command that can stand alone means that no sub-command will follow.
  if (command.commands.length > 0 && args.length === 0 && !(RUNS_ALONE.has(command.path) && given.size > 0)) return only([...command.commands, ...(command.path === '' ? ['help'] : [])].sort())
  const names = (type: string): readonly string[] => {
    const kind = discovery.resourceFor(type)
    return kind ? reads.names(kind.plural, kind.namespaced ? namespace : undefined) : []
  }
  const slashed = (text: string): readonly string[] => names(text.slice(0, text.indexOf('/'))).map((n) => `${text.slice(0, text.indexOf('/'))}/${n}`)
  const { path } = command
  const some = SOME_KINDS[path]
  if (ANY_OBJECT.has(path) || some) {
    if (args.length === 0) return only(typed.includes('/') ? slashed(typed) : (some ?? kindWords()))
    if (args[0]!.includes('/')) return path.startsWith('rollout') ? only([]) : only(typed.includes('/') ? slashed(typed).filter((w) => !args.includes(w)) : [])
    if (path.startsWith('rollout') && args.length > 1) return only([])
    return only(names(args[0]!).filter((n) => !args.slice(1).includes(n)))
  }
  if (path === 'logs' || path === 'attach' || path === 'exec' || path === 'port-forward') {
    if (args.length === 0) {
      if (typed.includes('/')) return only(slashed(typed))
      const pods = names('pods').filter((n) => n.startsWith(typed))
      return only([...pods, ...POD_HOLDERS.map((h) => `${h}/`)], pods.length === 0 ? NO_SPACE : 0)
    }
    return args.length === 1 && (path === 'logs' || path === 'attach') ? only(reads.containers(args[0]!.replace(/^pods?\//, ''), namespace)) : only([])
  }
  const single = ONE_NAME[path]
  if (single) return only(names(single).filter((n) => !args.includes(n)))
  if (path === 'config use-context' || path === 'config delete-context' || path === 'config rename-context' || path === 'config set-context') return only(args.length === 0 ? [...(reads.contexts ?? [])].sort() : [])
  if (path === 'config delete-cluster' || path === 'config set-cluster') return only(args.length === 0 ? (reads.clusters ?? []) : [])
  if (path === 'config delete-user' || path === 'config set-credentials') return only(args.length === 0 ? (reads.users ?? []) : [])
  if (path === 'completion') return only(['bash', 'zsh', 'fish', 'powershell'])
  return none
}
