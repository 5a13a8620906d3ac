import type { JsonValue } from '../../api/meta.ts'
import { badRequest, unsupportedMediaType, type Status } from '../../api/status.ts'
import type { RestRequest } from '../rest.ts'
import { mediaOf, type Read } from './body.ts'
import { parseJson } from './json.ts'
import { parseYaml } from './yaml.ts'

const TYPES: Readonly<Record<string, NonNullable<RestRequest['patchType']>>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
}

/** The patch type that a media type stands for, or the refusal. */
export function patchTypeOf(contentType: string | undefined, strategic: boolean): NonNullable<RestRequest['patchType']> | Status {
  const media = mediaOf(contentType ?? '')
  const type = Object.hasOwn(TYPES, media) ? TYPES[media] : undefined
  if (type && (strategic || type !== 'strategic')) return type
  // A type that is no patch at all is refused by the router already.
  if (!type) return { ...unsupportedMediaType('415: Unsupported Media Type'), details: {} }
  const accepted = Object.keys(TYPES).filter((name) => TYPES[name] !== 'strategic')
  return unsupportedMediaType(`the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`)
}

/** Reads a patch: JSON, or YAML for apply. */
export function readPatch(body: JsonValue | undefined, type: string): Read | Status {
  if (body !== undefined && typeof body !== 'string') return { value: body, complaints: [] }
  const text = body ?? ''
  const parsed = type === 'apply' ? parseYaml(text) : parseJson(text)
  if ('error' in parsed) return badRequest(`error decoding ${type === 'apply' ? 'YAML' : 'patch'}: ${parsed.error}`)
  return parsed
}
