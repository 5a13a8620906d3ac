import { ageColumn, countColumn, defineKind, nameColumn } from '../define.ts'
import type { ConfigMap } from './configmap.ts'
import { validateConfigMap, validateConfigMapUpdate } from './validate.ts'

/** v1 ConfigMap (registry/core/configmap: strategy.go). */
export const configMapKind = defineKind<ConfigMap>('', 'v1', 'ConfigMap', {
  rechecksMeta: true,
  validate: validateConfigMap,
  validateUpdate: validateConfigMapUpdate,
  columns: [nameColumn, countColumn('Data', (c) => Object.keys(c.data ?? {}).length + Object.keys(c.binaryData ?? {}).length), ageColumn],
})
