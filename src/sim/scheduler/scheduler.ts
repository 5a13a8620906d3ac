import { keyOf, type JsonObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { isStatus } from '../api/status.ts'
import { EventRecorder } from '../client/event-recorder.ts'
import { InformerFactory, type Informer } from '../client/informer.ts'
import { Client, type Answered } from '../client/transport.ts'
import type { Engine, EventContext } from '../engine/engine.ts'
import type { Table } from '../engine/table.ts'
import type { Micros } from '../engine/time.ts'
import type { Node } from '../kinds/node/node.ts'
import { Attempts } from './attempts.ts'
import { Preemptions } from './preemptions.ts'
import { SchedulerCache } from './cache.ts'
import { nodeActions, podActions, type ClusterEvent } from './cluster-event.ts'
import { readConfiguration, type SchedulerConfiguration } from './configuration.ts'
import { Cycles } from './cycles.ts'
import { decide, type Decision, type World } from './decide.ts'
import { Evictions } from './evictions.ts'
import { Nominations } from './nominations.ts'
import { priorityOf } from './pod-info.ts'
import type { Profile } from './profile.ts'
import { podVolumes } from './plugins/volume-binding.ts'
import { SchedulingQueue, type QueuedPod } from './queue.ts'
import { remedies, type Remedy } from './remedies.ts'
import { DEFAULT_NAME, RunningConfiguration, schedulerOf } from './running-configuration.ts'
import { LIVE_PODS, NODES, objectsOf, WAKING } from './sources.ts'
import { bindingOf, notScheduled, withoutPromise, withPromise } from './status-patches.ts'
import { VolumeBinder } from './volume-binder.ts'

const NAME = 'scheduler'
const PROCESS = 'kube-scheduler'
/** What one scheduling cycle takes. */
const [FASTEST_CYCLE, SLOWEST_CYCLE]: readonly [Micros, Micros] = [300, 900]
const LONGEST_NOTE = 1024

/**
 * kube-scheduler as an actor: takes one pod after the other from its queue, decides at once, counts the pod as placed and
 * sends the binding on its way. Events: start, work, flush, bound, volumes, volumes-look, volumes-late, evicting,
 * evicted, stop, resume, configure.
 */
export class Scheduler {
  readonly queue: SchedulingQueue
  readonly cache: SchedulerCache
  readonly attempts: Attempts
  readonly preemptions: Preemptions
  readonly informers: InformerFactory
  readonly #client: Client
  readonly #recorder: EventRecorder
  readonly #volumes: VolumeBinder
  readonly #pods: Informer<Pod>
  readonly #nominations: Nominations
  readonly #cycles: Cycles
  readonly #stopped: Table<'stopped'>
  readonly #configured: RunningConfiguration
  readonly #evictions: Evictions

  constructor(engine: Engine) {
    this.#client = new Client(engine, PROCESS, { user: 'system:kube-scheduler', qps: 50, burst: 100 })
    const events = new Client(engine, `${PROCESS}-events`, { user: 'system:kube-scheduler', qps: 50, burst: 100 })
    this.#recorder = new EventRecorder(engine, events, { component: DEFAULT_NAME, modern: true })
    this.informers = new InformerFactory(engine, PROCESS, new Client(engine, `${PROCESS}-watches`, { user: 'system:kube-scheduler' }))
    this.#evictions = new Evictions(NAME, this.#client, this.#recorder)
    this.#pods = this.informers.informer<Pod>(LIVE_PODS)
    this.#volumes = new VolumeBinder(engine, NAME, this.#client, objectsOf(this.informers))
    this.#configured = new RunningConfiguration(engine, NAME, ({ qps, burst }) => [this.#client, events].forEach((client) => client.limit(qps, burst)))
    this.queue = new SchedulingQueue(engine, NAME, this.#configured.rules())
    // The index must be there before the first pod is.
    this.#pods.index('node')
    this.cache = new SchedulerCache(engine, NAME, (node) => this.#pods.by('node', node))
    this.attempts = new Attempts(engine, NAME)
    this.preemptions = new Preemptions(engine, NAME)
    this.#nominations = new Nominations(engine, NAME)
    this.#cycles = new Cycles(engine, NAME)
    this.#stopped = engine.table<'stopped'>('components')
    engine.actor(NAME, {
      start: (ctx) => this.informers.start(ctx),
      work: (ctx) => this.#work(ctx),
      flush: (ctx) => this.queue.flush(ctx),
      bound: (ctx, answered: Answered) => this.#bound(ctx, answered),
      volumes: (ctx, { answer, data }: Answered) => isStatus(answer) && this.#volumesFailed(ctx, data as string, answer.message ?? ''),
      'volumes-look': (ctx, key: string) => this.#volumesLook(ctx, key),
      'volumes-late': (ctx, key: string) => this.#volumesFailed(ctx, key, 'context deadline exceeded'),
      evicting: (ctx, answered: Answered) => this.#evictions.evicting(ctx, answered),
      evicted: (ctx, answered: Answered) => this.#evictions.evicted(ctx, answered),
      stop: (ctx) => this.#stop(ctx),
      resume: (ctx) => this.#resume(ctx),
      configure: (ctx, payload: { readonly configuration: JsonObject | null }) => this.#configure(ctx, payload.configuration),
    })
    this.#listen()
  }

  state(): { readonly figures: Readonly<Record<string, number>>; readonly busy: string | null; readonly queued: number } {
    const { queue } = this
    const [active, backoff] = [queue.count('active'), queue.count('backoff') + queue.count('error-backoff')]
    const waiting = queue.count('unschedulable') + queue.count('gated')
    return { figures: { active, backoff, unschedulable: waiting, attempts: this.#cycles.attempts }, busy: queue.keys('in flight')[0] ?? null, queued: active + backoff + waiting }
  }

  /** The file that it runs with, read. */
  configuration(): SchedulerConfiguration {
    return this.#configured.current
  }

  #isOurs(pod: Pod): boolean {
    return this.#configured.profileOf(pod) !== undefined
  }

  get #running(): boolean {
    return !this.#stopped.has(NAME)
  }

  #listen(): void {
    this.#pods.handlers.push({
      onAdd: (ctx, pod) => this.#podAdded(ctx, pod),
      onUpdate: (ctx, old, pod) => this.#podUpdated(ctx, old, pod),
      onDelete: (ctx, pod) => this.#podDeleted(ctx, pod),
    })
    this.informers.informer<Node>(NODES).handlers.push({
      onAdd: (ctx, node) => {
        this.cache.setNode(node)
        this.#wake(ctx, { resource: 'nodes', action: 'Add', object: node })
      },
      onUpdate: (ctx, old, node) => {
        this.cache.setNode(node)
        for (const action of nodeActions(old, node)) this.#wake(ctx, { resource: 'nodes', action, old, object: node })
      },
      onDelete: (ctx, node) => {
        this.#wake(ctx, { resource: 'nodes', action: 'Delete', old: node })
        this.cache.removeNode(node.metadata.name)
      },
    })
    for (const spec of WAKING) {
      const { resource } = spec
      this.informers.informer(spec).handlers.push({
        onAdd: (ctx, object) => this.#wake(ctx, { resource, action: 'Add', object }),
        onUpdate: (ctx, old, object) => {
          this.#volumes.heard(ctx, resource, object)
          this.#wake(ctx, { resource, action: 'Update', old, object })
        },
        onDelete: (ctx, old) => {
          this.#volumes.heard(ctx, resource, old)
          this.#wake(ctx, { resource, action: 'Delete', old })
        },
      })
    }
  }

  #wake(ctx: EventContext, event: ClusterEvent): void {
    if (this.#running) this.queue.wake(ctx, event)
  }

  #podAdded(ctx: EventContext, pod: Pod): void {
    if (pod.spec.nodeName) {
      this.cache.addPod(pod)
      this.#wake(ctx, { resource: 'pods', action: 'Add', object: pod })
    } else if (this.#isOurs(pod)) {
      if (pod.status?.nominatedNodeName) this.#nominations.promise(pod, pod.status.nominatedNodeName)
      if (this.#running) this.queue.add(ctx, pod)
    }
  }

  #podUpdated(ctx: EventContext, old: Pod, pod: Pod): void {
    const key = keyOf(pod)
    if (old.metadata.uid !== pod.metadata.uid) {
      this.#podDeleted(ctx, old)
      this.#podAdded(ctx, pod)
    } else if (old.spec.nodeName) {
      this.cache.updatePod(old, pod)
      for (const action of podActions(old, pod)) this.#wake(ctx, { resource: 'pods', action, old, object: pod })
    } else if (pod.spec.nodeName) {
      this.cache.addPod(pod)
      this.#nominations.withdraw(key)
      if (this.queue.pods.get(key)?.place !== 'in flight') this.queue.remove(ctx, key)
      this.#wake(ctx, { resource: 'pods', action: 'Add', object: pod })
    } else if (this.#isOurs(pod)) this.#waitingUpdated(ctx, key, old, pod)
  }

  #waitingUpdated(ctx: EventContext, key: string, old: Pod, pod: Pod): void {
    if (this.cache.assumed.has(key)) {
      if (pod.metadata.deletionTimestamp !== undefined && old.metadata.deletionTimestamp === undefined) this.#forget(ctx, key)
      return
    }
    const before = old.status?.nominatedNodeName
    const promised = pod.status?.nominatedNodeName
    if (before !== promised) {
      if (promised) this.#nominations.promise(pod, promised)
      else this.#nominations.withdraw(key)
    }
    if (!this.#running) return
    this.queue.update(ctx, pod, podActions(old, pod).map((action) => ({ resource: 'unschedulable', action, old, object: pod })))
    if (before && before !== promised) this.#wake(ctx, { resource: 'pods', action: 'Delete', old })
  }

  #podDeleted(ctx: EventContext, pod: Pod): void {
    const key = keyOf(pod)
    this.#nominations.withdraw(key)
    this.queue.remove(ctx, key)
    this.attempts.forget(key)
    this.preemptions.forget(key)
    if (pod.spec.nodeName) {
      this.cache.removePod(pod)
      this.#wake(ctx, { resource: 'pods', action: 'Delete', old: pod })
    } else if (this.cache.assumed.has(key)) this.#forget(ctx, key)
    else if (pod.status?.nominatedNodeName) this.#wake(ctx, { resource: 'pods', action: 'Delete', old: pod })
  }

  /** A placed pod does not go where it was counted: its room is free again. */
  #forget(ctx: EventContext, key: string): void {
    this.#volumes.cancel(ctx, key)
    const placed = this.cache.forget(key)
    if (placed) this.#wake(ctx, { resource: 'pods', action: 'Delete', old: placed })
  }

  #work(ctx: EventContext): void {
    this.queue.worked()
    if (!this.#running) return
    const next = this.queue.pop()
    if (!next) return
    const { key, row } = next
    if (row.pod.metadata.deletionTimestamp !== undefined) {
      this.#recorder.emit(ctx, row.pod, 'Warning', 'FailedScheduling', `skip schedule deleting pod: ${key}`, 'Scheduling', schedulerOf(row.pod))
      this.queue.remove(ctx, key)
    } else this.#attempt(ctx, key, row)
    this.queue.work(ctx, ctx.random.between(FASTEST_CYCLE, SLOWEST_CYCLE))
  }

  /** What would let a waiting pod be scheduled; empty for one that is not waiting. */
  remedies(key: string): readonly Remedy[] {
    const pod = this.#pods.cache.get(key)
    const waits = pod && !pod.spec.nodeName && !this.cache.assumed.has(key)
    return waits ? remedies(pod, this.#world(() => 0), this.#configured.profileOf(pod)) : []
  }

  /** The profile that a pod is scheduled by, as the scheduler is configured now. */
  profileOf(key: string): Profile | undefined {
    const pod = this.#pods.cache.get(key)
    return pod && this.#configured.profileOf(pod)
  }

  #world(random: (bound: number) => number): World {
    return {
      snapshot: this.cache.snapshot,
      objects: this.#volumes.objects,
      nominated: this.#nominations.some ? (node) => this.#nominations.on(node) : undefined,
      latest: (p) => this.#pods.cache.get(keyOf(p)) ?? p,
      random,
      start: this.#cycles.start % Math.max(1, this.cache.snapshot.nodes.length),
    }
  }

  #attempt(ctx: EventContext, key: string, { pod }: QueuedPod): void {
    const decision = decide(pod, this.#world((bound) => ctx.random.below(bound)), this.#configured.profileOf(pod))
    this.attempts.record(key, this.#cycles.end(decision.nextStart), ctx.now, decision)
    if (decision.node === undefined) this.#fail(ctx, key, pod, decision)
    else this.#place(ctx, key, pod, decision.node, decision)
  }

  #place(ctx: EventContext, key: string, pod: Pod, node: string, d: Decision): void {
    this.cache.assume(pod, node)
    this.#nominations.withdraw(key)
    ctx.note('scheduler.placed', { pod: key, node, feasible: d.feasibleNodes, nodes: d.nodes })
    const info = this.cache.nodes.get(node)!
    const profile = this.#configured.profileOf(pod)!
    const volumes = pod.spec.volumes?.length && profile.bindsVolumes ? podVolumes({ pod, objects: this.#volumes.objects }, info.node) : undefined
    if (!volumes) {
      this.#bind(ctx, pod)
      return
    }
    this.#volumes.begin(ctx, pod, node, volumes, profile.bindTimeout)
    ctx.note('scheduler.volumes', { pod: key, node, bind: volumes.bindings.length, provision: volumes.provisions.length })
    if (pod.status?.nominatedNodeName !== node) this.#client.send(ctx, withPromise(pod, node))
  }

  /** Sends the binding of a placed pod. */
  #bind(ctx: EventContext, pod: Pod): void {
    const key = keyOf(pod)
    const node = this.cache.assumed.get(key)?.spec.nodeName
    if (node !== undefined) this.#client.send(ctx, bindingOf(pod, node), { actor: NAME, what: 'bound', data: key })
  }

  #volumesLook(ctx: EventContext, key: string): void {
    const found = this.#volumes.look(ctx, key)
    if (found && 'failed' in found) this.#volumesFailed(ctx, key, found.failed)
    else if (found) this.#bind(ctx, found)
  }

  #volumesFailed(ctx: EventContext, key: string, why: string): void {
    if (!this.#volumes.isWaiting(key)) return
    this.#forget(ctx, key)
    this.#tryAgain(ctx, key, `running PreBind plugin "VolumeBinding": binding volumes: ${why}`)
  }

  /** The binding cycle of a pod failed by an error; its room is free already. */
  #tryAgain(ctx: EventContext, key: string, message: string): void {
    const row = this.queue.pods.get(key)
    const now = this.#pods.cache.get(key)
    // The scheduler was started anew in the meantime, so nobody else brings the pod back.
    if (!row && now && !now.spec.nodeName && this.#running && this.#isOurs(now)) this.queue.add(ctx, now)
    if (!row || row.place !== 'in flight') return
    if (!now || now.spec.nodeName || now.metadata.uid !== row.pod.metadata.uid) this.queue.remove(ctx, key)
    else this.#report(ctx, key, now, 'SchedulerError', message, [], '')
  }

  #bound(ctx: EventContext, { answer, data }: Answered): void {
    const key = data as string
    const row = this.queue.pods.get(key)
    if (!isStatus(answer)) {
      const { pod } = row ?? { pod: this.#pods.cache.get(key) }
      const node = this.#pods.cache.get(key)?.spec.nodeName ?? this.cache.assumed.get(key)?.spec.nodeName
      if (row?.place === 'in flight') this.queue.remove(ctx, key)
      if (pod && node) this.#recorder.emit(ctx, pod, 'Normal', 'Scheduled', `Successfully assigned ${key} to ${node}`, 'Binding', schedulerOf(pod))
      return
    }
    this.#forget(ctx, key)
    ctx.note('scheduler.bindingRefused', { pod: key, why: answer.message ?? '' })
    this.#tryAgain(ctx, key, `binding rejected: ${answer.message ?? ''}`)
  }

  #fail(ctx: EventContext, key: string, tried: Pod, d: Decision): void {
    const pod = this.#pods.cache.get(key)
    if (!pod || pod.metadata.uid !== tried.metadata.uid) {
      this.queue.remove(ctx, key)
      return
    }
    const message = d.message ?? ''
    const promised = this.#makeRoom(ctx, key, pod, d)
    ctx.note(promised ? 'scheduler.preempts' : 'scheduler.noFit', { pod: key, message, node: promised ?? '' })
    this.#report(ctx, key, pod, d.outcome === 'error' ? 'SchedulerError' : 'Unschedulable', message, d.plugins, promised)
  }

  #report(ctx: EventContext, key: string, pod: Pod, reason: 'Unschedulable' | 'SchedulerError', message: string, objectors: readonly string[], promised: string | undefined): void {
    this.queue.failed(ctx, key, pod, objectors)
    const note = message.length <= LONGEST_NOTE ? message : `${message.slice(0, LONGEST_NOTE - 4)} ...`
    this.#recorder.emit(ctx, pod, 'Warning', 'FailedScheduling', note, 'Scheduling', schedulerOf(pod))
    const request = notScheduled(pod, reason, message, promised, ctx.now)
    if (request) this.#client.send(ctx, request)
  }

  /** Evicts the victims, if any; the answer is the node that is promised, '' for none any more, undefined to leave it. */
  #makeRoom(ctx: EventContext, key: string, pod: Pod, { preemption }: Decision): string | undefined {
    if (!preemption || 'why' in preemption) {
      if (preemption?.clear) this.#nominations.withdraw(key)
      return preemption?.clear === false ? undefined : ''
    }
    const { node, victims } = preemption
    this.preemptions.record(key, ctx.now, preemption)
    for (const other of this.#nominations.on(node)) {
      if (priorityOf(other) >= priorityOf(pod)) continue
      this.#nominations.withdraw(keyOf(other))
      this.#client.send(ctx, withoutPromise(other))
    }
    this.#nominations.promise(pod, node)
    for (const victim of victims) if (victim.metadata.deletionTimestamp === undefined) this.#evictions.begin(ctx, { victim, preemptor: pod.metadata.uid ?? '', node, scheduler: schedulerOf(pod) })
    return node
  }

  #stop(ctx: EventContext): void {
    this.#stopped.set(NAME, 'stopped')
    this.queue.clear(ctx)
    ctx.note('scheduler.stopped', {})
  }

  #resume(ctx: EventContext): void {
    this.#stopped.delete(NAME)
    ctx.note('scheduler.started', {})
    this.#fillQueue(ctx)
  }

  #fillQueue(ctx: EventContext): void {
    for (const pod of this.#pods.list()) if (!pod.spec.nodeName && this.#isOurs(pod) && !this.cache.assumed.has(keyOf(pod))) this.queue.add(ctx, pod)
  }

  /** Starts anew with another file; null: without one. A file with problems changes nothing: the kubelet would keep the old pod. */
  #configure(ctx: EventContext, file: JsonObject | null): void {
    const reading = file && readConfiguration(file)
    if (reading && 'problems' in reading) {
      ctx.note('scheduler.configurationRefused', { why: reading.problems[0]!.message })
      return
    }
    this.#configured.set(file)
    ctx.note('scheduler.configured', { profiles: this.#configured.current.profiles.map((p) => p.schedulerName).join(', ') })
    if (this.#running) this.#startAnew(ctx)
  }

  /** What the process had in memory is gone: queue, promises, volumes it waited for. Bindings that are under way arrive. */
  #startAnew(ctx: EventContext): void {
    this.queue.clear(ctx)
    this.#cycles.beginAnew()
    for (const key of [...this.cache.assumed.keys()]) {
      if (!this.#volumes.isWaiting(key)) continue
      this.#volumes.cancel(ctx, key)
      this.cache.forget(key)
    }
    this.#nominations.clear()
    for (const pod of this.#pods.list()) if (this.#isOurs(pod)) this.#nominations.renew(pod)
    this.#fillQueue(ctx)
  }
}
