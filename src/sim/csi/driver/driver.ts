import { CSI, type RpcAnswer, type RpcCall, type RpcMethod } from '../../client/storage/csi-wire.ts'
import type { Engine, EventContext } from '../../engine/engine.ts'
import { ms, type Micros } from '../../engine/time.ts'
import { createSnapshot, createVolume, deleteSnapshot, deleteVolume, expandVolume, publishVolume, unpublishVolume, type CreateVolumeRequest } from './controller-service.ts'
import { expandOnNode, nodeInfo, publishOnNode, stageVolume, unpublishOnNode, unstageVolume } from './node-service.ts'
import { StorageState, type Fault } from './state.ts'

type Request = Readonly<Record<string, unknown>>
type Run = (state: StorageState, driver: string, request: Request, ctx: EventContext) => RpcAnswer<unknown>

const text = (request: Request, name: string): string => String(request[name] ?? '')
const number = (request: Request, name: string): number => Number(request[name] ?? 0)

interface Method {
  /** How long it takes: at least, and up to so much more. */
  readonly takes: readonly [Micros, Micros]
  readonly run: Run
}

const METHODS: Readonly<Record<RpcMethod, Method>> = {
  GetPluginInfo: { takes: [ms(1), ms(1)], run: (_s, driver) => ({ ok: { name: driver, vendorVersion: 'v1.0.0' } }) },
  NodeGetInfo: { takes: [ms(2), ms(2)], run: (s, d, r) => nodeInfo(s, d, text(r, 'node'), text(r, 'zone')) },
  GetCapacity: { takes: [ms(5), ms(10)], run: (s, d, r) => ({ ok: { availableCapacity: s.free(d, text(r, 'zone')) } }) },
  CreateVolume: { takes: [ms(600), ms(900)], run: (s, d, r) => createVolume(s, d, r as unknown as CreateVolumeRequest) },
  DeleteVolume: { takes: [ms(300), ms(500)], run: (s, _d, r) => deleteVolume(s, text(r, 'volumeId')) },
  ControllerPublishVolume: { takes: [ms(400), ms(700)], run: (s, d, r) => publishVolume(s, d, text(r, 'volumeId'), text(r, 'nodeId'), r['shared'] === true, number(r, 'bytes')) },
  ControllerUnpublishVolume: { takes: [ms(300), ms(500)], run: (s, d, r) => unpublishVolume(s, d, text(r, 'volumeId'), text(r, 'nodeId')) },
  ControllerExpandVolume: { takes: [ms(300), ms(400)], run: (s, d, r) => expandVolume(s, d, text(r, 'volumeId'), number(r, 'requiredBytes')) },
  CreateSnapshot: { takes: [ms(400), ms(500)], run: (s, d, r, ctx) => createSnapshot(s, d, text(r, 'name'), text(r, 'volumeId'), ctx.now) },
  DeleteSnapshot: { takes: [ms(200), ms(200)], run: (s, _d, r) => deleteSnapshot(s, text(r, 'snapshotId')) },
  NodeStageVolume: { takes: [ms(60), ms(120)], run: (s, d, r) => stageVolume(s, d, text(r, 'nodeId'), text(r, 'volumeId')) },
  NodePublishVolume: { takes: [ms(15), ms(20)], run: (s, d, r) => publishOnNode(s, d, text(r, 'nodeId'), text(r, 'volumeId'), text(r, 'pod')) },
  NodeUnpublishVolume: { takes: [ms(15), ms(20)], run: (s, d, r) => unpublishOnNode(s, d, text(r, 'nodeId'), text(r, 'volumeId'), text(r, 'pod')) },
  NodeUnstageVolume: { takes: [ms(30), ms(40)], run: (s, d, r) => unstageVolume(s, d, text(r, 'nodeId'), text(r, 'volumeId')) },
  NodeExpandVolume: { takes: [ms(80), ms(120)], run: (s, d, r) => expandOnNode(s, d, text(r, 'nodeId'), text(r, 'volumeId')) },
}

export const RPC_METHODS = Object.keys(METHODS) as readonly RpcMethod[]

/** What a call is about, in a word: the volume, snapshot or name. */
const about = (request: Request): string => String(request['volumeId'] ?? request['snapshotId'] ?? request['name'] ?? request['node'] ?? request['zone'] ?? '')

/** What a person may do to a driver: make a method fail, heal it, or give a zone another size. */
export interface FaultCommand extends Fault {
  readonly method: RpcMethod
}

/**
 * The drivers of all modelled storage systems: actor family `csi/<driver>`. A call is done at once and answered after the time
 * that it takes. Commands: fault, heal (a method), pool ({ zone, bytes }).
 */
export class CsiDrivers {
  readonly state: StorageState

  constructor(engine: Engine) {
    this.state = new StorageState(engine)
    engine.actor(CSI, {
      rpc: (ctx, call: RpcCall) => this.#serve(ctx, call),
      fault: (ctx, { method, ...fault }: FaultCommand) => {
        this.state.faults.set(`${ctx.instance} ${method}`, fault)
        ctx.note('csi.fault', { driver: ctx.instance, method, code: fault.code })
      },
      heal: (ctx, method: RpcMethod) => {
        this.state.faults.delete(`${ctx.instance} ${method}`)
        ctx.note('csi.heal', { driver: ctx.instance, method })
      },
      pool: (ctx, { zone, bytes }: { readonly zone: string; readonly bytes: number }) => {
        this.state.pools.set(`${ctx.instance}/${zone}`, { bytes })
        ctx.note('csi.pool', { driver: ctx.instance, zone, bytes })
      },
    })
  }

  #serve(ctx: EventContext, { method, request, from, then }: RpcCall): void {
    const driver = ctx.instance
    const { takes, run } = METHODS[method]
    const answer = this.state.fault(driver, method) ?? run(this.state, driver, request, ctx)
    const code = 'ok' in answer ? 'OK' : answer.code
    this.state.record({ at: ctx.now, driver, method, from, about: about(request), code })
    const said = { driver, method, from, about: about(request), node: text(request, 'nodeId') || text(request, 'node') }
    if ('ok' in answer) ctx.note(`csi.call.${method}`, said)
    else ctx.note('csi.refused', { ...said, code, why: answer.desc })
    ctx.schedule(takes[0] + ctx.random.below(takes[1]), then.actor, then.what, { answer, data: then.data, sentAt: ctx.now })
  }
}
