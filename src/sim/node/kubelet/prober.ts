import type { Container, Probe } from '../../api/container.ts'
import type { EventContext } from '../../engine/engine.ts'
import { ms, seconds, type Micros } from '../../engine/time.ts'
import { ProbedMachine, type Outcome } from './probing.ts'
import { report } from './reporter.ts'
import { withContainer, type ContainerRow, type PodRow, type ProbeKind } from './state.ts'
import { isStarted } from './status.ts'
import { containerNamed, type KubeletWorld } from './world.ts'

/** Payload of the event of an attempt that counts: one that fails, or that speaks against the verdict in force. */
export interface Attempt {
  readonly container: string
  readonly id: string
  readonly kind: ProbeKind
  readonly outcome?: Outcome
  /** How many in a row with this outcome. */
  readonly streak: number
}

const FIELD = { startup: 'startupProbe', readiness: 'readinessProbe', liveness: 'livenessProbe' } as const
const TITLES = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' } as const
/** Attempts looked at ahead of time before one looks again. */
const AHEAD = 30
/** From the pod's coming to its probe workers' (the volumes were mounted). */
const WORKER_STARTS = ms(350)

/**
 * Schedules the next attempt that matters of each probe that runs now (pkg/kubelet/prober: worker.go). Attempts whose outcome is
 * the verdict in force change nothing and are no events; where nothing in the pod can change, none is scheduled at all.
 */
export function armProbes(world: KubeletWorld, ctx: EventContext, row: PodRow, container: Container, kinds: readonly ProbeKind[], after?: { readonly at: Micros; readonly ok: boolean; readonly streak: number }): void {
  const state = row.containers[container.name]
  if (!state?.run || state.run.state !== 'running' || !row.machine) return
  for (const kind of kinds) {
    const probe = container[FIELD[kind]]
    if (!probe) continue
    if (kind !== 'startup' && !isStarted(container, state)) continue
    if (kind === 'startup' && state.verdicts.startup === true) continue
    const next = nextAttempt(world, row, container, probe, kind, state, ctx.now, after)
    if (next) world.later(ctx, row, next.at - ctx.now, 'probe', { ...next.attempt })
  }
}

function nextAttempt(world: KubeletWorld, row: PodRow, container: Container, probe: Probe, kind: ProbeKind, state: ContainerRow, now: Micros, after: { readonly at: Micros; readonly ok: boolean; readonly streak: number } | undefined): { readonly at: Micros; readonly attempt: Attempt } | undefined {
  const period = seconds(probe.periodSeconds ?? 10)
  const base = row.addedAt + WORKER_STARTS
  const earliest = state.run!.startedAt! + seconds(probe.initialDelaySeconds ?? 0)
  const verdict = state.verdicts[kind] ?? (kind === 'liveness' ? true : undefined)
  const machine = new ProbedMachine(world, row)
  const { id } = state.run!
  // Readiness is tried as soon as the container runs; the others tick from the worker's beginning.
  const first = kind === 'readiness' && !probe.initialDelaySeconds && !after ? Math.max(now, state.run!.startedAt! + ms(120)) : 0
  const tickFrom = (from: Micros): Micros => base + Math.ceil((from - base) / period) * period
  let tick = first || tickFrom(Math.max(earliest, after ? after.at + 1 : now))
  let streak = after?.streak ?? 0
  let last = after?.ok
  for (let i = 0; i < AHEAD; i++) {
    const outcome = machine.at(container, probe, tick)
    if (outcome.errored) {
      if (state.errored?.[kind]) return machine.quietUntil === Infinity ? undefined : { at: tick + AHEAD * period, attempt: { container: container.name, id, kind, streak: 0 } }
      return { at: tick, attempt: { container: container.name, id, kind, outcome, streak: 0 } }
    }
    streak = outcome.ok === last ? streak + 1 : 1
    last = outcome.ok
    if (outcome.ok !== verdict) return { at: tick, attempt: { container: container.name, id, kind, outcome, streak } }
    const quiet = machine.quietUntil
    if (quiet === Infinity) return undefined
    tick = Math.max(tickFrom(tick + 1), tickFrom(quiet))
  }
  return { at: tick, attempt: { container: container.name, id, kind, streak: 0 } }
}

/** An attempt that counts was made. */
export function probed(world: KubeletWorld, ctx: EventContext, given: PodRow, attempt: Attempt): PodRow {
  const state = given.containers[attempt.container]
  const container = containerNamed(given.pod, attempt.container)
  if (!container || state?.run?.id !== attempt.id || state.run.state !== 'running' || given.life !== 'sync') return given
  const { kind, outcome } = attempt
  if (!outcome) {
    armProbes(world, ctx, given, container, [kind])
    return given
  }
  const probe = container[FIELD[kind]]!
  const names = { pod: given.pod.metadata.name, node: given.node, container: container.name, probe: kind }
  if (outcome.errored) {
    world.aboutContainer(ctx, given, container.name, 'Warning', 'Unhealthy', `${TITLES[kind]} probe errored and resulted in unknown state: ${outcome.why}`)
    const row = world.put(withContainer(given, { ...state, errored: { ...state.errored, [kind]: true } }))
    armProbes(world, ctx, row, container, [kind], { at: ctx.now, ok: false, streak: 0 })
    return row
  }
  if (!outcome.ok) world.aboutContainer(ctx, given, container.name, 'Warning', 'Unhealthy', `${TITLES[kind]} probe failed: ${outcome.why}`)
  ctx.note(outcome.ok ? 'kubelet.probeOk' : 'kubelet.probeFails', { ...names, why: outcome.why })
  const needed = outcome.ok ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3)
  const after = { at: ctx.now, ok: outcome.ok, streak: attempt.streak }
  if (attempt.streak < needed) {
    armProbes(world, ctx, given, container, [kind], after)
    return given
  }
  const row = world.put(withContainer(given, { ...state, verdicts: { ...state.verdicts, [kind]: outcome.ok } }))
  if (kind === 'startup' && outcome.ok) armProbes(world, ctx, row, container, ['readiness', 'liveness'])
  else if (kind === 'readiness') armProbes(world, ctx, row, container, [kind], after)
  const fresh = world.fresh(row)
  return fresh.work ? world.steps.requestSync(world, ctx, kind === 'readiness' ? report(world, ctx, fresh) : fresh) : world.steps.requestSync(world, ctx, fresh)
}
