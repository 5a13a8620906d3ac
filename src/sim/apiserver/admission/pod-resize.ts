import type { Pod } from '../../api/pod.ts'
import { podResourceList } from '../../api/pod-resources.ts'
import { compareQuantities, milliValue, value, type ResourceList } from '../../api/quantity.ts'
import { forbidden, type Status } from '../../api/status.ts'
import type { Node } from '../../kinds/node/node.ts'
import type { AdmissionPlugin } from './plugin.ts'

const OS = 'kubernetes.io/os'

/** What a node cannot give at all, ever. */
function tooMuch(pod: Pod, allocatable: ResourceList): string | undefined {
  const wants = podResourceList(pod, 'requests')
  const parts: string[] = []
  for (const [name, amount] of [['cpu', milliValue], ['memory', value]] as const) {
    const [asked, has] = [wants[name] ?? '0', allocatable[name] ?? '0']
    if (compareQuantities(asked, has) > 0) parts.push(`${name}, requested: ${amount(asked)}, allocatable: ${amount(has)}`)
  }
  return parts.length > 0 ? `node didn't have enough allocatable resources: ${parts.join('; ')}` : undefined
}

/** A resize that the pod's node could never allocate is refused (plugin/pkg/admission/podresize). */
export const podResize: AdmissionPlugin = {
  name: 'PodResizeValidator',
  resources: ['pods'],
  subresources: ['resize'],
  validate({ store }, object, old): Status | undefined {
    const pod = object as Pod
    const { nodeName } = pod.spec
    if (!old || !nodeName || old.metadata.generation === pod.metadata.generation) return undefined
    const refuse = (why: string, reason?: string): Status => forbidden({ group: '', resource: 'pods' }, pod.metadata.name, why, reason ? [{ reason }] : undefined)
    const node = store.get(`nodes/${nodeName}`) as Node | undefined
    if (!node) return refuse(`node "${nodeName}" not found`)
    const os = node.metadata.labels?.[OS] ?? 'linux'
    if (os !== 'linux') return refuse(`pod resize is only supported on linux nodes, node "${nodeName}" is "${os}"`, 'UnsupportedPlatform')
    const why = tooMuch(pod, node.status?.allocatable ?? {})
    return why === undefined ? undefined : refuse(why, 'NodeCapacity')
  },
}
