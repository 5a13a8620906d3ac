import type { JsonObject, JsonValue } from './meta.ts'
import goOrders from './schema/go-orders.json'
import { definition, schemaOf, type Definition, type TypeNode } from './schema/schema.ts'

/** By definition: its members as k8s.io/api declares them, where that is not the order of the alphabet after kind and apiVersion. */
const orderTable = goOrders as Readonly<Record<string, string>>

/** Orders that the table does not hold, or holds without members that old objects have. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  'meta.v1.ObjectMeta': [
    'name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds',
    'labels', 'annotations', 'ownerReferences', 'finalizers', 'managedFields',
  ],
  'meta.v1.ManagedFieldsEntry': ['manager', 'operation', 'apiVersion', 'time', 'fieldsType', 'fieldsV1', 'subresource'],
  'meta.v1.OwnerReference': ['apiVersion', 'kind', 'name', 'uid', 'controller', 'blockOwnerDeletion'],
}
const TYPE_META = ['kind', 'apiVersion']
const FIRST = [...TYPE_META, 'metadata']

const orders = new Map<string, readonly string[]>()

/** The members of a struct in the order of its Go declaration, as far as it is known. */
function orderOf(name: string): readonly string[] {
  let order = orders.get(name)
  if (order) return order
  const own = KNOWN[name] ?? declared(name)
  order = [...TYPE_META.filter((key) => !own.includes(key)), ...own]
  orders.set(name, order)
  return order
}

function declared(name: string): readonly string[] {
  return (Object.hasOwn(orderTable, name) ? orderTable[name]!.split(' ') : undefined) ?? FIRST
}

function sorted(keys: readonly string[], def: Definition | undefined): readonly string[] {
  const order = def ? orderOf(def.name) : []
  const place = (key: string): number => (order.indexOf(key) + 1 || order.length + 1)
  return [...keys].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
}

/** Which members a patch has taken apart: those maps are written out with their members sorted. */
export type Touched = ReadonlyMap<string, Touched>

/** JSON text as Go's encoder writes a value of a definition; what a patch has touched comes out sorted. */
export function goJson(value: JsonValue | undefined, type: TypeNode | undefined, touched?: Touched): string {
  // Raw parts stay as they were written.
  if (type?.k === 'any') return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map((item) => goJson(item, type?.k === 'list' ? type.of : undefined)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const map = value as JsonObject
  const def = type?.k === 'ref' ? definition(type.ref) : undefined
  const keys = Object.keys(map).filter((key) => map[key] !== undefined)
  const inOrder = touched ? [...keys].sort() : sorted(keys, def)
  const below = (key: string): TypeNode | undefined => def?.fields.get(key)?.type ?? (type?.k === 'map' ? type.of : undefined)
  return `{${inOrder.map((key) => `${JSON.stringify(key)}:${goJson(map[key], below(key), touched?.get(key))}`).join(',')}}`
}

/** An object (or a list of objects) of the API with its members in the order in which the server writes them; others as they are. */
export function inGoOrder(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const { apiVersion, kind, items } = value as JsonObject
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return value
  const slash = apiVersion.indexOf('/')
  const [group, version] = slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)]
  if (Array.isArray(items) && kind.endsWith('List')) {
    const of = schemaOf({ group, version, kind: kind.slice(0, -4) })
    const { metadata, ...rest } = value as JsonObject
    return { kind, apiVersion, metadata: metadata ?? {}, ...rest, items: of ? (items as readonly JsonValue[]).map((item) => arranged(item, { k: 'ref', ref: of.name })) : items }
  }
  const def = schemaOf({ group, version, kind })
  return def ? arranged(value, { k: 'ref', ref: def.name }) : value
}

function arranged(value: JsonValue | undefined, type: TypeNode | undefined): JsonValue {
  if (type?.k === 'any' || typeof value !== 'object' || value === null) return value ?? null
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => arranged(item, type?.k === 'list' ? type.of : undefined))
  const map = value as JsonObject
  const def = type?.k === 'ref' ? definition(type.ref) : undefined
  const below = (key: string): TypeNode | undefined => def?.fields.get(key)?.type ?? (type?.k === 'map' ? type.of : undefined)
  const keys = Object.keys(map).filter((key) => map[key] !== undefined)
  return Object.fromEntries(sorted(keys, def).map((key) => [key, arranged(map[key], below(key))]))
}

/** What a JSON patch or merge patch takes apart of the document. */
export function touchedBy(patch: JsonValue): Touched {
  const root = new Map<string, Touched>()
  if (Array.isArray(patch)) for (const operation of patch as readonly { readonly path?: string }[]) touch(root, (operation.path ?? '').split('/').slice(1, -1))
  else if (typeof patch === 'object' && patch !== null) return mapTouched(patch as JsonObject)
  return root
}

function touch(at: Map<string, Touched>, path: readonly string[]): void {
  let here = at
  for (const step of path) {
    const name = step.replace(/~1/g, '/').replace(/~0/g, '~')
    let next = here.get(name) as Map<string, Touched> | undefined
    if (!next) here.set(name, (next = new Map()))
    here = next
  }
}

const mapTouched = (patch: JsonObject): Touched =>
  new Map(Object.keys(patch).filter((key) => typeof patch[key] === 'object' && patch[key] !== null && !Array.isArray(patch[key])).map((key) => [key, mapTouched(patch[key] as JsonObject)]))
