import type { DeviceConfiguration, DeviceToleration, ResourceClaimSpec } from '../../api/device-claim.ts'
import type { Condition, JsonValue, KubeObject, Time } from '../../api/meta.ts'
import type { ResourceList } from '../../api/quantity.ts'
import type { NodeSelectorTerm } from '../../api/scheduling.ts'

/** resource.k8s.io/v1 ResourceClaim. */
export interface ResourceClaim extends KubeObject<ResourceClaimSpec, ResourceClaimStatus> {
  readonly spec: ResourceClaimSpec
}

export interface ResourceClaimStatus {
  readonly allocation?: AllocationResult
  readonly reservedFor?: readonly { readonly apiGroup?: string; readonly resource: string; readonly name: string; readonly uid: string }[]
  readonly devices?: readonly AllocatedDevice[]
}

export interface DeviceResult {
  readonly request: string
  readonly driver: string
  readonly pool: string
  readonly device: string
  readonly adminAccess?: boolean
  readonly tolerations?: readonly DeviceToleration[]
  readonly bindingConditions?: readonly string[]
  readonly bindingFailureConditions?: readonly string[]
  readonly shareID?: string
  readonly consumedCapacity?: ResourceList
}

export interface AllocationResult {
  readonly devices?: { readonly results?: readonly DeviceResult[]; readonly config?: readonly (DeviceConfiguration & { readonly source: string; readonly requests?: readonly string[] })[] }
  readonly nodeSelector?: { readonly nodeSelectorTerms?: readonly NodeSelectorTerm[] }
  readonly allocationTimestamp?: Time
}

export interface AllocatedDevice {
  readonly driver: string
  readonly pool: string
  readonly device: string
  readonly shareID?: string
  readonly conditions?: readonly Condition[]
  readonly data?: JsonValue
  readonly networkData?: { readonly interfaceName?: string; readonly ips?: readonly string[]; readonly hardwareAddress?: string }
}
