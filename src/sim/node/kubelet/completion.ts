import type { StreamEnd } from '../../api/pod-streams.ts'
import type { Micros } from '../../engine/time.ts'
import { Kernel } from '../linux/kernel.ts'
import { completions, type Completion } from '../linux/shell/complete.ts'
import { machineNow, settingOf } from './linux.ts'
import type { KubeletWorld } from './world.ts'

/** What the shell at the far end of a stream offers for Tab behind `line`; it is only looked at. */
export function completeInStream(world: KubeletWorld, end: StreamEnd, line: string, now: Micros): Completion {
  const row = world.pods.get(`${end.node} ${end.pod}`)
  const session = row?.streams?.[end.key]?.session
  const machine = row?.uid === end.uid && session !== undefined ? machineNow(world, row, now) : undefined
  return machine ? completions(new Kernel(machine, settingOf(world, row!)), session!, line) : { candidates: [], replaceFrom: line.length }
}
