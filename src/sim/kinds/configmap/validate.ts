import { base64Length } from '../../api/base64.ts'
import { deepEqual } from '../../api/deep.ts'
import { at, forbiddenField, invalidValue, tooLong, type FieldError } from '../../api/field.ts'
import { byteCount } from '../../api/bytes.ts'
import { isConfigMapKey } from '../../api/names.ts'
import type { ConfigMap } from './configmap.ts'

const MAX_SIZE = 1_048_576
const FROZEN = 'field is immutable when `immutable` is set'

/** core/validation: ValidateConfigMap. Sizes are those of the decoded bytes. */
export function validateConfigMap(cm: ConfigMap): readonly FieldError[] {
  const out: FieldError[] = []
  let size = 0
  for (const key of Object.keys(cm.data ?? {}).sort()) {
    for (const m of isConfigMapKey(key)) out.push(invalidValue(at('data', key), key, m))
    if (cm.binaryData && key in cm.binaryData) out.push(invalidValue(at('data', key), key, 'duplicate of key present in binaryData'))
    size += byteCount(cm.data![key]!)
  }
  for (const key of Object.keys(cm.binaryData ?? {}).sort()) {
    for (const m of isConfigMapKey(key)) out.push(invalidValue(at('binaryData', key), key, m))
    size += base64Length(cm.binaryData![key]!)
  }
  if (size > MAX_SIZE) out.push({ ...tooLong('x', MAX_SIZE), field: '[]' })
  return out
}

export function validateConfigMapUpdate(cm: ConfigMap, old: ConfigMap): readonly FieldError[] {
  const out: FieldError[] = []
  if (old.immutable) {
    if (!cm.immutable) out.push(forbiddenField('immutable', FROZEN))
    if (!deepEqual(cm.data, old.data)) out.push(forbiddenField('data', FROZEN))
    if (!deepEqual(cm.binaryData, old.binaryData)) out.push(forbiddenField('binaryData', FROZEN))
  }
  return [...out, ...validateConfigMap(cm)]
}
