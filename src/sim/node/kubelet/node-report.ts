import { findCondition } from '../../api/conditions.ts'
import type { JsonObject, JsonValue } from '../../api/meta.ts'
import { NODES, patch } from '../../client/request.ts'
import type { EventContext } from '../../engine/engine.ts'
import { formatTime } from '../../engine/time.ts'
import { NODE_STATUS_MAX_IMAGES } from '../../flags/kubelet.ts'
import type { Node } from '../../kinds/node/node.ts'
import { bootId, imageList } from './machine-report.ts'
import { isRuntimeDown } from './runtime-down.ts'
import type { NodeRow } from './state.ts'
import type { KubeletWorld } from './world.ts'

/** Type, then reason, message and event of a node that has too little and of one that has enough (pkg/kubelet/nodestatus: setters.go). */
const PRESSURES = [
  ['MemoryPressure', ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available', 'NodeHasInsufficientMemory'], ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available', 'NodeHasSufficientMemory']],
  ['DiskPressure', ['KubeletHasDiskPressure', 'kubelet has disk pressure', 'NodeHasDiskPressure'], ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure', 'NodeHasNoDiskPressure']],
  ['PIDPressure', ['KubeletHasInsufficientPID', 'kubelet has insufficient PID available', 'NodeHasInsufficientPID'], ['KubeletHasSufficientPID', 'kubelet has sufficient PID available', 'NodeHasSufficientPID']],
] as const

/** Tells the API server how the node is: its conditions, and what its device plugins offer (kubelet_node_status.go: updateNodeStatus). */
export function reportNode(world: KubeletWorld, ctx: EventContext, row: NodeRow): void {
  const known = world.reader.get('nodes', undefined, row.name) as Node | undefined
  const now = formatTime(ctx.now)
  const condition = (type: string, status: 'True' | 'False', reason: string, message: string, event: string): JsonObject => {
    const before = findCondition(known?.status?.conditions, type)
    if (before && before.status !== status) world.aboutNode(ctx, row.name, 'Normal', event, `Node ${row.name} status is now: ${event}`)
    return { type, status, lastHeartbeatTime: now, lastTransitionTime: before?.status === status ? (before.lastTransitionTime ?? now) : now, reason, message }
  }
  const pressures = PRESSURES.map(([type, short, enough]) => {
    const isShort = row.pressure?.conditions.includes(type) ?? false
    const [reason, message, event] = isShort ? short : enough
    return condition(type, isShort ? 'True' : 'False', reason, message, event)
  })
  const ready = isRuntimeDown(row, ctx.now) ? condition('Ready', 'False', 'KubeletNotReady', 'container runtime is down', 'NodeNotReady') : row.shutdown ? condition('Ready', 'False', 'KubeletNotReady', 'node is shutting down', 'NodeNotReady') : condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status', 'NodeReady')
  const devices = Object.fromEntries(Object.entries(row.devices ?? {}).map(([name, { ids, healthy }]) => [name, { capacity: String(ids), allocatable: String(healthy) }]))
  const amounts = (which: 'capacity' | 'allocatable'): JsonObject => Object.fromEntries(Object.entries(devices).map(([name, d]) => [name, d[which]]))
  const images = imageList(row.images, world.flags.get(NODE_STATUS_MAX_IMAGES))
  const bootID = bootId(row.name, row.bootedAt)
  const body: JsonObject = {
    status: {
      '$setElementOrder/conditions': [...PRESSURES.map(([type]) => ({ type })), { type: 'Ready' }],
      conditions: [...pressures, ready],
      ...(images === known?.status?.images ? {} : { images: images as unknown as JsonValue }),
      ...(bootID === known?.status?.nodeInfo?.bootID || !known?.status?.nodeInfo ? {} : { nodeInfo: { bootID } }),
      ...(row.devices ? { capacity: amounts('capacity'), allocatable: amounts('allocatable') } : {}),
    },
  }
  const target = { apiVersion: 'v1', kind: 'Node', metadata: { name: row.name } } as Node
  world.client(row.name).send(ctx, patch(NODES, target, body, 'strategic', 'status'))
}

/** The node's row, with the report that was due begun. */
export function reported(world: KubeletWorld, name: string): NodeRow {
  const { reports: _due, ...row } = world.nodes.get(name)!
  world.nodes.set(name, row)
  return row
}
