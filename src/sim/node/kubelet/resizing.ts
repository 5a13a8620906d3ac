import type { Container, ResourceRequirements } from '../../api/container.ts'
import { milliValue, value } from '../../api/quantity.ts'
import type { EventContext } from '../../engine/engine.ts'
import { cgroupOf } from '../linux/cgroups.ts'
import { Kernel } from '../linux/kernel.ts'
import { advanced, lookAhead, settingOf } from './linux.ts'
import { resizeFailed } from './resize.ts'
import { withContainer, type PodRow } from './state.ts'
import { heldCpu } from './cpu-limit.ts'
import { armMemory, containerUsage } from './usage.ts'
import { containerNamed, type KubeletWorld } from './world.ts'

const memoryLimit = (r: ResourceRequirements | undefined): number => value(r?.limits?.['memory'] ?? '0')

/** The memory limit of the pod's cgroup: there is one when every container has one (cm/helpers_linux.go: ResourceConfigForPod). */
function podLimit(row: PodRow, of: (c: Container) => ResourceRequirements | undefined): number | undefined {
  const own = row.pod.spec.resources?.limits?.['memory']
  if (own !== undefined) return value(own)
  const limits = row.pod.spec.containers.map((c) => memoryLimit(of(c)))
  return limits.every((limit) => limit > 0) ? limits.reduce((a, b) => a + b, 0) : undefined
}

/** Why memory limits cannot be lowered now: more is in use (kuberuntime_manager.go: validateMemoryResizeAction). */
function tooLow(world: KubeletWorld, row: PodRow, names: readonly string[], now: number): string | undefined {
  const used = new Map(Object.keys(row.containers).map((name) => [name, containerUsage(world, row, name, now)?.memory ?? 0]))
  const all = [...used.values()].reduce((a, b) => a + b, 0)
  const errors: string[] = []
  const [wanted, has] = [podLimit(row, (c) => c.resources), podLimit(row, (c) => row.containers[c.name]?.run?.resources)]
  if (wanted !== undefined && (has === undefined || wanted < has) && all >= wanted) errors.push(`attempting to set pod memory limit (${wanted}) below current usage (${all})`)
  for (const name of names) {
    const [next, old] = [memoryLimit(containerNamed(row.pod, name)?.resources), memoryLimit(row.containers[name]?.run?.resources)]
    if (next > 0 && (old === 0 || next < old) && used.get(name)! >= next) errors.push(`attempting to set container "${name}" memory limit (${next}) below current usage (${all})`)
  }
  return errors.length === 0 ? undefined : `cannot decrease memory limits: ${errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`}`
}

/** Gives running containers what was allocated for them: the values of their cgroups change (doPodResizeAction, CRI UpdateContainerResources). */
export function resizeInPlace(world: KubeletWorld, ctx: EventContext, given: PodRow, names: readonly string[]): PodRow {
  const work = given.work!
  const error = tooLow(world, given, names, ctx.now)
  if (error !== undefined) return world.put({ ...resizeFailed(world, ctx, given, error), work: { ...work, failed: true, otherError: true, changed: true } })
  let row = advanced(world, ctx, given)
  const kernel = new Kernel(row.machine!, settingOf(world, row))
  kernel.now = Math.max(kernel.now, ctx.now)
  for (const name of names) {
    const { resources } = containerNamed(row.pod, name)!
    const { memoryLimit: _old, ...state } = kernel.containers[name]!
    const { requests, limits } = resources ?? {}
    const limit = memoryLimit(resources)
    kernel.containers[name] = { ...state, cpu: cgroupOf(milliValue(requests?.['cpu'] ?? limits?.['cpu']), heldCpu(world, containerNamed(row.pod, name)!) ?? 0), ...(limit > 0 ? { memoryLimit: limit } : {}) }
    const known = row.containers[name]!
    row = withContainer(row, { ...known, run: { ...known.run!, ...(resources ? { resources } : {}) } })
  }
  ctx.note('kubelet.resizes', { pod: row.pod.metadata.name, node: row.node, containers: names.join(', ') })
  row = lookAhead(world, ctx, { ...row, machine: kernel.freeze(), work: { ...work, changed: true } })
  for (const name of names) armMemory(world, ctx, row, containerNamed(row.pod, name)!)
  return world.fresh(row)
}
