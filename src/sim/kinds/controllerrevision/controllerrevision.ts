import type { JsonValue, KubeObject } from '../../api/meta.ts'

/** apps/v1 ControllerRevision. */
export interface ControllerRevision extends KubeObject {
  readonly data?: JsonValue
  readonly revision: number
}
