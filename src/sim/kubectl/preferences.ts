import type { JsonValue } from '../api/meta.ts'
import { goQuote } from '../api/field.ts'
import { parseManifest } from '../manifest/parse.ts'
import type { KubectlContext } from './context.ts'
import { Failure } from './failure.ts'

/** A flag of a command with the value that it has where the command line says nothing. */
export interface OptionDefault {
  readonly name: string
  readonly default: string
}

export interface CommandDefaults {
  readonly command: string
  readonly options?: readonly OptionDefault[]
}

export interface Alias extends CommandDefaults {
  readonly name: string
  readonly prependArgs?: readonly string[]
  readonly appendArgs?: readonly string[]
}

/** kubectl.config.k8s.io/v1beta1 Preference: what a kuberc file holds. */
export interface Preference {
  readonly apiVersion: string
  readonly kind: string
  readonly defaults?: readonly CommandDefaults[]
  readonly aliases?: readonly Alias[]
  readonly credentialPluginPolicy?: string
  readonly credentialPluginAllowlist?: readonly { readonly name?: string; readonly command?: string }[]
}

export const PREFERENCE = { apiVersion: 'kubectl.config.k8s.io/v1beta1', kind: 'Preference' } as const
const OLD = 'kubectl.config.k8s.io/v1alpha1'

/** Which file holds the preferences: that of --kuberc, $KUBERC, ~/.kube/kuberc; none with KUBERC=off (kubectl: pkg/kuberc, LoadKuberc). */
export function preferencesPath(ctx: KubectlContext, flag: string): { readonly path: string; readonly explicit: boolean } | undefined {
  const { KUBERC = '', HOME = '/home/learner' } = ctx.env
  if (KUBERC === 'off') {
    if (flag) throw new Failure('error: disabling kuberc via KUBERC=off and passing kuberc flag are mutually exclusive')
    return undefined
  }
  const path = flag || KUBERC
  return path ? { path, explicit: true } : { path: `${HOME}/.kube/kuberc`, explicit: false }
}

export const arePreferencesOff = (ctx: KubectlContext): boolean => ctx.env['KUBECTL_KUBERC']?.toLowerCase() === 'false'

/** The first document of a file that is a Preference. */
export function readPreference(text: string, path: string): { readonly preference?: Preference; readonly error?: string; readonly strict?: string } {
  if (!/\S/.test(text)) return {}
  const { objects } = parseManifest(path, text)
  for (const { value } of objects) {
    const converted = asPreference(value)
    if (converted) return converted
  }
  return { error: `no valid preferences found in ${path}, use --v=5 to see details` }
}

const FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'defaults', 'aliases', 'credentialPluginPolicy', 'credentialPluginAllowlist'])
const OLD_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'overrides', 'aliases'])

type Fields = Readonly<Record<string, JsonValue | undefined>>
const isMap = (value: JsonValue | undefined): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const isTexts = (value: JsonValue | undefined): boolean => value === undefined || value === null || (Array.isArray(value) && value.every((item) => typeof item === 'string'))
const mapsOf = (value: JsonValue | undefined): readonly Fields[] | undefined => (value === undefined || value === null ? [] : Array.isArray(value) && value.every(isMap) ? (value as unknown as readonly Fields[]) : undefined)

function asPreference(value: JsonValue): { readonly preference: Preference; readonly strict?: string } | undefined {
  if (!isMap(value) || value['kind'] !== PREFERENCE.kind) return undefined
  const isOld = value['apiVersion'] === OLD
  if (!isOld && value['apiVersion'] !== PREFERENCE.apiVersion) return undefined
  const optionsOf = (from: Fields): readonly OptionDefault[] | undefined => mapsOf(from[isOld ? 'flags' : 'options'])?.map(({ name, default: preset }) => ({ name: String(name ?? ''), default: String(preset ?? '') }))
  const defaults = mapsOf(value[isOld ? 'overrides' : 'defaults'])
  const aliases = mapsOf(value['aliases'])
  const allowed = mapsOf(value['credentialPluginAllowlist'])
  if (!defaults || !aliases || !allowed || !aliases.every((alias) => isTexts(alias['prependArgs']) && isTexts(alias['appendArgs'])) || ![...defaults, ...aliases].every((entry) => optionsOf(entry))) return undefined
  const text = (entry: Fields, name: string): string => (typeof entry[name] === 'string' ? entry[name] : '')
  const odd = Object.keys(value).filter((name) => !(isOld ? OLD_FIELDS : FIELDS).has(name))
  return {
    preference: {
      ...PREFERENCE,
      defaults: defaults.map((entry) => ({ command: text(entry, 'command'), options: optionsOf(entry)! })),
      aliases: aliases.map((entry) => ({
        name: text(entry, 'name'), command: text(entry, 'command'), options: optionsOf(entry)!,
        ...(entry['prependArgs'] ? { prependArgs: entry['prependArgs'] as unknown as readonly string[] } : {}), ...(entry['appendArgs'] ? { appendArgs: entry['appendArgs'] as unknown as readonly string[] } : {}),
      })),
      ...(value['credentialPluginPolicy'] ? { credentialPluginPolicy: String(value['credentialPluginPolicy']) } : {}),
      ...(value['credentialPluginAllowlist'] ? { credentialPluginAllowlist: allowed.map((entry) => ({ ...(entry['name'] ? { name: text(entry, 'name') } : {}), ...(entry['command'] ? { command: text(entry, 'command') } : {}) })) } : {}),
    },
    ...(odd.length > 0 ? { strict: `strict decoding error: ${odd.map((name) => `unknown field ${goQuote(name)}`).join(', ')}` } : {}),
  }
}

/** What is wrong with preferences as a whole (pkg/kuberc, validate). */
export function preferenceProblem({ aliases = [], defaults = [], credentialPluginPolicy: policy = '', credentialPluginAllowlist: allowed }: Preference): string | undefined {
  const dashed = (options: readonly OptionDefault[] = []): string | undefined => {
    const found = options.find(({ name }) => name.startsWith('-'))
    return found && `flag name ${found.name} should be in long form without dashes`
  }
  const seen = new Set<string>()
  for (const { name, options } of aliases) {
    if (!/^[a-zA-Z]+$/.test(name)) return 'invalid alias name, can only include alphabetical characters'
    const wrong = dashed(options)
    if (wrong) return wrong
    if (seen.has(name)) return `duplicate alias name ${name}`
    seen.add(name)
  }
  for (const { options } of defaults) {
    const wrong = dashed(options)
    if (wrong) return wrong
  }
  return policyProblem(policy, allowed)
}

/** client-go: plugin/pkg/client/auth/exec, ValidatePluginPolicy. */
function policyProblem(policy: string, allowed: Preference['credentialPluginAllowlist']): string | undefined {
  switch (policy) {
    case '':
    case 'AllowAll':
    case 'DenyAll':
      return allowed ? `misconfigured credential plugin allowlist: plugin policy is ${goQuote(policy)} but allowlist is non-nil` : undefined
    case 'Allowlist': {
      if (!allowed) return 'credential plugin policy set to "Allowlist", but allowlist is unspecified'
      if (allowed.length === 0) return 'credential plugin policy set to "Allowlist", but allowlist is empty; use "DenyAll" policy instead'
      const empty = allowed.findIndex(({ name, command }) => !name && !command)
      return empty >= 0 ? `misconfigured credential plugin allowlist: empty allowlist entry #${empty + 1}` : undefined
    }
    default:
      return `unknown plugin policy: ${goQuote(policy)}`
  }
}
