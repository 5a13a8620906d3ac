import { joinApiVersion, type JsonValue, type KubeObject, type ManagedFieldsEntry } from '../../api/meta.ts'
import { zeroOf } from '../../api/schema/decode-scalar.ts'
import { schemaOf } from '../../api/schema/schema.ts'
import type { KindDefinition } from '../../kinds/definition.ts'
import type { CustomKind } from '../custom/kind.ts'
import { changedPaths, compare } from './comparing.ts'
import { difference, EMPTY, equalSets, fromFieldsV1, isEmpty, LEAF, toFieldsV1, union, without, type FieldSet } from './field-set.ts'
import { customShape, shapeOf, type Shape } from './shape.ts'

/** A write that has not been turned into ownership yet: from what to what, by whom. */
export interface PendingWrite {
  readonly manager: string
  readonly apiVersion: string
  readonly subresource: string
  readonly time: string
  readonly from?: KubeObject
  readonly to: KubeObject
}

/**
 * Who owns which fields of an object: the entries as they were last worked out, and the writes since. Working out waits
 * until somebody looks or applies, so that writes stay cheap.
 */
export interface Managers {
  readonly entries: readonly ManagedFieldsEntry[]
  readonly pending: readonly PendingWrite[]
}

/** One manager with its fields. */
export interface Owner {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly subresource: string
  readonly time: string
  readonly set: FieldSet
}

const FREE: Shape = { kind: 'free' }

/** The shape of a kind's objects; custom resources are plain data. */
export function kindShape(definition: KindDefinition): Shape {
  const { group, version, kind } = definition
  const schema = definition.custom ? (definition as CustomKind).schema : undefined
  if (schema) return customShape(schema, true)
  const def = schemaOf({ group, version, kind })
  return def ? shapeOf(def) : FREE
}

/** An object of which nothing is known yet, with the members that are always printed. */
const blank = (shape: Shape): JsonValue => (shape.kind === 'struct' ? zeroOf({ k: 'ref', ref: shape.def.name }) : {})

const fieldsAt = (...names: readonly string[]): FieldSet => names.reduceRight<FieldSet>((inner, name) => ({ self: false, below: new Map([[`f:${name}`, inner]]) }), LEAF)

