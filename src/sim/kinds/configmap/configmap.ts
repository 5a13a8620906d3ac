import type { KubeObject, StringMap } from '../../api/meta.ts'

/** v1 ConfigMap. */
export interface ConfigMap extends KubeObject {
  readonly binaryData?: StringMap
  readonly data?: StringMap
  readonly immutable?: boolean
}
