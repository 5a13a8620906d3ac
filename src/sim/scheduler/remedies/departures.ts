import { keyOf } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { NodeInfo } from '../node-info.ts'
import { podInfo, priorityOf, termSelects, type AffinityTerm } from '../pod-info.ts'
import { nodesOf, objection, without, type Asked, type Idea, type Trial } from './trial.ts'

const MOST_SINGLE = 12
const MOST_TOGETHER = 110
const MOST_REPRIEVED = 16
const NAMED = 4

function departure(trial: Trial, world: Asked, gone: readonly Pod[], node: string): Idea {
  const names = gone.map(keyOf)
  const next = without(trial, world, gone)
  if (names.length === 1) return { ...next, condition: { id: 'gone', params: { pod: names[0]!, node } } }
  const pods = `${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ' …' : ''}`
  return { ...next, condition: { id: 'goneAll', params: { pods, count: names.length, node } } }
}

const SYSTEM_CRITICAL = 2_000_000_000
const MIRROR = 'kubernetes.io/config.mirror'

/** Would somebody who looks for room let the pod go? What the cluster runs on stays, and so does what each node has. */
const mayGo = (pod: Pod): boolean =>
  priorityOf(pod) < SYSTEM_CRITICAL && pod.metadata.annotations?.[MIRROR] === undefined && !pod.metadata.ownerReferences?.some(({ kind, controller }) => kind === 'DaemonSet' && controller)

/** The least important first, of equals the largest. */
const leaving = ({ pods }: NodeInfo): readonly Pod[] =>
  pods.filter(mayGo).sort((a, b) => priorityOf(a) - priorityOf(b) || podInfo(b).requests.milliCpu - podInfo(a).requests.milliCpu || (keyOf(a) < keyOf(b) ? -1 : 1))

/** One pod of the node gone; where no single one is enough, as few as suffice together. */
export function departures(trial: Trial, info: NodeInfo, world: Asked): readonly Idea[] {
  const pods = leaving(info)
  const single = pods.slice(0, MOST_SINGLE).map((pod) => departure(trial, world, [pod], info.name))
  const enough = single.find((idea) => !objection(idea, info.name, world))
  if (enough) return [enough]
  const several = together(trial, info, world, pods.slice(0, MOST_TOGETHER))
  return several ? [...single, several] : single
}

/** As many of the least important as suffice are taken away; then those come back who are not in its way. */
function together(trial: Trial, info: NodeInfo, world: Asked, pods: readonly Pod[]): Idea | undefined {
  const fits = (gone: readonly Pod[]): boolean => !objection(without(trial, world, gone), info.name, world)
  if (pods.length < 2 || !fits(pods)) return undefined
  let [few, enough] = [0, pods.length]
  while (few + 1 < enough) {
    const half = (few + enough) >> 1
    if (fits(pods.slice(0, half))) enough = half
    else few = half
  }
  let gone = pods.slice(0, enough)
  for (const pod of gone.slice(-MOST_REPRIEVED).reverse()) {
    const fewer = gone.filter((other) => other !== pod)
    if (fits(fewer)) gone = fewer
  }
  return gone.length > 1 ? departure(trial, world, gone, info.name) : undefined
}

/** All pods gone that stand, in a node's topologies, against the pod's anti-affinity or against whose own it stands. */
export function strangersGone(trial: Trial, info: NodeInfo, world: Asked): readonly Idea[] {
  const own = podInfo(trial.pod).requiredAntiAffinity
  const place = info.node.metadata.labels ?? {}
  const found: Pod[] = []
  for (const { node, pods } of nodesOf(trial, world)) {
    const shares = ({ topologyKey }: AffinityTerm): boolean => place[topologyKey] !== undefined && node.metadata.labels?.[topologyKey] === place[topologyKey]
    for (const other of pods) {
      const minds = own.some((term) => shares(term) && termSelects(term, other, {}))
      if (minds || podInfo(other).requiredAntiAffinity.some((term) => shares(term) && termSelects(term, trial.pod, {}))) found.push(other)
    }
  }
  return found.length > 0 ? [departure(trial, world, found, info.name)] : []
}

/** Whoever else uses a claim of the pod gone, wherever it is. */
export function usersGone(trial: Trial, info: NodeInfo, world: Asked): readonly Idea[] {
  const claims = new Set((trial.pod.spec.volumes ?? []).flatMap((v) => v.persistentVolumeClaim?.claimName ?? []))
  const uses = ({ metadata, spec }: Pod): boolean => metadata.namespace === trial.pod.metadata.namespace && (spec.volumes ?? []).some((v) => claims.has(v.persistentVolumeClaim?.claimName ?? ''))
  const found = nodesOf(trial, world).flatMap(({ pods }) => pods.filter(uses))
  return found.length > 0 ? [departure(trial, world, found, info.name)] : []
}
