import type { ContainerState } from '../../api/pod-status.ts'
import type { Pod } from '../../api/pod.ts'
import type { Micros } from '../../engine/time.ts'
import type { ProbeKind } from '../runtime/probing.ts'

/** What the kubelet is doing for a container just now. */
export type Doing = 'pull' | 'create' | 'stop' | undefined

/** A container as its runtime knows it. `id` changes with every start; late events of older ones are dropped by it. */
export interface ContainerRow {
  readonly name: string
  readonly state: ContainerState
  readonly lastState?: ContainerState
  readonly doing?: Doing
  readonly id?: string
  readonly imageID?: string
  readonly reference?: string
  readonly startedAt?: Micros
  readonly restarts: number
  /** Failed attempts to pull, and when the next one is due. */
  readonly pulls?: { readonly failures: number; readonly next: Micros }
  /** Restarts that failed, and when the next one is due. */
  readonly crash?: { readonly failures: number; readonly next: Micros }
  readonly verdicts: Readonly<Partial<Record<ProbeKind, boolean>>>
  /** Ended for good: nothing will start it again. */
  readonly over?: boolean
}

/** One pod in the hands of a kubelet. Rows are keyed "node namespace/name". */
export interface PodRow {
  readonly node: string
  readonly pod: Pod
  readonly uid: string
  readonly addedAt: Micros
  readonly startTime: Micros
  readonly sandbox: 'none' | 'starting' | 'ready'
  readonly ip?: string
  readonly containers: Readonly<Record<string, ContainerRow>>
  /** The end has begun: containers are being stopped. */
  readonly stopping?: { readonly since: Micros; readonly killAt: Micros }
  readonly patching: boolean
  /** Fields of the status that were sent last. */
  readonly sent?: unknown
  readonly removing?: boolean
}

export const withContainer = (row: PodRow, state: ContainerRow): PodRow => ({ ...row, containers: { ...row.containers, [state.name]: state } })

/** A node's kubelet. */
export interface NodeRow {
  readonly name: string
  readonly uid: string
  /** The address that it reports as InternalIP. */
  readonly address: string
  /** The range of its pods; absent until the node controller has assigned one. */
  readonly podCIDR?: string
  readonly up: boolean
  readonly ready: boolean
  /** References that the node has, with sizes. */
  readonly images: readonly { readonly reference: string; readonly digest: string; readonly size: number }[]
  readonly layers: readonly string[]
  /** Pulls happen one by one: until then the puller is busy. */
  readonly pullingUntil: Micros
  readonly lastAddress: number
}
