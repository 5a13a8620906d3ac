import type { GroupVersionKind } from '../meta.ts'
import { ADD_ON_DEFINITIONS, ADD_ON_RESOURCES } from './add-on.ts'
import { readFieldCode, type FieldSchema, type TypeNode } from './field-code.ts'
import tables from './tables.json'

export type { FieldSchema, TypeNode } from './field-code.ts'

export interface Subresource {
  readonly name: string
  readonly verbs: readonly string[]
  readonly kind: string
  readonly apiVersion: string
}

/** One resource that a v1.36 server offers, as its discovery document says it. */
export interface ResourceSchema {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly subresources: readonly Subresource[]
  readonly definition: string
}

export interface ColumnSchema {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly priority: number
}

/** A structure: its fields in the order of the schema, and which of them must be there. */
export interface Definition {
  readonly name: string
  readonly fields: ReadonlyMap<string, FieldSchema>
  readonly required: readonly string[]
  /** Printed even when absent from the input. */
  readonly always: readonly string[]
  readonly atomic: boolean
}

interface Tables {
  readonly definitions: Readonly<Record<string, { readonly f: Readonly<Record<string, string>>; readonly r?: readonly string[]; readonly a?: number }>>
  readonly resources: readonly ResourceSchema[]
  readonly columns: Readonly<Record<string, readonly (readonly [string, string, string, number])[]>>
}
const data = tables as unknown as Tables
const read = new Map<string, Definition>()

/** The definition of a name such as "core.v1.PodSpec", or undefined. Field codes are read on first use. */
export function definition(name: string): Definition | undefined {
  const known = read.get(name)
  if (known) return known
  const raw: Tables['definitions'][string] | undefined = data.definitions[name] ?? ADD_ON_DEFINITIONS[name]
  if (!raw) return undefined
  const fields = new Map<string, FieldSchema>()
  for (const key of Object.keys(raw.f)) fields.set(key, readFieldCode(key, raw.f[key]!))
  const always = [...fields].filter(([, f]) => f.always && !f.inline).map(([key]) => key)
  const result: Definition = { name, fields, required: raw.r ?? [], always, atomic: raw.a === 1 }
  read.set(name, result)
  return result
}

export const definitionNames = (): readonly string[] => Object.keys(data.definitions)

/** Every resource of the server, ordered by group, version and plural. */
export const resources = (): readonly ResourceSchema[] => data.resources

const byKind = new Map<string, ResourceSchema[]>()
for (const resource of [...data.resources, ...ADD_ON_RESOURCES]) byKind.set(resource.kind, [resource, ...(byKind.get(resource.kind) ?? [])])

export function resourceOfKind({ group, version, kind }: GroupVersionKind): ResourceSchema | undefined {
  const all = byKind.get(kind)
  if (all) for (const resource of all) if (resource.group === group && resource.version === version) return resource
  return undefined
}

/** Kinds that are served only as bodies of subresources. */
const EXTRA: Readonly<Record<string, string>> = {
  'autoscaling/v1/Scale': 'autoscaling.v1.Scale',
  'policy/v1/Eviction': 'policy.v1.Eviction',
  'authentication.k8s.io/v1/TokenRequest': 'authentication.v1.TokenRequest',
  '/v1/Binding': 'core.v1.Binding',
  '/v1/List': 'core.v1.List',
}

/** The structure of a kind's objects, or undefined for a kind that v1.36 does not know. */
export function schemaOf(gvk: GroupVersionKind): Definition | undefined {
  const name = resourceOfKind(gvk)?.definition ?? EXTRA[`${gvk.group}/${gvk.version}/${gvk.kind}`]
  return name ? definition(name) : undefined
}

/** Printed columns of a resource as the server declares them. Name and Age where none were recorded. */
export function columnsOf(group: string, plural: string): readonly ColumnSchema[] {
  const raw = data.columns[`${group}/${plural}`] ?? [['Name', 'string', 'name', 0], ['Age', 'string', '', 0]]
  return raw.map(([name, type, format, priority]) => ({ name, type, format, priority }))
}

/** The field at a path below a definition; list items and map values are passed through by any step. */
export function fieldSchema(from: Definition, path: readonly (string | number)[]): FieldSchema | undefined {
  let node: TypeNode = { k: 'ref', ref: from.name }
  let field: FieldSchema | undefined
  for (const step of path) {
    if (node.k === 'list' || node.k === 'map') {
      node = node.of
      if (typeof step === 'number' || node.k !== 'ref') continue
      // A path without indexes (kubectl explain) goes on in the item.
    }
    if (node.k !== 'ref') return undefined
    field = definition(node.ref)?.fields.get(String(step))
    if (!field) return undefined
    node = field.type
  }
  return field
}

/** The definition that a type leads to, through lists and maps. */
export function definitionOf(type: TypeNode): Definition | undefined {
  let node = type
  while (node.k === 'list' || node.k === 'map') node = node.of
  return node.k === 'ref' ? definition(node.ref) : undefined
}
