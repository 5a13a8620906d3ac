import { isDeepStrictEmpty } from '../../api/custom/empty.ts'
import { someSchema, type JsonSchema } from '../../api/custom/json-schema.ts'
import { notStructural, validateStructural } from '../../api/custom/structural.ts'
import { validateDefaults } from '../../api/custom/validate-defaults.ts'
import { at, child, forbiddenField, invalidValue, notSupported, required, type FieldError, type Path } from '../../api/field.ts'
import { isDns1035Label, isDns1123Subdomain } from '../../api/names.ts'
import type { CrdVersion } from './customresourcedefinition.ts'
import { printedSchema, printedVersions, type HoistedSpec } from './hoisted.ts'
import { column, conversion, names, selectable, subresources } from './validate-parts.ts'
import { validateOpenApiSchema, type SchemaOptions } from './validate-schema.ts'

/** What the stored definition may go on doing although a new one may not. */
export interface SpecOptions extends SchemaOptions {
  readonly needsSchema: boolean
  readonly structural: boolean
  readonly prunedDefaults: boolean
  readonly knownReviewVersions: boolean
  /** Versions ('' for all) that may keep too many selectable fields. */
  readonly manySelectable: ReadonlySet<string>
}

const ROOT_FIELDS =
  'Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations'
const ALLOWED_AT_ROOT: ReadonlySet<string> = new Set(ROOT_FIELDS.split(' '))

