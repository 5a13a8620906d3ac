import { followPath } from '../../api/custom/field-path.ts'
import { notStructural } from '../../api/custom/structural.ts'
import type { JsonSchema } from '../../api/custom/json-schema.ts'
import { at, child, duplicate, forbiddenField, invalidValue, notSupported, required, tooMany, type FieldError, type Path } from '../../api/field.ts'
import { isDns1035Label } from '../../api/names.ts'
import { webhookService, webhookUrl } from '../../api/validate/webhook-client.ts'
import type { CrdColumn, CrdConversion, CrdNames, CrdSubresources } from './customresourcedefinition.ts'

const COLUMN_TYPES = 'boolean,date,integer,number,string'
const COLUMN_FORMATS = 'byte,date,date-time,double,float,int32,int64,password'
const listed = (list: string, word: string): boolean => list.split(',').includes(word)

/** validateSimpleJSONPath of a text that is not empty. */
const badPath = (text: string): boolean => !text.startsWith('.')
const SIMPLE = 'must be a simple json path starting with .'

export function column(c: CrdColumn, path: Path, out: FieldError[]): void {
  if (!c.name) out.push(required(child(path, 'name')))
  if (!c.type) out.push(required(child(path, 'type'), `must be one of ${COLUMN_TYPES}`))
  else if (!listed(COLUMN_TYPES, c.type)) out.push(invalidValue(child(path, 'type'), c.type, `must be one of ${COLUMN_TYPES}`))
  if (c.format && !listed(COLUMN_FORMATS, c.format)) out.push(invalidValue(child(path, 'format'), c.format, `must be one of ${COLUMN_FORMATS}`))
  if (!c.jsonPath) out.push(required(child(path, 'JSONPath')))
  else if (badPath(c.jsonPath)) out.push(invalidValue(child(path, 'JSONPath'), c.jsonPath, SIMPLE))
}

function replicasPath(text: string, part: string, path: Path, out: FieldError[]): void {
  if (!text) out.push(required(path))
  else if (badPath(text)) out.push(invalidValue(path, text, SIMPLE))
  else if (!text.startsWith(`.${part}.`)) out.push(invalidValue(path, text, `should be a json path under .${part}`))
}

export function subresources(s: CrdSubresources | undefined, path: Path, out: FieldError[]): void {
  const scale = s?.scale
  if (!scale) return
  replicasPath(scale.specReplicasPath, 'spec', child(path, 'scale.specReplicasPath'), out)
  replicasPath(scale.statusReplicasPath, 'status', child(path, 'scale.statusReplicasPath'), out)
  const selector = scale.labelSelectorPath
  const here = child(path, 'scale.labelSelectorPath')
  if (!selector) return
  if (badPath(selector)) out.push(invalidValue(here, selector, SIMPLE))
  else if (!selector.startsWith('.spec.') && !selector.startsWith('.status.')) out.push(invalidValue(here, selector, 'should be a json path under either .spec or .status'))
}

const MOST_SELECTABLE = 8
const SELECTABLE = 'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.'

export function selectableFields(fields: readonly { readonly jsonPath: string }[], schema: JsonSchema, mayBeMany: boolean, path: Path, out: FieldError[]): void {
  const unique = new Set<string>()
  fields.forEach((f, i) => {
    const here = child(at(path, i), 'jsonPath')
    if (!f.jsonPath) return void out.push(required(here))
    const found = followPath(f.jsonPath, schema, false)
    if ('problem' in found) return void out.push(invalidValue(here, f.jsonPath, `is an invalid path: ${found.problem}`))
    if (found.root === 'metadata') out.push(invalidValue(here, f.jsonPath, 'must not point to fields in metadata'))
    if (!['string', 'boolean', 'integer'].includes(found.schema?.type ?? '')) out.push(invalidValue(here, f.jsonPath, SELECTABLE))
    if (unique.has(found.path)) out.push(duplicate(here, f.jsonPath))
    unique.add(found.path)
  })
  if (unique.size > MOST_SELECTABLE && !mayBeMany) out.push(tooMany(path, unique.size, MOST_SELECTABLE))
}

