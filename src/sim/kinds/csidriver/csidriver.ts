import type { KubeObject } from '../../api/meta.ts'

/** storage.k8s.io/v1 CSIDriver. */
export interface CSIDriver extends KubeObject<CSIDriverSpec> {
  readonly spec: CSIDriverSpec
}

export interface CSIDriverSpec {
  readonly attachRequired?: boolean
  readonly podInfoOnMount?: boolean
  readonly volumeLifecycleModes?: readonly string[]
  readonly storageCapacity?: boolean
  readonly fsGroupPolicy?: 'File' | 'None' | 'ReadWriteOnceWithFSType'
  readonly tokenRequests?: readonly { readonly audience: string; readonly expirationSeconds?: number }[]
  readonly requiresRepublish?: boolean
  readonly seLinuxMount?: boolean
  readonly nodeAllocatableUpdatePeriodSeconds?: number
  readonly serviceAccountTokenInSecrets?: boolean
  readonly preventPodSchedulingIfMissing?: boolean
}
