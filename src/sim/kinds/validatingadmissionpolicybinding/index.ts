import { at, duplicate, invalidValue, notSupported, required, type FieldError } from '../../api/field.ts'
import { defaultPolicyBinding, paramRefText, validatePolicyBinding } from '../admission-policies.ts'
import type { PolicyBinding } from '../admission-types.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'

const ACTIONS = ['Audit', 'Deny', 'Warn']
const BOTH = 'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)'

function validateActions(actions: readonly string[]): readonly FieldError[] {
  const path = 'spec.validationActions'
  const out: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, action] of actions.entries()) {
    if (!ACTIONS.includes(action)) out.push(notSupported(at(path, i), action, ACTIONS))
    if (seen.has(action)) out.push(duplicate(at(path, i), action))
    seen.add(action)
  }
  if (seen.has('Deny') && seen.has('Warn')) out.push(invalidValue(path, actions, BOTH))
  return seen.size > 0 ? out : [...out, required(path, 'at least one validation action is required')]
}

/** admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding (registry/admissionregistration: strategy.go). */
export const validatingAdmissionPolicyBindingKind = defineKind<PolicyBinding>('admissionregistration.k8s.io', 'v1', 'ValidatingAdmissionPolicyBinding', {
  generation: true,
  defaults: defaultPolicyBinding,
  validate: ({ spec = {} }) => [...validatePolicyBinding(spec), ...validateActions(spec.validationActions ?? [])],
  columns: [nameColumn, textColumn('PolicyName', ({ spec }) => spec?.policyName ?? ''), textColumn('ParamRef', ({ spec }) => paramRefText(spec?.paramRef)), ageColumn],
})
