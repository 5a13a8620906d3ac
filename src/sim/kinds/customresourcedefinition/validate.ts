import { someSchema, type JsonSchema } from '../../api/custom/json-schema.ts'
import { notStructural, validateStructural } from '../../api/custom/structural.ts'
import { hasUnprunedDefaults } from '../../api/custom/validate-defaults.ts'
import { isConditionTrue } from '../../api/conditions.ts'
import { deepEqual } from '../../api/deep.ts'
import { at, invalidValue, required, type FieldError } from '../../api/field.ts'
import { immutable } from '../../api/validate-meta.ts'
import type { CrdSpec, CustomResourceDefinition } from './customresourcedefinition.ts'
import { hoisted } from './hoisted.ts'
import { mapKeyProblems, setItemsProblem } from './validate-lists.ts'
import { names } from './validate-parts.ts'
import { validateSpec, type SpecOptions } from './validate-spec.ts'
import { ruleChecker } from './validate-cel.ts'

const STRICT: SpecOptions = {
  needsSchema: true, structural: true, prunedDefaults: true, knownReviewVersions: true, validTypes: true, atomicSets: true, mapKeys: true, manySelectable: new Set(),
}
const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string']

const schemasOf = (spec: CrdSpec): readonly (JsonSchema | undefined)[] => (spec.versions ?? []).map((v) => v.schema?.openAPIV3Schema)
const some = (spec: CrdSpec, test: (s: JsonSchema) => boolean): boolean => schemasOf(spec).some((s) => someSchema(s, test))

/** Rules that the stored definition breaks already are not asked of its next form. */
function optionsFor(crd: CustomResourceDefinition, old: CustomResourceDefinition): SpecOptions {
  const was = old.spec
  const reviews = was.conversion?.webhook?.conversionReviewVersions ?? []
  const many = (was.versions ?? []).filter((v) => (v.selectableFields?.length ?? 0) > 8 && deepEqual(v.selectableFields, crd.spec.versions?.find((x) => x.name === v.name)?.selectableFields))
  return {
    needsSchema: schemasOf(was).every((s) => s !== undefined),
    structural: schemasOf(was).every((s) => s === undefined || (!notStructural(s) && validateStructural(s, '').length === 0)),
    prunedDefaults: !schemasOf(was).some(hasUnprunedDefaults),
    knownReviewVersions: reviews.length === 0 || reviews.some((v) => v === 'v1' || v === 'v1beta1'),
    validTypes: !some(was, (s) => Boolean(s.type) && !TYPES.includes(s.type!)),
    atomicSets: !some(was, (s) => setItemsProblem(s, '', [])),
    mapKeys: !some(was, (s) => mapKeyProblems(s, '').length > 0),
    manySelectable: new Set(many.flatMap((v) => [v.name, ''])),
  }
}

function storedVersions(crd: CustomResourceDefinition, out: FieldError[]): void {
  const list = crd.status?.storedVersions ?? []
  const path = 'status.storedVersions'
  if (list.length === 0) return void out.push(invalidValue(path, crd.status?.storedVersions ?? null, 'must have at least one stored version'))
  const versions = crd.spec.versions ?? []
  for (const v of versions) if (v.storage && !list.includes(v.name)) out.push(invalidValue(path, list, `must have the storage version ${v.name}`))
  list.forEach((name, i) => {
    if (versions.some((v) => v.name === name)) return
    out.push(
      invalidValue(at(path, i), name, `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`),
    )
  })
}

const APPROVAL = 'api-approved.kubernetes.io'
const SEE = 'see https://github.com/kubernetes/enhancements/pull/1111'

/** 'missing', 'bypassed', 'approved' or 'invalid' (apihelpers: GetAPIApprovalState). */
function approval(crd: CustomResourceDefinition): string {
  const text = crd.metadata.annotations?.[APPROVAL] ?? ''
  if (!text) return 'missing'
  if (text.startsWith('unapproved')) return 'bypassed'
  return /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/?#\s]+/.test(text) ? 'approved' : 'invalid'
}

/** Groups of the project itself need a word of approval. */
function communityApproval(crd: CustomResourceDefinition, old: CustomResourceDefinition | undefined, out: FieldError[]): void {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(crd.spec.group)) return
  const state = approval(crd)
  if (old && approval(old) === state) return
  const path = at('metadata.annotations', APPROVAL)
  if (state === 'missing') out.push(required(path, `protected groups must have approval annotation "${APPROVAL}", ${SEE}`))
  if (state === 'invalid') {
    out.push(invalidValue(path, crd.metadata.annotations![APPROVAL], `protected groups must have approval annotation "${APPROVAL}" with either a URL or a reason starting with "unapproved", ${SEE}`))
  }
}

function rest(crd: CustomResourceDefinition, old: CustomResourceDefinition | undefined, out: FieldError[]): void {
  names(crd.status?.acceptedNames, 'status.acceptedNames', out)
  storedVersions(crd, out)
  communityApproval(crd, old, out)
  if (crd.spec.preserveUnknownFields && !old?.spec.preserveUnknownFields) {
    out.push(invalidValue('spec.preserveUnknownFields', true, 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead'))
  }
}

/** apiextensions/validation: ValidateCustomResourceDefinition. */
export function validateCrd(crd: CustomResourceDefinition): readonly FieldError[] {
  const out: FieldError[] = []
  const { name } = crd.metadata
  if (name && name !== `${crd.spec.names.plural}.${crd.spec.group}`) out.push(invalidValue('metadata.name', name, 'must be spec.names.plural+"."+spec.group'))
  out.push(...validateSpec(hoisted(crd.spec), STRICT, ruleChecker()))
  rest(crd, undefined, out)
  return out
}

/** apiextensions/validation: ValidateCustomResourceDefinitionUpdate. */
export function validateCrdUpdate(crd: CustomResourceDefinition, old: CustomResourceDefinition): readonly FieldError[] {
  const out = validateSpec(hoisted(crd.spec), optionsFor(crd, old), ruleChecker(hoisted(old.spec).spec))
  if (isConditionTrue(old.status?.conditions ?? undefined, 'Established')) {
    immutable(crd.spec.scope, old.spec.scope, 'spec.scope', out)
    immutable(crd.spec.names.kind, old.spec.names.kind, 'spec.names.kind', out)
  }
  immutable(crd.spec.group, old.spec.group, 'spec.group', out)
  immutable(crd.spec.names.plural, old.spec.names.plural, 'spec.names.plural', out)
  rest(crd, old, out)
  return out
}

export function validateCrdStatus(crd: CustomResourceDefinition): readonly FieldError[] {
  const out: FieldError[] = []
  names(crd.status?.acceptedNames, 'status.acceptedNames', out)
  return out
}
