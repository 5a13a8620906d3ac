import type { KubectlContext } from './context.ts'
import { Failure } from './failure.ts'
import { arePreferencesOff, preferenceProblem, preferencesPath, readPreference, type Alias, type OptionDefault, type Preference } from './preferences.ts'
import { commandAt, GLOBAL_FLAGS, gatedFlags, subCommand, type CommandSpec } from './surface.ts'

/** Ends the command as kubectl's main does when preferences are at fault. */
const stop = (why: string): never => {
  throw new Failure(`error occurred while applying preferences ${why}`)
}

/** A command line with the user's preferences in it: aliases resolved, flags that are not given set to their defaults (kubectl: pkg/kuberc, Apply). */
export function withPreferences(ctx: KubectlContext, argv: readonly string[]): readonly string[] {
  if (argv.length === 0 || arePreferencesOff(ctx)) return argv
  const preference = load(ctx, explicitPath(argv))
  if (!preference) return argv
  const problem = preferenceProblem(preference)
  if (problem) return stop(problem)
  const found = locate(argv)
  return found ? withDefaults(ctx, preference, argv, found) : withAlias(ctx, preference, argv)
}

/** --kuberc is read before any command is known. */
function explicitPath(argv: readonly string[]): string {
  for (const [i, word] of argv.entries()) {
    if (word === '--') break
    if (word !== '--kuberc' && !word.includes('--kuberc=')) continue
    const value = word === '--kuberc' ? argv[i + 1] : word.split('=')[1]
    return value || stop('kuberc file is not found')
  }
  return ''
}

function load(ctx: KubectlContext, flag: string): Preference | undefined {
  const off = (ctx.env['KUBERC'] ?? '') === 'off'
  if (off && flag) return stop('kuberc error disabling kuberc via KUBERC=off and passing kuberc flag are mutually exclusive')
  const place = preferencesPath(ctx, flag)
  if (!place) return undefined
  const text = ctx.files[place.path]
  if (text === undefined) return place.explicit ? stop(`kuberc error kuberc: open ${place.path}: no such file or directory`) : undefined
  const { preference, error, strict } = readPreference(text, place.path)
  if (strict) ctx.err(`kuberc: ignoring strict decoding error in ${place.path}: ${strict}`)
  if (!error) return preference
  if (place.explicit) return stop(`kuberc error kuberc: ${error}`)
  ctx.err(`kuberc: no preferences loaded from ${place.path}: ${error}`)
  return undefined
}

interface Located {
  readonly command: CommandSpec
  /** Behind the last word of the command. */
  readonly end: number
}

/** Where the words of a command stand in a line; undefined where the first one names none (cobra: Find). */
function locate(argv: readonly string[]): Located | undefined {
  let command = commandAt('')!
  let end = 0
  for (let i = 0; i < argv.length && argv[i] !== '--'; i++) {
    const word = argv[i]!
    if (word.startsWith('-')) {
      if (takesNext(word, command)) i++
      continue
    }
    const child = subCommand(command, word)
    if (!child) return command.path === '' ? (word === 'help' || word.startsWith('__complete') ? { command, end } : undefined) : { command, end }
    command = child
    end = i + 1
  }
  return { command, end }
}

function takesNext(word: string, command: CommandSpec): boolean {
  if (word.includes('=')) return false
  const specs = [...command.flags, ...GLOBAL_FLAGS]
  const spec = word.startsWith('--') ? specs.find((s) => s.name === word.slice(2)) : word.length === 2 ? specs.find((s) => s.short === word[1]) : undefined
  return spec !== undefined && spec.type !== 'bool' && !spec.valueOptional
}

const leaf = ({ path }: CommandSpec): string => path.slice(path.lastIndexOf(' ') + 1)
const commandNamed = (text: string): CommandSpec | undefined => {
  const words = text.split(/\s+/).filter(Boolean)
  const found = locate(words)
  return found && found.end === words.length && words.length > 0 ? found.command : undefined
}

function withDefaults(ctx: KubectlContext, { defaults = [] }: Preference, argv: readonly string[], { command, end }: Located): readonly string[] {
  const added: string[] = []
  for (const { command: text, options = [] } of defaults) {
    const meant = commandNamed(text)
    if (!meant) ctx.err(`Warning: command ${JSON.stringify(text)} not found to set kuberc override\n`)
    else if (command.path !== '' && leaf(meant) === leaf(command)) added.push(...flagsFor(ctx, command, options, argv, (name) => `invalid flag ${name} for command ${text}`))
  }
  return added.length > 0 ? [...argv.slice(0, end), ...added, ...argv.slice(end)] : argv
}

/** The options that the line does not set itself, as flags. */
function flagsFor(ctx: KubectlContext, command: CommandSpec, options: readonly OptionDefault[], argv: readonly string[], unknown: (name: string) => string): readonly string[] {
  const specs = [...command.flags, ...gatedFlags(command.path, ctx.env), ...GLOBAL_FLAGS]
  return options.flatMap(({ name, default: preset }) => {
    const spec = specs.find((s) => s.name === name)
    if (!spec) return stop(unknown(name))
    return isGiven(name, spec.short, argv) ? [] : [`--${name}=${preset}`]
  })
}

/** Is a flag among the words, by its name, its letter, or its letter among others? */
const isGiven = (name: string, short: string, argv: readonly string[]): boolean =>
  argv.some((word) => word === `--${name}` || word.startsWith(`--${name}=`) || (short !== '' && (word.startsWith(`-${short}`) || (/^-[a-zA-Z]+$/.test(word) && word.includes(short)))))

/** The line with its alias replaced by the command, its words in front of and behind the user's. */
function withAlias(ctx: KubectlContext, { aliases = [] }: Preference, argv: readonly string[]): readonly string[] {
  const at = argv.findIndex((word) => !word.startsWith('-') && !word.startsWith('__complete'))
  const alias = at < 0 ? undefined : aliases.find(({ name }) => name === argv[at])
  return alias ? expanded(ctx, alias, argv, at) : argv
}

function expanded(ctx: KubectlContext, alias: Alias, argv: readonly string[], at: number): readonly string[] {
  const command = commandNamed(alias.command)
  if (!command) return stop(`command ${JSON.stringify(alias.command)} not found to set alias ${JSON.stringify(alias.name)}: [${alias.command}]`)
  const flags = flagsFor(ctx, command, alias.options ?? [], argv, (name) => `invalid alias flag ${name} in alias kubectl`)
  return [...argv.slice(0, at), ...command.path.split(' '), ...flags, ...(alias.prependArgs ?? []), ...argv.slice(at + 1), ...(alias.appendArgs ?? [])]
}
