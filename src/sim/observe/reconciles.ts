import type { ReconcileState } from '../../workers/protocol.ts'
import type { KubeObject } from '../api/meta.ts'
import { isStatus } from '../api/status.ts'
import type { SuspendedJob, Place } from '../client/resumable.ts'
import { APISERVER, type Answered, type SentRequest } from '../client/transport.ts'
import { notesOf, type Note, type Step } from '../engine/event.ts'
import type { Table } from '../engine/table.ts'
import type { Timeline } from '../engine/timeline.ts'

type Draft = { -readonly [K in Exclude<keyof ReconcileState, 'actions' | 'reads'>]: ReconcileState[K] } & { actions: (ReconcileState['actions'][number] & { readonly place: string })[]; log: readonly unknown[] }

const MOST_STEPS = 30_000

/**
 * A controller's last reconciles, newest first, read off the steps behind the cursor: nothing is kept for it. `controller` is the
 * actor's name; its queue and suspended functions are known by their tables.
 */
export function reconcilesOf(timeline: Timeline, controller: string, count: number): readonly ReconcileState[] {
  const story = new Story(controller)
  for (const { step, index } of stepsOf(timeline, controller, count)) story.tell(step, index)
  return story.told.slice(-count).reverse().map(({ actions, log, ...draft }) => ({ ...draft, reads: readsOf(log), actions: actions.map(({ place: _place, ...action }) => action) }))
}

/** The controller's steps from the beginning of its `count`th last reconcile on, the oldest first. */
function stepsOf(timeline: Timeline, controller: string, count: number): readonly { readonly step: Step; readonly index: number }[] {
  const found: { step: Step; index: number }[] = []
  let begun = 0
  for (let index = timeline.index, n = 0; index > 0 && n < MOST_STEPS && begun < count; index--, n++) {
    const step = timeline.at(index)
    if (!step) break
    if (step.event.actor !== controller) continue
    found.push({ step, index })
    if (step.event.what === 'work' && notesOf(step).some(({ id }) => id === 'controller.work')) begun++
  }
  return found.reverse()
}

class Story {
  readonly told: Draft[] = []
  readonly #controller: string
  readonly #open = new Map<string, Draft>()

  constructor(controller: string) {
    this.#controller = controller
  }

  tell(step: Step, index: number): void {
    const { what, payload } = step.event
    if (what === 'stop' || what === 'resume') return this.#forget(step, index)
    const key = what === 'work' ? (payload as string) : (((payload as Answered | null)?.data ?? payload) as Place | null)?.job
    if (key === undefined) return
    if (what === 'work' && notesOf(step).some(({ id }) => id === 'controller.work')) this.#begin(key, step, index)
    const draft = this.#open.get(key)
    if (!draft) return
    if (what === 'answer') answered(draft, payload as Answered, index)
    this.#look(draft, step, index)
  }

  #begin(key: string, { event }: Step, index: number): void {
    const draft: Draft = { key, index, at: event.at, endIndex: null, endAt: null, params: {}, log: [], actions: [], outcome: 'running', why: null, again: null }
    this.#open.set(key, draft)
    this.told.push(draft)
  }

  /** What one turn of the function read, said, asked for, and whether it came to its end. */
  #look(draft: Draft, step: Step, index: number): void {
    for (const note of notesOf(step)) if (note.id.endsWith('.sync')) draft.params = paramsOf(note)
    for (const event of step.scheduled) {
      const sent = event.payload as SentRequest
      const place = event.actor === APISERVER && event.what === 'request' ? (sent.then?.data as Place | undefined) : undefined
      if (place?.job !== draft.key || sent.client !== this.#controller) continue
      draft.actions.push({ verb: sent.request.verb, object: objectOf(sent), index, answer: null, answeredIndex: null, place: `${place.entry} ${place.slot}` })
    }
    const row = lastWrite<SuspendedJob>(step, `jobs/${this.#controller}`, draft.key)
    draft.log = row?.to?.log ?? row?.from?.log ?? draft.log
    if (row?.to) return
    this.#end(draft, step, index)
  }

  #end(draft: Draft, step: Step, index: number): void {
    const retry = notesOf(step).find(({ id, params }) => id === 'controller.retry' && params['key'] === draft.key)
    draft.endIndex = index
    draft.endAt = step.event.at
    draft.outcome = retry ? 'retry' : 'done'
    draft.why = retry ? String(retry.params['why'] ?? '') : null
    const timer = step.scheduled.find((event) => event.actor === this.#controller && event.what === 'timer' && event.payload === draft.key)
    draft.again = timer?.at ?? null
    this.#open.delete(draft.key)
  }

  #forget(step: Step, index: number): void {
    for (const draft of this.#open.values()) Object.assign(draft, { outcome: 'forgotten', endIndex: index, endAt: step.event.at })
    this.#open.clear()
  }
}

/** The sentence's own identity is no number of the controller's. */
const paramsOf = ({ params }: Note): ReconcileState['params'] => Object.fromEntries(Object.entries(params).filter(([name]) => name !== 'key' && name !== 'name' && name !== 'namespace'))

function answered(draft: Draft, { answer, data }: Answered, index: number): void {
  const { entry, slot } = data as Place
  const place = `${entry} ${slot}`
  const at = draft.actions.findIndex((action) => action.place === place)
  if (at < 0) return
  const refused = isStatus(answer) && answer.status === 'Failure'
  draft.actions[at] = { ...draft.actions[at]!, answer: refused ? (answer.reason ?? answer.message ?? '') : 'ok', answeredIndex: index }
}

function objectOf({ request }: SentRequest): string {
  const name = request.name ?? (request.body as KubeObject | undefined)?.metadata?.name
  return [request.resource, request.namespace, name || '?', request.subresource].filter((part) => part !== undefined && part !== '').join('/')
}

/** The last write of a row by a step. */
function lastWrite<V>({ diffs }: Step, table: string, key: string): { readonly from: V | undefined; readonly to: V | undefined } | undefined {
  for (let i = diffs.length - 4; i >= 0; i -= 4) if ((diffs[i] as Table<V>).name === table && diffs[i + 1] === key) return { from: diffs[i + 2] as V | undefined, to: diffs[i + 3] as V | undefined }
  return undefined
}

const isObject = (value: unknown): value is KubeObject => typeof value === 'object' && value !== null && 'metadata' in value && 'kind' in value

/** Objects that the caches gave it, kind by kind in the order of reading. */
function readsOf(log: readonly unknown[]): readonly ReconcileState['reads'][number][] {
  const byKind = new Map<string, Map<string, string>>()
  for (const entry of log)
    for (const object of Array.isArray(entry) ? (entry as readonly unknown[]) : [entry]) {
      if (!isObject(object) || isStatus(object)) continue
      const seen = byKind.get(object.kind) ?? new Map<string, string>()
      byKind.set(object.kind, seen.set(object.metadata.uid ?? object.metadata.name, object.metadata.name))
    }
  return [...byKind].map(([kind, seen]) => ({ kind, count: seen.size, name: seen.size === 1 ? [...seen.values()][0]! : null }))
}
