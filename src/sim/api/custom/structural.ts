import { at, child, ErrorList, forbiddenField, invalidValue, required, type FieldError, type Path } from '../field.ts'
import { isDeepStrictEmpty } from './empty.ts'
import { additionalSchema, isSchema, itemSchema, propertyNames, type JsonSchema } from './json-schema.ts'
import { regexpProblem } from './regexp.ts'

/**
 * The rules of structural schemas (apiextensions-apiserver: pkg/apiserver/schema, validation.go and complete.go): every
 * value is described once outside of logic, logic only adds conditions.
 */
type Level = 'root' | 'item' | 'field'
type Errors = FieldError[]

const UNSUPPORTED = ['id', '$schema', '$ref', 'patternProperties', 'dependencies', 'additionalItems', 'definitions'] as const
const SHOWN: Readonly<Record<string, string>> = { $schema: 'schema' }

const isSet = (v: unknown): boolean => v !== undefined && v !== null && v !== '' && !(typeof v === 'object' && !Array.isArray(v) && Object.keys(v).length === 0)

/** Why a schema cannot be brought into structural form at all (NewStructural), or undefined. */
export function notStructural(s: JsonSchema | undefined): string | undefined {
  if (!s) return undefined
  for (const name of UNSUPPORTED) {
    if (name === 'additionalItems' ? s.additionalItems !== undefined : isSet(s[name])) return `OpenAPIV3Schema '${SHOWN[name] ?? name}' is not supported`
  }
  for (const x of [s.not, ...(s.allOf ?? []), ...(s.anyOf ?? []), ...(s.oneOf ?? [])]) {
    const why = notStructural(x)
    if (why) return why
  }
  if (s['x-kubernetes-preserve-unknown-fields'] === false) return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined"
  if (Array.isArray(s.items) && s.items.length > 0) return "OpenAPIV3Schema 'items' must be a schema, but is an array"
  for (const x of [itemSchema(s), ...propertyNames(s.properties).map((k) => s.properties![k]), additionalSchema(s)]) {
    const why = notStructural(x)
    if (why) return why
  }
  return undefined
}

/** ValidateStructural; the errors are sorted by their text. */
export function validateStructural(s: JsonSchema, path: Path): readonly FieldError[] {
  const out: Errors = []
  invariants(s, 'root', path, out)
  completeness(s, s, path, path, out)
  return out.map((e) => [ErrorList.one(e), e] as const).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, e]) => e)
}

const isIntOrString = (anyOf: readonly JsonSchema[] | undefined): boolean =>
  anyOf?.length === 2 && ['integer', 'string'].every((type, i) => anyOf[i]!.type === type && isDeepStrictEmpty({ ...anyOf[i], type: undefined }))

const TYPE_MISSING: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root', item: 'must not be empty for specified array items', field: 'must not be empty for specified object fields',
}

function typeRules(s: JsonSchema, level: Level, path: Path, out: Errors): void {
  const type = child(path, 'type')
  const embedded = s['x-kubernetes-embedded-resource'] === true
  if (embedded && s.type !== 'object') {
    const words = 'must be object if x-kubernetes-embedded-resource is true'
    out.push(s.type ? invalidValue(type, s.type, words) : required(type, words))
  } else if (!s.type && !s['x-kubernetes-int-or-string'] && !s['x-kubernetes-preserve-unknown-fields']) out.push(required(type, TYPE_MISSING[level]))
  if (embedded && s.additionalProperties !== undefined) out.push(forbiddenField(child(path, 'additionalProperties'), 'must not be used if x-kubernetes-embedded-resource is set'))
  if (level === 'root' && s.type && s.type !== 'object') out.push(invalidValue(type, s.type, 'must be object at the root'))
}

function identity(s: JsonSchema, level: Level, path: Path, out: Errors): void {
  const properties = child(path, 'properties')
  const checked = level === 'root' || s['x-kubernetes-embedded-resource'] === true
  if (checked) {
    for (const name of ['kind', 'apiVersion']) {
      const schema = s.properties?.[name]
      if (schema && schema.type !== 'string') out.push(invalidValue(child(at(properties, name), 'type'), schema.type ?? '', 'must be string'))
    }
  }
  const metadata = s.properties?.['metadata']
  if (metadata) {
    const here = at(properties, 'metadata')
    if (checked && metadata.type !== 'object') out.push(invalidValue(child(here, 'type'), metadata.type ?? '', 'must be object'))
    if (level === 'root' && !onlyNames(metadata)) out.push(forbiddenField(here, 'must not specify anything other than name and generateName, but metadata is implicitly specified'))
  }
  if (s['x-kubernetes-embedded-resource'] && !s['x-kubernetes-preserve-unknown-fields'] && propertyNames(s.properties).length === 0) {
    out.push(required(properties, 'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'))
  }
}

