import type { Container, LifecycleHandler } from '../../api/container.ts'
import type { EventContext } from '../../engine/engine.ts'
import { ms, seconds } from '../../engine/time.ts'
import { execIn } from '../linux/pod-machine.ts'
import { advanced, lookAhead, settingOf } from './linux.ts'
import { httpOutcome } from './probing.ts'
import type { PodRow } from './state.ts'
import { podText, type KubeletWorld } from './world.ts'

export type HookKind = 'postStart' | 'preStop'

/**
 * Runs a lifecycle hook (pkg/kubelet/lifecycle, handlers.go). Its end comes as event `hooked` with the error, if there was one;
 * a command in the container is a process of the machine and ends when it ends.
 */
export function runHook(world: KubeletWorld, ctx: EventContext, given: PodRow, container: Container, hook: LifecycleHandler, kind: HookKind): PodRow {
  const done = (row: PodRow, after: number, error?: string): PodRow => {
    world.later(ctx, row, after, 'hooked', { container: container.name, kind, ...(error === undefined ? {} : { error }) })
    return row
  }
  if (hook.sleep) return done(given, seconds(hook.sleep.seconds))
  if (hook.exec) {
    const argv = hook.exec.command ?? []
    const row = advanced(world, ctx, given)
    const key = `hook ${kind} ${container.name} ${ctx.event.seq}`
    const result = execIn(row.machine!, settingOf(world, row), container.name, key, argv, '', ctx.now)
    if ('code' in result) return done(row, ms(20), `Exec lifecycle hook (${JSON.stringify(argv)}) for Container "${container.name}" in Pod "${podText(row.pod)}" failed - error: rpc error: code = Unknown desc = failed to exec in container: failed to start exec: ${result.message}, message: ""`)
    return lookAhead(world, ctx, { ...row, machine: result.machine })
  }
  if (hook.httpGet ?? hook.tcpSocket) {
    const outcome = httpOutcome(world, given, container, { ...(hook.httpGet ? { httpGet: hook.httpGet } : {}) }, ctx.now)
    const path = hook.httpGet?.path ?? '/'
    return done(given, ms(20), outcome.ok ? undefined : `HTTP lifecycle hook (${path}) for Container "${container.name}" in Pod "${podText(given.pod)}" failed - error: ${outcome.why}`)
  }
  return done(given, 0)
}

/** The error of a command hook that ended with `code`. */
export const execHookError = (row: PodRow, container: Container, hook: LifecycleHandler, code: number, output: string): string | undefined =>
  code === 0 ? undefined : `Exec lifecycle hook (${JSON.stringify(hook.exec?.command ?? [])}) for Container "${container.name}" in Pod "${podText(row.pod)}" failed - error: command '${(hook.exec?.command ?? []).join(' ')}' exited with ${code}: ${output}, message: ${JSON.stringify(output)}`
