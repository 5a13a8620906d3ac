import type { Micros } from '../../engine/time.ts'
import type { EventContext } from '../../engine/engine.ts'
import type { ReconcileContext } from '../reconcile-context.ts'
import type { JobContext } from '../resumable.ts'
import type { ReplyTo } from '../transport.ts'

/** The calls of the Container Storage Interface that are modelled (container-storage-interface/spec, csi.proto). */
export type RpcMethod =
  | 'GetPluginInfo' | 'NodeGetInfo' | 'GetCapacity'
  | 'CreateVolume' | 'DeleteVolume' | 'ControllerPublishVolume' | 'ControllerUnpublishVolume' | 'ControllerExpandVolume' | 'CreateSnapshot' | 'DeleteSnapshot'
  | 'NodeStageVolume' | 'NodePublishVolume' | 'NodeUnpublishVolume' | 'NodeUnstageVolume' | 'NodeExpandVolume'

/** gRPC status codes as Go prints them. */
export type RpcCode =
  | 'InvalidArgument' | 'NotFound' | 'AlreadyExists' | 'ResourceExhausted' | 'FailedPrecondition' | 'Aborted' | 'OutOfRange' | 'Unimplemented' | 'Internal'
  | 'Unavailable' | 'DeadlineExceeded'

export interface RpcError {
  readonly code: RpcCode
  readonly desc: string
}
export type RpcAnswer<T> = { readonly ok: T } | RpcError

/** Payload of the event 'rpc' at a driver. */
export interface RpcCall {
  readonly method: RpcMethod
  readonly request: Readonly<Record<string, unknown>>
  /** Who calls, for the trace: "csi-provisioner", "kubelet/node-1". */
  readonly from: string
  readonly then: ReplyTo
}

/** Actor family of CSI drivers: "csi/<driver name>". */
export const CSI = 'csi'
/** Over a Unix socket on the same machine. */
const SOCKET: Micros = 150

/** "rpc error: code = NotFound desc = …": the error as sidecars and kubelets pass it on. */
export const rpcErrorText = ({ code, desc }: RpcError): string => `rpc error: code = ${code} desc = ${desc}`

export function sendRpc(ctx: EventContext, driver: string, call: RpcCall): void {
  ctx.schedule(SOCKET, `${CSI}/${driver}`, 'rpc', call)
}

/** Calls a driver from a resumable function and waits for its answer. */
export function rpc<T>(ctx: ReconcileContext, driver: string, method: RpcMethod, request: Readonly<Record<string, unknown>>): RpcAnswer<T> {
  const job = ctx as unknown as JobContext
  const { actor } = job.eventContext.event
  return job.external<RpcAnswer<T>>((place) => sendRpc(job.eventContext, driver, { method, request, from: actor, then: { actor, what: 'answer', data: place } }))
}

/** Tells another actor something from a resumable function. */
export function tell(ctx: ReconcileContext, actor: string, what: string, payload: Readonly<Record<string, string>>): void {
  const job = ctx as unknown as JobContext
  job.once(() => job.eventContext.schedule(0, actor, what, payload))
}
