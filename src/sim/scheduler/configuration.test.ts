import { describe, expect, test } from 'vitest'
import type { JsonObject, JsonValue } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import type { Node } from '../kinds/node/node.ts'
import { DEFAULT_CONFIGURATION, completeConfiguration, isSchedulerConfiguration, readConfiguration, type SchedulerConfiguration } from './configuration.ts'
import { configurationSchema } from './configuration-schema.ts'
import { decide, type Decision } from './decide.ts'
import { emptyNodeInfo, withPod, type NodeInfo } from './node-info.ts'
import type { Profile } from './profile.ts'
import { snapshotOf } from './snapshot.ts'

const file = (fields: JsonObject = {}): JsonObject => ({ apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration', ...fields })
const one = (profile: JsonObject): JsonObject => file({ profiles: [profile] })
const args = (name: string, given: JsonObject): JsonObject => one({ pluginConfig: [{ name, args: given }] })
const problems = (object: unknown): readonly string[] => {
  const reading = readConfiguration(object)
  return 'problems' in reading ? reading.problems.map(({ message }) => message) : []
}
const read = (object: JsonObject): SchedulerConfiguration => {
  const reading = readConfiguration(object)
  if ('problems' in reading) throw new Error(reading.problems[0]!.message)
  return reading.configuration
}
const profileOf = (object: JsonObject): Profile => read(object).profiles[0]!
const names = (plugins: readonly { readonly name: string }[]): readonly string[] => plugins.map(({ name }) => name)
const scorers = ({ scorers: list }: Profile): JsonValue => Object.fromEntries(list.map(({ plugin, weight }) => [plugin.name, weight]))

const node = (name: string, labels: Record<string, string> = {}, cpu = '4'): NodeInfo => {
  const made: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } }, spec: {}, status: { allocatable: { cpu, memory: '8Gi', pods: '110', 'example.com/gpu': '4' } } }
  return emptyNodeInfo(made)
}
const pod = (name: string, cpu: string, over: Partial<Pod['spec']> = {}, labels: Record<string, string> = {}, more: Record<string, string> = {}): Pod => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', uid: name, labels },
  spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu, memory: '1Gi', ...more } } }], ...over },
})
const put = (object: JsonObject, p: Pod, infos: readonly NodeInfo[]): Decision =>
  decide(p, { snapshot: snapshotOf(infos), objects: { get: () => undefined, list: () => [] }, latest: (x) => x, random: () => 0, start: 0 }, profileOf(object))
const score = (d: Decision, plugin: string): readonly number[] | undefined => d.scores!.weighted[d.scores!.plugins.indexOf(plugin)]

describe('the default file', () => {
  test('has one profile with the default plugins, weights and arguments', () => {
    const profile = DEFAULT_CONFIGURATION.profiles[0]!
    expect(profile.schedulerName).toBe('default-scheduler')
    expect(scorers(profile)).toEqual({ TaintToleration: 3, NodeAffinity: 2, NodeResourcesFit: 1, VolumeBinding: 1, PodTopologySpread: 2, InterPodAffinity: 2, DynamicResources: 2, NodeResourcesBalancedAllocation: 1, ImageLocality: 1 })
    expect(names(profile.filters).slice(0, 3)).toEqual(['NodeUnschedulable', 'NodeName', 'TaintToleration'])
    expect(profile.preemption).toMatchObject({ minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100 })
  })
  test('is complete when printed, and reads to the same again', () => {
    const printed = completeConfiguration(DEFAULT_CONFIGURATION)
    expect(printed).toMatchObject({ parallelism: 16, podMaxBackoffSeconds: 10, clientConnection: { qps: 50, burst: 100 } })
    const again = read(printed)
    expect(again.complete).toEqual(printed)
    expect(scorers(again.profiles[0]!)).toEqual(scorers(DEFAULT_CONFIGURATION.profiles[0]!))
  })
})