/** Metadata at the root may describe its name and generateName, and nothing else. */
function onlyNames(metadata: JsonSchema): boolean {
  const { type: _type, default: _default, properties, ...rest } = metadata
  const names = propertyNames(properties)
  return names.every((n) => n === 'name' || n === 'generateName') && isDeepStrictEmpty(rest)
}

function invariants(s: JsonSchema, level: Level, path: Path, out: Errors): void {
  const items = itemSchema(s)
  if (s.type === 'array' && !items) out.push(required(child(path, 'items'), 'must be specified'))
  if (items) invariants(items, 'item', child(path, 'items'), out)
  for (const name of propertyNames(s.properties)) invariants(s.properties![name]!, 'field', at(child(path, 'properties'), name), out)
  if (s.additionalProperties !== undefined) {
    if (level === 'root') out.push(forbiddenField(child(path, 'additionalProperties'), 'must not be used at the root'))
    if (isSchema(s.additionalProperties)) invariants(s.additionalProperties, 'field', child(path, 'additionalProperties'), out)
  }
  if (s['x-kubernetes-int-or-string']) {
    for (const name of ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const) {
      if (s[name]) out.push(invalidValue(child(path, name), true, 'must be false if x-kubernetes-int-or-string is true'))
    }
  }
  conditions(s, isIntOrString(s.anyOf), isIntOrString(s.allOf?.[0]?.anyOf), path, out)
  typeRules(s, level, path, out)
  identity(s, level, path, out)
}

/** validateValueValidation. The two shapes that mean "integer or string" are let through. */
function conditions(s: JsonSchema, skipAnyOf: boolean, skipFirst: boolean, path: Path, out: Errors): void {
  if (!skipAnyOf) s.anyOf?.forEach((x, i) => nested(x, false, at(child(path, 'anyOf'), i), out))
  s.allOf?.forEach((x, i) => nested(x, skipFirst && i === 0, at(child(path, 'allOf'), i), out))
  s.oneOf?.forEach((x, i) => nested(x, false, at(child(path, 'oneOf'), i), out))
  if (s.not) nested(s.not, false, child(path, 'not'), out)
  const problem = s.pattern ? regexpProblem(s.pattern) : undefined
  if (problem) out.push(invalidValue(child(path, 'pattern'), s.pattern, `must be a valid regular expression, but isn't: ${problem}`))
}

/** What may not stand below logic, and how the refusal says it. */
const NESTED: readonly (readonly [keyof JsonSchema, string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
]

function nested(s: JsonSchema, skipAnyOf: boolean, path: Path, out: Errors): void {
  conditions(s, skipAnyOf, false, path, out)
  const items = itemSchema(s)
  if (items) nested(items, false, child(path, 'items'), out)
  for (const name of propertyNames(s.properties)) nested(s.properties![name]!, false, at(child(path, 'properties'), name), out)
  for (const [name, words] of NESTED) {
    const value = s[name]
    if (value !== undefined && value !== '' && value !== false && value !== null && !(Array.isArray(value) && value.length === 0)) out.push(forbiddenField(child(path, name), words))
  }
  if (s.properties?.['metadata']) out.push(forbiddenField(at(child(path, 'properties'), 'metadata'), 'must not be specified in a nested context'))
}

/** Whatever logic speaks of must be described outside of it (validateStructuralCompleteness). */
function completeness(v: JsonSchema, s: JsonSchema | undefined, sPath: Path, vPath: Path, out: Errors): void {
  const each = (list: readonly JsonSchema[] | undefined, name: string): void => list?.forEach((x, i) => nestedCompleteness(x, s, sPath, at(child(vPath, name), i), out))
  if (v.not) nestedCompleteness(v.not, s, sPath, child(vPath, 'not'), out)
  each(v.allOf, 'allOf')
  each(v.anyOf, 'anyOf')
  each(v.oneOf, 'oneOf')
}

function nestedCompleteness(v: JsonSchema, s: JsonSchema | undefined, sPath: Path, vPath: Path, out: Errors): void {
  if (!s) return void out.push(required(sPath, `because it is defined in ${vPath}`))
  completeness(v, s, sPath, vPath, out)
  const items = itemSchema(v)
  if (items) nestedCompleteness(items, itemSchema(s), child(sPath, 'items'), child(vPath, 'items'), out)
  for (const name of propertyNames(v.properties)) {
    const [sHere, vHere] = [at(child(sPath, 'properties'), name), at(child(vPath, 'properties'), name)]
    const described = s.properties?.[name]
    if (!described) out.push(required(sHere, `because it is defined in ${vHere}`))
    else nestedCompleteness(v.properties![name]!, described, sHere, vHere, out)
  }
}
