import { additionalSchema, itemSchema, propertyNames, type JsonSchema, type ValidationRule } from '../../api/custom/json-schema.ts'
import { byteCount } from '../../api/bytes.ts'
import { at, child, duplicate, forbiddenField, goQuote, invalidValue, OMIT, required, type FieldError, type Path } from '../../api/field.ts'
import type { JsonObject, JsonValue } from '../../api/meta.ts'
import { compile, isFailure, type Program } from '../../cel/program.ts'
import { schemaType } from '../../cel/schema-types.ts'
import { schemaValue } from '../../cel/schema-values.ts'
import { optional, type CelType } from '../../cel/types.ts'
import { fromJson, NONE, Optional } from '../../cel/values.ts'
import { isUnchanged } from './ratcheting.ts'

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

/** What the rules have against an object, and what they would have if it had not been so before. */
export interface RuleFindings {
  readonly errors: readonly FieldError[]
  readonly warnings: readonly FieldError[]
}

/** Evaluates the CEL rules of a schema, from the root down (apiextensions-apiserver: schema/cel/validation.go). */
export function checkRules(value: JsonValue, old: JsonValue | undefined, s: JsonSchema | undefined, path: Path, isRoot = true): RuleFindings {
  const walk = new RuleWalk(value, old, s, path)
  walk.visit(value, old, s, path, isRoot)
  return { errors: walk.errors, warnings: walk.warnings }
}

/** What all rules of an object may cost together (apiserver: apis/cel/config.go, RuntimeCELCostBudget). */
const BUDGET = 10_000_000
const SPENT = 'validation failed due to running out of cost budget, no further validation rules will be run'
const CANCELLED = 'operation cancelled: actual cost limit exceeded'
const LONGEST_MESSAGE = 5 * 1024

class RuleWalk {
  readonly errors: FieldError[] = []
  readonly warnings: FieldError[] = []
  readonly #root: { readonly value: JsonValue; readonly old: JsonValue | undefined; readonly schema: JsonSchema | undefined; readonly path: Path }
  #left = BUDGET

  constructor(value: JsonValue, old: JsonValue | undefined, schema: JsonSchema | undefined, path: Path) {
    this.#root = { value, old, schema, path }
  }

  visit(value: JsonValue | undefined, old: JsonValue | undefined, s: JsonSchema | undefined, path: Path, isRoot: boolean): void {
    if (this.#left < 0 || !s || value === undefined || value === null) return
    const rules = s['x-kubernetes-validations']
    if (rules?.length) this.#apply(rules, value, old, s, path, isRoot)
    if (Array.isArray(value)) {
      const items = itemSchema(s)
      const before = correlated(s, old)
      if (items) (value as readonly JsonValue[]).forEach((item, i) => this.visit(item, before(item), items, at(path, i), false))
    } else if (isPlain(value)) {
      const was = isPlain(old) && s['x-kubernetes-map-type'] !== 'atomic' ? old : undefined
      const additional = additionalSchema(s)
      for (const name of propertyNames(s.properties)) this.visit(value[name], was?.[name], s.properties![name], child(path, name), false)
      if (additional) for (const name of Object.keys(value).sort()) this.visit(value[name], was?.[name], additional, at(path, name), false)
    }
  }

  #apply(rules: readonly ValidationRule[], value: JsonValue, old: JsonValue | undefined, s: JsonSchema, path: Path, isRoot: boolean): void {
    const isResource = isRoot || s['x-kubernetes-embedded-resource'] === true
    const type = schemaType(s, isResource)
    if (!type) return
    if (this.#left <= 0) return this.#stop(path, s, SPENT)
    const seen: Seen = { value, schema: s, self: schemaValue(value, s, isResource), oldSelf: old === undefined || old === null ? undefined : schemaValue(old, s, isResource) }
    for (const rule of rules) if (this.#left >= 0) this.#check(rule, compiled(rule, type), seen, path)
  }

  #stop(path: Path, { type = '' }: JsonSchema, why: string): void {
    this.errors.push(invalidValue(path, type, why))
    this.#left = -1
  }

  #check(rule: ValidationRule, { rule: program, message, comparesOld }: Compiled, { value, schema, self, oldSelf }: Seen, path: Path): void {
    if (!program || (comparesOld && oldSelf === undefined && !rule.optionalOldSelf)) return
    const activation = { self, oldSelf: !rule.optionalOldSelf ? oldSelf : oldSelf === undefined ? NONE : new Optional(fromJson(oldSelf)) }
    const result = program.run(activation)
    if (result.cost > this.#left) return this.#stop(path, schema, SPENT)
    this.#left -= result.cost
    if ('value' in result && result.value === true) return
    if ('error' in result) return this.#failed(rule, result.error, schema, path)
    const said = message?.run(activation)
    if (said && said.cost > this.#left) return this.#stop(path + (rule.fieldPath ?? ''), schema, 'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run')
    if (said && 'error' in said && said.error.startsWith(CANCELLED)) return this.#stop(path + (rule.fieldPath ?? ''), schema, `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${goQuote(rule.messageExpression ?? '')}`)
    this.#left -= said?.cost ?? 0
    const text = said && 'value' in said && typeof said.value === 'string' ? said.value.trim() : ''
    const isFit = text !== '' && byteCount(text) <= LONGEST_MESSAGE && !/[\r\n]/.test(text)
    const error = errorFor(rule, path + (rule.fieldPath ?? ''), value, isFit ? text : rule.message?.trim() || `failed rule: ${rule.rule.trim()}`)
    ;(comparesOld || !this.#stays(path) ? this.errors : this.warnings).push(error)
  }

  #failed(rule: ValidationRule, error: string, schema: JsonSchema, path: Path): void {
    const named = rule.message ? rule.message.trim() : rule.rule.trim()
    if (error.startsWith(CANCELLED)) return this.#stop(path, schema, `'${error}': no further validation rules will be run due to call cost exceeds limit for rule: ${named}`)
    const why = error.startsWith('no such overload') ? `'${error}': call arguments did not match a supported operator, function or macro signature for rule: ${named}` : `${error} evaluating rule: ${named}`
    this.errors.push(invalidValue(path, schema.type ?? '', why))
  }

  /** What stands there stood there before. */
  #stays(path: Path): boolean {
    const { value, old, schema, path: start } = this.#root
    return old !== undefined && isUnchanged(path.slice(start.length), value, old, schema)
  }
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
  readonly schema: JsonSchema
  readonly self: unknown
  readonly oldSelf: unknown
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
