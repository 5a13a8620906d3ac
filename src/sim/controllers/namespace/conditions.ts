import { findCondition } from '../../api/conditions.ts'
import type { Namespace, NamespaceCondition, NamespaceStatus } from '../../kinds/namespace/namespace.ts'

/** What stands in the way of a namespace's end. */
export interface Remainder {
  /** Objects left, by "resource.group". */
  readonly resources: Readonly<Record<string, number>>
  readonly finalizers: Readonly<Record<string, number>>
  readonly errors: readonly string[]
}

/** In this order they are appended; [type, reason and message while all is well] (status_condition_utils.go). */
const FINE: readonly (readonly [string, string, string])[] = [
  ['NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'],
  ['NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
  ['NamespaceDeletionContentFailure', 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
  ['NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed'],
  ['NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
]

const listed = (counts: Readonly<Record<string, number>>, word: string): string =>
  Object.keys(counts).map((key) => `${key} ${word} ${counts[key]} resource instances`).sort().join(', ')

function trouble(type: string, left: Remainder): Pick<NamespaceCondition, 'reason' | 'message'> | undefined {
  if (type === 'NamespaceDeletionContentFailure' && left.errors.length > 0)
    return { reason: 'ContentDeletionFailed', message: `Failed to delete all resource types, ${left.errors.length} remaining: ${[...left.errors].sort().join(', ')}` }
  if (type === 'NamespaceContentRemaining' && Object.keys(left.resources).length > 0)
    return { reason: 'SomeResourcesRemain', message: `Some resources are remaining: ${listed(left.resources, 'has')}` }
  if (type === 'NamespaceFinalizersRemaining' && Object.keys(left.finalizers).length > 0)
    return { reason: 'SomeFinalizersRemain', message: `Some content in the namespace has finalizers remaining: ${listed(left.finalizers, 'in')}` }
  return undefined
}

/** The status with conditions brought up to date; undefined when nothing changes. */
export function deletionStatus(ns: Namespace, left: Remainder, now: string): NamespaceStatus | undefined {
  let conditions = ns.status?.conditions ?? []
  let changed = false
  for (const [type, reason, message] of FINE) {
    const bad = trouble(type, left)
    const status = bad ? 'True' : 'False'
    const next = { type, status, lastTransitionTime: now, ...(bad ?? { reason, message }) } as const
    const old = findCondition(conditions, type)
    if (old && old.status === next.status && old.reason === next.reason && old.message === next.message) continue
    changed = true
    const kept = old?.status === next.status ? { ...next, lastTransitionTime: old.lastTransitionTime } : next
    conditions = old ? conditions.map((c) => (c === old ? kept : c)) : [...conditions, kept]
  }
  return changed ? { ...ns.status, conditions } : undefined
}
