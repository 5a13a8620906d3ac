import { additionalSchema, itemSchema, propertyNames, type JsonSchema, type ValidationRule } from '../../api/custom/json-schema.ts'
import { at, child, invalidValue, type FieldError, type Path } from '../../api/field.ts'
import { goInternal } from '../../api/go-internal.ts'
import { compile, isFailure } from '../../cel/program.ts'
import { schemaType } from '../../cel/schema-types.ts'
import { BOOL, optional, STRING, typeText, type CelType } from '../../cel/types.ts'
import type { RuleCheck } from './validate-spec.ts'

/** Where the rules of a schema stand. */
interface Place {
  readonly path: Path
  readonly self: CelType | undefined
  /** The path from which old and new values cannot be told apart. */
  readonly uncorrelated: Path | undefined
}

interface Compiled {
  readonly rule?: string
  readonly message?: string
  readonly usesOldSelf: boolean
}

const COMPILATION = 'compilation failed: '

/** compileRule: what is wrong with a rule's expressions. */
function compileRule(r: ValidationRule, self: CelType): Compiled {
  const variables = { self, oldSelf: r.optionalOldSelf === undefined ? self : optional(self) }
  const rule = compile(r.rule, { variables })
  if (isFailure(rule)) return { rule: rule.error, usesOldSelf: false }
  if (typeText(rule.type) !== typeText(BOOL)) return { rule: 'cel expression must evaluate to a bool', usesOldSelf: false }
  const usesOldSelf = isFailure(compile(r.rule, { variables: { self } }))
  if (!r.messageExpression) return { usesOldSelf }
  const message = compile(r.messageExpression, { variables })
  if (isFailure(message)) return { usesOldSelf, message: message.error.replace(COMPILATION, `messageExpression ${COMPILATION}`) }
  return typeText(message.type) === typeText(STRING) ? { usesOldSelf } : { usesOldSelf, message: 'messageExpression must evaluate to a string' }
}

function ruleErrors(r: ValidationRule, here: Path, { self, uncorrelated }: Place, out: FieldError[]): void {
  const printed = goInternal('apiextensions.ValidationRule', r)
  const compiled = compileRule(r, self!)
  if (compiled.rule) out.push(invalidValue(child(here, 'rule'), printed, compiled.rule))
  if (compiled.message) out.push(invalidValue(child(here, 'messageExpression'), printed, compiled.message))
  if (compiled.usesOldSelf) {
    if (uncorrelated !== undefined) out.push(invalidValue(child(here, 'rule'), r.rule, `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`))
  } else if (r.optionalOldSelf !== undefined) out.push(invalidValue(child(here, 'optionalOldSelf'), r.optionalOldSelf, 'may not be set if oldSelf is not used in rule'))
}

function walk(s: JsonSchema | undefined, place: Place, out: FieldError[]): void {
  if (!s) return
  const { path, uncorrelated } = place
  const below = (schema: JsonSchema | undefined, where: Path, isApart: boolean): void =>
    walk(schema, { path: where, self: schemaType(schema), uncorrelated: uncorrelated ?? (isApart ? path : undefined) }, out)
  below(additionalSchema(s), child(path, 'additionalProperties'), false)
  for (const name of propertyNames(s.properties)) below(s.properties![name], at(child(path, 'properties'), name), s['x-kubernetes-map-type'] === 'atomic')
  below(itemSchema(s), child(path, 'items'), s['x-kubernetes-list-type'] !== 'map')
  if (place.self === undefined) return
  s['x-kubernetes-validations']?.forEach((r, i) => void (r.rule.trim() && ruleErrors(r, at(child(path, 'x-kubernetes-validations'), i), place, out)))
}

/** Compiles the CEL rules of a schema (ValidateCustomResourceDefinitionOpenAPISchema; the cost of rules is not estimated). */
export const ruleChecker = (): RuleCheck => (schema, path, out) => walk(schema, { path, self: schemaType(schema, true), uncorrelated: undefined }, out)
