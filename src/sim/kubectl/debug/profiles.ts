import type { Container } from '../../api/container.ts'
import type { PodSpec } from '../../api/pod-spec.ts'

/** How the debug container is reached: beside the others, in a copy of the pod, or on a node. */
export type Style = 'ephemeral' | 'copy' | 'node'

export const PROFILES: readonly string[] = ['legacy', 'general', 'baseline', 'netadmin', 'restricted', 'sysadmin']

type Security = NonNullable<Container['securityContext']>

const capabilities = (c: Container, add: readonly string[]): Security => {
  const had = (c.securityContext?.capabilities as { readonly add?: readonly string[] } | undefined)?.add ?? []
  return { ...c.securityContext, capabilities: { ...c.securityContext?.capabilities, add: [...had, ...add.filter((a) => !had.includes(a))] } } as Security
}

/** The container as a profile wants it (kubectl: debug/profiles.go). */
export function profiled(profile: string, style: Style, c: Container): Container {
  switch (profile) {
    case 'general':
      return style === 'node' ? c : { ...c, securityContext: capabilities(c, ['SYS_PTRACE']) }
    case 'netadmin':
      return { ...c, securityContext: capabilities(c, ['NET_ADMIN', 'NET_RAW']) }
    case 'sysadmin':
      return { ...c, securityContext: { ...c.securityContext, privileged: true } as Security }
    case 'restricted':
      return { ...c, securityContext: { runAsNonRoot: true, capabilities: { drop: ['ALL'] }, allowPrivilegeEscalation: false, seccompProfile: { type: 'RuntimeDefault' } } as unknown as Security }
    default:
      return c
  }
}

/** The pod around it: a node's debugger shares the node's namespaces and sees its root, a copy shares one process namespace. */
export function profiledSpec(profile: string, style: Style, spec: PodSpec, container: string): PodSpec {
  if (style === 'copy') return profile === 'legacy' || spec.shareProcessNamespace !== undefined ? spec : { ...spec, shareProcessNamespace: true }
  if (style !== 'node' || profile === 'baseline' || profile === 'restricted') return spec
  const shared = { ...spec, hostNetwork: true, hostPID: true, hostIPC: true }
  if (profile === 'netadmin') return shared
  return {
    ...shared,
    volumes: [...(spec.volumes ?? []), { name: 'host-root', hostPath: { path: '/' } }],
    containers: spec.containers.map((c) => (c.name === container ? { ...c, volumeMounts: [...(c.volumeMounts ?? []), { mountPath: '/host', name: 'host-root' }] } : c)),
  }
}
