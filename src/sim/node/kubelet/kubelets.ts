import { keyOf, type KubeObject } from '../../api/meta.ts'
import { containerNamed, type KubeletOptions } from './world.ts'
import type { Selector } from '../../api/labels.ts'
import { allContainers, isMirrorPod, type Pod } from '../../api/pod.ts'
import type { ExecRequest } from '../../api/pod-streams.ts'
import { badRequest, type Status } from '../../api/status.ts'
import { PODS, remove } from '../../client/request.ts'
import type { Answered, ReplyTo, WatchDelivery } from '../../client/transport.ts'
import type { Engine, EventContext } from '../../engine/engine.ts'
import { ms, seconds, type Micros } from '../../engine/time.ts'
import type { Node } from '../../kinds/node/node.ts'
import { heartbeatTable } from '../heartbeats.ts'
import { admitPod, admitWaiting } from './arriving.ts'
import { containerEnded, EXIT_SHOWS } from './ending.ts'
import { beginExec, execEnded, interruptExec, type ExecArrived, type StreamKind } from './exec.ts'
import { REBOOT_TIME } from './faults.ts'
import { execHookError, type HookKind } from './hooks.ts'
import { hostView } from './host-view.ts'
import { nodeRequest } from './node-requests.ts'
import { Kernel } from '../linux/kernel.ts'
import type { Answer } from '../linux/machine.ts'
import { hostPid } from '../linux/processes.ts'
import { advanced, lookAhead, settingOf } from './linux.ts'
import { answerTo } from './network.ts'
import { podLog, type LogOptions } from './logs.ts'
import { NodeLife } from './node-life.ts'
import { probed, type Attempt } from './prober.ts'
import { objectChanged, refreshVolumes } from './refresh.ts'
import { storageExcess } from './consumption.ts'
import { devicePlugin, devicesForgotten, type DevicePlugin } from './devices.ts'
import { reported, reportNode } from './node-report.ts'
import { armAges } from './image-ages.ts'
import { armLooks, armPressure, collect, evictWriter, housekeep } from './pressure.ts'
import type { PullEnd } from './puller.ts'
import { occupy, reconfigured, rotateLogs } from './node-changes.ts'
import { flush } from './reporter.ts'
import { askKubelet, type KubeletAnswer } from './server/index.ts'
import { collectorFails, runtimeStarted, runtimeStopped } from './runtime-down.ts'
import { beginShutdown, continueShutdown } from './shutdown.ts'
import { observed, retryResizes, sizeChanged, takesLess } from './resize.ts'
import { create as createContainer, postStartDone, pulled, start } from './starting.ts'
import { spentBy } from './spent.ts'
import type { NodeRow, PodRow } from './state.ts'
import { beginAttach, closeStream, feedStream, forward, opened, sendNews, type AttachRequest, type ForwardRequest } from './streams.ts'
import { clearMirror, createMirror, filesChanged, mirrorGone, mirrorSeen } from './static-files.ts'
import { killNow, preStopDone, requestEnd, sandboxStopped, stopped, terminated, withSignal } from './termination.ts'
import { actorOf, dropPod, KUBELET, KubeletWorld, NO_RUNTIME, rowKey } from './world.ts'
import { containerUsage, armMemory, nodeUsage, outOfMemory, podMetrics, type PodUsage } from './usage.ts'
import { finishSync, mountVolumes, nextOp, plegSoon, requestSync, sandboxReady } from './worker.ts'

const EVICTION_PERIOD = seconds(10)

interface OfPod {
  readonly pod: string
  readonly uid?: string
  readonly [key: string]: unknown
}

/**
 * The kubelets of all nodes: actor family `kubelet/<node>`, one row a node, one row a pod. Commands: `boot` (a Node object),
 * `crash`, `restart`, `kill`, `stop-kubelet`, `start-kubelet`. What processes do is computed from their machine (node/linux), so
 * only what changes something is an event.
 */
export class Kubelets {
  readonly world: KubeletWorld

