import type { JsonValue, KubeObject } from '../../api/meta.ts'
import { badRequest, unknownError, type Status } from '../../api/status.ts'
import { formatTime } from '../../engine/time.ts'
import type { Execution, Outcome } from '../execution.ts'
import { changedPaths, compare } from './comparing.ts'
import { conflictStatus, type Conflict } from './conflicts.ts'
import { difference, EMPTY, equalSets, intersection, isEmpty, union, type FieldSet } from './field-set.ts'
import { afterUpdate, apiVersionOf, entriesOf, kindShape, managedFieldsOf, owned, ownersOf, passing, sameOwner, withoutPaths, type Managers, type Owner } from './managers.ts'
import { appliedByClient, KUBECTL, withLastApplied } from './last-applied.ts'
import { merge, prune } from './merging.ts'
import { isMap } from './shape.ts'
import { errorText, fieldSetOf, isTyped, typeErrors } from './typed.ts'

export interface Applied {
  readonly object: KubeObject
  readonly managers: Managers
  /** The managers changed, even if the object did not. */
  readonly handedOver: boolean
}

const BEFORE = 'before-first-apply'

/**
 * Server-side apply: the configuration is laid over the live object, what this manager no longer asks for goes, and
 * ownership follows (managedfields/internal: structuredmerge.go; structured-merge-diff: merge/update.go, Apply).
 */
export function applyConfiguration(exec: Execution, live: KubeObject | undefined, known: Managers | undefined, patch: JsonValue, namespace: string): Outcome<Applied> {
  const { kind, options } = exec
  const shape = kindShape(kind)
  const wrong = checkConfiguration(exec, patch, namespace)
  if (wrong) return wrong
  const config = patch as unknown as KubeObject
  const start = (live ?? { apiVersion: config.apiVersion, kind: config.kind, metadata: {} }) as unknown as JsonValue
  const owners = ownersBefore(exec, live, known)
  const identity = { manager: options.fieldManager ?? '', operation: 'Apply' as const, apiVersion: apiVersionOf(kind), subresource: exec.subresource }
  const before = owners.find((owner) => sameOwner(owner, identity))
  const asked = fieldSetOf(shape, patch, before?.set)
  const set = owned(kind, exec.subresource, asked)
  const others = owners.filter((owner) => owner !== before)
  // The name belongs to nobody, but asking for it keeps the metadata that it stands in.
  const held = others.reduce((sum: FieldSet, owner) => union(sum, owner.set), asked)
  const merged = merge(shape, start, patch)
  const next = prune(shape, merged, before?.set ?? EMPTY, held)
  const comparison = compare(shape, start, next)
  const changed = passing(kind, exec.subresource, changedPaths(comparison))
  const removed = passing(kind, exec.subresource, comparison.removed)
  const conflicts = others.map((owner): Conflict => ({ owner, set: intersection(owner.set, changed) })).filter((conflict) => !isEmpty(conflict.set))
  if (conflicts.length > 0 && !options.force) {
    const own = identity.manager === KUBECTL ? appliedByClient(shape, live) : EMPTY
    const left = conflicts.map((conflict): Conflict => ({ ...conflict, set: difference(conflict.set, own) })).filter((conflict) => !isEmpty(conflict.set))
    if (left.length > 0) return conflictStatus(left)
  }
  const isSame = [changed, removed].every(isEmpty)
  const time = isSame && before && equalSets(before.set, set) ? before.time : formatTime(exec.now)
  const after = [...others.map((owner) => withoutPaths(owner, changed, removed)), { ...identity, time, set }].filter((owner) => !isEmpty(owner.set))
  const handedOver = !before || !equalSets(before.set, set) || after.length !== owners.length
  const noted = identity.manager === KUBECTL ? withLastApplied(next, patch) : next
  return { object: noted as unknown as KubeObject, managers: { entries: entriesOf(after), pending: [] }, handedOver }
}

/** The owners as they are; an object that nobody has kept account of belongs to whoever made it. */
function ownersBefore({ kind, now }: Execution, live: KubeObject | undefined, known: Managers | undefined): readonly Owner[] {
  if (known) return ownersOf(managedFieldsOf(kind, known))
  if (!live) return []
  return afterUpdate(kind, [], { manager: BEFORE, apiVersion: apiVersionOf(kind), subresource: '', time: formatTime(now), to: live })
}

const isText = (value: unknown): value is string => typeof value === 'string'
const textOf = (value: unknown): string => (isText(value) ? value : '')

function checkConfiguration({ kind, name }: Execution, patch: JsonValue, namespace: string): Status | undefined {
  if (!isMap(patch)) return badRequest('error decoding YAML: the configuration must be a map')
  const apiVersion = apiVersionOf(kind)
  const said = patch as unknown as Partial<KubeObject>
  // Anything may stand where a text belongs; then it is as good as empty (unstructured: NestedString).
  const [saidVersion, saidKind] = [textOf(said.apiVersion), textOf(said.kind)]
  if (!saidKind || !saidVersion) return badRequest(`invalid object type: ${saidVersion}, Kind=${saidKind}`)
  if (saidKind !== kind.kind || saidVersion !== apiVersion) return badRequest(`invalid object type: ${saidVersion.includes('/') ? saidVersion : `/${saidVersion}`}, Kind=${saidKind}`)
  if ((said.metadata as { managedFields?: unknown } | undefined)?.managedFields !== undefined) return badRequest('metadata.managedFields must be nil')
  const shape = kindShape(kind)
  if (isTyped(shape, patch)) return undefined
  const errors = typeErrors(shape, patch)
  if (errors.length === 0) return undefined
  const gvk = `${kind.group ? apiVersion : `/${apiVersion}`}, Kind=${kind.kind}`
  return unknownError(`failed to create typed patch object (${textOf(namespace)}/${isText(said.metadata?.name) ? said.metadata.name : name}; ${gvk}): ${errorText(errors)}`)
}

