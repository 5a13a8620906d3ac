import { beforeAll, expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'
import { heldDown } from './curves.ts'
import type { Kubelets } from '../../node/kubelet/kubelets.ts'
import type { PodRow } from '../../node/kubelet/state.ts'
import { namesOf } from '../../node/linux/fs.ts'
import { hostCgroup } from '../../node/linux/host-cgroups.ts'
import { kubeletWeightOf } from '../../node/linux/cgroups.ts'
import { containerWeight, directoryWeight, oomScore } from './formulas.ts'

const SAY = { id: '', params: {} }

const MANIFESTS = `
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: vm}
handler: kata
---
apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations: {orrery.dev/load.nginx: "cpu=800m memory=32Mi"}
spec:
  nodeName: node-1
  volumes: [{name: logs, emptyDir: {}}]
  containers:
  - {name: nginx, image: 'nginx:1.28', volumeMounts: [{name: logs, mountPath: /var/log/nginx}], resources: {requests: {cpu: 250m, memory: 64Mi}, limits: {cpu: 500m, memory: 128Mi}}}
  - {name: side, image: 'busybox:1.36', command: [sh, -c, 'echo hi > /tmp/x; sleep 10000']}
---
apiVersion: v1
kind: Pod
metadata: {name: shared}
spec:
  nodeName: node-1
  shareProcessNamespace: true
  containers: [{name: a, image: 'busybox:1.36', command: [sleep, '10000']}, {name: b, image: 'busybox:1.36', command: [sleep, '10000']}]
---
apiVersion: v1
kind: Pod
metadata: {name: host}
spec:
  nodeName: node-1
  hostNetwork: true
  hostPID: true
  containers: [{name: a, image: 'busybox:1.36', command: [sleep, '10000']}]
---
apiVersion: v1
kind: Pod
metadata: {name: root}
spec:
  nodeName: node-1
  hostPID: true
  containers: [{name: a, image: 'busybox:1.36', command: [sleep, '10000'], securityContext: {privileged: true}}]
---
apiVersion: v1
kind: Pod
metadata: {name: guest}
spec:
  nodeName: node-1
  runtimeClassName: vm
  containers: [{name: a, image: 'busybox:1.36', command: [sleep, '10000']}]
`

let cluster: Cluster
beforeAll(() => {
  cluster = createCluster({ nodes: 1 })
  cluster.boot()
  const made = cluster.kubectlNow({ argv: ['apply', '-f', 'm.yaml'], files: { 'm.yaml': MANIFESTS } })
  expect(made.stderr).toBe('')
  cluster.runFor(seconds(40))
})

const pod = (name: string) => cluster.inside.pod(`pods/default/${name}`)!
const bandsOf = (name: string, kind: string) => pod(name).bands.filter((band) => band.kind === kind).map(({ scope, columns }) => `${scope} ${columns.join()}`)

test('containers of a pod share the network, names and IPC of the pause process; pid and mounts are their own', () => {
  expect(pod('web').columns.map(({ name }) => name)).toEqual(['node-1', 'pause', 'nginx', 'side'])
  for (const kind of ['net', 'uts', 'ipc']) expect(bandsOf('web', kind)).toEqual(['node 0', 'pod 1,2,3'])
  for (const kind of ['pid', 'mnt', 'cgroup']) expect(bandsOf('web', kind)).toEqual(['node 0', 'own 1', 'own 2', 'own 3'])
  expect(bandsOf('web', 'user')).toEqual(['node 0,1,2,3'])
})

test('shareProcessNamespace makes one band of pid, host namespaces reach to the node', () => {
  expect(bandsOf('shared', 'pid')).toEqual(['node 0', 'pod 1,2,3'])
  expect(pod('shared').processes.map(({ pid, container }) => `${pid} ${container}`)).toEqual(['1 pause', expect.stringMatching(/^\d+ a$/), expect.stringMatching(/^\d+ b$/)])
  for (const kind of ['net', 'uts', 'pid']) expect(bandsOf('host', kind)).toEqual(['node 0,1,2'])
  expect(pod('host').processes.every(({ pid }) => pid === null)).toBe(true)
})

test('the namespaces of the drawing are those that /proc shows inside', () => {
  const link = cluster.kubectlNow({ argv: ['exec', 'web', '-c', 'side', '--', 'sh', '-c', 'for kind in net pid cgroup; do readlink /proc/self/ns/$kind; done'] }).stdout
  const inode = (kind: string): number => pod('web').bands.find((band) => band.kind === kind && band.columns.includes(3))!.inode
  expect(link).toBe(`net:[${inode('net')}]\npid:[${inode('pid')}]\ncgroup:[${inode('cgroup')}]\n`)
})

test('numbers of the cgroup tree are those of the files inside, each with its formula', () => {
  const { cgroups, qos } = pod('web')
  expect(qos).toBe('Burstable')
  expect(cgroups.map(({ kind }) => kind)).toEqual(['root', 'kubepods', 'qos', 'pod', 'pause', 'container', 'container'])
  const nginx = cgroups.find(({ of }) => of === 'nginx')!
  for (const file of ['cpu.weight', 'cpu.max', 'memory.max', 'pids.max']) {
    const inside = cluster.kubectlNow({ argv: ['exec', 'web', '-c', 'nginx', '--', 'cat', `/sys/fs/cgroup/${file}`] }).stdout.trim()
    expect(nginx.figures.find((figure) => figure.file === file)!.value).toBe(inside)
  }
  const score = nginx.figures.find(({ file }) => file === 'oom_score_adj')!
  expect(score.lines.at(-1)).toContain(score.value)
  expect(cgroups.find(({ kind }) => kind === 'pod')!.figures.find(({ file }) => file === 'cpu.max')!.value).toBe('max 100000')
})

test('weights: the runtime converts a container\'s shares by a curve, the kubelet its own directories by a line', () => {
  expect(containerWeight(250, SAY)).toMatchObject({ value: '35', v1: { value: '256' } })
  expect(directoryWeight(250, SAY, '').value).toBe('10')
  expect([kubeletWeightOf(2), kubeletWeightOf(262_144)]).toEqual([1, 10_000])
  expect(oomScore(993, 'Burstable', 64 * 1024 * 1024, '64Mi', 8 * 1024 ** 3, false).lines.at(-1)).toBe('= 1000 − 7 = 993')
})

test('a container that wants more than its limit is held back, and the kernel counts it', () => {
  const { usage } = pod('web').containers[0]!
  expect(usage).toMatchObject({ cpu: 500, cpuWanted: 800, cpuLimit: 500, memory: 32 * 1024 * 1024 })
  expect(usage!.throttledPeriods).toBe(usage!.periods)
  expect(usage!.periods).toBeGreaterThan(100)
  expect(usage!.throttledSeconds / usage!.cpuSeconds).toBeCloseTo(300 / 500)
})

test('what is held back is the part of a curve above the limit', () => {
  expect(heldDown({ kind: 'constant', value: 800 }, 500, 10)).toEqual({ used: 5000, held: 10, lost: 3000 })
  expect(heldDown({ kind: 'ramp', from: 0, to: 1000, over: 100 }, 500, 200)).toEqual({ used: 12_500 + 25_000 + 50_000, held: 150, lost: 12_500 + 50_000 })
  expect(heldDown({ kind: 'spike', base: 100, peak: 900, lasts: 10, every: 100 }, 500, 250)).toEqual({ used: 100 * 230 + 500 * 20, held: 20, lost: 400 * 20 })
  expect(heldDown({ kind: 'leak', from: 10, perSecond: 1_000_000 }, undefined, 10)).toEqual({ used: 150, held: 0, lost: 0 })
})

test('layers are shared by digest, and the upper directory has what the container changed', () => {
  const side = pod('web').containers.find(({ name }) => name === 'side')!
  expect(side.changes).toContainEqual({ path: '/tmp/x', kind: 'A' })
  expect(side.layers[0]!.sharedWith).toEqual(expect.arrayContaining(['shared/a', 'shared/b', 'host/a']))
  const nginx = pod('web').containers.find(({ name }) => name === 'nginx')!
  expect(nginx.mounts.find(({ volume }) => volume === 'logs')).toMatchObject({ at: '/var/log/nginx', kind: 'volume' })
  expect(nginx.config).toContainEqual(['CMD', '["nginx", "-g", "daemon off;"]'])
})

test('a VM-like RuntimeClass brings a kernel of its own, which uname inside tells too', () => {
  expect(pod('web').kernel.guest).toBeNull()
  const { guest, release } = pod('guest').kernel
  expect(guest).toMatchObject({ kind: 'vm', handler: 'kata' })
  expect(guest!.release).not.toBe(release)
  expect(pod('guest').bands.filter(({ columns }) => columns.includes(0) && columns.length > 1)).toEqual([])
  expect(bandsOf('guest', 'user')).toEqual(['node 0', 'pod 1,2'])
  expect(cluster.kubectlNow({ argv: ['exec', 'guest', '--', 'uname', '-r'] }).stdout.trim()).toBe(guest!.release)
})

test('a node shows its pods with what they share with it, and the tree by QoS class', () => {
  const node = cluster.inside.node('node-1')!
  const of = (name: string) => node.pods.find(({ key }) => key === `pods/default/${name}`)!
  expect(of('host').host).toEqual(['net', 'uts', 'pid'])
  expect(of('web').host).toEqual([])
  expect(of('guest').guest?.kind).toBe('vm')
  expect(node.cgroups.filter(({ kind }) => kind === 'qos').map(({ of: cls }) => cls)).toEqual(['Burstable', 'BestEffort'])
  expect(node.images.find(({ reference }) => reference.includes('busybox'))!.usedBy).toBe(6)
})

test('the process tree of a node has its daemons, shims and the processes of all pods with both numbers', () => {
  const { processes } = cluster.inside.node('node-1')!
  const mine = pod('web').processes
  for (const { hostPid, pid } of mine) expect(processes.find((process) => process.pid === hostPid)).toMatchObject({ inside: pid })
  expect(processes[0]).toMatchObject({ pid: 1, depth: 0, pod: null })
  expect(processes.some(({ command }) => command.startsWith('/usr/bin/kubelet'))).toBe(true)
  const shared = processes.filter(({ pod: of }) => of === 'pods/default/shared')
  expect(shared.length).toBeGreaterThanOrEqual(2)
})

test('the tree of the drawing is the one that root sees on the node', () => {
  const host = (cluster.kubelets as Kubelets).world.hostView('node-1', cluster.timeline.clock, { uid: '' } as PodRow)
  const file = (path: string, name: string): string | undefined => {
    const node = hostCgroup(host, '', [...namesOf(path), name])
    return node?.t === 'f' ? node.data.trim() : undefined
  }
  const seen = pod('web').cgroups.filter(({ kind }) => kind !== 'root')
  for (const { path, figures } of seen) {
    for (const name of ['cpu.weight', 'cpu.max']) {
      const figure = figures.find((one) => one.file === name)
      if (figure) expect([path, name, file(path, name)]).toEqual([path, name, figure.value])
    }
  }
})

test('the calls for a pod come in the order of the CRI, each at its step', () => {
  const calls = cluster.inside.calls('pods/default/web')
  const names = calls.map(({ call, about }) => `${call} ${about}`)
  const order = ['MountVolume.SetUp logs', 'RunPodSandbox pause', 'CNI ADD eth0', 'ImageStatus nginx:1.28', 'PullImage nginx:1.28', 'CreateContainer nginx', 'StartContainer nginx', 'CreateContainer side', 'StartContainer side']
  const places = order.map((name) => names.indexOf(name))
  expect(places.every((place) => place >= 0)).toBe(true)
  expect([...places].sort((a, b) => a - b)).toEqual(places)
  const layers = calls.filter(({ call }) => call === 'layer')
  const pull = calls.find(({ call, about }) => call === 'PullImage' && about === 'nginx:1.28')!
  expect(layers.length).toBeGreaterThan(1)
  for (const { from, to } of layers.slice(0, 3)) expect(from >= pull.from && to <= pull.to + 1).toBe(true)
  expect(calls.every(({ index }) => index <= cluster.timeline.index)).toBe(true)
})

test('a load tells when memory will be used up and where the processor is held back', () => {
  const load = cluster.inside.load('pods/default/web')!
  expect(load.source).toBe('container')
  expect(load.containers[0]).toMatchObject({ declared: 'cpu=800m memory=32Mi', oomAt: null, throttledAt: cluster.timeline.clock })
  cluster.kubectlNow({ argv: ['annotate', 'pod', 'web', 'orrery.dev/load.nginx=memory=leak:32Mi:1Mi', '--overwrite'] })
  cluster.runFor(seconds(1))
  const { oomAt } = cluster.inside.load('pods/default/web')!.containers[0]!
  expect(oomAt).toBeGreaterThan(cluster.timeline.clock)
  cluster.runFor(oomAt! - cluster.timeline.clock + seconds(3))
  const calls = cluster.inside.calls('pods/default/web')
  expect(calls).toContainEqual(expect.objectContaining({ call: 'PLEG ContainerDied', about: 'nginx', ok: false, detail: { id: 'call.ended', params: { code: 137, reason: 'OOMKilled' } } }))
})

test('a pod with a claim shows the calls of its disk, from attaching to publishing', () => {
  const claim = 'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n'
  const user = 'apiVersion: v1\nkind: Pod\nmetadata: {name: db}\nspec: {volumes: [{name: d, persistentVolumeClaim: {claimName: data}}], containers: [{name: c, image: nginx, volumeMounts: [{name: d, mountPath: /data}]}]}\n'
  cluster.kubectlNow({ argv: ['apply', '-f', 'c.yaml'], files: { 'c.yaml': `${claim}---\n${user}` } })
  cluster.runFor(seconds(60))
  const names = cluster.inside.calls('pods/default/db').map(({ call }) => call)
  const order = ['CreateVolume', 'ControllerPublishVolume', 'NodeStageVolume', 'NodePublishVolume', 'RunPodSandbox'].map((name) => names.indexOf(name))
  expect(order.every((place) => place >= 0)).toBe(true)
  expect([...order].sort((a, b) => a - b)).toEqual(order)
})

test('the limit of processes of a pod is the kubelet\'s setting', () => {
  const limit = (): string | undefined => pod('web').cgroups.find(({ kind }) => kind === 'pod')!.figures.find(({ file }) => file === 'pids.max')?.value
  expect(limit()).toBe('max')
  cluster.flags.set(cluster.timeline, 'kubelet.podPidsLimit', '100')
  expect(limit()).toBe('100')
})

test('nothing of this is stored: looking changes no state', () => {
  const before = cluster.engine.hash()
  pod('web')
  cluster.inside.node('node-1')
  cluster.inside.calls('pods/default/web')
  cluster.inside.load('pods/default/web')
  expect(cluster.engine.hash()).toBe(before)
})
