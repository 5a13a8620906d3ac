import type { KubeObject } from '../../../api/meta.ts'
import { forbidden, type Status } from '../../../api/status.ts'
import { admissionDeclarations, EXPECTED } from '../../../cel/admission.ts'
import { compile } from '../../../cel/program.ts'
import type { PolicyValidation, ValidatingPolicy } from '../../../kinds/admission-types.ts'
import type { Execution } from '../../execution.ts'
import type { AdmissionPlugin } from '../plugin.ts'
import { baseActivation, compileVariables, policyActivation, type CompiledVariables } from './activation.ts'
import { invocations, type Invocation } from './bindings.ts'
import { compileConditions, conditionsHold, expression, SPENT, VALIDATIONS, valueOf, type Budget, type Expression } from './conditions.ts'
import { connection, occasionOf, type Occasion } from './matching.ts'

const CODES: Readonly<Record<string, number>> = { Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413, Invalid: 422 }
const LONGEST_MESSAGE = 5 * 1024

interface Compiled {
  readonly variables: CompiledVariables
  readonly conditions: readonly Expression[]
  readonly validations: readonly { readonly rule: PolicyValidation; readonly expression: Expression; readonly message: Expression | undefined }[]
}

const compiled = new WeakMap<KubeObject, Compiled>()

function compiledOf(policy: ValidatingPolicy): Compiled {
  let found = compiled.get(policy)
  if (found) return found
  const spec = policy.spec ?? {}
  const params = spec.paramKind !== undefined
  const variables = compileVariables(spec.variables, params)
  const declared = admissionDeclarations(variables.scope)
  const forMessages = admissionDeclarations({ ...variables.scope, authorizer: false })
  const validations = (spec.validations ?? []).map((rule) => ({
    rule,
    expression: expression(rule.expression, compile(rule.expression, declared, EXPECTED.validation)),
    message: rule.messageExpression ? expression(rule.messageExpression, compile(rule.messageExpression, forMessages, EXPECTED.message)) : undefined,
  }))
  compiled.set(policy, (found = { variables, conditions: compileConditions(spec.matchConditions, params), validations }))
  return found
}

/** Something that a policy has against the request. */
interface Denial {
  readonly message: string
  readonly reason?: string
}

/** Rules in CEL, bound to what they judge (admission/plugin/policy/validating). */
export const validatingAdmissionPolicy: AdmissionPlugin = {
  name: 'ValidatingAdmissionPolicy',
  subresources: ['*'],
  validate: (exec, object, old) => judge(exec, occasionOf(exec, object, old)),
  refuseDeletion: (exec, old) => judge(exec, occasionOf(exec, undefined, old)),
  connect: (exec, options) => judge(exec, connection(exec, options)) ?? options,
}

function judge(exec: Execution, occasion: Occasion): Status | undefined {
  const invoked = invocations<ValidatingPolicy>(occasion, 'validatingadmissionpolicies', 'validatingadmissionpolicybindings')
  if (invoked.length === 0) return undefined
  const base = baseActivation(occasion)
  let first: Status | undefined
  for (const invocation of invoked) {
    const { policy, binding } = invocation
    const names = `ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}'`
    if ('error' in invocation.params) {
      if (policy.spec?.failurePolicy !== 'Ignore') first ??= denied(exec, occasion, `${names} denied request: failed to configure binding: ${invocation.params.error}`)
      continue
    }
    for (const denial of denials(invocation, invocation.params, base)) {
      for (const action of binding.spec?.validationActions ?? []) {
        if (action === 'Deny') first ??= denied(exec, occasion, `${names} denied request: ${denial.message}`, denial.reason)
        if (action === 'Warn') exec.warnings.push(`Validation failed for ${names}: ${denial.message}`)
      }
    }
  }
  return first
}

function denials({ policy }: Invocation<ValidatingPolicy>, params: readonly (KubeObject | null)[], base: Readonly<Record<string, unknown>>): readonly Denial[] {
  const { variables, conditions, validations } = compiledOf(policy)
  const failed = (message: string): readonly Denial[] => (policy.spec?.failurePolicy === 'Ignore' ? [] : [{ message }])
  return params.flatMap((param) => {
    const budget: Budget = { left: VALIDATIONS }
    const activation = policyActivation(base, param, variables, budget)
    const holds = conditionsHold(conditions, activation)
    if (holds !== true) return holds === false ? [] : failed(holds.error)
    const results = validations.map((validation) => ({ ...validation, result: budget.left < 0 ? undefined : valueOf(validation.expression, activation, budget) }))
    if (results.some(({ result }) => result && 'error' in result && result.error === SPENT)) return failed(SPENT)
    return results.flatMap(({ rule, message, result }) => {
      if ('error' in result!) return failed(result.error)
      return result!.value === true ? [] : [{ message: messageOf(rule, message, activation, budget), ...(rule.reason ? { reason: rule.reason } : {}) }]
    })
  })
}

/** The message expression's text, the fixed message, or the expression itself. */
function messageOf(rule: PolicyValidation, source: Expression | undefined, activation: Readonly<Record<string, unknown>>, budget: Budget): string {
  const made = source ? valueOf(source, activation, budget) : undefined
  const text = made && 'value' in made && typeof made.value === 'string' ? made.value.trim() : ''
  if (text && text.length <= LONGEST_MESSAGE && !text.includes('\n')) return text
  return rule.message?.trim() || `failed expression: ${rule.expression.trim()}`
}

function denied({ kind, name }: Execution, { object, old }: Occasion, message: string, reason = 'Invalid'): Status {
  const status = forbidden({ group: kind.group, resource: kind.plural }, name || (object ?? old)?.metadata.name || '', message, [{ message }])
  return { ...status, reason, code: CODES[reason] ?? 422 }
}
