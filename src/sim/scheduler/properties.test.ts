import { describe, expect, test } from 'vitest'
import { selectorMatches, type LabelSelector } from '../api/labels.ts'
import type { KubeObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import type { PodSpec } from '../api/pod-spec.ts'
import type { PodAffinityTerm } from '../api/scheduling.ts'
import { milliValue } from '../api/quantity.ts'
import type { Node } from '../kinds/node/node.ts'
import { readConfiguration } from './configuration.ts'
import { decide, type Decision, type World } from './decide.ts'
import { emptyNodeInfo, withNode, withoutPod, withPod, type NodeInfo } from './node-info.ts'
import { LiveSnapshot, snapshotOf } from './snapshot.ts'

const ZONE = 'topology.kubernetes.io/zone'
const HOST = 'kubernetes.io/hostname'

/** Random choices from a seed. */
function dice(seed: number) {
  let state = seed
  const below = (n: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor(((state >>> 8) / 0x100_0000) * n)
  }
  return { below, pick: <T>(list: readonly T[]): T => list[below(list.length)]!, maybe: (percent: number): boolean => below(100) < percent }
}
type Dice = ReturnType<typeof dice>

const APPS = ['web', 'db', 'cache']
const aSelector = (d: Dice): LabelSelector => (d.maybe(50) ? { matchLabels: { app: d.pick(APPS) } } : { matchExpressions: [{ key: 'app', operator: d.pick(['In', 'NotIn']), values: [d.pick(APPS)] }] })
const aTerm = (d: Dice): PodAffinityTerm => ({ labelSelector: aSelector(d), topologyKey: d.pick([ZONE, HOST]), ...(d.maybe(20) ? { namespaces: ['other'] } : {}) })

function aNode(d: Dice, name: string): Node {
  const labels = { [HOST]: name, ...(d.maybe(85) ? { [ZONE]: d.pick(['a', 'b', 'c']) } : {}), ...(d.maybe(40) ? { disk: d.pick(['ssd', 'hdd']) } : {}) }
  const taints = d.maybe(20) ? [{ key: 'k', value: 'x', effect: d.pick(['NoSchedule', 'PreferNoSchedule'] as const) }] : undefined
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: { ...(taints ? { taints } : {}), ...(d.maybe(8) ? { unschedulable: true } : {}) }, status: { allocatable: { cpu: d.pick(['2', '4']), memory: '8Gi', pods: d.pick(['4', '20']) } } }
}

function aSpec(d: Dice): PodSpec {
  const { pick, maybe } = d
  const required = 'requiredDuringSchedulingIgnoredDuringExecution'
  const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'
  const affinity = {
    ...(maybe(20) ? { podAffinity: { ...(maybe(50) ? { [required]: [aTerm(d)] } : {}), ...(maybe(50) ? { [preferred]: [{ weight: 5, podAffinityTerm: aTerm(d) }] } : {}) } } : {}),
    ...(maybe(25) ? { podAntiAffinity: { ...(maybe(60) ? { [required]: [aTerm(d)] } : {}), ...(maybe(50) ? { [preferred]: [{ weight: 3, podAffinityTerm: aTerm(d) }] } : {}) } } : {}),
    ...(maybe(10) ? { nodeAffinity: { [preferred]: [{ weight: 2, preference: { matchExpressions: [{ key: 'disk', operator: 'Exists' as const }] } }] } } : {}),
  }
  const spread = maybe(25) ? [{ maxSkew: 1 + d.below(2), topologyKey: pick([ZONE, HOST]), whenUnsatisfiable: pick(['DoNotSchedule', 'ScheduleAnyway'] as const), labelSelector: aSelector(d) }] : undefined
  return {
    priority: pick([0, 0, 5, 10]),
    containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: pick(['100m', '500m', '1']) } } }],
    ...(maybe(15) ? { tolerations: [{ key: 'k', operator: 'Exists' as const }] } : {}),
    ...(maybe(10) ? { nodeSelector: { disk: 'ssd' } } : {}),
    ...(Object.keys(affinity).length ? { affinity } : {}),
    ...(spread ? { topologySpreadConstraints: spread } : {}),
  }
}

const NAMESPACES: readonly KubeObject[] = ['default', 'other'].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }))
const objects: World['objects'] = {
  get: (plural, _, name) => (plural === 'namespaces' ? NAMESPACES.find((n) => n.metadata.name === name) : undefined) as never,
  list: (plural) => (plural === 'namespaces' ? NAMESPACES : []) as never,
}

