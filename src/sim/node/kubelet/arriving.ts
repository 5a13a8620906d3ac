import type { Pod } from '../../api/pod.ts'
import type { EventContext } from '../../engine/engine.ts'
import { formatTime, parseTime } from '../../engine/time.ts'
import { hasVictims, refusal, type Victims } from './admission.ts'
import { allocate, isRefusal, type Allocation } from './devices.ts'
import { report } from './reporter.ts'
import { beginPreemption, continuePreemption } from './preemption.ts'
import type { Arrival, ContainerRow, PodRow, Reason } from './state.ts'
import { requestSync } from './worker.ts'
import { rowKey, type KubeletWorld } from './world.ts'

/** A pod that this kubelet has not had in its hands: a new one, or after a crash one whose containers are lost. */
export function admitPod(world: KubeletWorld, ctx: EventContext, node: string, pod: Pod, isStatic = false): void {
  const at = world.nodes.get(node)
  if (at?.preempting) {
    const waiting = at.preempting.waiting.filter((a) => a.pod.metadata.uid !== pod.metadata.uid)
    world.nodes.set(node, { ...at, preempting: { ...at.preempting, waiting: at.preempting.arrival.pod.metadata.uid === pod.metadata.uid ? waiting : [...waiting, { pod, isStatic }] } })
    return
  }
  begin(world, ctx, node, pod, isStatic, false)
}

/** A pod that was in the way has stopped: the critical one may be begun, and those that came after it. */
export function admitWaiting(world: KubeletWorld, ctx: EventContext): void {
  const next = continuePreemption(world, ctx)
  if (!next) return
  const { admitted, waiting } = next
  const isThere = ({ pod }: Arrival): boolean => !world.pods.has(rowKey(ctx.instance, pod)) && (world.reader.get('pods', pod.metadata.namespace, pod.metadata.name)?.metadata.uid ?? pod.metadata.uid) === pod.metadata.uid
  if (isThere(admitted)) begin(world, ctx, ctx.instance, admitted.pod, admitted.isStatic, true)
  for (const arrival of waiting.filter(isThere)) admitPod(world, ctx, ctx.instance, arrival.pod, arrival.isStatic)
}

function begin(world: KubeletWorld, ctx: EventContext, node: string, pod: Pod, isStatic: boolean, isAdmitted: boolean): void {
  const known = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  const containers: Record<string, ContainerRow> = {}
  for (const s of known) {
    const running = s.state?.running
    if (!s.containerID) continue
    const ended = running ? { exitCode: 255, reason: 'Unknown', startedAt: running.startedAt, finishedAt: formatTime(ctx.now), containerID: s.containerID } : (s.state?.terminated ?? s.lastState?.terminated)
    const done = s.state?.terminated?.exitCode === 0 && pod.spec.initContainers?.some((c) => c.name === s.name)
    containers[s.name!] = { name: s.name!, verdicts: {}, lost: { state: done ? s.state! : { waiting: { reason: (pod.spec.initContainers?.length ?? 0) > 0 ? 'PodInitializing' : 'ContainerCreating' } }, ...(ended && !done ? { lastState: { terminated: ended } } : {}), restarts: s.restartCount ?? 0 } }
  }
  const wasHere = known.some((c) => c.containerID)
  const row: PodRow = {
    node, pod, uid: pod.metadata.uid!, addedAt: ctx.now, startTime: parseTime(pod.status?.startTime) ?? ctx.now, sandbox: { state: 'none', attempt: wasHere ? 1 : 0, pid: 0, inode: 0 }, containers, reasons: {}, backoffs: {}, volumes: {}, pending: false, timer: 0, life: 'sync', patching: false, ...(isStatic ? { isStatic } : {}),
  }
  const others = world.nodes.get(node)?.devices ? world.byNode.keys(node).map((key) => world.pods.get(key)!).filter((other) => other.uid !== row.uid && (other.life === 'sync' || other.life === 'terminating')) : []
  const devices = allocate(world, node, pod, others)
  const refused: Reason | Victims | undefined = isAdmitted ? undefined : devices && isRefusal(devices) ? devices : refusal(world, node, pod, isStatic)
  if (refused && hasVictims(refused)) {
    beginPreemption(world, ctx, { pod, isStatic }, refused.victims)
    return admitWaiting(world, ctx)
  }
  if (refused) {
    world.aboutPod(ctx, row, 'Warning', refused.reason, refused.message.replace(/^Pod was rejected: /, ''))
    report(world, ctx, world.put({ ...row, rejected: refused, life: 'terminated' }))
    return
  }
  ctx.note('kubelet.admits', { pod: pod.metadata.name, node })
  requestSync(world, ctx, world.put(devices && !isRefusal(devices) ? { ...row, devices: devices as Allocation } : row))
}
