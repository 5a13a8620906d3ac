import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { isStatus } from '../api/status.ts'
import { ApiServer } from '../apiserver/server.ts'
import type { Request } from '../client/request.ts'
import { Engine } from '../engine/engine.ts'
import { notesOf } from '../engine/event.ts'
import { seconds } from '../engine/time.ts'
import { Timeline } from '../engine/timeline.ts'
import type { Event } from '../kinds/event/event.ts'
import { verdicts } from './attempts.ts'
import { Scheduler } from './scheduler.ts'

/** An API server, a scheduler, and somebody who writes; no kubelets, so that nothing else moves. */
function world(seed = 1) {
  const engine = new Engine({ seed })
  engine.debug = true
  const timeline = new Timeline(engine)
  const server = new ApiServer(engine)
  const scheduler = new Scheduler(engine)
  engine.actor('test', {
    do: (ctx, request: Request) => {
      const { answer } = server.execute(request, 'kubernetes-admin', ctx.now, ctx)
      if (isStatus(answer)) throw new Error(answer.message)
    },
  })
  const run = (request: Omit<Request, 'version' | 'group'>): void => {
    timeline.command('test', 'do', { group: '', version: 'v1', ...request })
    timeline.runUntil(timeline.clock + seconds(2))
  }
  const create = (resource: string, body: KubeObject): void => run({ verb: 'create', resource, namespace: body.metadata.namespace, body })
  const stored = <T extends KubeObject>(resource: string, name: string): T | undefined => server.store.get(resource === 'nodes' ? `nodes/${name}` : `${resource}/default/${name}`) as T | undefined
  const change = (resource: string, name: string, how: (o: KubeObject) => KubeObject, subresource?: string): void => {
    const object = stored(resource, name)!
    run({ verb: 'update', resource, namespace: object.metadata.namespace, name, subresource, body: how(object) })
  }
  const drop = (resource: string, name: string): void => run({ verb: 'delete', resource, namespace: resource === 'nodes' ? undefined : 'default', name, options: { gracePeriodSeconds: 0 } })
  const node = (name: string, cpu = '2', labels: Record<string, string> = {}, taints?: unknown): void => {
    create('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, status: { allocatable: { cpu, memory: '8Gi', pods: '9' }, capacity: { cpu, memory: '8Gi', pods: '9' } } })
    change('nodes', name, (n) => ({ ...n, spec: { ...(n.spec as object), taints } }))
  }
  const pod = (name: string, cpu: string, over: object = {}, labels: Record<string, string> = {}): void =>
    create('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', labels }, spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu } } }], ...over } } as KubeObject)
  const where = (name: string): string | undefined => stored<Pod>('pods', name)?.spec.nodeName
  const events = (name: string): readonly string[] =>
    server.store.keys('events').map((key) => server.store.get(key) as Event).filter((e) => e.involvedObject.name === name).map((e) => `${e.type} ${e.reason}: ${e.message}`)
  create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } })
  create('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } })
  timeline.command('scheduler', 'start', null)
  timeline.runUntil(timeline.clock + seconds(1))
  return { engine, timeline, server, scheduler, run, create, change, drop, node, pod, where, events, stored }
}

