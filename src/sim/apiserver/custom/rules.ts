import { additionalSchema, itemSchema, propertyNames, type JsonSchema, type ValidationRule } from '../../api/custom/json-schema.ts'
import { at, child, duplicate, forbiddenField, invalidValue, OMIT, required, type FieldError, type Path } from '../../api/field.ts'
import type { JsonObject, JsonValue } from '../../api/meta.ts'
import { compile, isFailure, type Program } from '../../cel/program.ts'
import { schemaType } from '../../cel/schema-types.ts'
import { schemaValue } from '../../cel/schema-values.ts'
import { optional, type CelType } from '../../cel/types.ts'
import { fromJson, NONE, Optional } from '../../cel/values.ts'

interface Compiled {
  readonly rule: Program | undefined
  readonly message: Program | undefined
  readonly comparesOld: boolean
}

const programs = new WeakMap<ValidationRule, Compiled>()

function compiled(rule: ValidationRule, self: CelType): Compiled {
  let found = programs.get(rule)
  if (!found) {
    const variables = { self, oldSelf: rule.optionalOldSelf ? optional(self) : self }
    const program = compile(rule.rule, { variables })
    const message = rule.messageExpression ? compile(rule.messageExpression, { variables }) : undefined
    found = {
      rule: isFailure(program) ? undefined : program,
      message: message && !isFailure(message) ? message : undefined,
      comparesOld: isFailure(compile(rule.rule, { variables: { self } })),
    }
    programs.set(rule, found)
  }
  return found
}

const isPlain = (v: JsonValue | undefined): v is JsonObject => typeof v === 'object' && v !== null && !Array.isArray(v)

/** Evaluates the CEL rules of a schema, from the root down (apiextensions-apiserver: schema/cel/validation.go). */
export function checkRules(value: JsonValue | undefined, old: JsonValue | undefined, s: JsonSchema | undefined, path: Path, out: FieldError[] = [], isRoot = true): readonly FieldError[] {
  if (!s || value === undefined || value === null) return out
  const rules = s['x-kubernetes-validations']
  if (rules?.length) {
    const isResource = isRoot || s['x-kubernetes-embedded-resource'] === true
    const type = schemaType(s, isResource)
    if (type) {
      const seen: Seen = { value, self: schemaValue(value, s, isResource), oldSelf: old === undefined || old === null ? undefined : schemaValue(old, s, isResource) }
      for (const rule of rules) checkRule(rule, compiled(rule, type), seen, path, out)
    }
  }
  if (Array.isArray(value)) {
    const items = itemSchema(s)
    const before = correlated(s, old)
    if (items) (value as readonly JsonValue[]).forEach((item, i) => checkRules(item, before(item), items, at(path, i), out, false))
  } else if (isPlain(value)) {
    const was = isPlain(old) ? old : undefined
    const additional = additionalSchema(s)
    for (const name of propertyNames(s.properties)) checkRules(value[name], was?.[name], s.properties![name], child(path, name), out, false)
    if (additional) for (const name of Object.keys(value).sort()) checkRules(value[name], was?.[name], additional, at(path, name), out, false)
  }
  return out
}

/** Which old item an item of a keyed list was; items of other lists cannot be told apart. */
function correlated(s: JsonSchema, old: JsonValue | undefined): (item: JsonValue) => JsonValue | undefined {
  const keys = s['x-kubernetes-list-map-keys']
  if (s['x-kubernetes-list-type'] !== 'map' || !keys || !Array.isArray(old)) return () => undefined
  const same = (a: JsonValue, b: JsonValue): boolean => isPlain(a) && isPlain(b) && keys.every((k) => a[k] === b[k])
  return (item) => (old as readonly JsonValue[]).find((candidate) => same(candidate, item))
}

/** A value as it is, and as rules see it and what it was before. */
interface Seen {
  readonly value: JsonValue
  readonly self: unknown
  readonly oldSelf: unknown
}

function checkRule(rule: ValidationRule, { rule: program, message, comparesOld }: Compiled, { value, self, oldSelf }: Seen, path: Path, out: FieldError[]): void {
  if (!program || (comparesOld && oldSelf === undefined && !rule.optionalOldSelf)) return
  const activation = { self, oldSelf: !rule.optionalOldSelf ? oldSelf : oldSelf === undefined ? NONE : new Optional(fromJson(oldSelf)) }
  const result = program.run(activation)
  if ('value' in result && result.value === true) return
  if ('error' in result) {
    out.push(invalidValue(path, shown(value), `rule evaluation error: ${result.error}`))
    return
  }
  const said = message?.run(activation)
  const text = said && 'value' in said && typeof said.value === 'string' && said.value.trim() ? said.value : rule.message?.trim() || `failed rule: ${rule.rule.trim()}`
  out.push(errorFor(rule, path + (rule.fieldPath ?? ''), value, text))
}

const shown = (value: JsonValue): JsonValue => (Array.isArray(value) ? 'array' : isPlain(value) ? 'object' : value)

function errorFor({ reason }: ValidationRule, path: Path, value: JsonValue, text: string): FieldError {
  switch (reason) {
    case 'FieldValueRequired':
      return required(path, text)
    case 'FieldValueForbidden':
      return forbiddenField(path, text)
    case 'FieldValueDuplicate':
      return duplicate(path, shown(value))
    default:
      return invalidValue(path, isPlain(value) || Array.isArray(value) ? OMIT : value, text)
  }
}

/** Has the schema any rule at all? */
export function hasRules(s: JsonSchema | undefined): boolean {
  if (!s) return false
  return (s['x-kubernetes-validations']?.length ?? 0) > 0 || hasRules(itemSchema(s)) || hasRules(additionalSchema(s)) || propertyNames(s.properties).some((name) => hasRules(s.properties![name]))
}
