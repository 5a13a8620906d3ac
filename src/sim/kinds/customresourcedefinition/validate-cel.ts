import { additionalSchema, itemSchema, propertyNames, type JsonSchema, type ValidationRule } from '../../api/custom/json-schema.ts'
import { at, child, invalidValue, type FieldError, type Path } from '../../api/field.ts'
import { deepEqual } from '../../api/deep.ts'
import { goInternal } from '../../api/go-internal.ts'
import { estimateCost } from '../../cel/estimate.ts'
import { limited } from '../../cel/estimate-sizes.ts'
import { compile, isFailure } from '../../cel/program.ts'
import { MAX_REQUEST, schemaSizes, type Sized } from '../../cel/schema-sizes.ts'
import { schemaType } from '../../cel/schema-types.ts'
import { BOOL, optional, STRING, typeText, type CelType } from '../../cel/types.ts'
import type { CrdSpec } from './customresourcedefinition.ts'
import { Costs } from './validate-costs.ts'
import type { RuleCheck } from './validate-spec.ts'

/** Where the rules of a schema stand. */
interface Place {
  readonly path: Path
  readonly self: CelType | undefined
  readonly sizes: Sized | undefined
  /** How many such values an object can hold by the limits of the lists and maps around; undefined without limits. */
  readonly count: number | undefined
  /** The path from which old and new values cannot be told apart. */
  readonly uncorrelated: Path | undefined
}

interface Compiled {
  readonly rule?: string
  readonly message?: string
  readonly usesOldSelf: boolean
  /** What the expressions cost at most. */
  readonly cost: number
  readonly messageCost?: number
}

const COMPILATION = 'compilation failed: '

/** compileRule: what is wrong with a rule's expressions. */
function compileRule(r: ValidationRule, self: CelType, sizes: Sized): Compiled {
  const variables = { self, oldSelf: r.optionalOldSelf === undefined ? self : optional(self) }
  const rule = compile(r.rule, { variables })
  if (isFailure(rule)) return { rule: rule.error, usesOldSelf: false, cost: 0 }
  if (typeText(rule.type) !== typeText(BOOL)) return { rule: 'cel expression must evaluate to a bool', usesOldSelf: false, cost: 0 }
  const usesOldSelf = isFailure(compile(r.rule, { variables: { self } }))
  const cost = estimateCost(r.rule, { variables }, sizes)
  if (!r.messageExpression) return { usesOldSelf, cost }
  const message = compile(r.messageExpression, { variables })
  if (isFailure(message)) return { usesOldSelf, cost, message: message.error.replace(COMPILATION, `messageExpression ${COMPILATION}`) }
  if (typeText(message.type) !== typeText(STRING)) return { usesOldSelf, cost, message: 'messageExpression must evaluate to a string' }
  return { usesOldSelf, cost, messageCost: estimateCost(r.messageExpression, { variables }, sizes) }
}

function ruleErrors(r: ValidationRule, here: Path, { self, sizes, count, uncorrelated }: Place, costs: Costs, out: FieldError[]): void {
  const printed = goInternal('apiextensions.ValidationRule', r)
  const compiled = compileRule(r, self!, sizes!)
  costs.observe('estimated rule cost', child(here, 'rule'), limited(compiled.cost * (count ?? Math.floor(MAX_REQUEST / (sizes!.least + 1)))), out)
  if (compiled.rule) out.push(invalidValue(child(here, 'rule'), printed, compiled.rule))
  if (compiled.message) out.push(invalidValue(child(here, 'messageExpression'), printed, compiled.message))
  else if (compiled.messageCost !== undefined) costs.observe('estimated messageExpression cost', child(here, 'messageExpression'), compiled.messageCost, out)
  if (compiled.usesOldSelf) {
    if (uncorrelated !== undefined) out.push(invalidValue(child(here, 'rule'), r.rule, `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`))
  } else if (r.optionalOldSelf !== undefined) out.push(invalidValue(child(here, 'optionalOldSelf'), r.optionalOldSelf, 'may not be set if oldSelf is not used in rule'))
}

/** How many values of a kind each value around it can hold (extractMaxElements). */
function factorOf(s: JsonSchema): number | undefined {
  const most = s.type === 'array' ? s.maxItems : s.type === 'object' && additionalSchema(s) ? s.maxProperties : 1
  return most === undefined ? undefined : Math.max(0, most)
}

function walk(s: JsonSchema | undefined, place: Place, costs: Costs, out: FieldError[]): void {
  if (!s) return
  const { path, uncorrelated, count } = place
  const factor = factorOf(s)
  const inner = count === undefined || factor === undefined ? undefined : limited(count * factor)
  const below = (schema: JsonSchema | undefined, where: Path, isApart: boolean): void =>
    walk(schema, { path: where, self: schemaType(schema), sizes: schemaSizes(schema), count: inner, uncorrelated: uncorrelated ?? (isApart ? path : undefined) }, costs, out)
  below(additionalSchema(s), child(path, 'additionalProperties'), false)
  for (const name of propertyNames(s.properties)) below(s.properties![name], at(child(path, 'properties'), name), s['x-kubernetes-map-type'] === 'atomic')
  below(itemSchema(s), child(path, 'items'), s['x-kubernetes-list-type'] !== 'map')
  if (place.self === undefined) return
  s['x-kubernetes-validations']?.forEach((r, i) => void (r.rule.trim() && ruleErrors(r, at(child(path, 'x-kubernetes-validations'), i), place, costs, out)))
}

/** Compiles the CEL rules of a schema and estimates what they cost (ValidateCustomResourceDefinitionOpenAPISchema); single rules of a schema that stays as it was may cost more. */
export const ruleChecker = (old?: CrdSpec): RuleCheck => (schema, path, out) => {
  const stays = old?.versions?.some((v) => deepEqual(v.schema?.openAPIV3Schema, schema)) ?? false
  const costs = new Costs(stays)
  walk(schema, { path, self: schemaType(schema, true), sizes: schemaSizes(schema, true), count: 1, uncorrelated: undefined }, costs, out)
  costs.report(path, out)
}
