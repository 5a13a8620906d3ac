import type { WhyLink } from '../../workers/protocol.ts'
import { deepEqual, getIn } from '../api/deep.ts'
import { notesOf, type Step } from '../engine/event.ts'
import type { Table } from '../engine/table.ts'
import type { Timeline } from '../engine/timeline.ts'
import type { Micros } from '../engine/time.ts'
import { touchedKeys } from './rows.ts'

/** "spec.containers[0].image" to its parts; keys with dots stand in brackets: `labels['a.b/c']`. */
export function parsePath(path: string): readonly (string | number)[] {
  const parts: (string | number)[] = []
  for (const [, name, index, quoted] of path.matchAll(/([^.[\]]+)|\[(\d+)\]|\['([^']*)'\]/g))
    parts.push(name ?? quoted ?? Number(index))
  return parts
}

/**
 * Why does `key` have this value at `path` (or: why is it as it is)? Finds the step at or before the cursor that last
 * changed it, then follows the causes to the command that began it all. Steps without a sentence are left out.
 */
export function why(timeline: Timeline, key: string, path?: string): readonly WhyLink[] {
  const changed = lastChange(timeline, key, path ? parsePath(path) : [])
  return changed === undefined ? [] : chain(timeline, changed)
}

/** The step at or before the cursor that last changed the value at `path` of an API object. */
export function lastChange(timeline: Timeline, key: string, path: readonly (string | number)[]): number | undefined {
  for (let index = timeline.index; index > 0; index--) {
    const step = timeline.at(index)
    if (!step) return undefined
    if (writes(step, key, path)) return index
  }
  return undefined
}

function writes(step: Step, key: string, path: readonly (string | number)[]): boolean {
  const { diffs } = step
  for (let i = 0; i < diffs.length; i += 4) {
    if (diffs[i + 1] !== key || (diffs[i] as Table<unknown>).name !== 'etcd') continue
    if (path.length === 0 || !deepEqual(getIn(diffs[i + 2], path), getIn(diffs[i + 3], path))) return true
  }
  return false
}

/** From a step back along the causes. */
export function chain(timeline: Timeline, from: number): readonly WhyLink[] {
  const links: WhyLink[] = []
  let index = from
  let step = timeline.at(index)
  while (step) {
    for (const sentence of [...notesOf(step)].reverse()) links.push({ index, at: step.event.at, actor: step.event.actor, sentence, object: touchedKeys(step)[0] ?? null })
    const { cause } = step.event
    const next = cause === 0 ? undefined : timeline.stepOf(cause, index - 1)
    if (!next) break
    index = next.index
    step = next.step
  }
  return links
}

/** The last state of an object that is gone, and the step that ended it; undefined when there never was one. */
export function lastStateOf(timeline: Timeline, key: string): { readonly last: unknown; readonly at: Micros; readonly index: number } | undefined {
  for (let index = timeline.index; index > 0; index--) {
    const step = timeline.at(index)
    if (!step) return undefined
    const { diffs } = step
    for (let i = 0; i < diffs.length; i += 4)
      if (diffs[i + 1] === key && (diffs[i] as Table<unknown>).name === 'etcd' && diffs[i + 3] === undefined) return { last: diffs[i + 2], at: step.event.at, index }
  }
  return undefined
}
