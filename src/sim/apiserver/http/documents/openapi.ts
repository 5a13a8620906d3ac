import type { JsonValue } from '../../../api/meta.ts'
import { definition, resources, type Definition, type FieldSchema, type TypeNode } from '../../../api/schema/schema.ts'
import type { ServedGroups, ServedResource } from '../groups.ts'

type Json = Readonly<Record<string, JsonValue>>

const SCALARS: Readonly<Record<string, Json>> = {
  s: { type: 'string' }, bytes: { type: 'string', format: 'byte' }, b: { type: 'boolean' }, i32: { type: 'integer', format: 'int32' }, i64: { type: 'integer', format: 'int64' },
  n: { type: 'number', format: 'double' },
  t: { type: 'string', format: 'date-time' }, mt: { type: 'string', format: 'date-time' }, any: { type: 'object' },
}

/** Scalars that have definitions of their own. */
const NAMED: Readonly<Record<string, readonly [name: string, schema: Json]>> = {
  q: ['io.k8s.apimachinery.pkg.api.resource.Quantity', { oneOf: [{ type: 'string' }, { type: 'number' }] }],
  io: ['io.k8s.apimachinery.pkg.util.intstr.IntOrString', { oneOf: [{ type: 'integer' }, { type: 'string' }], format: 'int-or-string' }],
}

/** The name of a definition as Kubernetes' documents write it: "core.v1.Pod" is "io.k8s.api.core.v1.Pod". */
export function fullName(name: string): string {
  if (name.startsWith('meta.v1.')) return `io.k8s.apimachinery.pkg.apis.${name}`
  if (name.startsWith('apiextensions.v1.')) return `io.k8s.apiextensions-apiserver.pkg.apis.${name}`
  if (name.startsWith('apiregistration.v1.')) return `io.k8s.kube-aggregator.pkg.apis.${name}`
  return name.startsWith('util.') || name.startsWith('runtime.') ? `io.k8s.apimachinery.pkg.${name}` : `io.k8s.api.${name}`
}

const reference = (name: string, root: string): Json => ({ $ref: `${root}${fullName(name)}` })

function typeSchema(type: TypeNode, root: string): Json {
  switch (type.k) {
    case 'list':
      return { type: 'array', items: typeSchema(type.of, root) }
    case 'map':
      return { type: 'object', additionalProperties: typeSchema(type.of, root) }
    case 'ref':
      return reference(type.ref, root)
    default:
      return NAMED[type.k] ? { $ref: `${root}${NAMED[type.k]![0]}` } : (SCALARS[type.k] ?? {})
  }
}

const LIST_TYPES: Readonly<Record<string, string>> = { a: 'atomic', s: 'set', m: 'map' }

function fieldSchema(field: FieldSchema, root: string): Json {
  const plain = typeSchema(field.type, root)
  const schema = field.type.k === 'ref' ? { allOf: [plain], default: {} } : plain
  return {
    ...schema,
    ...(field.enum ? { enum: field.enum } : {}),
    ...(field.listType && field.type.k === 'list' ? { 'x-kubernetes-list-type': LIST_TYPES[field.listType] ?? 'atomic' } : {}),
    ...(field.keys ? { 'x-kubernetes-list-map-keys': field.keys } : {}),
    ...(field.mergeKey ? { 'x-kubernetes-patch-merge-key': field.mergeKey } : {}),
    ...(field.strategy ? { 'x-kubernetes-patch-strategy': field.strategy.join(',') } : {}),
  }
}

function definitionSchema(def: Definition, kinds: readonly ServedResource[], root: string): Json {
  const properties: Record<string, JsonValue> = {}
  for (const [name, field] of def.fields) properties[name] = fieldSchema(field, root)
  const gvks = kinds.map(({ group, version, kind }) => ({ group, kind, version }))
  return { type: 'object', properties, ...(def.required.length ? { required: def.required } : {}), ...(gvks.length ? { 'x-kubernetes-group-version-kind': gvks } : {}) }
}

