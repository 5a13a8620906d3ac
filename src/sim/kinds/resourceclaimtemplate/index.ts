import { defaultClaimSpec, type ResourceClaimSpec } from '../../api/device-claim.ts'
import { child, forbiddenField, invalidValue, type FieldError, type Path } from '../../api/field.ts'
import { goEqual } from '../../api/go-equal.ts'
import { goInternal } from '../../api/go-internal.ts'
import type { KubeObject, ObjectMeta } from '../../api/meta.ts'
import { assignSame } from '../../api/share.ts'
import { validateAnnotationsAt, validateLabels } from '../../api/validate-meta.ts'
import { resourceClaimSpec } from '../device-claim.ts'
import { ageColumn, defineKind, nameColumn } from '../define.ts'

/** resource.k8s.io/v1 ResourceClaimTemplate. */
export interface ResourceClaimTemplate extends KubeObject<{ readonly metadata?: Partial<ObjectMeta>; readonly spec: ResourceClaimSpec }> {
  readonly spec: { readonly metadata?: Partial<ObjectMeta>; readonly spec: ResourceClaimSpec }
}

/** Members of the metadata that a template may not have, in the order of the struct. */
const NOT_IN_TEMPLATES = [
  'name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'ownerReferences', 'finalizers',
  'managedFields',
] as const

/** core/validation: ValidateTemplateObjectMeta. */
function templateMeta(meta: Partial<ObjectMeta> | undefined, path: Path, out: FieldError[]): void {
  if (!meta) return
  validateAnnotationsAt(meta.annotations, child(path, 'annotations'), out)
  validateLabels(meta.labels, child(path, 'labels'), out)
  for (const key of NOT_IN_TEMPLATES) {
    const value = meta[key]
    if (value === undefined || value === null || value === '' || value === 0 || (Array.isArray(value) && value.length === 0)) continue
    out.push(forbiddenField(child(path, key), 'cannot be set'))
  }
}

function validate(t: ResourceClaimTemplate): FieldError[] {
  const out: FieldError[] = []
  templateMeta(t.spec.metadata, 'spec.metadata', out)
  resourceClaimSpec(t.spec.spec ?? {}, 'spec.spec', out)
  return out
}

/** The metadata is embedded in the internal type: its members stand beside the claim's spec. */
const printed = (spec: ResourceClaimTemplate['spec']): unknown => ({
  ...(goInternal('meta.ObjectMeta', spec.metadata ?? {}) as object), Spec: goInternal('resource.ResourceClaimSpec', spec.spec ?? {}),
})

function validateUpdate(t: ResourceClaimTemplate, old: ResourceClaimTemplate): readonly FieldError[] {
  const out = validate(t)
  if (!goEqual('resource.ResourceClaimTemplateSpec', t.spec, old.spec)) out.push(invalidValue('spec', printed(t.spec), 'field is immutable'))
  return out
}

/** resource.k8s.io/v1 ResourceClaimTemplate (registry/resource/resourceclaimtemplate: strategy.go). */
export const resourceClaimTemplateKind = defineKind<ResourceClaimTemplate>('resource.k8s.io', 'v1', 'ResourceClaimTemplate', {
  defaults: (t) => assignSame(t, { spec: assignSame(t.spec ?? {}, { spec: defaultClaimSpec(t.spec?.spec ?? {}) }) }),
  validate,
  validateUpdate,
  columns: [nameColumn, ageColumn],
}, false)
