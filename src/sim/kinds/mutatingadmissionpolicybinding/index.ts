import { defaultPolicyBinding, paramRefText, validatePolicyBinding } from '../admission-policies.ts'
import type { PolicyBinding } from '../admission-types.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'

/** admissionregistration.k8s.io/v1 MutatingAdmissionPolicyBinding (registry/admissionregistration: strategy.go). */
export const mutatingAdmissionPolicyBindingKind = defineKind<PolicyBinding>('admissionregistration.k8s.io', 'v1', 'MutatingAdmissionPolicyBinding', {
  generation: true,
  defaults: defaultPolicyBinding,
  validate: ({ spec = {} }) => validatePolicyBinding(spec),
  columns: [nameColumn, textColumn('PolicyName', ({ spec }) => spec?.policyName ?? ''), textColumn('ParamRef', ({ spec }) => paramRefText(spec?.paramRef)), ageColumn],
})
