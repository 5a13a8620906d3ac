import { parseManifest } from '../manifest/parse.ts'
import type { Invocation, KubectlContext } from './context.ts'
import { fail } from './failure.ts'

/** A kubeconfig (client-go: tools/clientcmd/api): who talks to which cluster, in which namespace. */
export interface KubeConfig {
  readonly currentContext: string
  readonly contexts: readonly ConfigContext[]
  readonly clusters: readonly ConfigCluster[]
  readonly users: readonly ConfigUser[]
}

export interface ConfigContext {
  readonly name: string
  readonly cluster: string
  readonly user: string
  readonly namespace?: string
}

/** Fields beside the name are those of the file, in its spelling. */
export interface ConfigCluster {
  readonly name: string
  readonly server?: string
  readonly fields?: Readonly<Record<string, string | boolean>>
}

export interface ConfigUser {
  readonly name: string
  readonly fields: Readonly<Record<string, string>>
}

export const SERVER = 'https://127.0.0.1:6443'
const CA = 'certificate-authority-data'

/** What a learner finds: the administrator's context as kubeadm writes it, and alice's, who has no rights yet. */
export const ADMIN_CONFIG: KubeConfig = {
  currentContext: 'kubernetes-admin@kubernetes',
  contexts: [
    { name: 'alice@kubernetes', cluster: 'kubernetes', user: 'alice' },
    { name: 'kubernetes-admin@kubernetes', cluster: 'kubernetes', user: 'kubernetes-admin' },
  ],
  clusters: [{ name: 'kubernetes', server: SERVER, fields: { [CA]: 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t' } }],
  users: [
    { name: 'alice', fields: { token: 'alicetoken' } },
    { name: 'kubernetes-admin', fields: { token: 'admintoken' } },
  ],
}

export const EMPTY_CONFIG: KubeConfig = { currentContext: '', contexts: [], clusters: [], users: [] }

export const contextNamed = (config: KubeConfig, name: string): ConfigContext | undefined => config.contexts.find((c) => c.name === name)

/** Where the config lies, for messages. */
export const configPath = (ctx: KubectlContext): string => `${ctx.env.HOME ?? '/home/learner'}/.kube/config`

/** The config that a command uses: --kubeconfig, then $KUBECONFIG, then ~/.kube/config. */
export function configOf(ctx: KubectlContext, inv: Pick<Invocation, 'flags'>): KubeConfig {
  const explicit = inv.flags.text('kubeconfig')
  if (explicit === '/dev/null') return EMPTY_CONFIG
  if (explicit && explicit !== configPath(ctx)) return parsed(ctx.files[explicit] ?? fail(`stat ${explicit}: no such file or directory`))
  const named = (ctx.env.KUBECONFIG ?? '').split(':').filter(Boolean)
  if (explicit || named.length === 0 || named.includes(configPath(ctx))) return ctx.config
  const text = named.map((path) => ctx.files[path]).find((t) => t !== undefined)
  return text === undefined ? EMPTY_CONFIG : parsed(text)
}

interface ConfigFile {
  readonly 'current-context'?: string
  readonly contexts?: readonly { readonly name: string; readonly context?: { readonly cluster?: string; readonly user?: string; readonly namespace?: string } }[]
  readonly clusters?: readonly { readonly name: string; readonly cluster?: Readonly<Record<string, string | boolean>> }[]
  readonly users?: readonly { readonly name: string; readonly user?: Readonly<Record<string, string>> }[]
}

function parsed(text: string): KubeConfig {
  const file = parseManifest('kubeconfig', text).objects[0]?.value as ConfigFile | undefined
  if (typeof file !== 'object' || file === null) return EMPTY_CONFIG
  return {
    currentContext: file['current-context'] ?? '',
    contexts: (file.contexts ?? []).map(({ name, context }) => ({ name, cluster: context?.cluster ?? '', user: context?.user ?? '', ...(context?.namespace ? { namespace: context.namespace } : {}) })),
    clusters: (file.clusters ?? []).map(({ name, cluster: { server, ...fields } = {} }) => ({ name, ...(server ? { server: `${server}` } : {}), fields })),
    users: (file.users ?? []).map(({ name, user = {} }) => ({ name, fields: user })),
  }
}
