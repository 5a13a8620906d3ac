import type { Pod } from '../../api/pod.ts'
import type { Node } from '../../kinds/node/node.ts'
import type { Cycle, Objects, Plugin } from '../plugin.ts'
import { failure, unresolvable, type Rejection } from '../rejection.ts'
import {
  BIND_COMPLETED, WAIT_FOR_FIRST_CONSUMER, SELECTED_NODE, claimNameOf, claimNotFound, claimOf, classOf, storageClassOf, volumeOf,
  type PersistentVolume, type PersistentVolumeClaim,
} from '../storage.ts'
import { canProvision, findMatchingVolume, nodeReaches } from './volume-matching.ts'
import { compareQuantities } from '../../api/quantity.ts'

const NAME = 'VolumeBinding'
const REASONS = {
  node: "node(s) didn't match PersistentVolume's node affinity",
  none: "node(s) didn't find available persistent volumes to bind",
  space: 'node(s) did not have enough free storage',
  gone: 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)',
}
const UNBOUND = unresolvable(NAME, 'pod has unbound immediate PersistentVolumeClaims')

/** A pod's claims by what is still to be done for them. */
interface Claims {
  readonly bound: readonly PersistentVolumeClaim[]
  readonly waiting: readonly PersistentVolumeClaim[]
}

/** What is to be bound or made when a pod goes to a node. */
export interface PodVolumes {
  readonly bindings: readonly { readonly claim: PersistentVolumeClaim; readonly volume: PersistentVolume }[]
  readonly provisions: readonly PersistentVolumeClaim[]
}

const isOwn = (pod: Pod, claim: PersistentVolumeClaim): boolean => claim.metadata.ownerReferences?.some((o) => o.controller && o.uid === pod.metadata.uid) ?? false

function problem(pod: Pod, claim: PersistentVolumeClaim, ephemeral: boolean): string | undefined {
  const { name } = claim.metadata
  if (claim.status?.phase === 'Lost') return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName ?? ''}"`
  if (claim.metadata.deletionTimestamp !== undefined) return `persistentvolumeclaim "${name}" is being deleted`
  if (ephemeral && !isOwn(pod, claim)) return `PVC ${claim.metadata.namespace}/${name} was not created for pod ${pod.metadata.namespace}/${pod.metadata.name} (pod is not owner)`
  return undefined
}

/** All claims of a pod, or why it cannot be scheduled at all; undefined when it has none. */
function claimsOf(pod: Pod, objects: Objects): Claims | Rejection | undefined {
  const found: PersistentVolumeClaim[] = []
  for (const volume of pod.spec.volumes ?? []) {
    const named = claimNameOf(pod, volume)
    if (!named) continue
    const claim = claimOf(objects, pod.metadata.namespace, named.name)
    if (!claim) {
      return unresolvable(NAME, named.ephemeral ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${named.name}"` : claimNotFound(named.name))
    }
    const wrong = problem(pod, claim, named.ephemeral)
    if (wrong) return unresolvable(NAME, wrong)
    found.push(claim)
  }
  return found.length ? sort(found, objects) : undefined
}

function sort(claims: readonly PersistentVolumeClaim[], objects: Objects): Claims | Rejection {
  const bound: PersistentVolumeClaim[] = []
  const waiting: PersistentVolumeClaim[] = []
  for (const claim of claims) {
    if (claim.spec.volumeName && claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) {
      bound.push(claim)
      continue
    }
    const className = classOf(claim)
    const cls = className ? storageClassOf(objects, className) : undefined
    if (className && cls && cls.volumeBindingMode === undefined) return failure(NAME, `VolumeBindingMode not set for StorageClass "${className}"`)
    if (cls?.volumeBindingMode !== WAIT_FOR_FIRST_CONSUMER || claim.spec.volumeName) return UNBOUND
    waiting.push(claim)
  }
  return { bound, waiting }
}

/** Which volumes the waiting claims get on a node, or the reasons why they get none (volumebinding/binder.go: FindPodVolumes). */
function volumesOn(node: Node, { bound, waiting }: Claims, objects: Objects): PodVolumes | Rejection {
  const reasons: string[] = []
  for (const claim of bound) {
    const volume = volumeOf(objects, claim.spec.volumeName!)
    if (!volume || !nodeReaches(volume, node)) {
      reasons.push(volume ? REASONS.node : REASONS.gone)
      break
    }
  }
  const rest = forWaiting(node, waiting, objects)
  if ('reason' in rest) return rest.failed ? failure(NAME, rest.reason) : unresolvable(NAME, ...inOrder([...reasons, rest.reason]))
  return reasons.length ? unresolvable(NAME, ...reasons) : rest
}

const inOrder = (reasons: readonly string[]): readonly string[] => Object.values(REASONS).filter((r) => reasons.includes(r))

function forWaiting(node: Node, waiting: readonly PersistentVolumeClaim[], objects: Objects): PodVolumes | { readonly reason: string; readonly failed?: true } {
  const selected = (c: PersistentVolumeClaim): string | undefined => c.metadata.annotations?.[SELECTED_NODE]
  if (waiting.some((c) => selected(c) !== undefined && selected(c) !== node.metadata.name)) return { reason: REASONS.none }
  const provisions = waiting.filter((c) => selected(c) !== undefined)
  const bindings: { claim: PersistentVolumeClaim; volume: PersistentVolume }[] = []
  const taken = new Set<string>()
  const size = (c: PersistentVolumeClaim): string => c.spec.resources?.requests?.['storage'] ?? '0'
  const open = waiting.filter((c) => selected(c) === undefined).sort((a, b) => compareQuantities(size(a), size(b)))
  for (const claim of open) {
    const volume = findMatchingVolume(claim, node, taken, objects)
    if (!volume) {
      provisions.push(claim)
      continue
    }
    taken.add(volume.metadata.name)
    bindings.push({ claim, volume })
  }
  for (const claim of provisions) {
    const can = canProvision(claim, node, objects)
    if (can === 'no class') return { reason: classOf(claim) ? `failed to find storage class "${classOf(claim)}"` : `no class for claim "${claim.metadata.namespace}/${claim.metadata.name}"`, failed: true }
    if (can !== 'yes') return { reason: can === 'no' ? REASONS.none : REASONS.space }
  }
  return { bindings, provisions }
}

/** The bindings and provisions that placing the pod on `node` brings with it; undefined when it needs none. */
export function podVolumes({ pod, objects }: Pick<Cycle, 'pod' | 'objects'>, node: Node): PodVolumes | undefined {
  const claims = claimsOf(pod, objects)
  if (!claims || 'reasons' in claims) return undefined
  const volumes = volumesOn(node, claims, objects)
  return 'reasons' in volumes || volumes.bindings.length + volumes.provisions.length === 0 ? undefined : volumes
}

/** Claims bound to a volume that the node reaches, or to be bound there (plugins/volumebinding). */
export const volumeBinding: Plugin = {
  name: NAME,
  preFilter({ pod, objects }) {
    const claims = claimsOf(pod, objects)
    if (!claims || 'reasons' in claims) return claims
    return {
      filter({ node }) {
        const volumes = volumesOn(node, claims, objects)
        return 'reasons' in volumes ? volumes : undefined
      },
    }
  },
}
