import { at, child, duplicate, invalidValue, notSupported, required, type FieldError, type Path } from '../../api/field.ts'
import { isQualifiedName } from '../../api/names.ts'
import { EXPECTED, type AdmissionScope } from '../../cel/admission.ts'
import { defaultPolicySpec, paramKindText, validatePolicyHead } from '../admission-policies.ts'
import { validateExpression } from '../admission-rules.ts'
import type { PolicyValidation, ValidatingPolicy, ValidatingPolicySpec } from '../admission-types.ts'
import { ageColumn, countColumn, defineKind, nameColumn, textColumn } from '../define.ts'

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge']
const MOST_ANNOTATIONS = 20
const LONGEST_ANNOTATION = 5 * 1024
const NOTHING = 'validations or auditAnnotations must contain at least one item'

/** pkg/apis/admissionregistration/validation: validateValidatingAdmissionPolicySpec. */
function validate(policy: ValidatingPolicy, old?: ValidatingPolicy): readonly FieldError[] {
  const spec = policy.spec ?? {}
  const { errors, scope } = validatePolicyHead(spec, old?.spec)
  const { validations, auditAnnotations } = spec
  if (!validations?.length && !auditAnnotations?.length) return [...errors, required('spec.validations', NOTHING), required('spec.auditAnnotations', NOTHING)]
  return [
    ...errors,
    ...(validations ?? []).flatMap((validation, i) => validateValidation(validation ?? ({} as PolicyValidation), scope, at('spec.validations', i))),
    ...validateAnnotations(policy.metadata.name, auditAnnotations ?? [], scope),
  ]
}

function validateValidation({ expression = '', message = '', messageExpression = '', reason }: PolicyValidation, scope: AdmissionScope, path: Path): readonly FieldError[] {
  const out: FieldError[] = []
  const place = child(path, 'expression')
  if (!expression.trim()) out.push(required(place, 'expression is not specified'))
  else out.push(...validateExpression(expression, scope, EXPECTED.validation, place))
  const ofMessage = child(path, 'messageExpression')
  if (messageExpression.trim()) out.push(...validateExpression(messageExpression, { ...scope, authorizer: false }, EXPECTED.message, ofMessage))
  else if (messageExpression) out.push(invalidValue(ofMessage, messageExpression, 'must be non-empty if specified'))
  if (message && !message.trim()) out.push(invalidValue(child(path, 'message'), message, 'must be non-empty if specified'))
  else if (/[\n\r]/.test(message.trim())) out.push(invalidValue(child(path, 'message'), message, 'must not contain line breaks'))
  if (reason !== undefined && !REASONS.includes(reason)) out.push(notSupported(child(path, 'reason'), reason, REASONS))
  return out
}

function validateAnnotations(policy: string, annotations: NonNullable<ValidatingPolicySpec['auditAnnotations']>, scope: AdmissionScope): readonly FieldError[] {
  const all = 'spec.auditAnnotations'
  const out: FieldError[] = annotations.length > MOST_ANNOTATIONS ? [invalidValue(all, annotations, `must not have more than ${MOST_ANNOTATIONS} auditAnnotations`)] : []
  const seen = new Set<string>()
  for (const [i, annotation] of annotations.entries()) {
    const { key = '', valueExpression = '' } = (annotation ?? {}) as Partial<typeof annotation>
    const [path, source] = [at(all, i), valueExpression.trim()]
    const place = child(path, 'key')
    if (!policy) out.push(invalidValue(place, key, 'requires metadata.name be non-empty'))
    else for (const wrong of isQualifiedName(`${policy}/${key}`)) out.push(invalidValue(place, `${policy}/${key}`, wrong))
    const ofValue = child(path, 'valueExpression')
    if (!source) out.push(required(ofValue, 'valueExpression is not specified'))
    else if (source.length > LONGEST_ANNOTATION) out.push(required(ofValue, `must not exceed ${LONGEST_ANNOTATION} bytes in length`))
    else out.push(...validateExpression(source, scope, EXPECTED.annotation, ofValue, valueExpression))
    if (seen.has(key)) out.push(duplicate(place, key))
    seen.add(key)
  }
  return out
}

/** admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy (registry/admissionregistration/validatingadmissionpolicy: strategy.go). */
export const validatingAdmissionPolicyKind = defineKind<ValidatingPolicy>('admissionregistration.k8s.io', 'v1', 'ValidatingAdmissionPolicy', {
  generation: true,
  defaults: (policy) => ({ ...policy, spec: defaultPolicySpec(policy.spec ?? {}) }),
  prepareCreate: (policy) => ({ ...policy, status: {} }),
  validate: (policy) => validate(policy),
  validateUpdate: validate,
  columns: [
    nameColumn,
    countColumn('Validations', ({ spec }) => spec?.validations?.length ?? 0),
    textColumn('ParamKind', ({ spec }) => paramKindText(spec?.paramKind)),
    ageColumn,
  ],
})