/** Selectable fields of a version or of all; a schema that is not structural is named first. */
export function selectable(fields: readonly { readonly jsonPath: string }[] | undefined, schema: JsonSchema, schemaPath: Path, mayBeMany: boolean, path: Path, out: FieldError[]): void {
  if (!fields?.length) return
  const problem = notStructural(schema)
  if (problem) out.push(invalidValue(schemaPath, '', problem))
  selectableFields(fields, schema, mayBeMany, path, out)
}

const label = (text: string, path: Path, prefix: string, shown: string, out: FieldError[]): void => {
  const bad = text ? isDns1035Label(text) : []
  if (bad.length) out.push(invalidValue(path, shown, prefix + bad.join(',')))
}
const MIXED = 'may have mixed case, but should otherwise match: '

/** ValidateCustomResourceDefinitionNames. */
export function names(n: CrdNames | undefined, path: Path, out: FieldError[]): void {
  if (!n) return
  label(n.plural, child(path, 'plural'), '', n.plural, out)
  label(n.singular ?? '', child(path, 'singular'), '', n.singular ?? '', out)
  label((n.kind ?? '').toLowerCase(), child(path, 'kind'), MIXED, n.kind, out)
  label((n.listKind ?? '').toLowerCase(), child(path, 'listKind'), MIXED, n.listKind ?? '', out)
  const each = (list: readonly string[] | undefined, name: string): void =>
    list?.forEach((text, i) => {
      const bad = isDns1035Label(text)
      if (bad.length) out.push(invalidValue(at(child(path, name), i), text, bad.join(',')))
    })
  each(n.shortNames, 'shortNames')
  if (n.kind && n.kind === n.listKind) out.push(invalidValue(child(path, 'listKind'), n.listKind, 'kind and listKind may not be the same'))
  each(n.categories, 'categories')
}

const REVIEW_VERSIONS = ['v1', 'v1beta1']

function reviewVersions(list: readonly string[], mustKnow: boolean, path: Path, out: FieldError[]): void {
  if (list.length === 0) return void out.push(required(path))
  list.forEach((v, i) => {
    if (list.indexOf(v) < i) out.push(invalidValue(at(path, i), v, 'duplicate version'))
    else for (const m of isDns1035Label(v)) out.push(invalidValue(at(path, i), v, m))
  })
  if (mustKnow && !list.some((v) => REVIEW_VERSIONS.includes(v))) out.push(invalidValue(path, list, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`))
}

/** validateCustomResourceConversion. */
export function conversion(c: CrdConversion | undefined, mustKnow: boolean, path: Path, out: FieldError[]): void {
  if (!c) return
  const strategy = child(path, 'strategy')
  if (!c.strategy) out.push(required(strategy))
  else if (c.strategy !== 'None' && c.strategy !== 'Webhook') out.push(notSupported(strategy, c.strategy, ['None', 'Webhook']))
  const config = c.webhook?.clientConfig
  const [configPath, versionsPath] = [child(path, 'webhookClientConfig'), child(path, 'conversionReviewVersions')]
  const versions = c.webhook?.conversionReviewVersions ?? []
  if (c.strategy !== 'Webhook') {
    if (config) out.push(forbiddenField(configPath, 'should not be set when strategy is not set to Webhook'))
    if (versions.length) out.push(forbiddenField(versionsPath, 'should not be set when strategy is not set to Webhook'))
    return
  }
  if (!config) out.push(required(configPath, 'required when strategy is set to Webhook'))
  else if ((config.url === undefined) === (config.service === undefined)) out.push(required(configPath, 'exactly one of url or service is required'))
  else if (config.url !== undefined) webhookUrl(config.url, child(configPath, 'url'), out)
  // Kubernetes passes name and namespace the wrong way round here.
  else webhookService({ ...config.service, name: config.service!.namespace, namespace: config.service!.name }, child(configPath, 'service'), out)
  reviewVersions(versions, mustKnow, versionsPath, out)
}
