import type { LoopState } from '../../workers/protocol.ts'
import type { ControllerRunner, NotRunning } from '../client/controller-runner.ts'
import type { InformerFactory } from '../client/informer.ts'
import type { Expectation } from '../client/expectations.ts'
import { keyOf } from '../api/meta.ts'
import { notesOf } from '../engine/event.ts'
import type { Timeline } from '../engine/timeline.ts'

const SHOWN = 12
const BACK = 4000

export function loopOf(runner: ControllerRunner, informers: InformerFactory, timeline: Timeline, state: NotRunning | undefined): LoopState {
  const resources = [...new Set(runner.controller.watches.map((w) => w.resource.resource))]
  const rows = runner.queue.rows
  const keys = rows.keys()
  const sync = lastSync(runner.controller.name, timeline)
  return {
    controller: runner.controller.name,
    workers: runner.queue.workers,
    stopped: state !== undefined,
    disabled: state === 'disabled',
    reflectors: resources.flatMap((resource) => {
      const state = informers.reflectors.get(resource)
      if (!state) return []
      const recent = state.recent.map(({ resourceVersion, type, object }) => ({ resourceVersion, type, key: keyOf(object!) }))
      return [{ resource, ...state, recent }]
    }),
    deltas: deltasOf(informers, resources),
    cache: resources.map((resource) => cacheOf(informers, resource, sync?.key)),
    queue: {
      queued: keys.filter((key) => rows.get(key)!.dirty && !rows.get(key)!.processing),
      processing: keys.filter((key) => rows.get(key)!.processing).map((key) => ({ key, since: rows.get(key)!.since })),
      dirty: keys.filter((key) => rows.get(key)!.dirty && rows.get(key)!.processing),
      backoff: keys.filter((key) => rows.get(key)!.timer).map((key) => ({ key, failures: rows.get(key)!.failures, until: rows.get(key)!.timer!.at })),
    },
    sync,
    expectations: expectationsOf(runner),
  }
}

/** What waits in the FIFOs of some resources, by object as client-go keeps it. */
function deltasOf(informers: InformerFactory, resources: readonly string[]): LoopState['deltas'] {
  const types = new Map<string, string[]>()
  for (const { resource, key, type } of informers.deltas()) {
    if (!resources.includes(resource)) continue
    const about = `${resource} ${key}`
    const known = types.get(about)
    if (known) known.push(type)
    else types.set(about, [type])
  }
  return [...types].map(([key, of]) => ({ key, types: of }))
}

/** The first keys of a cache, those near the item in hand first. */
function cacheOf(informers: InformerFactory, resource: string, near: string | undefined): LoopState['cache'][number] {
  const all = informers.lister(resource).cache.keys()
  const close: string[] = []
  const rest: string[] = []
  // One pass, as ten thousand pods may be near.
  for (const key of all) {
    const list = near !== undefined && key.startsWith(near) ? close : rest
    if (list.length < SHOWN) list.push(key)
    if (close.length === SHOWN) break
  }
  return { resource, keys: [...close, ...rest].slice(0, SHOWN), total: all.length, indexes: informers.lister(resource).indexNames }
}

/** The controller's latest reconcile on the path behind the cursor, as it described itself in its `….sync` note. */
function lastSync(controller: string, timeline: Timeline): LoopState['sync'] {
  for (let index = timeline.index, n = 0; index > 0 && n < BACK; index--, n++) {
    const step = timeline.at(index)
    if (!step) return null
    if (step.event.actor !== controller) continue
    const note = notesOf(step).find((candidate) => candidate.id.endsWith('.sync'))
    if (note) return { key: String(note.params['key'] ?? ''), params: note.params, at: step.event.at }
  }
  return null
}

function expectationsOf(runner: ControllerRunner): LoopState['expectations'] {
  if (!runner.controller.state?.includes('expectations')) return []
  const table = runner.state<Expectation>('expectations')
  return table.keys().slice(0, SHOWN).map((key) => {
    const row = table.get(key)!
    return { key, adds: row.adds, deletes: row.dels }
  })
}
