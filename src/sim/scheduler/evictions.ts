import { keyOf } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { isStatus } from '../api/status.ts'
import type { EventRecorder } from '../client/event-recorder.ts'
import { PODS, remove } from '../client/request.ts'
import type { Answered, Client } from '../client/transport.ts'
import type { EventContext } from '../engine/engine.ts'
import { disruption } from './status-patches.ts'

/** A pod that has to go, for whom (uid), from where, and in the name of which scheduler. */
export interface Eviction {
  readonly victim: Pod
  readonly preemptor: string
  readonly node: string
  readonly scheduler: string
}

/**
 * Gets pods out of the way of a more important one: announces it in their status, deletes them, says so (framework/preemption:
 * prepareCandidate). The owning actor has the handlers 'evicting' and 'evicted'.
 */
export class Evictions {
  readonly #actor: string
  readonly #client: Client
  readonly #recorder: EventRecorder

  constructor(actor: string, client: Client, recorder: EventRecorder) {
    this.#actor = actor
    this.#client = client
    this.#recorder = recorder
  }

  begin(ctx: EventContext, eviction: Eviction): void {
    const announce = disruption(eviction.victim, eviction.scheduler, ctx.now)
    if (announce) this.#client.send(ctx, announce, { actor: this.#actor, what: 'evicting', data: eviction })
    else this.#delete(ctx, eviction)
  }

  evicting(ctx: EventContext, { answer, data }: Answered): void {
    if (!isStatus(answer)) this.#delete(ctx, data as Eviction)
  }

  evicted(ctx: EventContext, { answer, data }: Answered): void {
    const { victim, preemptor, node, scheduler } = data as Eviction
    if (isStatus(answer)) return
    ctx.note('scheduler.evicted', { victim: keyOf(victim), node })
    this.#recorder.emit(ctx, victim, 'Normal', 'Preempted', `Preempted by pod ${preemptor} on node ${node}`, 'Preempting', scheduler)
  }

  #delete(ctx: EventContext, eviction: Eviction): void {
    this.#client.send(ctx, remove(PODS, eviction.victim), { actor: this.#actor, what: 'evicted', data: eviction })
  }
}