/** With a status of its own, the root of a schema may say little, so that nothing is lost when the status is split off. */
function rootForStatus(s: JsonSchema, path: Path, out: FieldError[]): void {
  const printed = printedSchema(s) as Readonly<Record<string, unknown>>
  for (const name in printed) {
    if (isDeepStrictEmpty({ value: printed[name] }) || printed[name] === 0) continue
    if (name === 'Type') {
      if (s.type === 'object') continue
      return void out.push(invalidValue(child(path, 'openAPIV3Schema.type'), s.type, 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'))
    }
    if (ALLOWED_AT_ROOT.has(name)) continue
    const words = `only [${ROOT_FIELDS}] fields are allowed at the root of the schema if the status subresource is enabled`
    return void out.push(invalidValue(child(path, 'openAPIV3Schema'), printed, words))
  }
}

/** validateCustomResourceDefinitionValidation; `checkRules` compiles the CEL rules of a schema that is otherwise fine. */
function schemaRules(validation: CrdVersion['schema'], hasStatus: boolean, options: SpecOptions, path: Path, out: FieldError[], checkRules: RuleCheck): void {
  const schema = validation?.openAPIV3Schema
  if (!schema) return
  const here = child(path, 'openAPIV3Schema')
  const before = out.length
  if (hasStatus) rootForStatus(schema, path, out)
  if (schema.nullable) out.push(forbiddenField(child(here, 'nullable'), 'nullable cannot be true at the root'))
  const problem = options.structural ? notStructural(schema) : undefined
  let sound = options.structural && !problem
  if (sound) {
    const found = out.length
    out.push(...validateStructural(schema, here))
    if (out.length === found) validateDefaults(schema, here, options.prunedDefaults, out)
    sound = out.length === found
  }
  const start = out.length
  validateOpenApiSchema(schema, options, here, out)
  if (sound && out.length === start) checkRules(schema, here, out)
  if (out.length === before && problem) out.push(invalidValue(here, '', problem))
}

export type RuleCheck = (schema: JsonSchema, path: Path, out: FieldError[]) => void

function deprecation(v: CrdVersion, path: Path, out: FieldError[]): void {
  const text = v.deprecationWarning
  if (text === undefined) return
  const bad = (words: string): void => void out.push(invalidValue(child(path, 'deprecationWarning'), text, words))
  if (!v.deprecated) return bad('can only be set for deprecated versions')
  if (text.length > 256) bad('must be <= 256 characters long')
  if (text.length === 0) bad('must not be an empty string')
  // eslint-disable-next-line no-control-regex
  const index = text.search(/[\u0000-\u001f\u007f-\u00a0\u00ad\u2028\u2029]/)
  if (index >= 0) bad(`must only contain printable UTF-8 characters; non-printable character found at index ${index}`)
}

function version(h: HoistedSpec, v: CrdVersion, options: SpecOptions, path: Path, out: FieldError[], checkRules: RuleCheck): void {
  deprecation(v, path, out)
  const perVersion = h.versions.some((x) => x.subresources !== undefined)
  const own = perVersion ? h.versions.find((x) => x.name === v.name)?.subresources : h.subresources
  schemaRules(v.schema, own?.status !== undefined, options, child(path, 'schema'), out, checkRules)
  subresources(v.subresources, child(path, 'subresources'), out)
  v.additionalPrinterColumns?.forEach((c, i) => column(c, at(child(path, 'additionalPrinterColumns'), i), out))
  if (!v.selectableFields?.length) return
  const schema = v.schema?.openAPIV3Schema
  const here = child(path, 'selectableFields')
  if (!schema) out.push(invalidValue(here, '', 'may only be set when `version.schema.openAPIV3Schema` is not included'))
  else selectable(v.selectableFields, schema, child(path, 'schema.openAPIV3Schema'), options.manySelectable.has(v.name), here, out)
}

const EXTENSIONS = [
  'x-kubernetes-embedded-resource', 'x-kubernetes-preserve-unknown-fields', 'x-kubernetes-int-or-string', 'x-kubernetes-list-map-keys', 'x-kubernetes-list-type', 'x-kubernetes-validations',
] as const
const someIn = (h: HoistedSpec, test: (s: JsonSchema) => boolean): boolean =>
  [h.schema, ...h.versions.map((v) => v.schema)].some((v) => someSchema(v?.openAPIV3Schema, test))

function group(text: string, path: Path, out: FieldError[]): void {
  const bad = text ? isDns1123Subdomain(text) : []
  if (!text) out.push(required(path))
  else if (bad.length) out.push(invalidValue(path, text, bad.join(',')))
  else if (!text.includes('.')) out.push(invalidValue(path, text, 'should be a domain with at least one dot'))
}

function schemasGiven(h: HoistedSpec, options: SpecOptions, out: FieldError[]): void {
  if (h.schema?.openAPIV3Schema) return
  h.versions.forEach((v, i) => {
    const path = child(at('spec.versions', i), 'schema.openAPIV3Schema')
    if (v.schema?.openAPIV3Schema) return
    if (options.needsSchema) out.push(required(path))
    else if (!h.spec.preserveUnknownFields && v.served) out.push(required(path, 'because otherwise all fields are pruned'))
  })
}

function versionNames(h: HoistedSpec, out: FieldError[]): void {
  const seen = new Set(h.versions.map((v) => v.name))
  if (seen.size < h.versions.length) out.push(invalidValue('spec.versions', printedVersions(h), 'must contain unique version names'))
  if (h.versions.filter((v) => v.storage).length !== 1) out.push(invalidValue('spec.versions', printedVersions(h), 'must have exactly one version marked as storage version'))
  const bad = h.version ? isDns1035Label(h.version) : []
  if (bad.length) out.push(invalidValue('spec.version', h.version, bad.join(',')))
}

/** What stands at the top because all versions say the same. */
function shared(h: HoistedSpec, options: SpecOptions, out: FieldError[], checkRules: RuleCheck): void {
  const anyStatus = h.subresources?.status !== undefined || h.versions.some((v) => v.subresources?.status !== undefined)
  schemaRules(h.schema, anyStatus, options, 'spec.validation', out, checkRules)
  subresources(h.subresources, 'spec.subresources', out)
  h.columns?.forEach((c, i) => column(c, at('spec.additionalPrinterColumns', i), out))
  if (!h.selectableFields?.length) return
  if (!h.schema) out.push(invalidValue('spec.selectableFields', '', 'may only be set when validations.schema is included'))
  else selectable(h.selectableFields, h.schema.openAPIV3Schema ?? {}, 'spec.schema.openAPIV3Schema', options.manySelectable.has(''), 'spec.selectableFields', out)
}

/** apiextensions/validation: validateCustomResourceDefinitionSpec. */
export function validateSpec(h: HoistedSpec, given: SpecOptions, checkRules: RuleCheck): FieldError[] {
  const out: FieldError[] = []
  const { spec } = h
  const preserves = spec.preserveUnknownFields === true
  group(spec.group, 'spec.group', out)
  if (!spec.scope) out.push(required('spec.scope'))
  else if (spec.scope !== 'Cluster' && spec.scope !== 'Namespaced') out.push(notSupported('spec.scope', spec.scope, ['Cluster', 'Namespaced']))
  schemasGiven(h, given, out)
  const hasDefaults = someIn(h, (s) => s.default !== undefined && s.default !== null)
  if (hasDefaults && preserves) out.push(invalidValue('spec.preserveUnknownFields', true, 'must be false in order to use defaults in the schema'))
  const extended = someIn(h, (s) => EXTENSIONS.some((name) => s[name] !== undefined && s[name] !== false && !(Array.isArray(s[name]) && s[name].length === 0)))
  const options = { ...given, structural: given.structural || !preserves || hasDefaults || extended }
  h.versions.forEach((v, i) => {
    const path = at('spec.versions', i)
    const bad = isDns1035Label(v.name)
    if (bad.length) out.push(invalidValue(child(path, 'name'), v.name, bad.join(',')))
    version(h, v, options, path, out, checkRules)
  })
  versionNames(h, out)
  for (const name of ['plural', 'singular', 'kind', 'listKind'] as const) if (!spec.names[name]) out.push(required(child('spec.names', name)))
  names(spec.names, 'spec.names', out)
  shared(h, options, out, checkRules)
  if (spec.conversion && spec.conversion.strategy !== 'None' && preserves) {
    out.push(invalidValue('spec.conversion.strategy', spec.conversion.strategy, 'must be None if spec.preserveUnknownFields is true'))
  }
  conversion(spec.conversion, options.knownReviewVersions, 'spec.conversion', out)
  return out
}
