import type { KubectlContext, Verb } from './context.ts'
import { Failure } from './failure.ts'
import { connect } from './connection.ts'
import { parseFlags, Flags, type Parsed } from './flags.ts'
import { globalOptions, helpText } from './help.ts'
import { verbs } from './index.ts'
import { configOf, contextNamed } from './kubeconfig.ts'
import { withPreferences } from './preferring.ts'
import { REQUIRED } from './required.ts'
import { answerShell } from './complete-shell.ts'
import { commandAt, DEPRECATED, gatedFlags, GLOBAL_FLAGS, subCommand, type CommandSpec } from './surface.ts'
import { suggestions } from './suggestions.ts'

/** Runs one kubectl command line (without the word kubectl) and gives its exit code. */
export function runKubectl(ctx: KubectlContext, argv: readonly string[]): number {
  try {
    return dispatch(ctx, withPreferences(ctx, argv))
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
    ctx.err(thrown.text === '' || thrown.text.endsWith('\n') ? thrown.text : `${thrown.text}\n`)
    return thrown.code
  }
}

function dispatch(ctx: KubectlContext, argv: readonly string[]): number {
  if (argv[0] === '__complete' || argv[0] === '__completeNoDesc') return complete(ctx, argv.slice(1))
  const { command, rest, unknown } = findCommand(argv)
  if (command.path === '' && unknown !== undefined && unknown !== 'help' && unknown !== 'options') throw new Failure(unknownCommand(unknown))
  if (unknown === 'help' && command.path === '') return help(ctx, rest.filter((w) => w !== 'help'))
  if (command.path === '' && unknown === 'options') {
    ctx.out(globalOptions())
    return 0
  }
  const old = Object.values(DEPRECATED[command.path] ?? {})
  const parsed = parseFlags(rest, [...GLOBAL_FLAGS, ...command.flags, ...gatedFlags(command.path, ctx.env), ...old.map((d) => d.spec)], command.path)
  for (const { spec, said } of old) if (parsed.flags.given(spec.name)) ctx.err(`Flag --${spec.name} has been deprecated, ${said}\n`)
  if (parsed.flags.bool('help')) return help(ctx, command.path ? command.path.split(' ') : [])
  if (command.path === '') return help(ctx, [])
  checkRequired(command.path, parsed.flags)
  const path = command.path.split(' ')
  const verb = verbs.find((v) => v.name === path[0])
  if (!verb) throw new Failure(`error: kubectl ${command.path} is not modelled here`)
  return finish(ctx, verb, parsed, command)
}

/** Completion knows the flags that stand before the word to be completed, as far as they can be read. */
function complete(ctx: KubectlContext, words: readonly string[]): number {
  const flags = new Flags(new Map(GLOBAL_FLAGS.map((f) => [f.name, f])))
  for (const word of words.slice(0, -1)) {
    const found = /^--(context|kubeconfig|user|cluster|as)=(.*)$/.exec(word)
    if (found) flags.add(found[1]!, found[2]!)
  }
  const parsed: Parsed = { args: [], dash: -1, flags }
  const config = configOf(ctx, parsed)
  ctx.connect(() => connect(ctx, parsed, config))
  const namespace = contextNamed(config, flags.text('context') || config.currentContext)?.namespace ?? 'default'
  return answerShell(ctx, { ...parsed, path: ['__complete'], namespace, namespaceGiven: false }, words)
}

function finish(ctx: KubectlContext, verb: Verb, parsed: Parsed, command: CommandSpec): number {
  const { flags, args, dash } = parsed
  const path = command.path.split(' ')
  // A command's own flag hides the global one of its name: `create rolebinding --user`, `debug --profile`.
  const hidden = command.flags.map((f) => f.name).filter((name) => name !== 'namespace' && GLOBAL_NAMES.has(name))
  const global = { flags: flags.without(hidden) }
  checkGlobals(global.flags)
  const config = path[0] === 'config' ? undefined : configOf(ctx, global)
  const context = config && contextNamed(config, global.flags.text('context') || config.currentContext)
  const namespace = flags.text('namespace') || context?.namespace || 'default'
  if (config) ctx.connect(() => connect(ctx, global, config))
  const code = verb.run(ctx, { path, args, dash, flags, namespace, namespaceGiven: flags.text('namespace') !== '' })
  if (code === 0 && flags.bool('warnings-as-errors')) {
    const count = ctx.warnings
    if (count > 0) throw new Failure(`error: ${count} warning${count === 1 ? '' : 's'} received`)
  }
  return code
}

const GLOBAL_NAMES: ReadonlySet<string> = new Set(GLOBAL_FLAGS.map((f) => f.name))

/** Walks down the words to the deepest command; the other words stay in order. */
function findCommand(argv: readonly string[]): { readonly command: CommandSpec; readonly rest: readonly string[]; readonly unknown: string | undefined } {
  let command = commandAt('')!
  const rest: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!
    if (word === '--') return { command, rest: [...rest, ...argv.slice(i)], unknown: undefined }
    if (word.startsWith('-')) {
      rest.push(word)
      if (takesNext(word, command) && i + 1 < argv.length) rest.push(argv[++i]!)
      continue
    }
    const child = subCommand(command, word)
    if (!child) return { command, rest: [...rest, ...argv.slice(i)], unknown: word }
    command = child
  }
  return { command, rest, unknown: undefined }
}

/** Does this flag word take the next word as its value? Needed before the command is known. */
function takesNext(word: string, command: CommandSpec): boolean {
  if (word.includes('=')) return false
  const specs = [...command.flags, ...GLOBAL_FLAGS]
  const spec = word.startsWith('--') ? specs.find((s) => s.name === word.slice(2)) : word.length === 2 ? specs.find((s) => s.short === word[1]) : undefined
  return spec !== undefined && spec.type !== 'bool' && !spec.valueOptional
}

function unknownCommand(word: string): string {
  const near = suggestions(word, commandAt('')!.commands)
  const hint = near.length > 0 ? `\n\nDid you mean this?\n${near.map((n) => `\t${n}`).join('\n')}` : ''
  return `error: unknown command "${word}" for "kubectl"${hint}`
}

function checkRequired(path: string, flags: Flags): void {
  const missing = (REQUIRED[path] ?? []).filter((name) => !flags.given(name))
  if (missing.length > 0) throw new Failure(`error: required flag(s) ${missing.map((name) => `"${name}"`).join(', ')} not set`)
}

/** Global flags that are wrong whatever the command. */
function checkGlobals(flags: Flags): void {
  const profile = flags.text('profile')
  if (flags.given('profile') && !PROFILES.includes(profile)) throw new Failure(`error: unknown profile '${profile}'`)
}

const PROFILES: readonly string[] = ['none', 'cpu', 'heap', 'goroutine', 'threadcreate', 'block', 'mutex']

function help(ctx: KubectlContext, path: readonly string[]): number {
  ctx.out(helpText(path, verbs))
  return 0
}
