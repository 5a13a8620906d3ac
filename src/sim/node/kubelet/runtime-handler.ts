import type { Pod } from '../../api/pod.ts'
import type { KubeObject } from '../../api/meta.ts'
import type { KubeletWorld } from './world.ts'

/** What a RuntimeClass puts between a pod's processes and the node's kernel. */
export interface Guest {
  readonly runtimeClass: string
  readonly handler: string
  /** "vm": a virtual machine with a kernel of its own; "user-space": a kernel that runs as a program (gVisor). */
  readonly kind: 'vm' | 'user-space'
  /** What `uname -r` says inside. */
  readonly release: string
}

/** Kernel of the virtual machines, and the version that gVisor says it has. */
const VM_RELEASE = '6.1.62'
const USER_SPACE_RELEASE = '4.4.0'

const VM = /^(?:kata|firecracker|cloud-hypervisor|clh|qemu|vm)(?:-.*)?$/
const USER_SPACE = /^(?:runsc|gvisor)(?:-.*)?$/

/** The kernel that the handler of a pod's RuntimeClass brings; undefined where the pod runs on its node's own. */
export function guestOf(world: KubeletWorld, pod: Pod): Guest | undefined {
  const name = pod.spec.runtimeClassName
  if (!name) return undefined
  const found = world.reader.get('runtimeclasses', undefined, name) as (KubeObject & { readonly handler?: string }) | undefined
  const handler = found?.handler ?? ''
  if (VM.test(handler)) return { runtimeClass: name, handler, kind: 'vm', release: VM_RELEASE }
  if (USER_SPACE.test(handler)) return { runtimeClass: name, handler, kind: 'user-space', release: USER_SPACE_RELEASE }
  return undefined
}
