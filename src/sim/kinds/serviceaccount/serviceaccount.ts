import type { KubeObject, LocalObjectReference, ObjectReference } from '../../api/meta.ts'

/** v1 ServiceAccount. */
export interface ServiceAccount extends KubeObject {
  readonly automountServiceAccountToken?: boolean
  readonly imagePullSecrets?: readonly LocalObjectReference[]
  readonly secrets?: readonly ObjectReference[]
}