/** The definitions that `names` lead to, by their full names. */
function closure(names: readonly string[], root: string): Json {
  const out: Record<string, JsonValue> = {}
  const byDefinition = new Map<string, ServedResource[]>()
  for (const resource of resources()) byDefinition.set(resource.definition, [...(byDefinition.get(resource.definition) ?? []), resource])
  const queue = [...names]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const def = definition(name)
    if (!def || out[fullName(name)]) continue
    out[fullName(name)] = definitionSchema(def, byDefinition.get(name) ?? [], root)
    for (const field of def.fields.values()) {
      let type = field.type
      while (type.k === 'list' || type.k === 'map') type = type.of
      if (type.k === 'ref') queue.push(type.ref)
      else if (NAMED[type.k]) out[NAMED[type.k]![0]] = NAMED[type.k]![1]
    }
  }
  return Object.fromEntries(Object.keys(out).sort().map((name) => [name, out[name]!]))
}

const WRITE_PARAMETERS: readonly string[] = ['dryRun', 'fieldManager', 'fieldValidation', 'pretty']
const parameters = (names: readonly string[]): JsonValue => names.map((name) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } }))

const base = (group: string, version: string): string => (group ? `/apis/${group}/${version}` : `/api/${version}`)

/** The paths of one resource, as far as clients look at them: which options a write takes, and of which kind it is. */
function pathsOf(resource: ServedResource): Json {
  const { group, version, kind, plural, namespaced, verbs } = resource
  const gvk = { group, version, kind }
  const at = `${base(group, version)}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}`
  const operation = (action: string, names: readonly string[]): Json => ({
    parameters: parameters(names), responses: { 200: { description: 'OK' } }, 'x-kubernetes-action': action, 'x-kubernetes-group-version-kind': gvk,
  })
  const has = (verb: string, method: string, action: string, names: readonly string[]): Json => (verbs.includes(verb) ? { [method]: operation(action, names) } : {})
  return {
    [at]: { ...has('list', 'get', 'list', ['labelSelector', 'fieldSelector', 'limit', 'continue']), ...has('create', 'post', 'post', WRITE_PARAMETERS) },
    ...(verbs.includes('get')
      ? {
          [`${at}/{name}`]: {
            ...has('get', 'get', 'get', ['pretty']), ...has('update', 'put', 'put', WRITE_PARAMETERS), ...has('patch', 'patch', 'patch', [...WRITE_PARAMETERS, 'force']),
            ...has('delete', 'delete', 'delete', ['dryRun', 'gracePeriodSeconds', 'propagationPolicy']),
          },
        }
      : {}),
  }
}

const INFO: Json = { title: 'Kubernetes', version: 'v1.36.2' }

/** GET /openapi/v3: where each group's document is. */
export function openApiIndex(groups: ServedGroups): JsonValue {
  const paths: Record<string, JsonValue> = {}
  for (const group of ['', ...groups.names()]) {
    for (const version of groups.versions(group)) {
      const path = base(group, version).slice(1)
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=orrery` }
    }
  }
  return { paths }
}

/** GET /openapi/v3/apis/<group>/<version>: the kinds of one version with everything that they are made of. */
export function openApiOf(groups: ServedGroups, group: string, version: string): JsonValue {
  const served = groups.resources(group, version)
  const paths = Object.assign({}, ...served.map(pathsOf)) as Json
  return { openapi: '3.0.0', info: INFO, paths, components: { schemas: closure(served.map((r) => r.definition).filter(Boolean), '#/components/schemas/') } }
}

/** GET /openapi/v2: everything in one document. */
export function openApiV2(groups: ServedGroups): JsonValue {
  const served = ['', ...groups.names()].flatMap((group) => groups.versions(group).flatMap((version) => groups.resources(group, version)))
  const paths = Object.assign({}, ...served.map(pathsOf)) as Json
  return { swagger: '2.0', info: INFO, paths, definitions: closure(served.map((r) => r.definition).filter(Boolean), '#/definitions/') }
}
