import type { StringMap } from '../../api/meta.ts'
import { rolloutNumbers } from '../../api/deployment-numbers.ts'
import type { Deployment } from '../../kinds/deployment/deployment.ts'
import type { ReplicaSet } from '../../kinds/replicaset/replicaset.ts'

export const REVISION = 'deployment.kubernetes.io/revision'
const HISTORY = 'deployment.kubernetes.io/revision-history'
const DESIRED = 'deployment.kubernetes.io/desired-replicas'
const MAX = 'deployment.kubernetes.io/max-replicas'
const NOT_COPIED: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration', REVISION, HISTORY, DESIRED, MAX, 'deprecated.deployment.rollback.to',
])
const MAX_HISTORY_CHARS = 2000

/** The set's revision: 0 without the annotation, undefined where it is no integer. */
export function revisionOf(rs: ReplicaSet): number | undefined {
  const text = rs.metadata.annotations?.[REVISION]
  return text === undefined ? 0 : /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined
}

export const maxRevision = (sets: readonly ReplicaSet[]): number => sets.reduce((max, rs) => Math.max(max, revisionOf(rs) ?? 0), 0)

function annotated(rs: ReplicaSet, changes: StringMap): ReplicaSet {
  const have = rs.metadata.annotations
  for (const key in changes) if (have?.[key] !== changes[key]) return { ...rs, metadata: { ...rs.metadata, annotations: { ...have, ...changes } } }
  return rs
}

function nonNegative(rs: ReplicaSet, key: string): number | undefined {
  const text = rs.metadata.annotations?.[key]
  return text !== undefined && /^\d{1,10}$/.test(text) && Number(text) <= 2147483647 ? Number(text) : undefined
}

/** The size of the Deployment when the set was last scaled, and the most pods that it allowed then. */
export const desiredAnnotation = (rs: ReplicaSet): number | undefined => nonNegative(rs, DESIRED)
export const maxAnnotation = (rs: ReplicaSet): number | undefined => nonNegative(rs, MAX)

/** The set with the annotations by which a later sync recognises that the Deployment was scaled. */
export function withReplicasAnnotations(rs: ReplicaSet, d: Deployment): ReplicaSet {
  const { desired, maxTotal } = rolloutNumbers(d.spec)
  return annotated(rs, { [DESIRED]: `${desired}`, [MAX]: `${maxTotal}` })
}

/** The Deployment's own annotations copied, the revision raised, the former revision remembered; same reference if all is there. */
export function withRevisionAnnotations(d: Deployment, rs: ReplicaSet, revision: number): ReplicaSet {
  const copied: Record<string, string> = {}
  for (const [key, value] of Object.entries(d.metadata.annotations ?? {})) if (!NOT_COPIED.has(key)) copied[key] = value
  const next = annotated(rs, copied)
  const known = revisionOf(rs)
  if (known === undefined || known >= revision) return next
  const former = rs.metadata.annotations?.[REVISION]
  return annotated(next, { [REVISION]: `${revision}`, ...(former === undefined ? {} : history(rs, former)) })
}

/** "1,3" and former 5 make "1,3,5"; the oldest go when it gets too long. */
function history(rs: ReplicaSet, former: string): StringMap {
  const text = rs.metadata.annotations?.[HISTORY] ?? ''
  if (text === '') return { [HISTORY]: former }
  const all = text.split(',')
  let start = 0
  for (let length = text.length + former.length + 1; length > MAX_HISTORY_CHARS && start < all.length; start++) length -= all[start]!.length + 1
  return { [HISTORY]: [...all.slice(start), former].join(',') }
}
