import type { Taint } from '../../api/scheduling.ts'
import { isConflict, isStatus } from '../../api/status.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { get, NODES, patch } from '../../client/request.ts'
import { formatTime, ms } from '../../engine/time.ts'
import type { Node } from '../../kinds/node/node.ts'

export const NOT_READY = 'node.kubernetes.io/not-ready'
export const UNREACHABLE = 'node.kubernetes.io/unreachable'
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable'

/** Which condition in which state means which taint. */
const BY_CONDITION: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
}
const OWN: ReadonlySet<string> = new Set([UNSCHEDULABLE, ...Object.values(BY_CONDITION).flatMap((states) => Object.values(states))])

/** A taint by its identity. */
export interface TaintName {
  readonly key: string
  readonly effect: Taint['effect']
}

export const hasTaint = (node: Node, { key, effect }: TaintName): boolean => (node.spec.taints ?? []).some((t) => t.key === key && t.effect === effect)

/** NoSchedule taints that the node's conditions and its cordon ask for, against those that it has. */
export function noScheduleChanges(node: Node): { readonly add: readonly TaintName[]; readonly remove: readonly TaintName[] } {
  const wanted: string[] = []
  for (const { type, status } of node.status?.conditions ?? []) {
    const key = BY_CONDITION[type]?.[status]
    if (key) wanted.push(key)
  }
  if (node.spec.unschedulable) wanted.push(UNSCHEDULABLE)
  const have = (node.spec.taints ?? []).filter((t) => t.effect === 'NoSchedule' && OWN.has(t.key)).map((t) => t.key)
  const named = (key: string): TaintName => ({ key, effect: 'NoSchedule' })
  return { add: wanted.filter((key) => !have.includes(key)).map(named), remove: have.filter((key) => !wanted.includes(key)).map(named) }
}

const TRIES = 5

/** Adds and takes away taints on a fresh copy of the node, one patch each; false when the API server refused. */
export function swapTaints(ctx: ControllerContext, node: Node, add: readonly TaintName[], remove: readonly TaintName[]): boolean {
  const timeAdded = formatTime(ctx.now)
  if (add.length > 0) {
    const change = (taints: readonly Taint[]): readonly Taint[] => {
      const kept = taints.map((t) => (add.some((a) => a.key === t.key && a.effect === t.effect) ? { ...t, timeAdded } : t))
      return [...kept, ...add.filter((a) => !taints.some((t) => t.key === a.key && t.effect === a.effect)).map((a) => ({ key: a.key, effect: a.effect, timeAdded }))]
    }
    ctx.note('node.taint', { node: node.metadata.name, taints: add.map((t) => `${t.key}:${t.effect}`).join(', ') })
    if (!changeTaints(ctx, node, change)) return false
  }
  if (remove.length === 0) return true
  ctx.note('node.untaint', { node: node.metadata.name, taints: remove.map((t) => `${t.key}:${t.effect}`).join(', ') })
  return changeTaints(ctx, node, (taints) => taints.filter((t) => !remove.some((r) => r.key === t.key && r.effect === t.effect)))
}

function changeTaints(ctx: ControllerContext, node: Node, change: (taints: readonly Taint[]) => readonly Taint[]): boolean {
  for (let i = 0; i < TRIES; i++) {
    const fresh = ctx.call<Node>(get(NODES, undefined, node.metadata.name))
    if (isStatus(fresh)) return false
    const before = fresh.spec.taints ?? []
    const after = change(before)
    if (after.length === before.length && after.every((t, j) => t === before[j])) return true
    const body = { metadata: { resourceVersion: fresh.metadata.resourceVersion }, spec: { taints: after.length > 0 ? after : null } }
    const answer = ctx.call(patch(NODES, fresh, body as never))
    if (!isStatus(answer)) return true
    if (!isConflict(answer)) return false
    ctx.sleep(ms(100))
  }
  return false
}
