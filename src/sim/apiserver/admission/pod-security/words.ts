import type { Container } from '../../../api/container.ts'

/** `"a", "b"`. */
export const quoted = (items: readonly string[]): string => items.map((item) => `"${item}"`).join(', ')
export const many = (one: string, count: number, more = `${one}s`): string => (count === 1 ? one : more)
export const sortedOnce = (items: Iterable<string>): readonly string[] => [...new Set(items)].sort()

/** `container "a"` or `containers "a", "b"`. */
export const containersText = (names: readonly string[]): string => `${many('container', names.length)} ${quoted(names)}`

/** Names of the containers for which something holds. */
export const namesOf = (containers: readonly Container[], holds: (container: Container) => boolean): readonly string[] => containers.filter(holds).map((c) => c.name)

/** `pod and container "a"`: who sets a forbidden value; empty when nobody does. */
export function setters(podDoes: boolean, names: readonly string[]): string {
  return [...(podDoes ? ['pod'] : []), ...(names.length > 0 ? [containersText(names)] : [])].join(' and ')
}

/** The security context of a pod or container, loosely: checks look at single members of it. */
export interface SecurityContext {
  readonly privileged?: boolean
  readonly allowPrivilegeEscalation?: boolean
  readonly runAsNonRoot?: boolean
  readonly runAsUser?: number
  readonly procMount?: string
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] }
  readonly seccompProfile?: { readonly type?: string }
  readonly appArmorProfile?: { readonly type?: string }
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string }
  readonly windowsOptions?: { readonly hostProcess?: boolean }
  readonly sysctls?: readonly { readonly name: string }[]
}

export const contextOf = (holder: { readonly securityContext?: unknown }): SecurityContext => (holder.securityContext ?? {}) as SecurityContext