describe('reading', () => {
  test('tells the kind of object', () => {
    expect([isSchedulerConfiguration(file()), isSchedulerConfiguration({ apiVersion: 'v1', kind: 'Pod' }), isSchedulerConfiguration(null)]).toEqual([true, false, false])
    expect(problems({ ...file(), apiVersion: 'kubescheduler.config.k8s.io/v1beta3' })[0]).toContain('no kind "KubeSchedulerConfiguration" is registered for version "kubescheduler.config.k8s.io/v1beta3"')
  })
  test.each<[string, JsonObject, string]>([
    ['unknown fields', one({ pluginz: {} }), 'strict decoding error: unknown field "profiles[0].pluginz"'],
    ['wrong types', file({ parallelism: 'many' }), 'json: cannot unmarshal string into Go struct field KubeSchedulerConfiguration.parallelism of type int32'],
    ['wrong types further inside', one({ percentageOfNodesToScore: true }), 'json: cannot unmarshal bool into Go struct field KubeSchedulerProfile.profiles.percentageOfNodesToScore of type int32'],
    ['unknown arguments', args('NodeResourcesFit', { foo: 1 }), 'decoding .profiles[0].pluginConfig[0]: decoding args for plugin NodeResourcesFit: strict decoding error: unknown field "foo"'],
    ['arguments of another plugin', args('InterPodAffinity', { kind: 'NodeAffinityArgs' }), 'decoding .profiles[0].pluginConfig[0]: args for plugin InterPodAffinity were not of type InterPodAffinityArgs.kubescheduler.config.k8s.io, got NodeAffinityArgs.kubescheduler.config.k8s.io'],
    ['no room to work', file({ parallelism: 0 }), 'parallelism: Invalid value: 0: should be an integer value greater than zero'],
    ['shares beyond all', file({ percentageOfNodesToScore: 101 }), 'percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]'],
    ['no first back-off', file({ podInitialBackoffSeconds: 0 }), 'podInitialBackoffSeconds: Invalid value: 0: must be greater than 0'],
    ['a longest back-off shorter than the first', file({ podInitialBackoffSeconds: 20 }), 'podMaxBackoffSeconds: Invalid value: 10: must be greater than or equal to PodInitialBackoffSeconds'],
    ['profiles without names', file({ profiles: [{ schedulerName: 'a' }, {}] }), 'profiles[1].schedulerName: Required value'],
    ['profiles of one name', file({ profiles: [{ schedulerName: 'a' }, { schedulerName: 'a' }] }), 'profiles[1].schedulerName: Duplicate value: "profiles[0].schedulerName"'],
    ['a weight out of range', args('InterPodAffinity', { hardPodAffinityWeight: 101 }), 'profiles[0].pluginConfig[0].args.hardPodAffinityWeight: Invalid value: 101: not in valid range [0, 100]'],
    ['constraints under System', args('PodTopologySpread', { defaultConstraints: [{ maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'ScheduleAnyway' }] }), 'profiles[0].pluginConfig[0].args.defaultingType: Invalid value: "System": when .defaultConstraints are not empty'],
    ['a strategy nobody knows', args('NodeResourcesFit', { scoringStrategy: { type: 'Best' } }), 'creating profile for scheduler name default-scheduler: initializing plugin "NodeResourcesFit": scoringStrategy.type: Unsupported value: "Best": supported values: "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"'],
    ['plugins that are not there', one({ plugins: { score: { enabled: [{ name: 'Foo' }] } } }), 'creating profile for scheduler name default-scheduler: ScorePlugin "Foo" does not exist'],
    ['plugins without such a part', one({ plugins: { score: { enabled: [{ name: 'NodeName' }] } } }), 'creating profile for scheduler name default-scheduler: plugin "NodeName" does not extend ScorePlugin plugin'],
    ['nothing to sort by', one({ plugins: { queueSort: { disabled: [{ name: '*' }] } } }), 'creating profile for scheduler name default-scheduler: only one queue sort plugin required for profile with scheduler name "default-scheduler", but got 0'],
    ['nobody to bind', one({ plugins: { multiPoint: { disabled: [{ name: 'DefaultBinder' }] } } }), 'creating profile for scheduler name default-scheduler: at least one bind plugin is needed for profile with scheduler name "default-scheduler"'],
    ['extenders', file({ extenders: [{ urlPrefix: 'http://x' }] }), 'extenders: Forbidden: extenders are not modelled: there is no server that the scheduler could ask'],
  ])('refuses %s', (_, object, message) => {
    expect(problems(object)).toEqual([message])
  })
  test('never throws, whatever stands where', () => {
    const values: readonly JsonValue[] = [null, 1, 'x', true, [], {}, [null], [1], { a: null }]
    for (const key of Object.keys((configurationSchema()['properties'] as JsonObject)!)) for (const value of values) expect(() => problems(file({ [key]: value }))).not.toThrow()
    for (const value of values) for (const key of ['schedulerName', 'plugins', 'pluginConfig']) expect(() => problems(one({ [key]: value }))).not.toThrow()
    for (const value of values) expect(() => problems(one({ plugins: { score: { enabled: value } }, pluginConfig: [{ name: 'NodeAffinity', args: { addedAffinity: value } }] }))).not.toThrow()
    for (const value of values) expect(() => problems(value)).not.toThrow()
  })
})

