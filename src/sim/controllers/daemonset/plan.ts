import { scaledValue } from '../../api/int-or-string.ts'
import { isBeingDeleted } from '../../api/meta.ts'
import { isPodAvailable, isPodReady, type Pod } from '../../api/pod.ts'
import type { Micros } from '../../engine/time.ts'
import type { DaemonSet } from '../../kinds/daemonset/daemonset.ts'
import type { Node } from '../../kinds/node/node.ts'
import { isUpdated, REVISION_HASH, shouldRun } from './placement.ts'

/** What one pass wants: pods on these nodes, and these pods gone. */
export interface Changes {
  readonly create: readonly string[]
  readonly remove: readonly Pod[]
}

/** All that decides: the DaemonSet, its nodes, its pods by node, the present revision's hash. */
export interface View {
  readonly ds: DaemonSet
  readonly nodes: readonly Node[]
  readonly pods: ReadonlyMap<string, readonly Pod[]>
  readonly hash: string
  readonly now: Micros
}

const surgeOf = (ds: DaemonSet, total: number): number =>
  ds.spec.updateStrategy?.type === 'OnDelete' ? 0 : (scaledValue(ds.spec.updateStrategy?.rollingUpdate?.maxSurge ?? 0, total, true) ?? 0)

/** Scheduled ones before others, then older ones first (podByCreationTimestampAndPhase). */
export function byAge(a: Pod, b: Pod): number {
  if (!a.spec.nodeName !== !b.spec.nodeName) return a.spec.nodeName ? -1 : 1
  const [x, y] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '']
  return x < y ? -1 : x > y ? 1 : a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0
}

/** One pod a node, unless a surge allows an old and a new one. `ended` judges failed and succeeded pods. */
export function podsOnNode(view: View, node: Node, ended: (pod: Pod, node: Node) => boolean): Changes {
  const { ds, hash, now } = view
  const [run, stay] = shouldRun(ds, node)
  const { name } = node.metadata
  const pods = view.pods.get(name)
  if (run && !pods) return { create: [name], remove: [] }
  if (!stay) return { create: [], remove: (pods ?? []).filter((pod) => !isBeingDeleted(pod)) }
  const remove: Pod[] = []
  const running: Pod[] = []
  for (const pod of pods ?? []) {
    if (isBeingDeleted(pod)) continue
    const { phase } = pod.status ?? {}
    if (phase !== 'Failed' && phase !== 'Succeeded') running.push(pod)
    else if (ended(pod, node)) remove.push(pod)
  }
  running.sort(byAge)
  if (surgeOf(ds, 1) === 0) return { create: [], remove: [...remove, ...running.slice(1)] }
  if (running.length <= 1) return { create: running.length === 0 && run ? [name] : [], remove }
  const fresh = running.find((pod) => pod.metadata.labels?.[REVISION_HASH] === hash)
  const old = running.find((pod) => pod.metadata.labels?.[REVISION_HASH] !== hash)
  remove.push(...running.filter((pod) => pod !== fresh && pod !== old))
  if (fresh && old && (!isPodReady(old) || isPodAvailable(fresh, ds.spec.minReadySeconds ?? 0, now))) remove.push(old)
  return { create: [], remove }
}

/** Pods that wait for a node which is gone. */
export function strayPods(view: View): readonly Pod[] {
  const known = new Set(view.nodes.map((node) => node.metadata.name))
  return [...view.pods].flatMap(([name, pods]) => (known.has(name) ? [] : pods.filter((pod) => !pod.spec.nodeName)))
}

interface OnNode {
  readonly fresh: Pod | undefined
  readonly old: Pod | undefined
}

/** The pod of the present and of a former template; undefined when there are too many of one. */
function byTemplate(view: View, pods: readonly Pod[]): OnNode | undefined {
  const alive = pods.filter((pod) => !isBeingDeleted(pod))
  const fresh = alive.filter((pod) => isUpdated(view.ds, pod, view.hash))
  const old = alive.filter((pod) => !isUpdated(view.ds, pod, view.hash))
  return fresh.length > 1 || old.length > 1 ? undefined : { fresh: fresh[0], old: old[0] }
}

/** One step of a rolling update within maxUnavailable or maxSurge (daemonset: update.go, rollingUpdate). */
export function rollingStep(view: View): Changes {
  const { ds } = view
  const desired = view.nodes.filter((node) => shouldRun(ds, node)[0]).length
  const surge = surgeOf(ds, desired)
  const unavailable = scaledValue(ds.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 0, desired, true) ?? 0
  return surge === 0 ? replaceWithin(view, unavailable || 1) : surgeWithin(view, surge, desired)
}

const available = (view: View, pod: Pod): boolean => isPodAvailable(pod, view.ds.spec.minReadySeconds ?? 0, view.now)

function replaceWithin(view: View, maxUnavailable: number): Changes {
  let unavailable = 0
  const allowed: Pod[] = []
  const candidates: Pod[] = []
  for (const pods of view.pods.values()) {
    const on = byTemplate(view, pods)
    if (!on || !on.fresh === !on.old) unavailable++
    else if (on.fresh) {
      if (!available(view, on.fresh)) unavailable++
    } else if (!available(view, on.old!)) {
      allowed.push(on.old!)
      unavailable++
    } else if (unavailable < maxUnavailable) candidates.push(on.old!)
  }
  return { create: [], remove: [...allowed, ...candidates.slice(0, Math.max(0, maxUnavailable - unavailable))] }
}

function surgeWithin(view: View, maxSurge: number, desired: number): Changes {
  const remove: Pod[] = []
  const sunset: Pod[] = []
  const allowed: string[] = []
  const candidates: string[] = []
  let surging = 0
  let availableNow = 0
  const runsOn = new Set(view.nodes.filter((node) => shouldRun(view.ds, node)[0]).map((node) => node.metadata.name))
  for (const [name, pods] of view.pods) {
    const on = byTemplate(view, pods)
    if (!on) {
      surging++
      continue
    }
    const { fresh, old } = on
    const counted = old ?? fresh
    if (counted && available(view, counted)) availableNow++
    if (!old) continue
    if (fresh) {
      if (available(view, fresh)) remove.push(old)
      else surging++
    } else if (!available(view, old)) {
      if (runsOn.has(name)) allowed.push(name)
      else remove.push(old)
    } else if (!runsOn.has(name)) sunset.push(old)
    else if (surging < maxSurge) candidates.push(name)
  }
  remove.push(...sunset.slice(0, Math.max(0, availableNow - desired)))
  return { create: [...allowed, ...candidates.slice(0, Math.max(0, maxSurge - surging))], remove }
}
