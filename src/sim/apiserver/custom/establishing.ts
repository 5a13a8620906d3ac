import type { Condition, KubeObject } from '../../api/meta.ts'
import { formatTime, type Micros } from '../../engine/time.ts'
import type { CrdNames, CustomResourceDefinition } from '../../kinds/customresourcedefinition/customresourcedefinition.ts'
import type { Store } from '../../store/store.ts'
import { methodNotSupported, type Status } from '../../api/status.ts'
import type { KindDefinition } from '../../kinds/definition.ts'
import type { CustomKind } from './kind.ts'

export const CRDS = 'customresourcedefinitions'
const FINALIZER = 'customresourcecleanup.apiextensions.k8s.io'

type Conditions = readonly Condition[]

/** The list with one condition set; its time moves only with its status. */
function withCondition(conditions: Conditions, condition: Condition): Conditions {
  const before = conditions.find((c) => c.type === condition.type)
  const next = before?.status === condition.status ? { ...condition, lastTransitionTime: before.lastTransitionTime } : condition
  return before ? conditions.map((c) => (c === before ? next : c)) : [...conditions, next]
}

/** Names of a definition that another one of its group has taken already. */
function conflicts(store: Store, crd: CustomResourceDefinition): string | undefined {
  const { group, names } = crd.spec
  const others = store.keys(CRDS).map((key) => store.get(key) as CustomResourceDefinition).filter((other) => other.spec.group === group && other.metadata.name !== crd.metadata.name)
  const taken = new Set(others.flatMap(({ status }) => (status?.acceptedNames ? [status.acceptedNames.plural, status.acceptedNames.singular, ...(status.acceptedNames.shortNames ?? [])] : [])))
  const kinds = new Set(others.flatMap(({ status }) => (status?.acceptedNames ? [status.acceptedNames.kind, status.acceptedNames.listKind] : [])))
  const word = [names.plural, names.singular ?? '', ...(names.shortNames ?? [])].find((name) => name && taken.has(name))
  if (word) return `${JSON.stringify(word)} is already in use`
  const kind = [names.kind, names.listKind ?? ''].find((name) => name && kinds.has(name))
  return kind && `${JSON.stringify(kind)} is already in use`
}

/** The names that are accepted, in the order of their fields. */
const accepted = ({ plural, singular, shortNames, kind, listKind, categories }: CrdNames): CrdNames => ({
  plural, ...(singular ? { singular } : {}), ...(shortNames ? { shortNames } : {}), kind, ...(listKind ? { listKind } : {}), ...(categories ? { categories } : {}),
})

/**
 * What the naming and establishing controllers make of a definition (apiextensions-apiserver: pkg/controller/status,
 * establish); the same object when nothing changes.
 */
export function established(store: Store, crd: CustomResourceDefinition, now: Micros): CustomResourceDefinition {
  const lastTransitionTime = formatTime(now)
  const problem = conflicts(store, crd)
  const names: Condition = problem
    ? { type: 'NamesAccepted', status: 'False', lastTransitionTime, reason: 'ListKindConflict', message: problem }
    : { type: 'NamesAccepted', status: 'True', lastTransitionTime, reason: 'NoConflicts', message: 'no conflicts found' }
  const before = crd.status?.conditions ?? []
  let conditions = withCondition(before, names)
  const isUp = before.some((c) => c.type === 'Established' && c.status === 'True')
  if (!problem && !isUp) conditions = withCondition(conditions, { type: 'Established', status: 'True', lastTransitionTime, reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' })
  if (problem && !isUp) conditions = withCondition(conditions, { type: 'Established', status: 'False', lastTransitionTime, reason: 'NotAccepted', message: 'not all names are accepted' })
  const acceptedNames = problem ? (crd.status?.acceptedNames ?? { plural: '', kind: '' }) : accepted(crd.spec.names)
  return { ...crd, status: { ...crd.status, conditions, acceptedNames } }
}

/** A definition that is being deleted: its objects must go first (pkg/controller/finalizer). */
export function terminating(crd: CustomResourceDefinition, now: Micros): CustomResourceDefinition {
  const { deletionGracePeriodSeconds: _unset, ...metadata } = crd.metadata
  const finalizers = metadata.finalizers?.includes(FINALIZER) ? metadata.finalizers : [...(metadata.finalizers ?? []), FINALIZER]
  const marked = { ...crd, metadata: { ...metadata, deletionTimestamp: metadata.deletionTimestamp ?? formatTime(now), finalizers } }
  return withTerminating(marked, 'True', 'InstanceDeletionPending', 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon', now)
}

/** The definition with its condition of ending. */
export function withTerminating(crd: CustomResourceDefinition, status: 'True' | 'False', reason: string, message: string, now: Micros): CustomResourceDefinition {
  const condition: Condition = { type: 'Terminating', status, lastTransitionTime: formatTime(now), reason, message }
  return { ...crd, status: { ...crd.status, conditions: withCondition(crd.status?.conditions ?? [], condition) } }
}

/** Nothing new is made of a kind whose definition is being deleted (apiextensions-apiserver: customresource_handler.go). */
export function refusedByEnd(kind: KindDefinition, verb: string): Status | undefined {
  if (verb !== 'create' || !kind.custom || !(kind as CustomKind).ending) return undefined
  return { ...methodNotSupported({ group: kind.group, resource: kind.plural }, verb), message: `${verb} not allowed while custom resource definition is terminating` }
}

/** The definition without the finalizer that guarded its objects. */
export function cleanedUp(crd: KubeObject): KubeObject {
  const finalizers = (crd.metadata.finalizers ?? []).filter((f) => f !== FINALIZER)
  const { finalizers: _all, ...metadata } = crd.metadata
  return { ...crd, metadata: finalizers.length ? { ...metadata, finalizers } : metadata }
}
