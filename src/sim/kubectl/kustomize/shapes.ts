import type { JsonValue } from '../../api/meta.ts'
import { isMap } from '../../api/patch/lists.ts'

/** What a field of a kustomization may hold: a scalar's type, a list, a map of texts, a structure, or anything. */
type Shape = 'string' | 'number' | 'boolean' | 'texts' | 'any' | readonly [Shape] | { readonly [field: string]: Shape }

const selector: Shape = { group: 'string', version: 'string', kind: 'string', name: 'string', namespace: 'string', labelSelector: 'string', annotationSelector: 'string' }
const patch: Shape = { path: 'string', patch: 'string', target: selector, options: { allowNameChange: 'boolean', allowKindChange: 'boolean' } }
const options: Shape = { labels: 'texts', annotations: 'texts', disableNameSuffixHash: 'boolean', immutable: 'boolean' }
const generator: Shape = { name: 'string', namespace: 'string', behavior: 'string', literals: ['string'], files: ['string'], envs: ['string'], env: 'string', type: 'string', options }
const image: Shape = { name: 'string', newName: 'string', newTag: 'any', digest: 'string', tagSuffix: 'string' }
const fieldOptions: Shape = { delimiter: 'string', index: 'number', encoding: 'string', create: 'boolean' }
const replacement: Shape = {
  path: 'string', source: { ...selector, fieldPath: 'string', options: fieldOptions },
  targets: [{ select: selector, reject: [selector], fieldPaths: ['string'], options: fieldOptions }],
}

const KUSTOMIZATION: Shape = {
  apiVersion: 'string', kind: 'string', resources: ['string'], bases: ['string'], components: ['string'], namePrefix: 'string', nameSuffix: 'string', namespace: 'string', commonLabels: 'texts',
  labels: [{ pairs: 'texts', includeSelectors: 'boolean', includeTemplates: 'boolean', fields: ['any'] }], commonAnnotations: 'texts', images: [image], imageTags: [image],
  replicas: [{ name: 'string', count: 'number' }], patches: [patch], patchesStrategicMerge: ['string'], patchesJson6902: [patch], configMapGenerator: [generator], secretGenerator: [generator],
  generatorOptions: options, replacements: [replacement], sortOptions: { order: 'string', legacySortOptions: 'any' }, buildMetadata: ['string'],
}

const GO: Readonly<Record<string, string>> = { string: 'string', number: 'int', boolean: 'bool', texts: 'map[string]string' }
const goType = (shape: Shape): string => (typeof shape === 'string' ? (GO[shape] ?? shape) : Array.isArray(shape) ? `[]${goType((shape as readonly [Shape])[0])}` : 'object')
const jsonType = (value: JsonValue): string => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value === 'boolean' ? 'bool' : typeof value)

/** What is wrong with the types of a kustomization, as Go's decoder says it. */
export const misfit = (value: JsonValue): string | undefined => check(value, KUSTOMIZATION, 'Kustomization')
export const replacementMisfit = (value: JsonValue): string | undefined => check(value, replacement, 'Replacement')

function check(value: JsonValue | undefined, shape: Shape, at: string): string | undefined {
  if (value === undefined || value === null || shape === 'any') return undefined
  const wrong = `json: cannot unmarshal ${jsonType(value)} into Go struct field ${at} of type ${goType(shape)}`
  if (typeof shape === 'string') {
    if (shape !== 'texts') return typeof value === shape ? undefined : wrong
    return isMap(value) && Object.values(value).every((v) => typeof v === 'string') ? undefined : wrong
  }
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return wrong
    for (const item of value as readonly JsonValue[]) {
      const problem = item === null ? wrong : check(item, (shape as readonly [Shape])[0], at)
      if (problem) return problem
    }
    return undefined
  }
  if (!isMap(value)) return wrong
  for (const [field, inner] of Object.entries(shape as { readonly [field: string]: Shape })) {
    const problem = check(value[field], inner, `${at}.${field}`)
    if (problem) return problem
  }
  return undefined
}

/** What keeps a document from being a resource. */
export function notAResource(value: JsonValue): string | undefined {
  if (!isMap(value)) return 'invalid object: a map is wanted'
  if (typeof value.kind !== 'string' || typeof value.apiVersion !== 'string') return "missing apiVersion or kind in object"
  const meta = value.metadata
  if (!isMap(meta) || typeof meta.name !== 'string' || meta.name === '') return 'missing metadata.name in object'
  if (meta.namespace !== undefined && meta.namespace !== null && typeof meta.namespace !== 'string') return 'wrong metadata.namespace in object'
  for (const field of ['labels', 'annotations']) {
    const map = meta[field]
    if (map !== undefined && map !== null && !(isMap(map) && Object.values(map).every((v) => typeof v === 'string'))) return `wrong metadata.${field} in object`
  }
  return undefined
}
