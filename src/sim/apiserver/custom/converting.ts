import type { JsonObject, JsonValue, KubeObject } from '../../api/meta.ts'
import type { CrdConversion } from '../../kinds/customresourcedefinition/customresourcedefinition.ts'
import type { KindDefinition, StoredAs } from '../../kinds/definition.ts'
import { post } from '../admission/webhooks/calling.ts'
import { uidOf } from '../admission/webhooks/review.ts'
import type { Execution, Trail } from '../execution.ts'
import { decodeCustom, type CustomKind } from './kind.ts'

/** How long a conversion webhook may take: the timeout of its client, which no field sets. */
const PATIENCE_SECONDS = 30

/** Thrown while a request is carried out whose object cannot be brought to another version: the request fails with it. */
export class ConversionFailure extends Error {}

/** From where a webhook is asked. */
export type Asking = Pick<Execution, 'store' | 'means' | 'now'>

const groupOf = (apiVersion: string): string => apiVersion.slice(0, Math.max(0, apiVersion.lastIndexOf('/')))

/**
 * How the objects of a kind are read and stored in its version: with the strategy Webhook each goes through the webhook at the time of asking.
 * Nothing is remembered, so that answers are those of the webhook as it is now.
 */
export function versionsOf(kind: KindDefinition, asking: Asking, trail: Trail): StoredAs | undefined {
  const webhook = kind.custom ? (kind as CustomKind).conversion : undefined
  if (!webhook || !kind.storedAs) return kind.storedAs
  const { apiVersion } = kind.storedAs
  const own = kind as CustomKind
  const stored = own.inVersion(apiVersion.slice(apiVersion.lastIndexOf('/') + 1)) ?? own
  return {
    apiVersion,
    toStored: (object) => convert(object, stored, apiVersion, webhook, asking, trail),
    fromStored: (object) => convert(object, own, `${own.group}/${own.version}`, webhook, asking, trail),
  }
}

/** An object in another version of its kind, directly. */
export function convertedTo(kind: KindDefinition, object: KubeObject, asking: Asking, trail: Trail): KubeObject {
  const webhook = (kind as CustomKind).conversion
  return webhook ? convert(object, kind as CustomKind, `${kind.group}/${kind.version}`, webhook, asking, trail) : object
}

/** apiextensions-apiserver: pkg/apiserver/conversion, webhook_converter.go. */
function convert(object: KubeObject, to: CustomKind, desired: string, { clientConfig = {}, conversionReviewVersions = [] }: NonNullable<CrdConversion['webhook']>, asking: Asking, trail: Trail): KubeObject {
  if (object.apiVersion === desired) return object
  const version = conversionReviewVersions.find((v) => v === 'v1' || v === 'v1beta1')
  if (!version) throw new ConversionFailure('no supported conversion review versions')
  const about = `conversion webhook for ${object.apiVersion}, Kind=${object.kind}`
  const uid = uidOf(`${asking.now} ${desired} ${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name} ${object.metadata.resourceVersion ?? ''}`)
  const review = { kind: 'ConversionReview', apiVersion: `apiextensions.k8s.io/${version}`, request: { uid, desiredAPIVersion: desired, objects: [object as unknown as JsonValue] } }
  const posted = post(asking, clientConfig, PATIENCE_SECONDS, review)
  trail.waited = (trail.waited ?? 0) + posted.waited
  if ('failure' in posted) throw new ConversionFailure(`${about} failed: ${posted.failure}`)
  const objects = objectsIn(posted.body, version, uid)
  if (typeof objects === 'string') throw new ConversionFailure(`${about} failed: ${objects}`)
  if (objects.length !== 1) throw new ConversionFailure(`${about} returned ${objects.length} objects, expected 1`)
  const made = checked(object, objects[0]!, desired)
  if (typeof made === 'string') throw new ConversionFailure(`${about} ${made}`)
  return decodeCustom(to, made).object
}

type Fields = Readonly<Record<string, JsonValue | undefined>>
const fieldsOf = (value: JsonValue | undefined): Fields | undefined => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined)
const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

/** The converted objects of a review, or what is wrong with it (getConvertedObjectsFromResponse). */
function objectsIn(body: JsonValue, version: string, uid: string): readonly JsonValue[] | string {
  const review = fieldsOf(body)
  if (!review) return `couldn't get version/kind; json parse error: json: cannot unmarshal ${typeof body} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`
  if (!review['kind']) return `Object 'Kind' is missing in '${JSON.stringify(review)}'`
  const of = `${textOf(review['apiVersion'])}, Kind=${textOf(review['kind'])}`
  const wanted = 'apiextensions.k8s.io/v1, Kind=ConversionReview'
  if (version === 'v1' && of !== wanted) return `expected webhook response of ${wanted}, got ${of}`
  const response = fieldsOf(review['response'])
  if (!response) return 'no response provided'
  if (version === 'v1' && response['uid'] !== uid) return `expected response.uid="${uid}", got "${textOf(response['uid'])}"`
  const { status, message } = fieldsOf(response['result']) ?? {}
  if (status !== 'Success') return textOf(message) || `response.result.status was '${textOf(status)}', not 'Success'`
  const { convertedObjects } = response
  return Array.isArray(convertedObjects) ? (convertedObjects as readonly JsonValue[]) : []
}

/** What came back, with the metadata that only the server may change; or what is wrong with it (validateConvertedObject, restoreObjectMeta). */
function checked(object: KubeObject, converted: JsonValue, desired: string): KubeObject | string {
  const made = fieldsOf(converted) ?? {}
  const apiVersion = textOf(made['apiVersion'])
  if (apiVersion !== desired) return `returned invalid object at index 0: invalid groupVersion (expected ${desired}, received ${groupOf(apiVersion) || !apiVersion ? apiVersion : `/${apiVersion}`})`
  if (made['kind'] !== object.kind) return `returned invalid object at index 0: invalid kind (expected ${object.kind}, received ${textOf(made['kind'])})`
  const metadata = fieldsOf(made['metadata'])
  const { metadata: before } = object
  const other = ([['name', 'name'], ['namespace', 'namespace'], ['uid', 'UID']] as const).find(([field]) => (before[field] ?? '') !== textOf(metadata?.[field]))
  if (other) return `returned invalid object: must have the same ${other[1]}: ${before[other[0]] ?? ''} != ${textOf(metadata?.[other[0]])}`
  if (!metadata) return 'returned invalid metadata: missing metadata in converted object'
  const { labels: _l, annotations: _a, ...kept } = before
  const given: JsonObject = {}
  for (const field of ['labels', 'annotations'] as const) {
    const map = metadata[field]
    if (map === undefined || map === null) continue
    const entries = fieldsOf(map)
    if (!entries) return `returned invalid metadata: invalid metadata.${field} of type ${goType(map)} in converted object`
    const odd = Object.keys(entries).find((key) => typeof entries[key] !== 'string')
    if (odd !== undefined) return `returned invalid metadata: metadata.${field}[${odd}] must be a string, but is ${goType(entries[odd])} in converted object`
    Object.assign(given, { [field]: map })
  }
  return { ...made, metadata: { ...kept, ...given } } as unknown as KubeObject
}

function goType(value: JsonValue | undefined): string {
  if (Array.isArray(value)) return '[]interface {}'
  if (value === null || value === undefined) return '<nil>'
  if (typeof value === 'object') return 'map[string]interface {}'
  return typeof value === 'number' ? (Number.isInteger(value) ? 'int64' : 'float64') : typeof value === 'boolean' ? 'bool' : 'string'
}
