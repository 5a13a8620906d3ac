import { resources } from '../api/schema/schema.ts'
import { scheme } from '../kinds/index.ts'
import { verbs } from './index.ts'
import { commandAt, GLOBAL_FLAGS, subCommand, type CommandSpec } from './surface.ts'

/** What completion may look up, at once and without traces: names as they are in the cluster now. */
export interface CompletionReads {
  /** Names of a resource's objects, in the namespace or of the whole cluster. */
  names(plural: string, namespace: string | undefined): readonly string[]
  /** Container names of a pod. */
  containers(pod: string, namespace: string): readonly string[]
  readonly namespace: string
  readonly files: readonly string[]
}

/** Commands that take TYPE NAME… or TYPE/NAME. */
const PATHS_WITH_OBJECTS = /^(get|describe|delete|edit|label|annotate|patch|scale|autoscale|wait|expose|rollout (status|history|undo|restart|pause|resume)|set (image|env|resources))$/
const ROLLABLE: readonly string[] = ['deployment', 'daemonset', 'statefulset']
const FORMATS: readonly string[] = ['json', 'yaml', 'name', 'wide', 'jsonpath=', 'custom-columns=', 'go-template=', 'kyaml']

/** Candidates for the last of `words` (which may be ''), sorted: commands, flags, kinds, names, namespaces, files. `words` begins after "kubectl". */
export function completeKubectl(reads: CompletionReads, words: readonly string[]): readonly string[] {
  const typed = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  const { command, args } = walk(before)
  const previous = before.at(-1) ?? ''
  const value = flagValue(reads, command, previous, args)
  const candidates = value ?? (typed.startsWith('-') ? flagWords(command) : wordsFor(reads, command, args, before))
  return [...new Set(candidates)].filter((c) => c.startsWith(typed)).sort()
}

function walk(words: readonly string[]): { readonly command: CommandSpec; readonly args: readonly string[] } {
  let command = commandAt('')!
  const args: string[] = []
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (word.startsWith('-')) {
      const spec = [...command.flags, ...GLOBAL_FLAGS].find((f) => word === `--${f.name}` || word === `-${f.short}`)
      if (spec && spec.type !== 'bool' && !spec.valueOptional) i++
      continue
    }
    const child = args.length === 0 ? subCommand(command, word) : undefined
    if (child) command = child
    else args.push(word)
  }
  return { command, args }
}

const flagWords = (command: CommandSpec): readonly string[] => [...command.flags, ...GLOBAL_FLAGS].map((f) => `--${f.name}`)

/** Candidates for the value of the flag that stands before; undefined where none waits for one. */
function flagValue(reads: CompletionReads, command: CommandSpec, previous: string, args: readonly string[]): readonly string[] | undefined {
  const spec = previous.startsWith('-') ? [...command.flags, ...GLOBAL_FLAGS].find((f) => previous === `--${f.name}` || (f.short !== '' && previous === `-${f.short}`)) : undefined
  if (!spec || spec.type === 'bool') return undefined
  switch (spec.name) {
    case 'namespace':
      return reads.names('namespaces', undefined)
    case 'output':
      return FORMATS
    case 'filename':
      return reads.files
    case 'container':
      return args[0] ? reads.containers(args[0].replace(/^pods?\//, ''), reads.namespace) : []
    case 'dry-run':
      return ['none', 'client', 'server']
    default:
      return spec.valueOptional ? undefined : []
  }
}

const namespaceOf = (words: readonly string[], preset: string): string => {
  const at = words.findIndex((w) => w === '-n' || w === '--namespace')
  const joined = words.find((w) => w.startsWith('--namespace='))
  return joined ? joined.slice('--namespace='.length) : at >= 0 ? (words[at + 1] ?? preset) : preset
}

function wordsFor(reads: CompletionReads, command: CommandSpec, args: readonly string[], before: readonly string[]): readonly string[] {
  const namespace = namespaceOf(before, reads.namespace)
  if (command.path === '') return verbs.map((v) => v.name)
  if (command.commands.length > 0 && args.length === 0) return command.commands
  const names = (type: string): readonly string[] => {
    const kind = scheme.resourceFor(type)
    return kind ? reads.names(kind.plural, kind.namespaced ? namespace : undefined) : []
  }
  if (command.path === 'logs' || command.path === 'exec') return args.length === 0 ? names('pods') : reads.containers(args[0]!, namespace)
  if (command.path === 'cordon' || command.path === 'uncordon' || command.path === 'drain') return names('nodes')
  if (command.path === 'taint') return args.length === 0 ? ['nodes'] : names('nodes')
  if (command.path === 'explain') return args.length === 0 ? kindWords() : []
  if (command.path === 'config use-context') return []
  if (!PATHS_WITH_OBJECTS.test(command.path)) return []
  if (args.length === 0) {
    const slashed = ['deployment', 'pod', 'service'].flatMap((t) => names(t).map((n) => `${t}/${n}`))
    if (command.path.startsWith('rollout')) return [...ROLLABLE, ...ROLLABLE.flatMap((t) => names(t).map((n) => `${t}/${n}`))]
    return [...kindWords(), ...slashed]
  }
  return args[0]!.includes('/') ? [] : names(args[0]!)
}

const kindWords = (): readonly string[] => resources().map((r) => r.plural)
