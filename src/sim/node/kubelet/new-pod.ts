import type { ContainerStatus } from '../../api/pod-status.ts'
import { keyOf } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { EventContext } from '../../engine/engine.ts'
import { formatTime, ms, parseTime } from '../../engine/time.ts'
import type { ContainerRow, PodRow } from './state.ts'
import { actorOf, type KubeletWorld } from './world.ts'

/** A pod that this kubelet has not had in its hands: a new one, or after a crash one whose containers are lost. */
export function admitPod(world: KubeletWorld, ctx: EventContext, node: string, pod: Pod): PodRow {
  const init = pod.spec.initContainers ?? []
  const known = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  const containers: Record<string, ContainerRow> = {}
  for (const { name } of init) containers[name] = fresh(name, known, init.length > 0 ? 'PodInitializing' : 'ContainerCreating', ctx.now)
  for (const { name } of pod.spec.containers) containers[name] = fresh(name, known, init.length > 0 ? 'PodInitializing' : 'ContainerCreating', ctx.now)
  const row: PodRow = {
    node,
    pod,
    uid: pod.metadata.uid!,
    addedAt: ctx.now,
    startTime: parseTime(pod.status?.startTime) ?? ctx.now,
    sandbox: 'starting',
    containers,
    patching: false,
  }
  if (known.some((c) => c.containerID)) world.aboutPod(ctx, row, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.')
  ctx.note('kubelet.admits', { pod: pod.metadata.name, node })
  ctx.schedule(ms(120) + ctx.random.below(250_000), actorOf(node), 'sandbox', { pod: keyOf(pod) })
  return world.put(row)
}

/** A container without a process. What ran before the crash ended with it, nobody knows how (exit code 255). */
function fresh(name: string, known: readonly ContainerStatus[], reason: string, now: number): ContainerRow {
  const before = known.find((c) => c.name === name)
  const running = before?.state?.running
  const ended = before?.state?.terminated ?? before?.lastState?.terminated
  const lost = running && { exitCode: 255, reason: 'Unknown', startedAt: running.startedAt, finishedAt: formatTime(now), containerID: before?.containerID }
  const terminated = lost ?? ended
  const isOver = before?.state?.terminated?.exitCode === 0
  return {
    name,
    state: isOver ? before!.state! : { waiting: { reason } },
    ...(terminated && !isOver ? { lastState: { terminated } } : {}),
    restarts: before?.restartCount ?? 0,
    verdicts: {},
    ...(isOver ? { over: true } : {}),
  }
}
