import { deepEqual } from './deep.ts'
import { child, forbiddenField, goQuote, internalFieldError, invalidValue, required, tooLong, type FieldError, type Path } from './field.ts'
import { byteCount } from './bytes.ts'
import { FamiliarSet } from './familiar.ts'
import { sortedKeys } from './sorted-keys.ts'
import { finalizerDomains } from './validate-finalizers.ts'
import { splitApiVersion, type ObjectMeta, type OwnerReference, type StringMap } from './meta.ts'
import { isDns1123Label, isLabelValue, isPathSegmentName, isQualifiedName, type NameCheck } from './names.ts'

export const FIELD_IMMUTABLE = 'field is immutable'
const ANNOTATIONS_LIMIT = 256 * 1024

/** Pods of one template share their labels. */
const soundLabels = new FamiliarSet()

/** `metav1/validation`: ValidateLabels, with keys in sorted order (Kubernetes' is random). */
export function validateLabels(labels: StringMap | undefined, path: Path, out: FieldError[]): void {
  if (!labels || soundLabels.has(labels)) return
  const before = out.length
  for (const key of sortedKeys(labels)) {
    for (const m of isQualifiedName(key)) out.push(invalidValue(path, key, m))
    for (const m of isLabelValue(labels[key]!)) out.push(invalidValue(path, labels[key], m))
  }
  if (out.length === before) soundLabels.add(labels)
}

function validateAnnotations(annotations: StringMap | undefined, path: Path, out: FieldError[]): void {
  if (!annotations) return
  let size = 0
  for (const key of sortedKeys(annotations)) {
    for (const m of isQualifiedName(key.toLowerCase())) out.push(invalidValue(path, key, m))
    size += byteCount(key) + byteCount(annotations[key]!)
  }
  if (size > ANNOTATIONS_LIMIT) out.push(tooLong(path, ANNOTATIONS_LIMIT))
}

/** Public form, for pod templates. */
export const validateAnnotationsAt = validateAnnotations

function validateOwner(owner: OwnerReference, path: Path, out: FieldError[]): void {
  const { group, version } = splitApiVersion(owner.apiVersion ?? '')
  if (!version) out.push(invalidValue(child(path, 'apiVersion'), owner.apiVersion ?? '', 'version must not be empty'))
  if (!owner.kind) out.push(invalidValue(child(path, 'kind'), '', 'must not be empty'))
  if (!owner.name) out.push(invalidValue(child(path, 'name'), '', 'must not be empty'))
  if (!owner.uid) out.push(invalidValue(child(path, 'uid'), '', 'must not be empty'))
  if (group === '' && version === 'v1' && owner.kind === 'Event') out.push(invalidValue(path, owner, '/v1, Kind=Event is disallowed from being an owner'))
}

function validateOwners(owners: readonly OwnerReference[] | undefined, path: Path, out: FieldError[]): void {
  let first = ''
  for (const owner of owners ?? []) {
    validateOwner(owner, path, out)
    if (owner.controller !== true) continue
    const name = `${owner.kind}/${owner.name}`
    if (first === '') first = name
    else out.push(invalidValue(path, owners, `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${name}`))
  }
}

