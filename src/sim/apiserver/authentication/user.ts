/** Who sends a request (apiserver: authentication/user). Nothing mutates it, so answers may be remembered by identity. */
export interface UserInfo {
  readonly name: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

export const AUTHENTICATED = 'system:authenticated'
export const UNAUTHENTICATED = 'system:unauthenticated'
export const MASTERS = 'system:masters'
export const NODES = 'system:nodes'
const NODE_PREFIX = 'system:node:'
const ACCOUNT_PREFIX = 'system:serviceaccount:'
const ACCOUNTS = 'system:serviceaccounts'

/** A request without credentials. */
export const ANONYMOUS: UserInfo = { name: 'system:anonymous', groups: [UNAUTHENTICATED] }

/** Groups that the certificates of kubeadm give its users, besides system:authenticated. */
const CERTIFIED: Readonly<Record<string, readonly string[]>> = {
  'kubernetes-admin': [MASTERS],
  'system:apiserver': [MASTERS],
  'system:kwok': [MASTERS],
}

export const accountName = (namespace: string, name: string): string => `${ACCOUNT_PREFIX}${namespace}:${name}`
/** Groups of a service account (apiserver: serviceaccount.MakeGroupNames). */
export const accountGroups = (namespace: string): readonly string[] => [ACCOUNTS, `${ACCOUNTS}:${namespace}`]

/** Namespace and name of "system:serviceaccount:ns:name" (serviceaccount.SplitUsername). */
export function splitAccount(user: string): { readonly namespace: string; readonly name: string } | undefined {
  if (!user.startsWith(ACCOUNT_PREFIX)) return undefined
  const parts = user.slice(ACCOUNT_PREFIX.length).split(':')
  return parts.length === 2 && parts[0] && parts[1] ? { namespace: parts[0], name: parts[1] } : undefined
}

/** The node's name when a kubelet asks, '' for an unnamed one, undefined for anybody else (nodeidentifier). */
export function nodeOf(user: UserInfo): string | undefined {
  if (!user.name.startsWith(NODE_PREFIX)) return undefined
  return user.groups.includes(NODES) ? user.name.slice(NODE_PREFIX.length) : undefined
}

const known = new Map<string, UserInfo>()

/**
 * The user behind the name that a component's client or kubeconfig authenticates with: groups as its certificate or
 * token says. The same name gives the same object.
 */
export function userNamed(name: string): UserInfo {
  let user = known.get(name)
  if (!user) {
    if (known.size > 10_000) known.clear()
    known.set(name, (user = make(name)))
  }
  return user
}

function make(name: string): UserInfo {
  if (!name || name === ANONYMOUS.name) return ANONYMOUS
  const account = splitAccount(name)
  if (account) return { name, groups: [...accountGroups(account.namespace), AUTHENTICATED] }
  if (name.startsWith(NODE_PREFIX)) return { name, groups: [NODES, AUTHENTICATED] }
  return { name, groups: [...(Object.hasOwn(CERTIFIED, name) ? CERTIFIED[name]! : []), AUTHENTICATED] }
}

/** Groups as an impersonated user gets them (endpoints/filters/impersonation). */
export function impersonated(name: string, groups: readonly string[], uid?: string, extra?: UserInfo['extra']): UserInfo {
  const account = groups.length === 0 ? splitAccount(name) : undefined
  const given = account ? accountGroups(account.namespace) : groups
  const added =
    name === ANONYMOUS.name
      ? given.includes(UNAUTHENTICATED) ? [] : [UNAUTHENTICATED]
      : given.includes(AUTHENTICATED) || given.includes(UNAUTHENTICATED) ? [] : [AUTHENTICATED]
  return { name, groups: [...given, ...added], ...(uid ? { uid } : {}), ...(extra && Object.keys(extra).length > 0 ? { extra } : {}) }
}
