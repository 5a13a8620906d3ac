import { base64Bytes, base64OfBytes } from '../api/base64.ts'
import { goQuote } from '../api/field.ts'
import type { KubeObject } from '../api/meta.ts'
import { badRequest, expired, timeout, unknownError, type Status } from '../api/status.ts'
import { bytesOf } from '../api/bytes.ts'
import { parseJson } from './http/json.ts'
import type { Execution } from './execution.ts'

const VERSION = 'meta.k8s.io/v1'

/** Where a page ended: the revision of the whole list and the key after which it goes on. */
export interface Continued {
  readonly revision: number
  readonly after: string
}

/** The part of an object's key below its collection: "web", or "default/web" in a list of all namespaces. */
export const placeIn = (exec: Execution, { metadata }: KubeObject): string =>
  exec.namespace || !exec.kind.namespaced ? metadata.name : `${metadata.namespace}/${metadata.name}`

/** The token that the next page is asked for with (apiserver: storage/continue.go). */
export function continueToken(revision: number, after: string): string {
  const text = JSON.stringify({ v: VERSION, rv: revision, start: `${after}\u0000` })
  return base64OfBytes(bytesOf(text)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

const refuse = (why: string): Status => badRequest(`invalid continue token: continue key is not valid: ${why}`)

/** Reads a token, or says what is wrong with it. */
export function readToken(token: string): Continued | Status {
  const bad = /[^A-Za-z0-9_-]/.exec(token)
  if (bad || token.length % 4 === 1) return refuse(`illegal base64 data at input byte ${bad ? bad.index : token.length - 1}`)
  const padded = token.replace(/-/g, '+').replace(/_/g, '/') + '='.repeat((4 - (token.length % 4)) % 4)
  const parsed = parseJson(String.fromCharCode(...(base64Bytes(padded) ?? [])))
  if ('error' in parsed) return refuse(parsed.error)
  const { v, rv, start } = (parsed.value ?? {}) as { v?: string; rv?: number; start?: string }
  if (v !== VERSION) return refuse(`server does not recognize this encoded version ${goQuote(v ?? '')}`)
  if (!rv) return refuse(`incorrect encoded start resourceVersion (version ${VERSION})`)
  if (!start) return refuse(`encoded start key empty (version ${VERSION})`)
  return { revision: rv, after: start.endsWith('\0') ? start.slice(0, -1) : start }
}

const TOO_OLD = 'The resourceVersion for the provided list is too old.'

/** Rules of resourceVersion on reads; `code` is what a number that is none answers with: 400 on lists, 500 else. */
export function checkRevision(exec: Execution, isList: boolean): Status | undefined {
  const { resourceVersion, resourceVersionMatch } = exec.options
  if (!resourceVersion || resourceVersion === '0') return undefined
  if (!/^\d+$/.test(resourceVersion)) {
    const message = `resourceVersion: Invalid value: ${goQuote(resourceVersion)}: strconv.ParseUint: parsing ${goQuote(resourceVersion)}: invalid syntax`
    return isList ? badRequest(message) : unknownError(message)
  }
  const wanted = Number(resourceVersion)
  const { revision, compacted } = exec.store
  if (wanted > revision) return tooLarge(resourceVersion, revision)
  return isList && resourceVersionMatch === 'Exact' && wanted < compacted ? expired(TOO_OLD) : undefined
}

function tooLarge(wanted: string, current: number): Status {
  return {
    ...timeout(`Too large resource version: ${wanted}, current: ${current}`, 1),
    details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 },
  }
}