  constructor(engine: Engine, options: KubeletOptions = {}) {
    this.world = new KubeletWorld(engine, options)
    this.world.steps = { requestSync, nextOp, finishSync }
    this.world.usageOf = (row, name, at) => ({ ...(containerUsage(this.world, row, name, at) ?? { cpu: 0, memory: 0 }), spent: spentBy(this.world, row, name, at) })
    this.world.excessOf = (row, at) => storageExcess(this.world, row, at)
    this.world.hostView = (node, at, looking) => hostView(this.world, node, at, looking)
    const { world } = this
    const life = new NodeLife(world, heartbeatTable(engine))
    /** Handlers of the kubelet process: nothing happens while it does not run. */
    const onPod = (body: (ctx: EventContext, row: PodRow, payload: OfPod) => unknown, evenStopped = false) => (ctx: EventContext, payload: OfPod) => {
      const row = world.find(ctx.instance, payload.pod)
      const node = world.nodes.get(ctx.instance)
      if (row && node?.up && (node.kubelet || evenStopped) && (payload.uid === undefined || payload.uid === row.uid)) body(ctx, row, payload)
    }
    engine.actor(KUBELET, {
      boot: (ctx, node: Node) => life.boot(ctx, node),
      registered: (ctx, answered: Answered<Node>) => life.registered(ctx, answered),
      node: (ctx, delivery: WatchDelivery) => life.observeNode(ctx, delivery),
      ready: (ctx) => life.ready(ctx),
      pods: (ctx, delivery: WatchDelivery) => this.#receive(ctx, delivery),
      sync: onPod((ctx, row) => row.life === 'sync' && requestSync(world, ctx, { ...row, timer: 0 })),
      'retry-resizes': (ctx) => this.#isAwake(ctx.instance) && retryResizes(world, ctx, ctx.instance),
      mount: onPod((ctx, row) => row.work?.stage === 'volumes' && mountVolumes(world, ctx, row)),
      sandbox: onPod((ctx, row) => sandboxReady(world, ctx, row)),
      pulled: onPod((ctx, row, p) => pulled(world, ctx, row, p as unknown as PullEnd & { container: string })),
      create: onPod((ctx, row, p) => createContainer(world, ctx, row, p['container'] as string)),
      start: onPod((ctx, row, p) => start(world, ctx, row, p['container'] as string, p['argv'] as readonly string[])),
      pleg: onPod((ctx, row) => this.#relist(ctx, row)),
      look: onPod((ctx, row) => this.#look(ctx, row), true),
      hooked: onPod((ctx, row, p) => this.#hooked(ctx, row, p['container'] as string, p['kind'] as HookKind, p['error'] as string | undefined)),
      'hook-timeout': onPod((ctx, row, p) => row.work?.stopping[p['container'] as string]?.id === p['id'] && preStopDone(world, ctx, row, p['container'] as string, undefined)),
      'kill-now': onPod((ctx, row, p) => killNow(world, ctx, row, p['container'] as string, p['id'] as string)),
      'sandbox-stopped': onPod((ctx, row) => [sandboxStopped(world, ctx, row), admitWaiting(world, ctx)]),
      terminated: onPod((ctx, row) => terminated(world, ctx, row)),
      exec: (ctx, arrived: ExecArrived) => this.#exec(ctx, arrived),
      'exec-input': onPod((ctx, row, p) => feedStream(world, ctx, row, p as unknown as { key: string; text: string; close: boolean }), true),
      'stream-close': onPod((ctx, row, p) => closeStream(world, ctx, row, p['key'] as string), true),
      'exec-interrupt': onPod((ctx, row, p) => interruptExec(world, ctx, row, p['key'] as string), true),
      manifests: (ctx, files: Readonly<Record<string, string>>) => this.#files(ctx, files),
      static: (ctx) => this.#startStatic(ctx, Object.values(world.nodes.get(ctx.instance)?.manifests ?? {})),
      mirror: onPod((ctx, row) => row.isStatic && !row.mirror && createMirror(world, ctx, row)),
      'mirror-status': onPod((ctx, row) => flush(world, ctx, world.put({ ...row, patching: false }))),
      'clear-mirror': onPod((ctx, row) => clearMirror(world, ctx, row)),
      probe: onPod((ctx, row, p) => probed(world, ctx, row, p as unknown as Attempt)),
      answered: onPod((ctx, row, p) => this.#answered(ctx, row, p['process'] as number, p['answer'] as Answer), true),
      object: (ctx, delivery: WatchDelivery) => objectChanged(world, ctx, delivery),
      refresh: onPod((ctx, row) => refreshVolumes(world, ctx, row)),
      oom: onPod((ctx, row, p) => outOfMemory(world, ctx, row, p['container'] as string, p['id'] as string), true),
      evict: onPod((ctx, row) => evictWriter(world, ctx, row)),
      housekeep: (ctx) => this.#isAwake(ctx.instance) && housekeep(world, ctx, ctx.instance),
      'collect-images': (ctx) => this.#isAwake(ctx.instance) && collect(world, ctx, ctx.instance),
      'report-pressure': (ctx) => this.#isAwake(ctx.instance) && reportNode(world, ctx, reported(world, ctx.instance)),
      rearm: (ctx) => armLooks(world, ctx, ctx.instance),
      'rotate-logs': (ctx) => rotateLogs(world, ctx, ctx.instance),
      'device-plugin': (ctx, plugin: DevicePlugin) => devicePlugin(world, ctx, plugin),
      'devices-forgotten': (ctx, resource: string) => devicesForgotten(world, ctx, resource),
      occupy: (ctx, extra: NodeRow['extra']) => occupy(world, ctx, extra),
      shutdown: (ctx) => beginShutdown(world, ctx, ctx.instance),
      'shutdown-next': (ctx) => continueShutdown(world, ctx, ctx.instance) && life.powerOff(ctx),
      patched: (ctx, answered: Answered) => this.#patched(ctx, answered),
      kill: (ctx, { pid, signal }: { pid: number; signal: string }) => this.#kill(ctx, pid, signal),
      crash: (ctx) => life.crash(ctx),
      restart: (ctx) => life.restart(ctx),
      reboot: (ctx, node: string) => {
        life.crash(ctx)
        ctx.schedule(REBOOT_TIME, actorOf(ctx.instance), 'restart', node)
      },
      freeze: (ctx) => life.stopKubelet(ctx, 'frozen'),
      thaw: (ctx) => life.startKubelet(ctx, 'frozen'),
      partition: (ctx) => life.stopKubelet(ctx, 'partitioned'),
      heal: (ctx) => life.startKubelet(ctx, 'partitioned'),
      reconfigured: (ctx, flag: string) => reconfigured(world, ctx, flag, () => life.leaseChanged(ctx)),
      'stop-kubelet': (ctx) => life.stopKubelet(ctx),
      'start-kubelet': (ctx) => life.startKubelet(ctx),
      'stop-containerd': (ctx) => runtimeStopped(world, ctx, ctx.instance),
      'start-containerd': (ctx) => runtimeStarted(world, ctx, ctx.instance),
      'collect-containers': (ctx) => collectorFails(world, ctx, ctx.instance),
      'remove-images': (ctx, names: readonly string[]) => life.removeImages(ctx, names),
    })
  }

  #isAwake(name: string): boolean {
    return this.world.nodes.get(name)?.up === true && this.world.nodes.get(name)!.kubelet
  }

  /** Boots the machines of a new cluster. */
  start(ctx: EventContext, nodes: readonly KubeObject[]): void {
    for (const node of nodes) ctx.schedule(0, actorOf(node.metadata.name), 'boot', node)
  }

  /** What GET pods/log answers. */
  log(pod: KubeObject, options: LogOptions, now: Micros): string | Status {
    return podLog(this.world, pod as Pod, options, now)
  }

  /** What a kubelet answers to a GET on its own port, or why nobody does. */
  answer(node: string, path: string, query: ReadonlyMap<string, readonly string[]>, now: Micros): KubeletAnswer | string {
    return askKubelet(this.world, node, path, query, now)
  }

  /** What pods use (metrics.k8s.io), of one namespace or of all. */
  usage(namespace: string | undefined, selector: Selector | undefined, now: Micros, exact = false): readonly PodUsage[] {
    return podMetrics(this.world, namespace, selector, now, exact)
  }

  /** What nodes use in all; those that are down are left out. */
  nodeUsage(now: Micros): readonly { readonly name: string; readonly cpu: number; readonly memory: number }[] {
    return this.world.nodes.keys().filter((name) => this.world.nodes.get(name)!.up).map((name) => ({ name, ...nodeUsage(this.world, name, now) }))
  }

  /**
   * POST pods/exec, pods/attach and pods/portforward, passed on by the API server: the answer comes when the command has ended, the
   * container has, or the pod has answered. A Status refuses at once.
   */
  exec(ctx: EventContext, pod: KubeObject, request: ExecRequest | AttachRequest | ForwardRequest, then: ReplyTo, what: StreamKind = 'exec'): Status | undefined {
    const { nodeName } = (pod as Pod).spec
    if (!nodeName) return badRequest(`pod ${pod.metadata.name} does not have a host assigned`)
    const node = this.world.nodes.get(nodeName)
    if (!node?.up || !node.kubelet) return { ...badRequest(`error dialing backend: dial tcp ${node?.address ?? nodeName}:10250: connect: connection refused`), reason: 'InternalError', code: 500 }
    ctx.schedule(ms(2), actorOf(nodeName), 'exec', { pod: keyOf(pod), uid: pod.metadata.uid ?? '', request: request as ExecRequest, then, what } satisfies ExecArrived)
    return undefined
  }

  #exec(ctx: EventContext, arrived: ExecArrived): void {
    const row = this.world.find(ctx.instance, arrived.pod)
    const isUp = this.world.nodes.get(ctx.instance)!.runtime
    if (isUp && row && row.uid === arrived.uid && row.machine) {
      if (arrived.what === 'attach') beginAttach(this.world, ctx, row, arrived.request as unknown as AttachRequest, arrived.then)
      else if (arrived.what === 'portforward') forward(this.world, ctx, row, arrived.request as unknown as ForwardRequest, arrived.then)
      else beginExec(this.world, ctx, row, arrived, opened)
    } else ctx.schedule(ms(2), arrived.then.actor, arrived.then.what, { answer: badRequest(`unable to upgrade connection: ${row?.uid === arrived.uid ? isUp ? `container not found (${JSON.stringify(arrived.request.container)})` : NO_RUNTIME : 'pod does not exist'}`), data: arrived.then.data, sentAt: ctx.now })
  }

  /** The number of a container's first process on its node ("POD": the pause process). */
  pidOf(node: string, pod: string, container: string): number | undefined {
    const row = this.world.find(node, pod)
    if (!row?.machine) return undefined
    if (container === 'POD') return row.sandbox.pid
    const main = (container ? row.machine.containers[container] : Object.values(row.machine.containers)[0])?.main
    return main ? hostPid(row.machine, main) : undefined
  }

  #receive(ctx: EventContext, { type, object, items }: WatchDelivery): void {
    const name = ctx.instance
    const node = this.world.nodes.get(name)
    if (!node?.up || !node.kubelet) return
    if (type === 'SYNC') {
      const present = new Set((items ?? []).map((pod) => rowKey(name, pod)))
      for (const key of [...this.world.byNode.keys(name)]) if (!present.has(key) && !this.world.pods.get(key)!.isStatic) this.#deleted(ctx, this.world.pods.get(key)!)
      for (const pod of items ?? []) this.#observe(ctx, pod as Pod)
    } else if (type === 'DELETED') {
      const row = this.world.pods.get(rowKey(name, object!))
      if (row?.isStatic) mirrorGone(this.world, ctx, row)
      else if (row && row.uid === object!.metadata.uid) this.#deleted(ctx, row)
      else if (row?.next?.metadata.uid === object!.metadata.uid) this.world.put({ ...row!, next: undefined })
      retryResizes(this.world, ctx, name)
    } else if (object) this.#observe(ctx, object as Pod)
  }

  /** The object is gone; what still runs of the pod is stopped without telling anybody. */
  #deleted(ctx: EventContext, row: PodRow): void {
    const runs = Object.values(row.containers).some((c) => c.run?.state === 'running') || row.work !== undefined
    if (!runs || row.life === 'terminated') {
      if (row.look) ctx.cancel(row.look)
      dropPod(this.world, ctx, row)
      armAges(this.world, ctx, row.node)
      return
    }
    const gone = this.world.put({ ...row, gone: true })
    requestEnd(this.world, ctx, gone, { grace: seconds(row.pod.metadata.deletionGracePeriodSeconds ?? 0), deleted: true, since: ctx.now })
  }