describe('the scheduler', () => {
  test('binds pods, says so, and never fills a node beyond what it has', () => {
    const w = world()
    w.node('a')
    w.node('b')
    for (let i = 0; i < 5; i++) w.pod(`p${i}`, '1')
    const places = Array.from({ length: 5 }, (_, i) => w.where(`p${i}`))
    expect(places.filter((n) => n === 'a')).toHaveLength(2)
    expect(places.filter((n) => n === 'b')).toHaveLength(2)
    expect(w.events('p0')).toEqual([`Normal Scheduled: Successfully assigned default/p0 to ${places[0]}`])
    expect(w.stored<Pod>('pods', 'p4')!.status!.conditions).toMatchObject([{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }])
    expect(w.scheduler.cache.assumed.size).toBe(0)
    expect(w.scheduler.queue.pods.size).toBe(1)
  })

  test('tries an unschedulable pod again when room is made, and not before', () => {
    const w = world()
    w.node('a')
    w.pod('first', '2')
    w.pod('later', '2')
    const said = 'Warning FailedScheduling: 0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.'
    expect(w.events('later')).toEqual([said])
    w.drop('pods', 'first')
    expect(w.where('later')).toBe('a')
    expect(w.events('later')).toEqual([said, 'Normal Scheduled: Successfully assigned default/later to a'])
  })

  test('evicts a less important pod, announces it, and gives its node to the other one', () => {
    const w = world()
    for (const [name, value] of [['high', 100], ['low', 1]] as const) w.run({ verb: 'create', group: 'scheduling.k8s.io', resource: 'priorityclasses', body: { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value } as KubeObject } as Request)
    w.node('a')
    w.pod('victim', '2', { priorityClassName: 'low' })
    w.pod('strong', '2', { priorityClassName: 'high' })
    const victim = w.stored<Pod>('pods', 'victim')!
    expect(victim.metadata.deletionTimestamp).toBeDefined()
    expect(victim.status!.conditions!.find((c) => c.type === 'DisruptionTarget')).toMatchObject({ reason: 'PreemptionByScheduler', message: 'default-scheduler: preempting to accommodate a higher priority pod' })
    expect(w.stored<Pod>('pods', 'strong')!.status!.nominatedNodeName).toBe('a')
    expect(w.events('victim').at(-1)).toBe(`Normal Preempted: Preempted by pod ${w.stored('pods', 'strong')!.metadata.uid} on node a`)
    w.drop('pods', 'victim')
    expect(w.where('strong')).toBe('a')
    expect(w.stored<Pod>('pods', 'strong')!.status!.nominatedNodeName).toBeUndefined()
    expect(w.stored<Pod>('pods', 'strong')!.status!.conditions!.filter((c) => c.type === 'PodScheduled')).toMatchObject([{ status: 'True' }])
  })

  test('keeps who had to go for a pod and what spoke for these, also when the pod has its place', () => {
    const w = world()
    for (const [name, value] of [['high', 100], ['low', 1], ['lower', 0]] as const) w.run({ verb: 'create', group: 'scheduling.k8s.io', resource: 'priorityclasses', body: { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value } as KubeObject } as Request)
    w.node('a')
    w.pod('a1', '2', { priorityClassName: 'low' })
    w.node('b')
    w.pod('b1', '1', { priorityClassName: 'lower' })
    w.pod('b2', '1', { priorityClassName: 'lower' })
    w.pod('strong', '2', { priorityClassName: 'high' })
    const made = w.scheduler.preemptions.table.get('default/strong')!
    expect(made.candidates.map(({ node, violations, highest, sum, victims }) => [node, violations, highest, sum, victims.map((v) => v.pod)])).toEqual([
      ['b', 0, 0, 0, ['default/b1', 'default/b2']],
      ['a', 0, 1, 1, ['default/a1']],
    ])
    w.drop('pods', 'b1')
    w.drop('pods', 'b2')
    expect(w.where('strong')).toBe('b')
    expect(w.scheduler.preemptions.table.get('default/strong')).toBe(made)
    w.drop('pods', 'strong')
    expect(w.scheduler.preemptions.table.size).toBe(0)
  })

  test('gives pods without a class the global default, which decides who goes first', () => {
    const w = world()
    for (const cls of [{ metadata: { name: 'usual' }, value: 5, globalDefault: true }, { metadata: { name: 'low' }, value: 1 }])
      w.run({ verb: 'create', group: 'scheduling.k8s.io', resource: 'priorityclasses', body: { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', ...cls } as KubeObject } as Request)
    w.node('a')
    w.pod('victim', '2', { priorityClassName: 'low' })
    w.pod('p', '2')
    expect(w.stored<Pod>('pods', 'p')!.spec).toMatchObject({ priority: 5, priorityClassName: 'usual' })
    expect(w.stored('pods', 'victim')!.metadata.deletionTimestamp).toBeDefined()
    expect(() => w.pod('q', '1', { priority: 7 })).toThrow('the integer value of priority (7) must not be provided')
  })

  test('reserves a volume for a waiting claim and binds the pod only when the claim is bound', () => {
    const w = world()
    w.node('a')
    const cls = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'late' }, provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer' }
    w.run({ verb: 'create', group: 'storage.k8s.io', resource: 'storageclasses', body: cls } as unknown as Request)
    w.create('persistentvolumes', { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'v' }, spec: { capacity: { storage: '2Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'late', hostPath: { path: '/x' } } })
    const volume = () => w.server.store.get('persistentvolumes/v')!
    w.run({ verb: 'update', resource: 'persistentvolumes', name: 'v', subresource: 'status', body: { ...volume(), status: { phase: 'Available' } } })
    w.create('persistentvolumeclaims', { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'c', namespace: 'default' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'late' } })
    w.pod('p', '1', { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'c' } }] })
    expect(volume().spec).toMatchObject({ claimRef: { namespace: 'default', name: 'c' } })
    expect([w.where('p'), w.stored<Pod>('pods', 'p')!.status!.nominatedNodeName]).toEqual([undefined, 'a'])
    w.change('persistentvolumeclaims', 'c', (c) => ({ ...c, metadata: { ...c.metadata, annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } }, spec: { ...(c.spec as object), volumeName: 'v' } }))
    expect(w.where('p')).toBe('a')
    expect(w.stored<Pod>('pods', 'p')!.status!.nominatedNodeName).toBeUndefined()
  })

  test('keeps every verdict of the last attempt', () => {
    const w = world()
    w.node('small', '1')
    w.node('tainted', '8', {}, [{ key: 'k', effect: 'NoSchedule' }])
    w.node('x', '4')
    w.node('y', '8')
    w.pod('p', '2')
    const attempt = w.scheduler.attempts.of('default/p')!
    expect(attempt.chosen).toBe('y')
    const seen = verdicts(attempt)
    expect(seen.map((v) => [v.node, v.rejectedBy])).toEqual([['y', null], ['x', null], ['small', 'NodeResourcesFit'], ['tainted', 'TaintToleration']])
    expect(seen[0]!.total).toBe(Object.values(seen[0]!.scores).reduce((a, b) => a + b, 0))
  })

  test('leaves pods alone while it is stopped and catches up afterwards', () => {
    const w = world()
    w.node('a')
    w.timeline.command('scheduler', 'stop', null)
    w.pod('p', '1')
    expect(w.where('p')).toBeUndefined()
    w.timeline.command('scheduler', 'resume', null)
    w.timeline.runUntil(w.timeline.clock + seconds(1))
    expect(w.where('p')).toBe('a')
  })

  test('does not count a pod twice that is deleted before it is bound', () => {
    const w = world()
    w.node('a')
    w.pod('p', '1', { nodeSelector: { not: 'there' } })
    w.drop('pods', 'p')
    expect(w.scheduler.queue.pods.size + w.scheduler.cache.assumed.size).toBe(0)
    expect(w.scheduler.cache.nodes.get('a')).toMatchObject({ milliCpu: 0, pods: [] })
  })

  test('comes back to the first state when everything is undone, and plays the same again', () => {
    const play = () => {
      const w = world(7)
      const from = w.timeline.index
      const before = w.engine.hash()
      w.node('a')
      for (let i = 0; i < 4; i++) w.pod(`p${i}`, '1')
      w.drop('pods', 'p0')
      const after = w.engine.hash()
      while (w.timeline.index > from) w.timeline.back()
      expect(w.engine.hash()).toBe(before)
      expect(w.scheduler.cache.snapshot.nodes).toEqual([])
      return after
    }
    expect(play()).toBe(play())
  })
})

