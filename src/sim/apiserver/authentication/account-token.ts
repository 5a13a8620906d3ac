import { base64Decode, base64Encode, base64OfBytes } from '../../api/base64.ts'
import { sha256 } from '../../api/sha256.ts'

/** What a service account's token says (serviceaccount: claims.go). Times in seconds since 1970. */
export interface TokenClaims {
  readonly aud: readonly string[]
  readonly exp: number
  readonly iat: number
  readonly iss: string
  readonly jti: string
  readonly sub: string
  readonly 'kubernetes.io': {
    readonly namespace: string
    readonly serviceaccount: { readonly name: string; readonly uid: string }
    readonly pod?: { readonly name: string; readonly uid: string }
    /** From here on the token's use is counted as stale, though it is still good. */
    readonly warnafter?: number
  }
}

export const ISSUER = 'https://kubernetes.default.svc.cluster.local'

/** The life of tokens that pods get; where the server extends it, they are good for a year and stale from then on (serviceaccount: claims.go). */
export const WARN_ONLY = 3607
export const EXTENDED = 365 * 24 * 60 * 60

/** The simulated server's key. There is nothing to protect: whoever runs the simulation owns it. */
const KEY = 'orrery/service-account-signer'
const HEAD = base64Url(base64Encode(JSON.stringify({ alg: 'RS256', kid: 'orrery' })))

function base64Url(text: string): string {
  return text.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}
const signature = (text: string): string => base64Url(base64OfBytes(sha256(`${text}.${KEY}`)))

/** A token in the form of a JWT; its signature is a hash that this server knows. */
export function issueToken(claims: TokenClaims): string {
  const text = `${HEAD}.${base64Url(base64Encode(JSON.stringify(claims)))}`
  return `${text}.${signature(text)}`
}

/** What a token of this server says, or undefined for any other text. */
export function readToken(token: string): TokenClaims | undefined {
  const end = token.lastIndexOf('.')
  const text = token.slice(0, Math.max(end, 0))
  if (!text.startsWith(`${HEAD}.`) || token.slice(end + 1) !== signature(text)) return undefined
  const body = text.slice(HEAD.length + 1).replace(/-/g, '+').replace(/_/g, '/')
  const json = base64Decode(body + '='.repeat((4 - (body.length % 4)) % 4))
  return json === undefined ? undefined : (JSON.parse(json) as TokenClaims)
}