  #observe(ctx: EventContext, pod: Pod): void {
    const { world } = this
    const node = ctx.instance
    const known = world.pods.get(rowKey(node, pod))
    if (known?.isStatic || (isMirrorPod(pod) && pod.metadata.annotations?.['kubernetes.io/config.seen'])) return mirrorSeen(world, ctx, node, pod)
    if (known && known.uid === pod.metadata.uid) {
      const was = known.desired ?? known.pod
      const specChanged = was.spec !== pod.spec || known.pod.metadata.labels !== pod.metadata.labels || known.pod.metadata.annotations !== pod.metadata.annotations
      const gatesChanged = (pod.spec.readinessGates?.length ?? 0) > 0
      const row = world.put(observed(known, pod))
      if (known.pod.metadata.annotations !== pod.metadata.annotations) {
        for (const c of allContainers(pod.spec)) armMemory(world, ctx, row, c)
        armPressure(world, ctx, node)
      }
      if (pod.metadata.deletionTimestamp) {
        const grace = seconds(pod.metadata.deletionGracePeriodSeconds ?? 30)
        if (!row.end?.deleted) flush(world, ctx, world.fresh(requestEnd(world, ctx, row, { grace, deleted: true, since: ctx.now })))
        else flush(world, ctx, row)
      } else if (row.life === 'sync' && (specChanged || gatesChanged)) {
        if (was.spec !== pod.spec) sizeChanged(world, ctx, row, was)
        requestSync(world, ctx, world.fresh(row))
      } else flush(world, ctx, row)
      if (world.nodes.get(node)?.resizes && takesLess(known.pod, row.pod)) retryResizes(world, ctx, node)
      return
    }
    if (known) {
      // A new pod under the old one's name waits until nothing of that is left.
      if (!known.gone) this.#deleted(ctx, known)
      const left = world.pods.get(rowKey(node, pod))
      if (left) {
        world.put({ ...left, next: pod })
        return
      }
    }
    const isOver = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
    if (pod.metadata.deletionTimestamp) {
      world.client(node).send(ctx, remove(PODS, pod, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } }))
      return
    }
    if (!isOver) admitPod(this.world, ctx, node, pod)
  }

  #files(ctx: EventContext, files: Readonly<Record<string, string>>): void {
    filesChanged(this.world, ctx, ctx.instance, files)
    this.#startStatic(ctx, Object.values(this.world.nodes.get(ctx.instance)?.manifests ?? {}))
  }

  /** Begins the pods of the manifest folder that are not there yet, and tells the API server of them. */
  #startStatic(ctx: EventContext, pods: readonly Pod[]): void {
    for (const pod of pods) {
      if (this.world.pods.has(rowKey(ctx.instance, pod))) continue
      admitPod(this.world, ctx, ctx.instance, pod, true)
      const row = this.world.pods.get(rowKey(ctx.instance, pod))
      if (row) createMirror(this.world, ctx, row)
    }
  }

  /** The PLEG's look at the runtime: ends are seen, and the pod is synced. */
  #relist(ctx: EventContext, given: PodRow): void {
    let row = this.world.put({ ...given, pleg: false })
    if (!this.world.node(row).runtime) return
    let unseen = false
    for (const name of Object.keys(row.containers)) {
      const ended = row.machine?.containers[name]?.ended
      if (!ended || row.containers[name]!.run?.state !== 'running' || row.work?.stopping[name]) continue
      if (ended.at + EXIT_SHOWS <= ctx.now) row = containerEnded(this.world, ctx, row, name)
      else unseen = true
    }
    if (unseen) row = plegSoon(this.world, ctx, row, this.world.nextRelist(row, ctx.now + EXIT_SHOWS))
    if (row.life === 'sync') requestSync(this.world, ctx, row)
  }

  /** The machine has come to something: containers or hooks have ended, the world is asked, or it is only time to look further. */
  #look(ctx: EventContext, given: PodRow): void {
    const { world } = this
    let row = world.put(advanced(world, ctx, { ...given, look: undefined } as unknown as PodRow))
    const node = world.node(row)
    for (const name of Object.keys(row.containers)) {
      const state = row.containers[name]!
      if (state.run?.state !== 'running' || !row.machine?.containers[name]?.ended) continue
      if (row.work?.stopping[name]) row = node.kubelet ? stopped(world, ctx, world.fresh(row), name) : row
      else if (node.kubelet) row = plegSoon(world, ctx, row, world.nextRelist(row, ctx.now + EXIT_SHOWS))
    }
    row = world.fresh(row)
    row = this.#sessions(ctx, row)
    if (row.machine && row.machine.asked.length > 0) {
      for (const question of row.machine.asked) {
        if (question.what === 'node') {
          const reply = nodeRequest(world, ctx, row, question)
          if (question.process > 0) world.later(ctx, row, reply.after, 'answered', { process: question.process, answer: reply.answer })
          continue
        }
        const { answer, after } = answerTo(world, ctx, row, question)
        world.later(ctx, row, after, 'answered', { process: question.process, answer })
      }
      row = world.put({ ...row, machine: { ...row.machine, asked: [] } })
    }
    if (row.life === 'sync' && storageExcess(world, row, ctx.now) !== undefined) world.later(ctx, row, EVICTION_PERIOD + ctx.random.below(EVICTION_PERIOD), 'evict')
    if (world.find(row.node, keyOf(row.pod))) lookAhead(world, ctx, world.fresh(row))
  }

  #answered(ctx: EventContext, given: PodRow, process: number, answer: Answer): void {
    const row = advanced(this.world, ctx, given)
    const kernel = new Kernel(row.machine!, settingOf(this.world, row))
    kernel.now = Math.max(kernel.now, ctx.now)
    kernel.answer(process, answer)
    lookAhead(this.world, ctx, { ...row, machine: kernel.freeze() })
  }

  /** Commands in containers that have ended: hooks. */
  #sessions(ctx: EventContext, given: PodRow): PodRow {
    const { world } = this
    let row = given.streams ? sendNews(world, ctx, given) : given
    for (const [key, session] of Object.entries(row.machine?.sessions ?? {})) {
      if (session.code === undefined) continue
      const { [key]: _done, ...sessions } = row.machine!.sessions
      row = world.put({ ...row, machine: { ...row.machine!, sessions } })
      const [what, kind, name] = key.split(' ')
      if (what === 'exec') row = world.put(execEnded(ctx, row, key, session))
      if (what !== 'hook') continue
      const container = containerNamed(row.pod, name!)
      const hook = container?.lifecycle?.[kind as HookKind]
      if (!container || !hook) continue
      this.#hooked(ctx, row, name!, kind as HookKind, execHookError(row, container, hook, session.code, session.stdout + session.stderr))
      row = world.fresh(row)
    }
    return row
  }

  #hooked(ctx: EventContext, row: PodRow, name: string, kind: HookKind, error: string | undefined): void {
    if (kind === 'postStart') postStartDone(this.world, ctx, row, name, error)
    else preStopDone(this.world, ctx, row, name, error)
  }

  /** The API server has the last report; if more has changed since, the next one goes out. */
  #patched(ctx: EventContext, { answer, data }: Answered): void {
    const { pod, uid } = data as { pod: string; uid: string }
    const row = this.world.find(ctx.instance, pod)
    if (!row || row.uid !== uid) return
    const lost = answer.kind === 'Status'
    ctx.note('kubelet.reported', { pod: row.pod.metadata.name, node: row.node })
    flush(this.world, ctx, this.world.put({ ...row, patching: false, ...(lost ? { sent: undefined } : {}) }))
  }

  #kill(ctx: EventContext, pid: number, signal: string): void {
    const { world } = this
    for (const key of world.byNode.keys(ctx.instance)) {
      const row = world.pods.get(key)!
      if (row.sandbox.state === 'ready' && row.sandbox.pid === pid && signal !== 'TERM') {
        const next = world.put({ ...row, sandbox: { ...row.sandbox, state: 'stopped' } })
        plegSoon(world, ctx, next, world.nextRelist(next, ctx.now))
        return
      }
      const { machine } = row
      const id = machine?.processes.find((p) => hostPid(machine, p.id) === pid)?.id
      if (id !== undefined) {
        withSignal(world, ctx, row, id, signal.replace(/^SIG/, '') === '9' ? 'KILL' : signal.replace(/^SIG/, ''))
        return
      }
    }
  }
}
