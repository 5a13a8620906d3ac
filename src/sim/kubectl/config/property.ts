import type { ConfigCluster, ConfigContext, ConfigUser, KubeConfig } from '../kubeconfig.ts'
import { fail } from '../failure.ts'

type Fields = Readonly<Record<string, string | boolean>>

/** Fields of the entries of each map (client-go: clientcmd/api types), in whose terms a property path is read. */
const CONTEXT = ['cluster', 'user', 'namespace']
const CLUSTER = ['server', 'tls-server-name', 'insecure-skip-tls-verify', 'certificate-authority', 'certificate-authority-data', 'proxy-url', 'disable-compression']
const USER = ['client-certificate', 'client-certificate-data', 'client-key', 'client-key-data', 'token', 'tokenFile', 'as', 'as-uid', 'username', 'password']

/** Splits "alice@kubernetes.namespace" into a name, which may hold dots, and a field (config: navigation_step_parser.go). */
function split(rest: string, fields: readonly string[]): { readonly name: string; readonly field: string } {
  const parts = rest.split('.')
  const at = parts.findIndex((p, i) => i > 0 && fields.includes(p))
  return at < 0 ? { name: rest, field: '' } : { name: parts.slice(0, at).join('.'), field: parts.slice(at).join('.') }
}

/** The config with a property set, or taken away where `value` is undefined. */
export function withProperty(config: KubeConfig, path: string, value: string | undefined): KubeConfig {
  const dot = path.indexOf('.')
  const [top, rest] = dot < 0 ? [path, ''] : [path.slice(0, dot), path.slice(dot + 1)]
  switch (top) {
    case 'current-context':
      return { ...config, currentContext: value ?? '' }
    case 'contexts':
      return { ...config, contexts: changed<ConfigContext>(config.contexts, rest, CONTEXT, value, (name, f) => ({ name, cluster: `${f.cluster ?? ''}`, user: `${f.user ?? ''}`, ...(f.namespace ? { namespace: `${f.namespace}` } : {}) }), ({ name: _n, ...f }) => f as Fields) }
    case 'clusters':
      return { ...config, clusters: changed<ConfigCluster>(config.clusters, rest, CLUSTER, value, (name, { server, ...fields }) => ({ name, ...(server ? { server: `${server}` } : {}), fields }), (c) => ({ ...(c.server ? { server: c.server } : {}), ...c.fields })) }
    case 'users':
      return { ...config, users: changed<ConfigUser>(config.users, rest, USER, value, (name, f) => ({ name, fields: f as Readonly<Record<string, string>> }), (u) => u.fields) }
    default:
      return fail(`unable to parse ${path} after [] at api.Config`)
  }
}

function changed<T extends { readonly name: string }>(
  entries: readonly T[], rest: string, known: readonly string[], value: string | undefined, make: (name: string, fields: Fields) => T, fieldsOf: (entry: T) => Fields,
): readonly T[] {
  if (rest === '') return value === undefined ? [] : fail("can't set a map to a value")
  const { name, field } = split(rest, known)
  const old = entries.find((e) => e.name === name)
  const others = entries.filter((e) => e.name !== name)
  if (field === '') {
    if (value !== undefined) fail("unrecognized type: can't set a struct to a value")
    return old ? others : fail(`current map key \`${name}\` is invalid`)
  }
  const { [field]: _old, ...fields } = old ? fieldsOf(old) : {}
  if (value === undefined) return [...others, make(name, fields)]
  const typed = field === 'insecure-skip-tls-verify' || field === 'disable-compression' ? value === 'true' : value
  return [...others, make(name, { ...fields, [field]: typed })]
}
