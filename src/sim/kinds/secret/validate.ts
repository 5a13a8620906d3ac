import { base64Decode, base64Length } from '../../api/base64.ts'
import { deepEqual } from '../../api/deep.ts'
import { at, forbiddenField, invalidValue, required, tooLong, type FieldError } from '../../api/field.ts'
import { parseJson } from '../../api/go-json.ts'
import { isConfigMapKey } from '../../api/names.ts'
import { wordFor } from '../../api/schema/decode-scalar.ts'
import { immutable } from '../../api/validate-meta.ts'
import type { Secret } from './secret.ts'

const MAX_SIZE = 1_048_576
const FROZEN = 'field is immutable when `immutable` is set'
const ACCOUNT_NAME = 'kubernetes.io/service-account.name'

/** Why Go cannot read this as a map (json.Unmarshal); undefined where it can. */
function jsonMapComplaint(text: string): string | undefined {
  const read = parseJson(text)
  if ('error' in read) return read.error
  const { value } = read
  if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined
  return `json: cannot unmarshal ${wordFor(value)} into Go value of type map[string]interface {}`
}

function jsonUnder(secret: Secret, key: string, out: FieldError[]): void {
  const path = at('data', key)
  const data = secret.data?.[key]
  if (data === undefined) return void out.push(required(path))
  const why = jsonMapComplaint(base64Decode(data) ?? '')
  if (why) out.push(invalidValue(path, '<secret contents redacted>', why))
}

function byType(secret: Secret, out: FieldError[]): void {
  const has = (key: string): boolean => secret.data !== undefined && key in secret.data
  switch (secret.type) {
    case 'kubernetes.io/service-account-token':
      if (!secret.metadata.annotations?.[ACCOUNT_NAME]) out.push(required(at('metadata.annotations', ACCOUNT_NAME)))
      break
    case 'kubernetes.io/dockercfg':
      jsonUnder(secret, '.dockercfg', out)
      break
    case 'kubernetes.io/dockerconfigjson':
      jsonUnder(secret, '.dockerconfigjson', out)
      break
    case 'kubernetes.io/basic-auth':
      if (!has('username') && !has('password')) out.push(required(at('data', 'username')), required(at('data', 'password')))
      break
    case 'kubernetes.io/ssh-auth':
      if (!secret.data?.['ssh-privatekey']) out.push(required(at('data', 'ssh-privatekey')))
      break
    case 'kubernetes.io/tls':
      for (const key of ['tls.crt', 'tls.key']) if (!has(key)) out.push(required(at('data', key)))
      break
    default:
  }
}

/** core/validation: ValidateSecret. */
export function validateSecret(secret: Secret): readonly FieldError[] {
  const out: FieldError[] = []
  let size = 0
  for (const key of Object.keys(secret.data ?? {}).sort()) {
    for (const m of isConfigMapKey(key)) out.push(invalidValue(at('data', key), key, m))
    size += base64Length(secret.data![key]!)
  }
  if (size > MAX_SIZE) out.push(tooLong('data', MAX_SIZE))
  byType(secret, out)
  return out
}

export function validateSecretUpdate(secret: Secret, old: Secret): readonly FieldError[] {
  const out: FieldError[] = []
  immutable(secret.type, old.type, 'type', out)
  if (old.immutable) {
    if (!secret.immutable) out.push(forbiddenField('immutable', FROZEN))
    if (!deepEqual(secret.data, old.data)) out.push(forbiddenField('data', FROZEN))
  }
  return [...out, ...validateSecret(secret)]
}

/** registry/core/secret: warningsForSecret. A TLS pair that is no PEM is only warned about. */
export function secretWarnings(secret: Secret): readonly string[] {
  if (secret.type !== 'kubernetes.io/tls') return []
  const has = (key: string): boolean => (base64Decode(secret.data?.[key] ?? '') ?? '').includes('-----BEGIN ')
  if (!has('tls.crt')) return ['tls: failed to find any PEM data in certificate input']
  return has('tls.key') ? [] : ['tls: failed to find any PEM data in key input']
}