/** What nobody owns: identity and what the server writes (managedfields/internal/stripmeta.go). */
const STRIPPED: FieldSet = ['apiVersion', 'kind', ...['name', 'namespace', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink', 'uid', 'generation', 'managedFields', 'resourceVersion'].map((name) => `metadata/${name}`)]
  .map((path) => fieldsAt(...path.split('/')))
  .reduce(union, EMPTY)
const METADATA: FieldSet = { self: true, below: new Map() }
const OF_STATUS = fieldsAt('status')
const BESIDE_STATUS = union(fieldsAt('spec'), fieldsAt('metadata', 'labels'))

/** Takes out of a set what its way into the server would not let through (strategy.go: GetResetFields). */
export function passing(kind: KindDefinition, subresource: string, set: FieldSet): FieldSet {
  if (subresource === 'status') return without(set, BESIDE_STATUS)
  return kind.subresources.includes('status') && subresource === '' ? without(set, OF_STATUS) : set
}

/** What a writer of a set comes to own. */
export const owned = (kind: KindDefinition, subresource: string, set: FieldSet): FieldSet =>
  passing(kind, subresource, difference(difference(set, STRIPPED), { self: false, below: new Map([['f:metadata', METADATA]]) }))

const sets = new WeakMap<object, FieldSet>()

function setOf(entry: ManagedFieldsEntry): FieldSet {
  const fields = entry.fieldsV1
  if (typeof fields !== 'object' || fields === null) return EMPTY
  let set = sets.get(fields)
  if (!set) sets.set(fields, (set = fromFieldsV1(fields as JsonValue)))
  return set
}

export const ownersOf = (entries: readonly ManagedFieldsEntry[]): readonly Owner[] =>
  entries.map((entry) => ({
    manager: entry.manager ?? '', operation: entry.operation === 'Apply' ? 'Apply' : 'Update', apiVersion: entry.apiVersion ?? '',
    subresource: entry.subresource ?? '', time: entry.time ?? '', set: setOf(entry),
  }))

/** Entries as they are shown: applies first, then by time, manager, version (managedfields/internal: sortEncodedManagedFields). */
export function entriesOf(owners: readonly Owner[]): readonly ManagedFieldsEntry[] {
  const sorted = [...owners].sort((a, b) => less(a.operation, b.operation) || less(a.time, b.time) || less(a.manager, b.manager) || less(a.apiVersion, b.apiVersion) || less(a.subresource, b.subresource))
  return sorted.map(({ manager, operation, apiVersion, subresource, time, set }) => {
    const fieldsV1 = toFieldsV1(set)
    // What is read from it again is this set, so that its parts are known by identity at the next write.
    if (set.below.size > 0 && !set.self) sets.set(fieldsV1, set)
    return { manager, operation, apiVersion, ...(time ? { time } : {}), fieldsType: 'FieldsV1', fieldsV1, ...(subresource ? { subresource } : {}) }
  })
}
const less = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const worked = new WeakMap<Managers, readonly ManagedFieldsEntry[]>()

/** The entries of `metadata.managedFields`, worked out once. */
export function managedFieldsOf(kind: KindDefinition, managers: Managers): readonly ManagedFieldsEntry[] {
  if (managers.pending.length === 0) return managers.entries
  let entries = worked.get(managers)
  if (!entries) {
    const owners = managers.pending.reduce((now: readonly Owner[], write) => afterUpdate(kind, now, write), ownersOf(managers.entries))
    worked.set(managers, (entries = entriesOf(capped(owners))))
  }
  return entries
}

const sameOwner = (a: Owner, b: Pick<Owner, 'manager' | 'operation' | 'apiVersion' | 'subresource'>): boolean =>
  a.manager === b.manager && a.operation === b.operation && a.apiVersion === b.apiVersion && a.subresource === b.subresource

/** Ownership after a write that is no apply: the writer owns what it changed, the others lose it (merge/update.go: Update). */
export function afterUpdate(kind: KindDefinition, owners: readonly Owner[], write: PendingWrite): readonly Owner[] {
  if (write.subresource === 'scale') return afterScale(owners, write)
  const shape = kindShape(kind)
  const comparison = compare(shape, (write.from as unknown as JsonValue | undefined) ?? blank(shape), write.to as unknown as JsonValue)
  const changed = passing(kind, write.subresource, changedPaths(comparison))
  const removed = passing(kind, write.subresource, comparison.removed)
  const identity = { manager: write.manager, operation: 'Update' as const, apiVersion: write.apiVersion, subresource: write.subresource }
  const before = owners.find((owner) => sameOwner(owner, identity))
  const set = owned(kind, write.subresource, union(difference(before?.set ?? EMPTY, removed), changed))
  const others = owners.filter((owner) => owner !== before).map((owner) => withoutPaths(owner, changed, removed))
  const time = before && equalSets(before.set, set) ? before.time : write.time
  return [...others, { ...identity, time, set }].filter((owner) => !isEmpty(owner.set))
}

export function withoutPaths(owner: Owner, changed: FieldSet, removed: FieldSet): Owner {
  const set = difference(difference(owner.set, changed), removed)
  return set === owner.set ? owner : { ...owner, set }
}

const REPLICAS = fieldsAt('spec', 'replicas')
const ownsReplicas = ({ set }: Owner): boolean => set.below.get('f:spec')?.below.has('f:replicas') ?? false

/** The scale subresource hands the ownership of replicas on, where anybody has it (managedfields: ScaleHandler). */
function afterScale(owners: readonly Owner[], { manager, apiVersion }: PendingWrite): readonly Owner[] {
  if (!owners.some(ownsReplicas)) return owners
  const scaler: Owner = { manager, operation: 'Update', apiVersion, subresource: 'scale', time: '', set: REPLICAS }
  const others = owners.filter((owner) => !sameOwner(owner, scaler)).map((owner) => withoutPaths(owner, REPLICAS, EMPTY))
  return [...others, scaler].filter((owner) => !isEmpty(owner.set))
}

const MOST_UPDATERS = 10
const ANCIENT = 'ancient-changes'

/** More than ten updaters are too many: the oldest become one (managedfields/internal/capmanagers.go). */
function capped(owners: readonly Owner[]): readonly Owner[] {
  const updates = owners.filter(({ operation }) => operation === 'Update').sort((a, b) => less(a.time, b.time))
  const over = updates.length - MOST_UPDATERS
  if (over <= 0) return owners
  const old = updates.slice(0, over + 1)
  const bucket: Owner = { manager: ANCIENT, operation: 'Update', apiVersion: old[0]!.apiVersion, subresource: '', time: old.at(-1)!.time, set: old.reduce((sum: FieldSet, { set }) => union(sum, set), EMPTY) }
  return [...owners.filter((owner) => !old.includes(owner)), bucket]
}

export const apiVersionOf = ({ group, version }: KindDefinition): string => joinApiVersion(group, version)
export { sameOwner }
