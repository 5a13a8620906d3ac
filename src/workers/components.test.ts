import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createCluster, type Cluster, type KubeObject } from '../sim/index.ts'
import { applyFiles, checkFiles } from './applying.ts'
import { answerSettings, changeSettings } from './components.ts'
import type { FlagState, ReconcileState, StorageState } from './protocol-settings.ts'
import { checkSave, replay, saveOf } from './save.ts'

function world(options: Parameters<typeof createCluster>[0] = {}): Cluster {
  const cluster = createCluster({ nodes: 1, ...options })
  cluster.boot()
  return cluster
}
const GRACE = 'kube-controller-manager.node-monitor-grace-period'
const FILE = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nsyncFrequency: 10s\ncrashLoopBackOff: {maxContainerRestartPeriod: 20s}\nevictionHard: {memory.available: 200Mi}\n'
const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n'

test('a save carries what differs, and brings it back', () => {
  const cluster = world()
  expect(changeSettings(cluster, { type: 'flag', flag: GRACE, value: '30s' })).toEqual({ problem: null })
  const save = structuredClone(saveOf(cluster))
  checkSave(save)
  const again = world()
  replay(again, save)
  expect(again.engine.hash()).toBe(save.hash)
  expect((answerSettings(again, { type: 'flags' }) as readonly FlagState[]).find(({ id }) => id === GRACE)?.text).toBe('30s')
})

test('a save carries the settings that a cluster was made with', () => {
  const flags = { 'kube-controller-manager.cluster-cidr': '10.20.0.0/16' }
  const cluster = world({ flags })
  changeSettings(cluster, { type: 'flag', flag: GRACE, value: '30s' })
  const save = structuredClone(saveOf(cluster))
  checkSave(save)
  expect(save.flags).toEqual(flags)
  expect(saveOf(world()).flags).toBeUndefined()
  const again = world({ flags: save.flags })
  replay(again, save)
  expect(again.engine.hash()).toBe(save.hash)
})

test('settings of a save that no cluster could be made with are refused in the words of the component', () => {
  const save = structuredClone(saveOf(world()))
  expect(() => checkSave({ ...save, flags: { [GRACE]: 'soon' } })).toThrow('invalid argument "soon" for "--node-monitor-grace-period" flag')
  expect(() => checkSave({ ...save, kubelet: 'kwok', flags: { 'kubelet.syncFrequency': '5s' } })).toThrow('faked')
  expect(answerSettings(world(), { type: 'flagsProblem', flags: { 'kubelet.none': '1' }, kubelet: 'detailed' })).toEqual({ problem: 'there is no setting called kubelet.none' })
})

test('a wrong value is answered with the problem, and nothing is done', () => {
  const cluster = world()
  const { index } = cluster.timeline
  expect(changeSettings(cluster, { type: 'flag', flag: GRACE, value: 'x' })).toEqual({ problem: 'invalid argument "x" for "--node-monitor-grace-period" flag: time: invalid duration "x"' })
  expect(cluster.timeline.index).toBe(index)
})

test('a cluster with a cloud stays one in its save', () => {
  expect(saveOf(world({ cloud: true })).cloud).toBe(true)
  expect(saveOf(world()).cloud).toBeUndefined()
})

test('a file of the kubelets is no API object: it is offered, and what stands beside it is applied', () => {
  const cluster = world()
  const result = applyFiles(cluster, [{ name: 'a.yaml', text: `${CONFIG_MAP}---\n${FILE}` }])
  expect(result.lines).toEqual([{ text: 'configmap/c created', ok: true }])
  expect(result.offers).toMatchObject([{ component: 'kubelet', kind: 'KubeletConfiguration' }])
  const { text } = result.offers![0]!
  expect(changeSettings(cluster, { type: 'configure', component: 'kubelet', text })).toEqual({ problems: [] })
  const { text: current } = answerSettings(cluster, { type: 'configuration', component: 'kubelet' }) as { text: string }
  expect(current).toContain('syncFrequency: 10s')
  expect(current).toContain('maxContainerRestartPeriod: 20s')
  changeSettings(cluster, { type: 'configure', component: 'kubelet', text: null })
  expect(cluster.engine.table('flags').size).toBe(0)
})

test('the file that a component runs with can be taken as it is', () => {
  const cluster = world()
  const { text } = answerSettings(cluster, { type: 'configuration', component: 'kubelet' }) as { text: string }
  expect(checkFiles(cluster, [{ name: 'k.yaml', text }])).toEqual([])
  changeSettings(cluster, { type: 'configure', component: 'kubelet', text })
  expect(cluster.engine.table('flags').size).toBe(0)
})

