import { keyOf } from '../../api/meta.ts'
import type { Container } from '../../api/container.ts'
import type { EventContext } from '../../engine/engine.ts'
import { ms, seconds } from '../../engine/time.ts'
import { nextFlip, type Flip, type ProbeKind } from '../runtime/probing.ts'
import type { ContainerRow, PodRow } from './state.ts'
import { isStarted } from './status.ts'
import { actorOf, processFor, type KubeletWorld } from './world.ts'

/** Payload of the event in which a probe changes its verdict. */
export interface ProbeDue {
  readonly pod: string
  readonly container: string
  readonly id: string
  readonly kind: ProbeKind
  readonly flip: Flip
}

const FIELD = { startup: 'startupProbe', readiness: 'readinessProbe', liveness: 'livenessProbe' } as const
const TITLES = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' } as const

/**
 * Schedules the next change of verdict of each probe that runs now. Attempts that change nothing are no events (their
 * outcome is a function of the process's age); a failing run is told once, when it has come to a verdict.
 */
export function armProbes(world: KubeletWorld, ctx: EventContext, row: PodRow, container: Container, kinds: readonly ProbeKind[]): void {
  const state = row.containers[container.name]!
  for (const kind of kinds) {
    const probe = container[FIELD[kind]]
    if (!probe || !state.id || state.startedAt === undefined) continue
    if (kind !== 'startup' && !isStarted(container, state)) continue
    const flip = nextFlip(container, processFor(container), probe, row.ip ?? '', timesOf(row, state, probe, kind, ctx.now), verdictOf(state, kind))
    if (!flip) continue
    const due: ProbeDue = { pod: keyOf(row.pod), container: container.name, id: state.id, kind, flip }
    ctx.schedule(Math.max(0, flip.at - ctx.now), actorOf(row.node), 'probe', due)
  }
  void world
}

/**
 * The verdict in force. A container counts as alive until it is known to be dead; readiness and startup begin unknown, so
 * that a first failing run comes to a verdict too.
 */
const verdictOf = (state: ContainerRow, kind: ProbeKind): boolean | undefined => state.verdicts[kind] ?? (kind === 'liveness' ? true : undefined)

/** Readiness fires at the start; liveness and startup tick from the worker's creation (pkg/kubelet/prober: worker.go). */
function timesOf(row: PodRow, state: ContainerRow, probe: { readonly initialDelaySeconds?: number; readonly periodSeconds?: number }, kind: ProbeKind, now: number) {
  const startedAt = state.startedAt!
  const period = seconds(probe.periodSeconds ?? 10)
  const earliest = startedAt + seconds(probe.initialDelaySeconds ?? 0)
  const tick = row.addedAt + Math.ceil((earliest - row.addedAt) / period) * period
  const atStart = kind === 'readiness' && !probe.initialDelaySeconds
  return { startedAt, firstTick: atStart ? startedAt + ms(150) : tick, from: now }
}

/** The words of the Unhealthy event. */
export const unhealthy = ({ kind, flip }: ProbeDue): string => `${TITLES[kind]} probe failed: ${flip.why}`