/** Rows of conformance/scheduling/queue.md: what wakes a pod, counted in attempts. */
describe('a waiting pod is tried again', () => {
  const attempts = (w: ReturnType<typeof world>): number => w.scheduler.state().figures['attempts']!
  const waiting = (over: object, cpu = '1', setUp?: (w: ReturnType<typeof world>) => void) => {
    const w = world()
    w.node('a', '2', { q: 'mine', 'kubernetes.io/hostname': 'a' })
    setUp?.(w)
    w.pod('p', cpu, { nodeSelector: { q: 'mine' }, ...over })
    expect(w.where('p')).toBeUndefined()
    const before = attempts(w)
    return { w, more: () => attempts(w) - before }
  }
  const label = (w: ReturnType<typeof world>, labels: Record<string, string>) => w.change('nodes', 'a', (n) => ({ ...n, metadata: { ...n.metadata, labels: { ...n.metadata.labels, ...labels } } }))
  const allocatable = (w: ReturnType<typeof world>, cpu: string) => w.change('nodes', 'a', (n) => ({ ...n, status: { ...(n.status as object), allocatable: { cpu, memory: '8Gi', pods: '9' } } }), 'status')

  test('after a change of the node that gives it room, not after others', () => {
    const { w, more } = waiting({}, '4')
    label(w, { unrelated: 'x' })
    allocatable(w, '2500m')
    expect(more()).toBe(0)
    allocatable(w, '8')
    expect([more(), w.where('p')]).toEqual([1, 'a'])
  })
  test('after the label that it asks for appears', () => {
    const { w, more } = waiting({ nodeSelector: { q: 'mine', disk: 'ssd' } })
    label(w, { disk: 'hdd' })
    allocatable(w, '9')
    expect(more()).toBe(0)
    label(w, { disk: 'ssd' })
    expect(w.where('p')).toBe('a')
  })
  test('after the node is uncordoned', () => {
    const { w, more } = waiting({}, '1', (x) => x.change('nodes', 'a', (n) => ({ ...n, spec: { unschedulable: true } })))
    label(w, { unrelated: 'x' })
    expect(more()).toBe(0)
    w.change('nodes', 'a', (n) => ({ ...n, spec: {} }))
    expect(w.where('p')).toBe('a')
  })
  test('after the pod with its host port is gone, not after another', () => {
    const port = (hostPort: number) => ({ containers: [{ name: 'c', image: 'i', ports: [{ containerPort: hostPort, hostPort }] }], nodeName: 'a' })
    const { w, more } = waiting({ containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, hostPort: 80 }] }] }, '1', (x) => {
      x.pod('same', '0', port(80))
      x.pod('other', '0', port(81))
    })
    w.drop('pods', 'other')
    expect(more()).toBe(0)
    w.drop('pods', 'same')
    expect([more(), w.where('p')]).toEqual([1, 'a'])
  })
  test('after a pod that it wants to be near has come', () => {
    const near = { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { app: 'db' } }, topologyKey: 'kubernetes.io/hostname' }] } } }
    const { w, more } = waiting(near)
    w.pod('other', '0', { nodeName: 'a' })
    expect(more()).toBe(0)
    w.pod('db', '0', { nodeName: 'a' }, { app: 'db' })
    expect(w.where('p')).toBe('a')
  })
  test('after its last gate is removed, not after the first', () => {
    const { w, more } = waiting({ schedulingGates: [{ name: 'one.example/a' }, { name: 'one.example/b' }] })
    const gates = (list: readonly { name: string }[]) => w.change('pods', 'p', (p) => ({ ...p, spec: { ...(p.spec as object), schedulingGates: list } }))
    gates([{ name: 'one.example/b' }])
    expect(more()).toBe(0)
    gates([])
    expect([more(), w.where('p')]).toEqual([1, 'a'])
  })
})