describe('plugins', () => {
  test('are switched off one by one or all, and come back in the order given', () => {
    const profile = profileOf(one({ plugins: { score: { disabled: [{ name: '*' }], enabled: [{ name: 'ImageLocality', weight: 5 }, { name: 'NodeResourcesFit' }] } } }))
    expect(profile.scorers.map(({ plugin, weight }) => [plugin.name, weight])).toEqual([['ImageLocality', 5], ['NodeResourcesFit', 1]])
    expect(names(profileOf(one({ plugins: { multiPoint: { disabled: [{ name: 'TaintToleration' }] } } })).filters)).not.toContain('TaintToleration')
  })
  test('keep their place when only their weight is given', () => {
    expect(scorers(profileOf(one({ plugins: { multiPoint: { enabled: [{ name: 'ImageLocality', weight: 9 }] } } })))).toMatchObject({ ImageLocality: 9, TaintToleration: 3 })
    expect(profileOf(one({ plugins: { score: { enabled: [{ name: 'ImageLocality', weight: 9 }] } } })).scorers[0]).toMatchObject({ weight: 9 })
  })
  test('that are off have no say', () => {
    const tainted = { ...node('a'), node: { ...node('a').node, spec: { taints: [{ key: 'k', effect: 'NoSchedule' as const }] } } }
    expect(put(file(), pod('p', '1'), [tainted]).node).toBeUndefined()
    expect(put(one({ plugins: { filter: { disabled: [{ name: 'TaintToleration' }] } } }), pod('p', '1'), [tainted]).node).toBe('a')
  })
  test('without preemption nobody is evicted', () => {
    const full = withPod(node('a'), pod('low', '4', { priority: 0 }))
    const strong = pod('p', '2', { priority: 9 })
    expect(put(file(), strong, [full]).preemption).toMatchObject({ node: 'a' })
    const off = put(one({ plugins: { postFilter: { disabled: [{ name: 'DefaultPreemption' }] } } }), strong, [full])
    expect([off.preemption, off.message]).toEqual([undefined, '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate'])
  })
})

