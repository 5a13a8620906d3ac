import { goQuote } from '../../api/field.ts'
import { fail } from '../failure.ts'
import type { Flags } from '../flags.ts'
import type { OptionDefault, Preference } from '../preferences.ts'

const DEFAULTS = 'defaults'
const ALIASES = 'aliases'
const CREDENTIALS = 'credentialplugin'
const POLICIES = ['AllowAll', 'DenyAll', 'Allowlist']

/** What `kubectl kuberc set` does to preferences, or the end of the command where its flags do not fit (kubectl: cmd/kuberc, set.go). */
export function setPreference(flags: Flags): (preference: Preference) => Preference {
  const section = flags.text('section')
  check(flags, section)
  const options = flags.list('option').map(optionOf)
  switch (section) {
    case DEFAULTS:
      return (preference) => ({ ...preference, defaults: withDefaults(preference.defaults ?? [], flags, options) })
    case ALIASES:
      return (preference) => ({ ...preference, aliases: withAlias(preference.aliases ?? [], flags, options) })
    default: {
      const policy = flags.text('policy')
      const allowed = policy === 'Allowlist' ? { credentialPluginAllowlist: allowedBy(flags.list('allowlist-entry')) } : {}
      return (preference) => ({ ...preference, ...allowed, credentialPluginPolicy: policy })
    }
  }
}

function check(flags: Flags, section: string): void {
  const [name, command, policy] = [flags.text('name'), flags.text('command'), flags.text('policy')]
  const entries = flags.list('allowlist-entry').length
  if (![DEFAULTS, ALIASES, CREDENTIALS].includes(section)) fail(`--section must be "${DEFAULTS}", "${ALIASES}", or "${CREDENTIALS}", got: ${section}`)
  if (section === ALIASES && !name) fail(`--name is required when --section=${ALIASES}`)
  if (section === DEFAULTS && name) fail(`--name should not be specified when --section=${DEFAULTS}`)
  if (section === DEFAULTS && flags.list('prependarg').length + flags.list('appendarg').length > 0) fail(`--prependarg and --appendarg are only valid for --section=${ALIASES}`)
  if (section !== CREDENTIALS) return command ? undefined : fail(`--command is required when --section=${ALIASES} or --section=${DEFAULTS}`)
  if (!policy) fail(`--policy is required when --section=${CREDENTIALS}`)
  if (!POLICIES.includes(policy)) fail(` --policy must be  "AllowAll", "DenyAll", or "Allowlist", got: ${policy}`)
  if (policy !== 'Allowlist' && entries > 0) fail(`--allowlist-entry may only be used when --section=${CREDENTIALS} and --policy=Allowlist`)
  if (policy === 'Allowlist' && entries === 0) fail(`--allowlist-entry is required when --section=${CREDENTIALS} and --policy=Allowlist`)
}

function optionOf(text: string): OptionDefault {
  const equals = text.indexOf('=')
  if (equals < 0) return fail(`invalid option format ${goQuote(text)}, expected flag=value`)
  return { name: text.slice(0, equals).replace(/^-+/, ''), default: text.slice(equals + 1) }
}

function withDefaults(before: NonNullable<Preference['defaults']>, flags: Flags, options: readonly OptionDefault[]): NonNullable<Preference['defaults']> {
  const command = flags.text('command')
  const known = before.find((entry) => entry.command === command)
  if (!known) return [...before, { command, options }]
  if (!flags.bool('overwrite')) return fail(`defaults for command ${goQuote(command)} already exist, use --overwrite to replace`)
  return before.map((entry) => (entry === known ? { command, options: options.length > 0 ? options : (known.options ?? []) } : entry))
}

function withAlias(before: NonNullable<Preference['aliases']>, flags: Flags, options: readonly OptionDefault[]): NonNullable<Preference['aliases']> {
  const name = flags.text('name')
  const known = before.find((entry) => entry.name === name)
  if (known && !flags.bool('overwrite')) return fail(`alias ${goQuote(name)} already exists, use --overwrite to replace`)
  const either = <T>(given: readonly T[], kept: readonly T[] = []): readonly T[] => (given.length > 0 ? given : kept)
  const [prependArgs, appendArgs, set] = [either(flags.list('prependarg'), known?.prependArgs), either(flags.list('appendarg'), known?.appendArgs), either(options, known?.options)]
  const alias = { name, command: flags.text('command'), ...(prependArgs.length > 0 ? { prependArgs } : {}), ...(appendArgs.length > 0 ? { appendArgs } : {}), ...(set.length > 0 ? { options: set } : {}) }
  return known ? before.map((entry) => (entry === known ? alias : entry)) : [...before, alias]
}

function allowedBy(entries: readonly string[]): readonly { readonly command: string }[] {
  const problems: string[] = []
  const allowed = entries.flatMap((text) => text.split(',')).flatMap((pair) => {
    const equals = pair.indexOf('=')
    const [field, value] = [pair.slice(0, equals), pair.slice(equals + 1)]
    const wrong = equals < 0 ? `improperly formatted allowlist entry: ${goQuote(pair)}`
      : field === 'name' ? 'allowlist entry field "name" is deprecated, use "command" instead'
      : field !== 'command' ? `unrecognized allowlist entry field: ${goQuote(field)}`
      : value.trim() === '' ? `empty value in allowlist entry for field ${goQuote(field)}` : undefined
    if (wrong) problems.push(wrong)
    return wrong ? [] : [{ command: value }]
  })
  if (problems.length > 0) fail(problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`)
  return allowed
}
