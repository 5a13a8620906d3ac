import { semanticEqual } from '../../api/deep.ts'
import type { PodTemplateSpec } from '../../api/pod-spec.ts'
import type { Deployment } from '../../kinds/deployment/deployment.ts'
import type { ReplicaSet } from '../../kinds/replicaset/replicaset.ts'

export const HASH_LABEL = 'pod-template-hash'

export const replicasOf = (rs: ReplicaSet): number => rs.spec.replicas ?? 1
export const sumReplicas = (sets: readonly ReplicaSet[]): number => sets.reduce((n, rs) => n + replicasOf(rs), 0)
export const sumActual = (sets: readonly ReplicaSet[]): number => sets.reduce((n, rs) => n + (rs.status?.replicas ?? 0), 0)
export const sumReady = (sets: readonly ReplicaSet[]): number => sets.reduce((n, rs) => n + (rs.status?.readyReplicas ?? 0), 0)
export const sumAvailable = (sets: readonly ReplicaSet[]): number => sets.reduce((n, rs) => n + (rs.status?.availableReplicas ?? 0), 0)
export const active = (sets: readonly ReplicaSet[]): ReplicaSet[] => sets.filter((rs) => replicasOf(rs) > 0)
export const withNew = (old: readonly ReplicaSet[], fresh: ReplicaSet | undefined): ReplicaSet[] => (fresh ? [...old, fresh] : [...old])

/** undefined while a set that was observed does not report it. */
export function sumTerminating(sets: readonly ReplicaSet[]): number | undefined {
  let sum = 0
  for (const { status } of sets) {
    if (status?.terminatingReplicas !== undefined) sum += status.terminatingReplicas
    else if (status?.observedGeneration) return undefined
  }
  return sum
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
export const olderFirst = (a: ReplicaSet, b: ReplicaSet): number =>
  byText(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') || byText(a.metadata.name, b.metadata.name)
export const newerFirst = (a: ReplicaSet, b: ReplicaSet): number => olderFirst(b, a)
/** Larger first; of equal size the newer first when growing, the older first when shrinking. */
export const largerThenNewer = (a: ReplicaSet, b: ReplicaSet): number => replicasOf(b) - replicasOf(a) || newerFirst(a, b)
export const largerThenOlder = (a: ReplicaSet, b: ReplicaSet): number => replicasOf(b) - replicasOf(a) || olderFirst(a, b)

function withoutHash(template: PodTemplateSpec): unknown {
  const { labels, ...metadata } = template.metadata ?? {}
  const { [HASH_LABEL]: _hash, ...rest } = labels ?? {}
  return { ...metadata, labels: rest }
}

/** Do two templates mean the same, the hash label aside? */
export const sameTemplate = (a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && semanticEqual(a.spec, b.spec) && semanticEqual(withoutHash(a), withoutHash(b)))

/** The oldest set with the Deployment's template is the new one; all others are old, in order of age. */
export function splitReplicaSets(d: Deployment, sets: readonly ReplicaSet[]): { readonly fresh: ReplicaSet | undefined; readonly old: readonly ReplicaSet[] } {
  const sorted = sets.length > 1 ? sets.slice().sort(olderFirst) : sets
  const fresh = sorted.find((rs) => sameTemplate(rs.spec.template, d.spec.template))
  return { fresh, old: fresh ? sorted.filter((rs) => rs !== fresh) : sorted }
}

/** The one set with pods, or, when none has any, the newest. undefined when several have (deployment_util.go). */
export function activeOrLatest(fresh: ReplicaSet | undefined, old: readonly ReplicaSet[]): ReplicaSet | undefined {
  if (!fresh && old.length === 0) return undefined
  const alive = active(withNew(old, fresh))
  if (alive.length === 0) return fresh ?? old.slice().sort(newerFirst)[0]
  return alive.length === 1 ? alive[0] : undefined
}
