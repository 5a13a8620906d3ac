import { additionalSchema, itemSchema, itemSchemas, propertyNames, type JsonSchema } from '../../api/custom/json-schema.ts'
import { at, child, forbiddenField, invalidValue, notSupported, required, type FieldError, type Path } from '../../api/field.ts'
import { mapListRules, setItemsProblem } from './validate-lists.ts'
import { ruleTexts } from './validate-rules.ts'

/** What a schema may be spared because the stored definition was already like that. */
export interface SchemaOptions {
  readonly validTypes: boolean
  readonly atomicSets: boolean
  readonly mapKeys: boolean
}

interface Place {
  /** Why defaults are forbidden here; undefined where they are allowed. */
  readonly noDefaults?: string
  readonly insideMeta: boolean
  readonly isRoot: boolean
}

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string']
const IDENTITY: readonly string[] = ['metadata', 'kind', 'apiVersion']

/** specStandardValidatorV3.validate: what OpenAPI v3 knows and Kubernetes does not allow. */
function standard(s: JsonSchema, place: Place, options: SchemaOptions, path: Path, out: FieldError[]): void {
  const never = (name: string): void => void out.push(forbiddenField(child(path, name), `${name} is not supported`))
  if (options.validTypes && s.type && !TYPES.includes(s.type)) out.push(notSupported(child(path, 'type'), s.type, TYPES))
  if (s.default !== undefined && place.noDefaults !== undefined) out.push(forbiddenField(child(path, 'default'), `must not be set ${place.noDefaults}`))
  if (s.id) never('id')
  if (s.additionalItems !== undefined) never('additionalItems')
  if (propertyNames(s.patternProperties).length) never('patternProperties')
  if (propertyNames(s.definitions).length) never('definitions')
  if (s.dependencies !== undefined) never('dependencies')
  if (s.$ref !== undefined) never('$ref')
  if (s.type === 'null') out.push(forbiddenField(child(path, 'type'), 'type cannot be set to null, use nullable as an alternative'))
  if (itemSchemas(s).length) out.push(forbiddenField(child(path, 'items'), 'items must be a schema object and not an array'))
  if (place.insideMeta && s['x-kubernetes-embedded-resource']) out.push(forbiddenField(child(path, 'x-kubernetes-embedded-resource'), 'must not be used inside of resource meta'))
}

function below(s: JsonSchema, place: Place, options: SchemaOptions, path: Path, out: FieldError[]): void {
  const inner: Place = { ...place, isRoot: false }
  const visit = (x: JsonSchema | undefined, here: Path, where: Place = inner): void => {
    if (x) openApiSchema(x, where, options, here, out)
  }
  if (s.additionalProperties !== undefined && s.additionalProperties !== true && propertyNames(s.properties).length) {
    out.push(forbiddenField(child(path, 'additionalProperties'), 'additionalProperties and properties are mutual exclusive'))
  }
  visit(additionalSchema(s), child(path, 'additionalProperties'), place.insideMeta ? { ...inner, noDefaults: 'inside additionalProperties applying to object metadata' } : inner)
  for (const name of propertyNames(s.properties)) {
    const meta = (place.isRoot || s['x-kubernetes-embedded-resource'] === true) && IDENTITY.includes(name)
    const where = meta ? { ...inner, insideMeta: true, ...(place.isRoot ? { noDefaults: `in top-level ${name}` } : {}) } : inner
    visit(s.properties![name], at(child(path, 'properties'), name), where)
  }
  visit(s.not, child(path, 'not'))
  for (const name of ['allOf', 'oneOf', 'anyOf'] as const) s[name]?.forEach((x, i) => visit(x, at(child(path, name), i)))
  visit(itemSchema(s), child(path, 'items'))
  itemSchemas(s).forEach((x, i) => visit(x, at(child(path, 'items'), i)))
}

function kinds(s: JsonSchema, options: SchemaOptions, path: Path, out: FieldError[]): void {
  const type = child(path, 'type')
  const mapType = s['x-kubernetes-map-type']
  const listType = s['x-kubernetes-list-type']
  if (s['x-kubernetes-preserve-unknown-fields'] === false) out.push(invalidValue(child(path, 'x-kubernetes-preserve-unknown-fields'), false, 'must be true or undefined'))
  const mustBe = (wanted: string, extension: string): void => {
    const words = `must be ${wanted} if ${extension} is specified`
    out.push(s.type ? invalidValue(type, s.type, words) : required(type, words))
  }
  if (mapType !== undefined && s.type !== 'object') mustBe('object', 'x-kubernetes-map-type')
  if (mapType !== undefined && mapType !== 'atomic' && mapType !== 'granular') out.push(notSupported(child(path, 'x-kubernetes-map-type'), mapType, ['atomic', 'granular']))
  if (listType !== undefined && s.type !== 'array') mustBe('array', 'x-kubernetes-list-type')
  else if (options.atomicSets) setItemsProblem(s, path, out)
  if (listType !== undefined && !['atomic', 'set', 'map'].includes(listType)) out.push(notSupported(child(path, 'x-kubernetes-list-type'), listType, ['atomic', 'set', 'map']))
}

function openApiSchema(s: JsonSchema, place: Place, options: SchemaOptions, path: Path, out: FieldError[]): void {
  standard(s, place, options, path, out)
  if (s.uniqueItems) out.push(forbiddenField(child(path, 'uniqueItems'), 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'))
  below(s, place, options, path, out)
  kinds(s, options, path, out)
  mapListRules(s, options.mapKeys, path, out)
  ruleTexts(s, path, out)
}

/** apiextensions/validation: ValidateCustomResourceDefinitionOpenAPISchema, but for the compiling of CEL rules. */
export function validateOpenApiSchema(s: JsonSchema, options: SchemaOptions, path: Path, out: FieldError[]): void {
  openApiSchema(s, { insideMeta: false, isRoot: true }, options, path, out)
}
