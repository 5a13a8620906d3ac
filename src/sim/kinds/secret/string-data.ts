import { base64Encode } from '../../api/base64.ts'
import type { Secret } from './secret.ts'

/** Write-only `stringData` replaces members of `data` (core/v1 conversion.go). */
export function mergeStringData(secret: Secret): Secret {
  if (!secret.stringData) return secret
  const { stringData, ...rest } = secret
  const data: Record<string, string> = { ...secret.data }
  for (const key of Object.keys(stringData)) data[key] = base64Encode(stringData[key]!)
  return { ...rest, data }
}
