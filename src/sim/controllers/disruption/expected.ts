import type { PodDisruptionBudget } from '../../api/disruption.ts'
import { scaledValue } from '../../api/int-or-string.ts'
import { controllerOf, splitApiVersion, type KubeObject, type OwnerReference } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { isNotFound, isStatus } from '../../api/status.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { get } from '../../client/request.ts'
import { CRDS, customResource, ownerResource, type StoredResource } from '../../client/resources.ts'
import type { CustomResourceDefinition } from '../../kinds/customresourcedefinition/customresourcedefinition.ts'

/** How many pods there should be, how many of them healthy, and how many have no controller that would tell. */
export interface Expected {
  readonly pods: number
  readonly healthy: number
  readonly unmanaged: number
}

interface Scale {
  readonly uid: string
  readonly replicas: number
}

type Sized = KubeObject<{ readonly replicas?: number }>

/** Numbers of a budget; a text where the size of a pod's controller cannot be found out (disruption.go: getExpectedPodCount). */
export function expected(ctx: ControllerContext, pdb: PodDisruptionBudget, pods: readonly Pod[]): Expected | string {
  const { maxUnavailable, minAvailable } = pdb.spec ?? {}
  if (maxUnavailable === undefined && typeof minAvailable === 'number') return { pods: pods.length, healthy: minAvailable, unmanaged: 0 }
  if (maxUnavailable === undefined && minAvailable === undefined) return { pods: 0, healthy: 0, unmanaged: 0 }
  const scales = new Map<string, number>()
  let unmanaged = 0
  for (const pod of pods) {
    const ref = controllerOf(pod)
    if (!ref) {
      unmanaged++
      continue
    }
    if (scales.has(ref.uid)) continue
    const found = scaleOf(ctx, pod.metadata.namespace, ref)
    if (typeof found === 'string') return found
    if (!found) return `found no controllers for pod "${pod.metadata.name}"`
    scales.set(found.uid, found.replicas)
  }
  const total = [...scales.values()].reduce((a, b) => a + b, 0)
  if (maxUnavailable !== undefined) return { pods: total, healthy: Math.max(0, total - (scaledValue(maxUnavailable, total, true) ?? 0)), unmanaged }
  return { pods: total, healthy: scaledValue(minAvailable, total, true) ?? 0, unmanaged }
}

const WORKLOADS: Readonly<Record<string, string>> = {
  'apps/ReplicaSet': 'replicasets', 'apps/StatefulSet': 'statefulsets', 'apps/Deployment': 'deployments', '/ReplicationController': 'replicationcontrollers',
}

/** The wished size of a pod's controller; a ReplicaSet's is its Deployment's, where that one is known. */
function scaleOf(ctx: ControllerContext, namespace: string | undefined, ref: OwnerReference): Scale | string | undefined {
  const plural = WORKLOADS[`${splitApiVersion(ref.apiVersion).group}/${ref.kind}`]
  if (plural === undefined) return scaleOfOther(ctx, namespace, ref)
  const owner = known(ctx, plural, namespace, ref)
  if (!owner) return undefined
  const above = ref.kind === 'ReplicaSet' ? controllerOf(owner) : undefined
  const deployment = above?.kind === 'Deployment' ? known(ctx, 'deployments', namespace, above) : undefined
  const sized = deployment ?? owner
  return { uid: sized.metadata.uid!, replicas: sized.spec?.replicas ?? 1 }
}

function known(ctx: ControllerContext, plural: string, namespace: string | undefined, ref: OwnerReference): Sized | undefined {
  const found = ctx.lister<Sized>(plural).get(namespace, ref.name)
  return found?.metadata.uid === ref.uid ? found : undefined
}

/** The size of a controller of any other kind, by its subresource scale (getScaleController). */
function scaleOfOther(ctx: ControllerContext, namespace: string | undefined, ref: OwnerReference): Scale | string | undefined {
  const builtIn = ownerResource(ref)
  if (builtIn) return withoutScale(builtIn)
  const { group } = splitApiVersion(ref.apiVersion)
  const definition = ctx.lister<CustomResourceDefinition>(CRDS.resource).list().find(({ spec }) => spec.group === group && spec.names.kind === ref.kind)
  const resource = definition && customResource(definition)
  if (!definition || !resource) return `no matches for kind "${ref.kind}" in version "${ref.apiVersion}"`
  const answer = ctx.call<Sized>({ ...get(resource, namespace, ref.name), subresource: 'scale' })
  if (!isStatus(answer)) return answer.metadata.uid === ref.uid ? { uid: ref.uid, replicas: answer.spec?.replicas ?? 0 } : undefined
  if (!isNotFound(answer)) return answer.message ?? ''
  const version = definition.spec.versions?.find(({ name }) => name === resource.version)
  return version?.subresources?.scale ? undefined : withoutScale(resource)
}

const withoutScale = ({ group, resource }: StoredResource): string => `${group === '' ? resource : `${resource}.${group}`} does not implement the scale subresource`
