import type { KubeObject, Quantity, Time } from '../../api/meta.ts'
import type { NodeSelectorTerm } from '../../api/scheduling.ts'

/** resource.k8s.io/v1 ResourceSlice. */
export interface ResourceSlice extends KubeObject<ResourceSliceSpec> {
  readonly spec: ResourceSliceSpec
}

interface Placement {
  readonly nodeName?: string
  readonly nodeSelector?: { readonly nodeSelectorTerms?: readonly NodeSelectorTerm[] }
  readonly allNodes?: boolean
}

type Counters = Readonly<Record<string, { readonly value: Quantity }>>

export interface ResourceSliceSpec extends Placement {
  readonly driver: string
  readonly pool: { readonly name: string; readonly generation: number; readonly resourceSliceCount: number }
  readonly devices?: readonly Device[]
  readonly perDeviceNodeSelection?: boolean
  readonly sharedCounters?: readonly { readonly name: string; readonly counters?: Counters }[]
}

export interface DeviceAttribute {
  readonly bool?: boolean
  readonly int?: number
  readonly string?: string
  readonly version?: string
  readonly bools?: readonly boolean[]
  readonly ints?: readonly number[]
  readonly strings?: readonly string[]
  readonly versions?: readonly string[]
}

export interface RequestPolicy {
  readonly default?: Quantity
  readonly validValues?: readonly Quantity[]
  readonly validRange?: { readonly min?: Quantity; readonly max?: Quantity; readonly step?: Quantity }
}

export interface DeviceCapacity {
  readonly value: Quantity
  readonly requestPolicy?: RequestPolicy
}

export interface Device extends Placement {
  readonly name: string
  readonly attributes?: Readonly<Record<string, DeviceAttribute>>
  readonly capacity?: Readonly<Record<string, DeviceCapacity>>
  readonly consumesCounters?: readonly { readonly counterSet: string; readonly counters?: Counters }[]
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string; readonly timeAdded?: Time }[]
  readonly bindsToNode?: boolean
  readonly bindingConditions?: readonly string[]
  readonly bindingFailureConditions?: readonly string[]
  readonly allowMultipleAllocations?: boolean
  readonly nodeAllocatableResourceMappings?: Readonly<Record<string, object>>
}