describe('another file', () => {
  const twoProfiles = {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    podInitialBackoffSeconds: 4,
    profiles: [
      { schedulerName: 'default-scheduler' },
      { schedulerName: 'packing', pluginConfig: [{ name: 'NodeResourcesFit', args: { scoringStrategy: { type: 'MostAllocated' } } }] },
    ],
  }
  const configure = (w: ReturnType<typeof world>, configuration: unknown) => w.timeline.command('scheduler', 'configure', { configuration } as never)

  test('gives each pod the profile that it names, and leaves the pods of others alone', () => {
    const w = world()
    w.node('a')
    w.node('b')
    w.pod('there', '1', { nodeName: 'a' })
    w.pod('early', '500m', { schedulerName: 'packing' })
    expect(w.where('early')).toBeUndefined()
    expect(notesOf(configure(w, twoProfiles)).at(-1)).toMatchObject({ id: 'scheduler.configured', params: { profiles: 'default-scheduler, packing' } })
    w.timeline.runUntil(w.timeline.clock + seconds(2))
    expect(w.where('early')).toBe('a')
    w.pod('spread', '500m')
    w.pod('alien', '500m', { schedulerName: 'another' })
    expect([w.where('spread'), w.where('alien')]).toEqual(['b', undefined])
    expect(w.stored<Pod>('pods', 'alien')!.status?.conditions ?? []).toEqual([])
    expect(w.stored<Event>('events', w.server.store.keys('events').map((k) => k.split('/').at(-1)!).find((name) => name.startsWith('early'))!)!.reportingComponent).toBe('packing')
  })
  test('starts the scheduler anew: what waits is tried again, and undo brings the old file back', () => {
    const w = world()
    w.node('a', '2', {}, [{ key: 'k', effect: 'NoSchedule' }])
    w.pod('p', '1')
    expect(w.where('p')).toBeUndefined()
    const before = w.engine.hash()
    configure(w, { ...twoProfiles, profiles: [{ plugins: { filter: { disabled: [{ name: 'TaintToleration' }] } } }] })
    w.timeline.back()
    expect([w.engine.hash(), w.scheduler.configuration().profiles.length]).toEqual([before, 1])
    expect(w.scheduler.configuration().source).not.toHaveProperty('profiles')
    configure(w, { ...twoProfiles, profiles: [{ plugins: { filter: { disabled: [{ name: 'TaintToleration' }] } } }] })
    w.timeline.runUntil(w.timeline.clock + seconds(2))
    expect(w.where('p')).toBe('a')
    configure(w, null)
    w.pod('q', '1')
    expect(w.where('q')).toBeUndefined()
  })
  test('with a mistake changes nothing and says what is wrong', () => {
    const w = world()
    const step = configure(w, { ...twoProfiles, parallelism: -1 })
    expect(notesOf(step).at(-1)).toMatchObject({ id: 'scheduler.configurationRefused', params: { why: 'parallelism: Invalid value: -1: should be an integer value greater than zero' } })
    expect(w.scheduler.configuration().initialBackoff).toBe(seconds(1))
  })
  test('says how long a pod backs off', () => {
    const w = world()
    configure(w, twoProfiles)
    w.node('a', '1')
    w.pod('p', '2')
    const row = w.scheduler.queue.pods.get('default/p')!
    expect(row.backoffUntil - row.since).toBeGreaterThan(seconds(2))
  })
})
