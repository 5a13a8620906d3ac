/** The part of a kubeconfig that matters here: who talks to which cluster, in which namespace. */
export interface KubeConfig {
  readonly currentContext: string
  readonly contexts: readonly ConfigContext[]
  readonly clusters: readonly { readonly name: string; readonly server: string }[]
  readonly users: readonly string[]
}

export interface ConfigContext {
  readonly name: string
  readonly cluster: string
  readonly user: string
  readonly namespace?: string
}

/** What kubeadm writes for its administrator. */
export const ADMIN_CONFIG: KubeConfig = {
  currentContext: 'kubernetes-admin@kubernetes',
  contexts: [{ name: 'kubernetes-admin@kubernetes', cluster: 'kubernetes', user: 'kubernetes-admin' }],
  clusters: [{ name: 'kubernetes', server: 'https://172.18.0.2:6443' }],
  users: ['kubernetes-admin'],
}

export const contextNamed = (config: KubeConfig, name: string): ConfigContext | undefined => config.contexts.find((c) => c.name === name)