test('what is wrong with a file stands at its line', () => {
  const text = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nsyncFrequenzy: 10s\nkubeAPIBurst: -1\nserializeImagePulls: "no"\ncgroupDriver: systemd\n'
  expect(checkFiles(world(), [{ name: 'k.yaml', text }]).map(({ line, severity, message }) => [line, severity, message])).toEqual([
    [3, 'error', 'strict decoding error: unknown field "syncFrequenzy"'],
    [6, 'warning', 'cgroupDriver does nothing here: it is not modelled'],
    [5, 'error', 'json: cannot unmarshal string into Go struct field KubeletConfiguration.serializeImagePulls of type bool'],
    [4, 'error', 'invalid configuration: kubeAPIBurst (--kube-api-burst) -1 must not be a negative number'],
  ])
})

test('storage can be broken and mended by its methods', () => {
  const cluster = world()
  const driver = 'disk.csi.orrery.dev'
  const look = () => answerSettings(cluster, { type: 'storage', driver }) as StorageState
  expect(look().methods).toContain('CreateVolume')
  changeSettings(cluster, { type: 'storageAct', driver, command: { act: 'fault', method: 'CreateVolume', code: 'Unavailable', desc: 'away', left: null } })
  expect(look().faults).toEqual([{ method: 'CreateVolume', code: 'Unavailable', desc: 'away', left: null }])
  changeSettings(cluster, { type: 'storageAct', driver, command: { act: 'heal', method: 'CreateVolume' } })
  const { zone } = look().pools[0]!
  changeSettings(cluster, { type: 'storageAct', driver, command: { act: 'pool', zone, bytes: 5 } })
  expect(look()).toMatchObject({ faults: [], pools: [{ zone, bytes: 5 }] })
})

test('reconciles are told with their steps', () => {
  const cluster = world()
  const told = answerSettings(cluster, { type: 'reconciles', controller: 'deployment-controller', count: 5 }) as readonly ReconcileState[]
  expect(told.length).toBeGreaterThan(0)
})

const PROFILES = readFileSync(new URL('../../examples/scheduler-profiles.yaml', import.meta.url), 'utf8')

test("the scheduler's file is written out in full, without anchors", () => {
  const { text } = answerSettings(world(), { type: 'configuration', component: 'kube-scheduler' }) as { text: string }
  expect(text.match(/weight: 1$/gm)!.length).toBeGreaterThan(3)
  expect(text).not.toMatch(/[&*]a\d/)
})

test("the scheduler's file is offered, and pods of its profile wait until the scheduler runs with it", () => {
  const cluster = world({ nodes: 3 })
  const { offers, problems } = applyFiles(cluster, [{ name: 's.yaml', text: PROFILES }])
  expect(problems).toEqual([])
  expect(offers).toMatchObject([{ component: 'kube-scheduler', kind: 'KubeSchedulerConfiguration' }])
  cluster.runFor(20_000_000)
  const placed = (app: string): readonly string[] => cluster.list<KubeObject & { spec: { nodeName?: string } }>('pods', 'default').flatMap((pod) => (pod.metadata.labels?.['app'] === app && pod.spec.nodeName ? [pod.spec.nodeName] : []))
  expect([placed('spread').length, placed('packed').length]).toEqual([6, 0])
  expect(changeSettings(cluster, { type: 'configure', component: 'kube-scheduler', text: offers![0]!.text })).toEqual({ problems: [] })
  cluster.runFor(20_000_000)
  expect(placed('packed')).toHaveLength(6)
  expect(new Set(placed('packed')).size).toBeLessThan(new Set(placed('spread')).size)
  const { text } = answerSettings(cluster, { type: 'configuration', component: 'kube-scheduler' }) as { text: string }
  expect(text).toMatch(/^apiVersion: kubescheduler.config.k8s.io\/v1\nkind: KubeSchedulerConfiguration\n[^]*bin-packing/)
  expect(checkFiles(cluster, [{ name: 's.yaml', text }])).toEqual([])
})

test("what is wrong with the scheduler's file stands at its line, and the scheduler is not restarted", () => {
  const cluster = world()
  const text = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\npercentageOfNodesToScore: 101\nprofiles:\n  - schedulerName: a\n    pluginConfig:\n      - name: InterPodAffinity\n        args:\n          hardPodAffinityWeight: 101\n'
  const found = checkFiles(cluster, [{ name: 's.yaml', text }])
  expect(found.map(({ line }) => line).sort()).toEqual([3, 9])
  expect((changeSettings(cluster, { type: 'configure', component: 'kube-scheduler', text }) as { problems: readonly string[] }).problems).toHaveLength(2)
})