function validateFinalizers(finalizers: readonly string[] | undefined, path: Path, out: FieldError[]): void {
  for (const f of finalizers ?? []) for (const m of isQualifiedName(f)) out.push(invalidValue(path, f, m))
  if (finalizers?.includes('foregroundDeletion') && finalizers.includes('orphan')) {
    out.push(invalidValue(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'))
  }
}

/** Go's %#v of a sorted list of strings. */
const goList = (list: readonly string[]): string => `[]string{${list.map((s) => goQuote(s)).join(', ')}}`

const isPathPrefix: NameCheck = (text) => isPathSegmentName(text === '.' || text === '..' ? 'x' : text)

/** rest.BeforeCreate's check of the name as part of a URL, made before the kind's own validation. */
export const nameAsPath = (name: string, isPrefix: boolean): readonly string[] => (isPrefix ? isPathPrefix(name) : isPathSegmentName(name))

/** A trailing dash of a prefix is no fault: random characters follow it (api/validation: maskTrailingDash). */
const maskDash = (name: string): string => (name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name)

/** apimachinery: api/validation, ValidateObjectMeta. `check` is the rule for names. */
function genericObjectMeta(meta: ObjectMeta, namespaced: boolean, check: NameCheck, path: Path = 'metadata'): FieldError[] {
  const out: FieldError[] = []
  if (meta.generateName) for (const m of check(maskDash(meta.generateName))) out.push(invalidValue(child(path, 'generateName'), meta.generateName, m))
  if (!meta.name) out.push(required(child(path, 'name'), 'name or generateName is required'))
  else for (const m of check(meta.name)) out.push(invalidValue(child(path, 'name'), meta.name, m))
  if (namespaced) {
    if (!meta.namespace) out.push(required(child(path, 'namespace')))
    else for (const m of isDns1123Label(meta.namespace)) out.push(invalidValue(child(path, 'namespace'), meta.namespace, m))
  } else if (meta.namespace) out.push(forbiddenField(child(path, 'namespace'), 'not allowed on this type'))
  if (meta.generation !== undefined && meta.generation < 0) {
    out.push(invalidValue(child(path, 'generation'), meta.generation, 'must be greater than or equal to 0'))
  }
  validateLabels(meta.labels, child(path, 'labels'), out)
  validateAnnotations(meta.annotations, child(path, 'annotations'), out)
  validateOwners(meta.ownerReferences, child(path, 'ownerReferences'), out)
  validateFinalizers(meta.finalizers, child(path, 'finalizers'), out)
  return out
}

/** core/validation: ValidateObjectMeta, which also asks finalizers for a domain. `check` is the kind's rule for names. */
export function validateObjectMeta(meta: ObjectMeta, namespaced: boolean, check: NameCheck, path: Path = 'metadata'): FieldError[] {
  const out = genericObjectMeta(meta, namespaced, check, path)
  finalizerDomains(meta.finalizers, child(path, 'finalizers'), out)
  return out
}

const IMMUTABLE = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const

/** apimachinery: api/validation, ValidateObjectMetaUpdate. */
function genericObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta, path: Path): FieldError[] {
  const out: FieldError[] = []
  if (old.deletionTimestamp !== undefined) {
    const had = new Set(old.finalizers ?? [])
    const extra = [...new Set((meta.finalizers ?? []).filter((f) => !had.has(f)))].sort()
    if (extra.length) {
      out.push(forbiddenField(child(path, 'finalizers'), `no new finalizers can be added if the object is being deleted, found new finalizers ${goList(extra)}`))
    }
  }
  if (!meta.resourceVersion) out.push(invalidValue(child(path, 'resourceVersion'), '', 'must be specified for an update'))
  if ((meta.generation ?? 0) < (old.generation ?? 0)) out.push(invalidValue(child(path, 'generation'), meta.generation ?? 0, 'must not be decremented'))
  for (const key of IMMUTABLE) if (meta[key] !== old[key]) immutable(meta[key], old[key], child(path, key), out)
  if (meta.labels !== old.labels) validateLabels(meta.labels, child(path, 'labels'), out)
  if (meta.annotations !== old.annotations) validateAnnotations(meta.annotations, child(path, 'annotations'), out)
  if (meta.ownerReferences !== old.ownerReferences) validateOwners(meta.ownerReferences, child(path, 'ownerReferences'), out)
  return out
}

/**
 * What is wrong with the metadata of an update: `common` is what every update is asked first (rest: validateCommonFields),
 * `update` what a strategy's ValidateObjectMetaUpdate and `whole` what its ValidateObjectMeta say once more. Parts that
 * the stored object has too are fine already. undefined where nothing is wrong.
 */
export interface MetaErrors {
  readonly common: readonly FieldError[]
  readonly update: readonly FieldError[]
  readonly whole: readonly FieldError[]
}

export function metaUpdateErrors(meta: ObjectMeta, old: ObjectMeta, namespaced: boolean, path: Path = 'metadata'): MetaErrors | undefined {
  if (meta === old) return undefined
  const changes = genericObjectMetaUpdate(meta, old, path)
  const same = meta.labels === old.labels && meta.annotations === old.annotations && meta.ownerReferences === old.ownerReferences && meta.finalizers === old.finalizers
  if (same && changes.length === 0) return undefined
  const whole = same ? [] : genericObjectMeta(meta, namespaced, isPathSegmentName, path)
  const domains: FieldError[] = []
  if (meta.finalizers !== old.finalizers) finalizerDomains(meta.finalizers, child(path, 'finalizers'), domains)
  if (whole.length + changes.length + domains.length === 0) return undefined
  return { common: [...whole, ...changes], update: [...changes, ...domains], whole: [...whole, ...domains] }
}

/** rest.BeforeCreate's look at the metadata of kinds whose own validation leaves it alone. */
export const looseObjectMeta = (meta: ObjectMeta, namespaced: boolean): readonly FieldError[] => genericObjectMeta(meta, namespaced, isPathSegmentName)

/** ValidateImmutableField: equal as plain data, or "field is immutable". */
export function immutable(next: unknown, old: unknown, path: Path, out: FieldError[]): void {
  if (!deepEqual(next, old)) out.push(invalidValue(path, next, FIELD_IMMUTABLE))
}

/** "generateName was specified but no name was generated" cannot happen to a stored object; this says so. */
export const nameNotGenerated = (path: Path, prefix: string): FieldError =>
  internalFieldError(child(path, 'name'), `generateName was specified (${goQuote(prefix)}), but no name was generated`)