describe('arguments', () => {
  const busy = withPod(node('busy'), pod('x', '2'))
  test('fill nodes up or spread over them', () => {
    const strategy = (type: string, more: JsonObject = {}): JsonObject => args('NodeResourcesFit', { scoringStrategy: { type, resources: [{ name: 'cpu', weight: 1 }], ...more } })
    const p = pod('p', '1')
    expect(score(put(strategy('LeastAllocated'), p, [busy, node('idle')]), 'NodeResourcesFit')).toEqual([25, 75])
    expect(score(put(strategy('MostAllocated'), p, [busy, node('idle')]), 'NodeResourcesFit')).toEqual([75, 25])
    const shape = [{ utilization: 0, score: 0 }, { utilization: 50, score: 10 }, { utilization: 100, score: 0 }]
    expect(score(put(strategy('RequestedToCapacityRatio', { requestedToCapacityRatio: { shape } }), p, [busy, node('idle')]), 'NodeResourcesFit')).toEqual([50, 50])
  })
  test('score by extended resources that the pod asks for', () => {
    const gpu = withPod(node('a-used'), pod('g', '0', {}, {}, { 'example.com/gpu': '2' }))
    const most = args('NodeResourcesFit', { scoringStrategy: { type: 'MostAllocated', resources: [{ name: 'example.com/gpu', weight: 1 }] } })
    expect(score(put(most, pod('p', '0', {}, {}, { 'example.com/gpu': '1' }), [gpu, node('free')]), 'NodeResourcesFit')).toEqual([75, 25])
    expect(score(put(most, pod('p', '1'), [gpu, node('free')]), 'NodeResourcesFit')).toEqual([0, 0])
  })
  test('ignore resources that an extender is said to look after', () => {
    const wants = pod('p', '1', {}, {}, { 'other.io/x': '1' })
    expect(put(file(), wants, [node('a')]).message).toContain('Insufficient other.io/x')
    expect(put(args('NodeResourcesFit', { ignoredResourceGroups: ['other.io'] }), wants, [node('a')]).node).toBe('a')
  })
  test('add an affinity to every pod', () => {
    const ssd = args('NodeAffinity', { addedAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }] } } })
    expect(put(ssd, pod('p', '1'), [node('a'), node('b', { disk: 'ssd' })]).node).toBe('b')
    expect(put(ssd, pod('p', '1'), [node('a')]).message).toContain("1 node(s) didn't match scheduler-enforced node affinity")
  })
  test('spread pods by default constraints', () => {
    const hard = args('PodTopologySpread', { defaultingType: 'List', defaultConstraints: [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' }] })
    const web = (name: string): Pod => pod(name, '1', {}, { app: 'web' })
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'default' }, spec: { selector: { app: 'web' } } }
    const world = (infos: readonly NodeInfo[]) => ({ snapshot: snapshotOf(infos), objects: { get: () => undefined, list: (plural: string) => (plural === 'services' ? [service] : []) as never }, latest: (x: Pod) => x, random: () => 0, start: 0 })
    const infos = [withPod(withPod(node('a'), web('1')), web('2')), withPod(node('b', {}, '1'), pod('full', '1'))]
    expect(decide(web('p'), world(infos), profileOf(hard)).message).toContain("1 node(s) didn't match pod topology spread constraints")
    expect(decide(web('p'), world(infos)).node).toBe('a')
  })
  test('make other pods\' required affinity count for more or nothing', () => {
    const term = [{ labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'kubernetes.io/hostname' }]
    const friend = withPod(node('a'), pod('friend', '1', { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: term } } }))
    const p = pod('p', '1', {}, { app: 'web' })
    expect(put(file(), p, [friend, node('b')]).scores!.plugins).toContain('InterPodAffinity')
    expect(put(args('InterPodAffinity', { hardPodAffinityWeight: 0 }), p, [friend, node('b')]).scores!.skipped).toContain('InterPodAffinity')
  })
  test('look at a share of the nodes', () => {
    const many = Array.from({ length: 400 }, (_, i) => node(`n${i}`))
    expect(put(file({ percentageOfNodesToScore: 50 }), pod('p', '1'), many).feasibleNodes).toBe(200)
    expect(put(file({ percentageOfNodesToScore: 50, profiles: [{ percentageOfNodesToScore: 100 }] }), pod('p', '1'), many).feasibleNodes).toBe(400)
  })
})

test('the schema for the editor knows plugins, points and arguments', () => {
  const text = JSON.stringify(configurationSchema())
  for (const word of ['hardPodAffinityWeight', 'RequestedToCapacityRatio', 'ImageLocality', 'multiPoint', 'percentageOfNodesToScore']) expect(text).toContain(word)
})
