import type { Container } from '../../api/container.ts'
import type { Pod } from '../../api/pod.ts'
import { SECCOMP_DEFAULT } from '../../flags/kubelet.ts'
import type { KubeletWorld } from './world.ts'

/** Do the runtime's usual filters of system calls apply to a container (kuberuntime: getSeccompProfile)? Never by default to privileged ones. */
export function isFiltered(world: KubeletWorld, pod: Pod, { securityContext }: Container): boolean {
  const profile = securityContext?.seccompProfile ?? pod.spec.securityContext?.seccompProfile
  return profile ? profile.type === 'RuntimeDefault' : world.flags.get(SECCOMP_DEFAULT) && !securityContext?.privileged
}
