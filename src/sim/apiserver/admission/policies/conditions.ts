import { admissionDeclarations, EXPECTED } from '../../../cel/admission.ts'
import { compile, isFailure, type Program } from '../../../cel/program.ts'
import type { MatchCondition } from '../../../kinds/admission-types.ts'

/** A compiled expression with its text, or why it does not compile. */
export interface Expression {
  readonly source: string
  readonly program: Program | string
}

export const expression = (source: string, made: ReturnType<typeof compile>): Expression => ({ source, program: isFailure(made) ? made.error : made })

export const compileConditions = (conditions: readonly MatchCondition[] | undefined, params: boolean): readonly Expression[] =>
  (conditions ?? []).map((condition) => expression(condition.expression, compile(condition.expression.trim(), admissionDeclarations({ params, authorizer: true }), EXPECTED.validation)))

/** What expressions may still cost, in CEL's units; below zero it is spent. */
export interface Budget {
  left: number
}

/** What the validations of a policy may cost for one object, and the conditions of a policy or webhook (apiserver: apis/cel/config.go). */
export const VALIDATIONS = 10_000_000
const CONDITIONS = 2_500_000
export const SPENT = 'validation failed due to running out of cost budget, no further validation rules will be run'

/** The value of an expression, or the sentence of its failure. Variables that it asks for are paid from the same budget. */
export function valueOf({ source, program }: Expression, activation: Readonly<Record<string, unknown>>, budget?: Budget): { readonly value: unknown } | { readonly error: string } {
  if (typeof program === 'string') return { error: program }
  const result = program.run(activation)
  if (budget && (budget.left -= result.cost) < 0) return { error: SPENT }
  return 'error' in result ? { error: `expression '${source}' resulted in error: ${result.error}` } : result
}

/** All conditions hold, one does not, or one fails and none decides against (admission/plugin/webhook/matchconditions). */
export function conditionsHold(conditions: readonly Expression[], activation: Readonly<Record<string, unknown>>): boolean | { readonly error: string } {
  const budget: Budget = { left: CONDITIONS }
  const results = conditions.map((condition) => valueOf(condition, activation, budget))
  if (budget.left < 0) return { error: SPENT }
  if (results.some((result) => 'value' in result && result.value !== true)) return false
  const errors = results.flatMap((result) => ('error' in result ? [result.error] : []))
  return errors.length === 0 ? true : { error: errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]` }
}