/** A cluster in which pods come and go, nodes change, come and go; the scheduler's memory of it grows on. */
class Town {
  readonly live = new LiveSnapshot()
  readonly infos = new Map<string, NodeInfo>()
  readonly dice: Dice
  #pods = 0
  #shapes: readonly PodSpec[]

  constructor(seed: number, nodes: number) {
    this.dice = dice(seed)
    for (let i = 0; i < nodes; i++) this.put(`n${i}`, emptyNodeInfo(aNode(this.dice, `n${i}`)))
    this.#shapes = Array.from({ length: 5 }, () => aSpec(this.dice))
  }

  put(name: string, to: NodeInfo | undefined): void {
    this.live.apply(name, this.infos.get(name), to)
    if (to) this.infos.set(name, to)
    else this.infos.delete(name)
  }

  newPod(): Pod {
    const { pick, maybe } = this.dice
    const name = `p${++this.#pods}`
    return { apiVersion: 'v1', kind: 'Pod', metadata: { name, uid: name, namespace: maybe(80) ? 'default' : 'other', labels: { app: pick(APPS) } }, spec: maybe(60) ? pick(this.#shapes) : aSpec(this.dice) }
  }

  world(snapshot: World['snapshot'], start: number, roll: number): World {
    return { snapshot, objects, latest: (p) => p, random: (bound) => roll % bound, start }
  }

  settle(pod: Pod, d: Decision): void {
    if (d.preemption && 'node' in d.preemption) this.put(d.preemption.node, d.preemption.victims.reduce(withoutPod, this.infos.get(d.preemption.node)!))
    if (d.node !== undefined) this.put(d.node, withPod(this.infos.get(d.node)!, { ...pod, spec: { ...pod.spec, nodeName: d.node } }))
  }

  liveOn(): void {
    const { pick, maybe } = this.dice
    const name = pick([...this.infos.keys()])
    const info = this.infos.get(name)!
    if (maybe(25) && info.pods.length) this.put(name, withoutPod(info, pick(info.pods)))
    else if (maybe(10)) this.put(name, withNode(info, aNode(this.dice, name)))
    else if (maybe(3) && this.infos.size > 2) this.put(name, undefined)
    else if (maybe(3)) this.put(`new${this.#pods}`, emptyNodeInfo(aNode(this.dice, `new${this.#pods}`)))
  }
}

const told = (d: Decision): unknown => ({ ...d, feasible: d.feasible, rejected: [...d.rejected], scores: d.scores?.plain(), totals: d.scores?.totals })

const zoneOf = (node: Node, key: string): string | undefined => node.metadata.labels?.[key]
const speaksOf = (term: PodAffinityTerm, owner: Pod, other: Pod): boolean =>
  (term.namespaces ?? [owner.metadata.namespace]).includes(other.metadata.namespace!) && selectorMatches(term.labelSelector, other.metadata.labels)

/** The slow reference: may `pod` go to `target`? Every rule is looked up pod by pod. */
function mayGo(pod: Pod, target: NodeInfo, all: readonly NodeInfo[]): boolean {
  const { spec, metadata } = pod
  const { node } = target
  const tolerates = (taint: { key: string }): boolean => spec.tolerations?.some((t) => t.key === taint.key) ?? false
  if (node.spec.unschedulable || node.spec.taints?.some((t) => t.effect === 'NoSchedule' && !tolerates(t))) return false
  for (const [key, value] of Object.entries(spec.nodeSelector ?? {})) if (node.metadata.labels?.[key] !== value) return false
  const cpu = (p: Pod): number => milliValue(p.spec.containers[0]!.resources!.requests!['cpu'])
  if (target.pods.length + 1 > Number(node.status!.allocatable!['pods'])) return false
  if (target.pods.reduce((sum, p) => sum + cpu(p), cpu(pod)) > milliValue(node.status!.allocatable!['cpu'])) return false
  const near = (key: string): readonly Pod[] => all.filter((info) => zoneOf(info.node, key) !== undefined && zoneOf(info.node, key) === zoneOf(node, key)).flatMap((info) => info.pods)
  for (const c of spec.topologySpreadConstraints ?? []) {
    if (c.whenUnsatisfiable !== 'DoNotSchedule') continue
    if (zoneOf(node, c.topologyKey) === undefined) return false
    const counted = (pods: readonly Pod[]): number => pods.filter((p) => p.metadata.namespace === metadata.namespace && selectorMatches(c.labelSelector, p.metadata.labels)).length
    const taking = all.filter((info) => zoneOf(info.node, c.topologyKey) !== undefined && Object.entries(spec.nodeSelector ?? {}).every(([k, v]) => info.node.metadata.labels?.[k] === v))
    const domains = [...new Set(taking.map((info) => zoneOf(info.node, c.topologyKey)))].map((zone) => counted(taking.filter((info) => zoneOf(info.node, c.topologyKey) === zone).flatMap((info) => info.pods)))
    const here = counted(taking.filter((info) => zoneOf(info.node, c.topologyKey) === zoneOf(node, c.topologyKey)).flatMap((info) => info.pods))
    if (here + (selectorMatches(c.labelSelector, metadata.labels) ? 1 : 0) - Math.min(...domains) > c.maxSkew) return false
  }
  const anti = (p: Pod): readonly PodAffinityTerm[] => p.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  if (anti(pod).some((t) => near(t.topologyKey).some((p) => speaksOf(t, pod, p)))) return false
  for (const info of all) for (const p of info.pods) if (anti(p).some((t) => zoneOf(info.node, t.topologyKey) !== undefined && zoneOf(info.node, t.topologyKey) === zoneOf(node, t.topologyKey) && speaksOf(t, p, pod))) return false
  const terms = spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  if (terms.some((t) => zoneOf(node, t.topologyKey) === undefined)) return false
  const nobody = terms.every((t) => !all.some((info) => zoneOf(info.node, t.topologyKey) !== undefined && info.pods.some((p) => speaksOf(t, pod, p))))
  return terms.every((t) => near(t.topologyKey).some((p) => speaksOf(t, pod, p))) || (nobody && terms.every((t) => speaksOf(t, pod, pod)))
}

describe('whatever happened before', () => {
  const SEEDS = Array.from({ length: 30 }, (_, i) => i + 1)

  test.each(SEEDS)('a scheduler that remembers decides as one that has just started (seed %i)', (seed) => {
    const town = new Town(seed, [4, 9, 30, 120][seed % 4]!)
    for (let i = 0, start = 0; i < 60; i++) {
      const pod = town.newPod()
      const roll = town.dice.below(1_000_000)
      const d = decide(pod, town.world(town.live, start, roll))
      expect(told(d)).toEqual(told(decide(pod, town.world(snapshotOf([...town.infos.values()]), start, roll))))
      start = d.nextStart
      town.settle(pod, d)
      town.liveOn()
    }
  })

  test.each(SEEDS.slice(0, 10))('so under other profiles, with plugins in another order (seed %i)', (seed) => {
    const score = { disabled: [{ name: 'NodeResourcesBalancedAllocation' }], enabled: [{ name: 'InterPodAffinity', weight: 7 }] }
    const read = readConfiguration({
      apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration',
      profiles: [
        { schedulerName: 'one', plugins: { filter: { enabled: [{ name: 'PodTopologySpread' }, { name: 'NodeResourcesFit' }] }, score } },
        { schedulerName: 'two', percentageOfNodesToScore: 90, pluginConfig: [{ name: 'NodeResourcesFit', args: { scoringStrategy: { type: 'MostAllocated' } } }] },
      ],
    })
    const { profiles } = 'configuration' in read ? read.configuration : { profiles: [] }
    expect(profiles).toHaveLength(2)
    const town = new Town(seed + 2000, [9, 120][seed % 2]!)
    for (let i = 0, start = 0; i < 60; i++) {
      const pod = town.newPod()
      const profile = profiles[town.dice.below(2)]!
      const d = decide(pod, town.world(town.live, start, 7), profile)
      expect(told(d)).toEqual(told(decide(pod, town.world(snapshotOf([...town.infos.values()]), start, 7), profile)))
      start = d.nextStart
      town.settle(pod, d)
      town.liveOn()
    }
  })

  test.each(SEEDS)('a pod goes where a slow reference lets it, and stays when that lets it go nowhere (seed %i)', (seed) => {
    const town = new Town(seed + 1000, [3, 6, 20][seed % 3]!)
    for (let i = 0; i < 60; i++) {
      const pod = town.newPod()
      const d = decide(pod, town.world(town.live, 0, 0))
      const all = [...town.infos.values()]
      const allowed = all.filter((info) => mayGo(pod, info, all)).map(({ name }) => name).sort()
      expect([...d.feasible].sort()).toEqual(allowed)
      town.settle(pod, d)
      town.liveOn()
    }
  })
})
