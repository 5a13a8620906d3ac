import type { Pod } from '../../api/pod.ts'
import type { EventContext } from '../../engine/engine.ts'
import { formatTime, parseTime } from '../../engine/time.ts'
import { refusal } from './admission.ts'
import { allocate, isRefusal, type Allocation } from './devices.ts'
import { report } from './reporter.ts'
import type { ContainerRow, PodRow } from './state.ts'
import { requestSync } from './worker.ts'
import type { KubeletWorld } from './world.ts'

/** A pod that this kubelet has not had in its hands: a new one, or after a crash one whose containers are lost. */
export function admitPod(world: KubeletWorld, ctx: EventContext, node: string, pod: Pod, isStatic = false): void {
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
  const refused = devices && isRefusal(devices) ? devices : refusal(world, node, pod)
  if (refused) {
    world.aboutPod(ctx, row, 'Warning', refused.reason, refused.message.replace(/^Pod was rejected: /, ''))
    report(world, ctx, world.put({ ...row, rejected: refused, life: 'terminated' }))
    return
  }
  ctx.note('kubelet.admits', { pod: pod.metadata.name, node })
  requestSync(world, ctx, world.put(devices ? { ...row, devices: devices as Allocation } : row))
}
