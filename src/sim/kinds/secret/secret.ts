import type { KubeObject, StringMap } from '../../api/meta.ts'

/** v1 Secret. */
export interface Secret extends KubeObject {
  readonly data?: StringMap
  readonly immutable?: boolean
  readonly stringData?: StringMap
  readonly type?: string
}
