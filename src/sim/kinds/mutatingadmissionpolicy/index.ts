import { at, child, invalidValue, notSupported, required, type FieldError, type Path } from '../../api/field.ts'
import { EXPECTED, type AdmissionScope } from '../../cel/admission.ts'
import { defaultPolicySpec, paramKindText, validatePolicyHead } from '../admission-policies.ts'
import { oneOf, REINVOCATION_POLICIES, validateExpression } from '../admission-rules.ts'
import type { MutatingPolicy, Mutation } from '../admission-types.ts'
import { ageColumn, countColumn, defineKind, nameColumn, textColumn } from '../define.ts'

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'UPDATE']
const PATCH_TYPES = ['ApplyConfiguration', 'JSONPatch']

/** The two forms of a mutation: where its expression stands and what it must give. */
const FORMS = {
  ApplyConfiguration: { field: 'applyConfiguration', other: 'jsonPatch', expected: EXPECTED.applyConfiguration },
  JSONPatch: { field: 'jsonPatch', other: 'applyConfiguration', expected: EXPECTED.jsonPatch },
} as const

/** pkg/apis/admissionregistration/validation: validateMutatingAdmissionPolicySpec. */
function validate({ spec = {} }: MutatingPolicy, old?: MutatingPolicy): readonly FieldError[] {
  const operations = (): readonly FieldError[] =>
    (spec.matchConstraints?.resourceRules ?? []).flatMap((rule) => (rule.operations ?? []).flatMap((op) => oneOf(op, OPERATIONS, 'spec.matchConstraints.resourceRules.operations')))
  const { errors, scope } = validatePolicyHead(spec, old?.spec, operations)
  const reinvocation = 'spec.reinvocationPolicy'
  const inner: AdmissionScope = { ...scope, variables: scope.variables ?? {}, patches: true }
  return [
    ...errors,
    ...(spec.mutations?.length ? spec.mutations.flatMap((mutation, i) => validateMutation(mutation ?? {}, inner, at('spec.mutations', i))) : [required('spec.mutations', 'mutations must contain at least one item')]),
    ...(spec.reinvocationPolicy ? oneOf(spec.reinvocationPolicy, REINVOCATION_POLICIES, reinvocation) : [required(reinvocation)]),
  ]
}

function validateMutation(mutation: Mutation, scope: AdmissionScope, path: Path): readonly FieldError[] {
  const type = mutation.patchType ?? ''
  if (!type) return [required(child(path, 'patchType'))]
  if (type !== 'ApplyConfiguration' && type !== 'JSONPatch') return [notSupported(child(path, 'patchType'), type, PATCH_TYPES)]
  const { field, other, expected } = FORMS[type]
  const given = mutation[field]
  const out: FieldError[] = []
  if (!given) out.push(required(child(path, field), `must be specified when patchType is ${type}`))
  else {
    const source = (given.expression ?? '').trim()
    const place = child(child(path, field), 'expression')
    out.push(...(source ? validateExpression(source, scope, expected, place) : [required(place)]))
  }
  return mutation[other] ? [...out, invalidValue(child(path, other), `{${other}}`, `must not be specified when patchType is ${type}`)] : out
}

/** admissionregistration.k8s.io/v1 MutatingAdmissionPolicy (registry/admissionregistration/mutatingadmissionpolicy: strategy.go). */
export const mutatingAdmissionPolicyKind = defineKind<MutatingPolicy>('admissionregistration.k8s.io', 'v1', 'MutatingAdmissionPolicy', {
  generation: true,
  defaults: (policy) => ({ ...policy, spec: defaultPolicySpec(policy.spec ?? {}) }),
  validate: (policy) => validate(policy),
  validateUpdate: validate,
  columns: [
    nameColumn,
    countColumn('Mutations', ({ spec }) => spec?.mutations?.length ?? 0),
    textColumn('ParamKind', ({ spec }) => paramKindText(spec?.paramKind)),
    ageColumn,
  ],
})
