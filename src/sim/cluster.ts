import type { AttemptState, ComponentState, EtcdState, LoopState, LoopSummary, NodeFigures, RequestTrace, RolloutState, VolumeChoice } from '../workers/protocol.ts'
import type { KubeObject } from './api/meta.ts'
import type { Pod } from './api/pod.ts'
import type { ExecRequest } from './api/pod-streams.ts'
import { badRequest } from './api/status.ts'
import { serveHttp } from './apiserver/http/door.ts'
import { ApiServer } from './apiserver/server.ts'
import { addOns, apiServerObjects, CONTROL_PLANE, nodeObject, type NodeSize } from './bootstrap.ts'
import { METRICS_SERVER } from './bootstrap-metrics.ts'
import { ClusterMetrics } from './cluster-metrics.ts'
import { ControllerRunner, type NotRunning } from './client/controller-runner.ts'
import { InformerFactory } from './client/informer.ts'
import { create, NODES, type Request } from './client/request.ts'
import { podMounts } from './client/storage/disks.ts'
import { Client, type Answered } from './client/transport.ts'
import { controllers } from './controllers/index.ts'
import { CSI_OBJECTS, CsiStorage } from './csi/index.ts'
import { Engine, type EventContext } from './engine/engine.ts'
import { describeCommand, NODE_FAULTS, type NodeFault } from './command-sentence.ts'
import { ComponentFlags, type FlagTexts } from './component-flags.ts'
import type { Note, Step } from './engine/event.ts'
import { invariant } from './engine/invariant.ts'
import type { Table } from './engine/table.ts'
import { seconds, type Micros } from './engine/time.ts'
import type { CommandRecord } from './engine/branch.ts'
import { servePodPresets } from './bootstrap-pod-preset.ts'
import { rbacObjects } from './bootstrap-rbac.ts'
import { SERVICE_CLUSTER_IP_RANGE } from './flags/kube-apiserver.ts'
import { tellOfServiceRange } from './bootstrap-service-range.ts'
import { serverObjects } from './bootstrap-server.ts'
import { createObject, installObjects } from './apiserver/installing.ts'
import type { AuthorizationMode } from './apiserver/authorization/authorizer.ts'
import { Timeline, type TimelineOptions } from './engine/timeline.ts'
import { completeLine, type LineCompletion } from './kubectl/complete-line.ts'
import { KubectlProcesses, type KubectlCommand } from './kubectl/processes.ts'
import type { Registry } from './images/registry.ts'
import { computedReads } from './node/computed-reads.ts'
import { heartbeatTable, lastRenewal, type NodeHeartbeat } from './node/heartbeats.ts'
import { Kubelets } from './node/kubelet/kubelets.ts'
import { podListens } from './node/kubelet/network.ts'
import { nodeUsage } from './node/kubelet/usage.ts'
import { webhookAnswer } from './node/kubelet/webhooks.ts'
import type { ContractName } from './node/kwok/contract.ts'
import { KwokKubelets } from './node/kwok/kwok.ts'
import { nodeFigures, type Requested } from './observe/figures.ts'
import { Inside } from './observe/anatomy/inside.ts'
import { loopOf } from './observe/loops.ts'
import { componentStates, loopSummaries } from './observe/parts.ts'
import { attemptView } from './observe/scheduling.ts'
import { rolloutOf } from './observe/rollout.ts'
import { volumeChoice } from './observe/volume-choice.ts'
import { lastStateOf } from './observe/why.ts'
import { etcdState } from './observe/etcd.ts'
import { requestTrace } from './observe/request-trace.ts'
import { Scheduler } from './scheduler/scheduler.ts'

export interface ClusterOptions {
  readonly seed?: number
  /** Worker nodes besides the control plane, or the Node objects to create instead of any of our own. */
  readonly nodes?: number | readonly KubeObject[]
  readonly size?: NodeSize
  /** 'detailed' models images, containers and probes; 'kwok' fakes them (conformance, scale). */
  readonly kubelet?: 'detailed' | 'kwok'
  /** Where the nodes' images come from: a catalogue that takes unknown names for servers, unless another one is given. */
  readonly registry?: Registry
  /** How the nodes' kernels lay out their control groups: v2 unless said otherwise. */
  readonly cgroups?: 'v1' | 'v2'
  /** What steers the fake kubelets: labels and annotations (the recorded scenarios) or images (the recorded kubectl stories). */
  readonly contract?: ContractName
  /** Without kubeadm's add-ons (DNS, proxy): an empty control plane. */
  readonly bare?: boolean
  /** Who may do what; bare clusters let everybody do everything and have no roles. */
  readonly authorization?: AuthorizationMode
  /** With a metrics server, as an add-on. Without one autoscalers ask the kubelets, and `kubectl top` has nobody to ask. */
  readonly metrics?: boolean
  /** With a modelled cloud, so that Services of type LoadBalancer get an address. */
  readonly cloud?: boolean
  /** Settings of components that differ from their defaults from the start. */
  readonly flags?: FlagTexts
  readonly history?: TimelineOptions
  /** Freeze what is stored, so that mutation throws. */
  readonly debug?: boolean
}

const NO_EXEC = badRequest('the fake kubelets of this cluster run no processes')
const NO_LOGS = badRequest('the fake kubelets of this cluster keep no logs')
export type { NodeFault }
export type NodeAction = NodeFault | 'cordon' | 'uncordon' | 'add' | 'remove'

const BOOT_LIMIT = seconds(300)
/** Booted when nothing is due for this long. */
const QUIET = seconds(8)

/** A whole cluster: the composition root and the only door to the simulation. */
export class Cluster {
  readonly seed: number
  readonly workers: number
  readonly engine: Engine
  readonly timeline: Timeline
  readonly server: ApiServer
  /** What the components were told on their command lines. */
  readonly flags: ComponentFlags
  readonly informers: InformerFactory
  readonly runners: readonly ControllerRunner[]
  readonly scheduler: Scheduler
  readonly kubectl: KubectlProcesses
  readonly kubelets: Kubelets | KwokKubelets
  /** The storage system behind the class "standard"; none where kubelets are faked. */
  readonly csi: CsiStorage | undefined
  /** The inside of nodes and pods. */
  readonly inside: Inside
  /** Where the session begins for its user: booted and quiet. */
  origin: { readonly at: Micros; readonly index: number } = { at: 0, index: 0 }
  readonly kubelet: 'detailed' | 'kwok'
  readonly metrics: boolean
  readonly #metrics = new ClusterMetrics(this)
  readonly #options: ClusterOptions
  readonly #answers: Table<Answered<unknown>>
  readonly #beats: Table<NodeHeartbeat>

  constructor(options: ClusterOptions = {}) {
    this.#options = options
    this.seed = options.seed ?? 1
    this.kubelet = options.kubelet ?? 'detailed'
    this.metrics = (options.metrics ?? false) && this.kubelet === 'detailed'
    this.workers = typeof options.nodes === 'object' ? options.nodes.length : (options.nodes ?? 3)
    const engine = new Engine({ seed: this.seed })
    this.engine = engine
    engine.debug = options.debug ?? false
    this.timeline = new Timeline(engine, options.history)
    this.flags = new ComponentFlags(engine, options.flags ?? {}, { controllers: () => this.runners, hasKubelets: () => this.kubelet === 'detailed', nodes: () => this.list('nodes'), admissionChanged: (ctx) => servePodPresets(this.server, this.flags.values, ctx), serviceRangeChanged: (ctx) => tellOfServiceRange(this.server, this.flags.values, ctx) })
    this.#beats = heartbeatTable(engine)
    this.#answers = engine.table('user/answers')
    this.server = new ApiServer(engine, {
      overlay: computedReads(this.#beats, this.flags.values),
      runs: (component) => !this.#isStopped(component),
      podExec: (ctx, pod, body, then, what) => (this.kubelets instanceof Kubelets ? this.kubelets.exec(ctx, pod, body as unknown as ExecRequest, then, what) : NO_EXEC),
      serveRaw: (ctx, raw, who) => serveHttp(this.server, { ...raw, who, accept: 'application/json' }, ctx.now, ctx),
      podListens: (ip, port, now) => (this.kubelets instanceof Kubelets ? podListens(this.kubelets.world, ip, port, now) : undefined),
      callWebhook: (ip, port, path, review, now) => (this.kubelets instanceof Kubelets ? webhookAnswer(this.kubelets.world, { ip, port, path, review, now }) : undefined),
      aggregated: this.#metrics,
      kubelet: (node, path, query, now) => (this.kubelets instanceof Kubelets ? this.kubelets.answer(node.metadata.name, path, query, now) : 'dial tcp: the kubelets of this cluster are imitated and serve nothing'),
      podLog: (pod, wanted, now) => (this.kubelets instanceof Kubelets ? this.kubelets.log(pod, wanted, now) : NO_LOGS),
    }, options.authorization ?? (options.bare ? 'AlwaysAllow' : 'Node,RBAC'))
    this.informers = new InformerFactory(engine, 'kube-controller-manager', new Client(engine, 'kube-controller-manager', { user: 'system:kube-controller-manager' }))
    this.runners = controllers({
      heartbeats: { beating: (node) => this.#beats.has(node), lastRenewal: (node, now) => this.#lastRenewal(node, now) },
      metrics: this.#metrics,
      cloud: options.cloud ?? false,
    }).map((controller) => new ControllerRunner(engine, controller, this.informers))
    this.scheduler = new Scheduler(engine)
    this.kubectl = new KubectlProcesses(engine, () => this.list('customresourcedefinitions'))
    const hasStorage = options.kubelet !== 'kwok' && !options.bare
    this.kubelets = options.kubelet === 'kwok' ? new KwokKubelets(engine, options.contract) : new Kubelets(engine, { ...(hasStorage ? { mounts: podMounts(engine), reaches: (disk: string, node: string) => this.csi?.reaches(disk, node) ?? true } : {}), registry: options.registry, cgroups: options.cgroups, reader: { get: (plural, namespace, name) => this.server.store.get(namespace === undefined ? `${plural}/${name}` : `${plural}/${namespace}/${name}`), list: (plural, namespace) => this.list(plural, namespace) } })
    this.csi = hasStorage ? new CsiStorage(engine, this.informers, { isUp: (node) => this.#runs(node), kubelet: (node) => `kubelet/${node}` }) : undefined
    this.inside = new Inside(this.kubelets instanceof Kubelets ? this.kubelets.world : undefined, this.server.store, this.timeline)
    const user = new Client(engine, 'user', { user: 'kubernetes-admin' })
    engine.actor('cluster', { boot: (ctx) => this.#start(ctx) })
    engine.actor('user', {
      request: (ctx, request: Request) => user.send(ctx, request, { actor: ctx.event.actor, what: 'answer' }),
      answer: (ctx, answered: Answered<unknown>) => this.#answers.set(ctx.instance, answered),
    })
  }

  /** The API objects by store key ("pods/default/web-1"). */
  get objects(): Table<KubeObject> {
    return this.server.store.objects
  }

  /** All objects of a resource, in etcd's order. */
  list<T extends KubeObject>(plural: string, namespace?: string): readonly T[] {
    return this.server.store.keys(plural, namespace).map((key) => this.objects.get(key) as T)
  }

  /** Starts everything and runs until nothing is due for a while. Call once. */
  boot(): void {
    this.timeline.command('cluster', 'boot', null)
    if (!this.#options.bare) this.settle(QUIET, BOOT_LIMIT)
    else this.settle(seconds(2), seconds(30))
    this.origin = { at: this.timeline.clock, index: this.timeline.index }
  }

  /** Runs until the next event is at least `quiet` away, at most for `limit`. True when it came to rest. */
  settle(quiet: Micros = QUIET, limit: Micros = seconds(600)): boolean {
    const { timeline } = this
    const end = timeline.clock + limit
    for (;;) {
      const at = timeline.nextAt()
      if (at === undefined || at - timeline.clock >= quiet) return true
      if (at > end) return false
      timeline.step()
    }
  }

  runFor(duration: Micros): void {
    this.timeline.runUntil(this.timeline.clock + duration)
  }

  /** Starts a kubectl process as a command; its output is read from `cluster.kubectl`. Gives back the pid. */
  runKubectl(command: KubectlCommand): string {
    const pid = this.kubectl.nextPid()
    this.timeline.command(`kubectl/${pid}`, 'run', command)
    return pid
  }

  /** Runs a kubectl command to its end in virtual time. Throws when it does not end within `limit`. */
  kubectlNow(command: KubectlCommand, limit: Micros = seconds(600)): { readonly code: number; readonly stdout: string; readonly stderr: string } {
    const pid = this.runKubectl(command)
    const end = this.timeline.clock + limit
    while (this.kubectl.processes.get(pid)?.exit === undefined) {
      const at = this.timeline.nextAt()
      if (at === undefined || at > end) throw new Error(`kubectl ${command.argv.join(' ')} did not end within ${limit / 1_000_000} s of virtual time`)
      this.timeline.step()
    }
    return { code: this.kubectl.processes.get(pid)!.exit!, stdout: this.kubectl.textOf(pid, 'stdout'), stderr: this.kubectl.textOf(pid, 'stderr') }
  }

  /** Sends one REST request as a command and runs until it is answered. */
  request<T = KubeObject>(request: Request): Answered<T>['answer'] {
    const id = `user/${this.timeline.index + 1}`
    this.timeline.command(id, 'request', request)
    const key = id.slice('user/'.length)
    while (!this.#answers.has(key)) invariant(this.timeline.step(), `the request ${request.verb} ${request.resource} was never answered`)
    return this.#answers.get(key)!.answer as Answered<T>['answer']
  }

  /**
   * Breaks or mends a node: `crash` and `restart` (power off and on), `reboot` (both), `freeze` and `thaw` (the kubelet
   * hangs, containers run on), `partition` and `heal` (cut off from the API server, containers run on).
   */
  faultNode(fault: NodeFault, name: string): Step {
    return this.timeline.command(this.#kubeletActor(name), fault, name)
  }

  /** What is wrong with a node's machine or kubelet, by a fault; undefined when nothing is. */
  nodeFault(name: string): 'crashed' | 'frozen' | 'partitioned' | undefined {
    if (this.kubelets instanceof KwokKubelets) return this.kubelets.nodes.get(name)?.fault
    const row = this.kubelets.world.nodes.get(name)
    if (!row) return undefined
    return row.up ? row.fault : 'crashed'
  }

  crashNode(name: string): Step {
    return this.faultNode('crash', name)
  }

  restartNode(name: string): Step {
    return this.faultNode('restart', name)
  }

  /** What a node's menu offers. Cordoning, draining and removing go through kubectl, as a person would do it. */
  nodeAction(action: NodeAction, name: string): void {
    if (NODE_FAULTS.has(action)) this.faultNode(action as NodeFault, name)
    else if (action === 'add') this.addNode()
    else if (action === 'remove') this.runKubectl({ argv: ['delete', 'node', name] })
    else this.runKubectl({ argv: [action, name] })
  }

  /** Adds a worker of the default size; gives back its name, which no machine has: one whose Node was deleted still runs. */
  addNode(): string {
    let n = 1
    while (this.objects.has(`nodes/node-${n}`) || (this.kubelets instanceof Kubelets && this.kubelets.world.nodes.has(`node-${n}`))) n++
    const node = nodeObject(n, this.#options.size)
    if (this.kubelets instanceof Kubelets) this.timeline.command(`kubelet/${node.metadata.name}`, 'boot', node)
    else this.request(create(NODES, undefined, node))
    return `node-${n}`
  }

  /** Stops or resumes a controller by name, or the scheduler; what then no longer happens is visible. Throws RangeError for others. */
  setComponent(name: string, running: boolean): Step {
    if (name !== 'scheduler' && !this.runners.some(({ controller }) => controller.name === name)) throw new RangeError(`there is no control loop called ${name}`)
    return this.timeline.command(name, running ? 'resume' : 'stop', null)
  }

  /** All controllers by name, with what waits in their queues. */
  loops(): readonly LoopSummary[] {
    return loopSummaries(this.runners, (name) => this.#isStopped(name))
  }

  loop(controller: string): LoopState | null {
    const runner = this.runners.find((candidate) => candidate.controller.name === controller)
    return runner ? loopOf(runner, this.informers, this.timeline, this.engine.table<NotRunning>('components').get(controller)) : null
  }

  /** Does a kubelet work on the node, and can it talk to the API server? */
  #runs(node: string): boolean {
    return this.kubelets instanceof Kubelets && this.kubelets.world.nodes.has(node) && this.nodeFault(node) === undefined
  }

  /** What the API server would answer now, with nothing left behind. */
  dryRun(request: Request): unknown {
    const options = { ...request.options, dryRun: true }
    return this.engine.probe(this.timeline.clock, 'user', (ctx) => this.server.execute({ ...request, options }, 'kubernetes-admin', this.timeline.clock, ctx).answer)
  }

  /** The scheduler's last attempt for a pod ("default/web-1"), node by node. */
  attempt(pod: string): AttemptState | null {
    return attemptView(this.scheduler, this.timeline, pod)
  }

  /** The way of the last request at or before the cursor through the API server. */
  requestTrace(): RequestTrace | null {
    return requestTrace(this.timeline, this.server)
  }

  etcd(filter: string): EtcdState {
    return etcdState(this.server.store, this.server.hub, filter)
  }

  /** A Deployment's numbers as its controller computes them. */
  rollout(key: string): RolloutState | null {
    return rolloutOf(this.server.store, key, this.timeline.clock)
  }

  /** Why a claim ("persistentvolumeclaims/default/data") has its volume, or none: volumes × criteria. */
  volumeChoice(key: string): VolumeChoice | null {
    return volumeChoice(this.server.store, key)
  }

  /** Candidates for the word at the end of a shell line, from what is in the cluster now. */
  completeKubectl(line: string, files: readonly string[] = []): LineCompletion {
    return completeLine(
      {
        names: (plural, namespace) => this.list(plural, namespace).map((o) => o.metadata.name),
        containers: (pod, namespace) => ((this.objects.get(`pods/${namespace}/${pod}`) as Pod | undefined)?.spec.containers ?? []).map((c) => c.name),
        namespace: this.kubectl.namespace,
        files,
        ...this.kubectl.configNames,
      },
      line,
    )
  }

  /** kubectl's words for an object by its store key: ["pods", "web-1", "-n", "default"]. */
  kubectlName(key: string): readonly string[] {
    const [resource, ...rest] = key.split('/')
    return rest.length === 2 ? [resource!, rest[1]!, '-n', rest[0]!] : [resource!, rest[0]!]
  }

  lastStateOf(key: string): ReturnType<typeof lastStateOf> {
    return lastStateOf(this.timeline, key)
  }

  nodeFigures(requested: Requested): readonly NodeFigures[] {
    const { kubelets } = this
    return nodeFigures(this.server.store, requested, {
      fault: (node) => this.nodeFault(node),
      usage: (node) => (kubelets instanceof Kubelets && this.#runs(node) ? nodeUsage(kubelets.world, node, this.timeline.clock) : undefined),
    })
  }

  components(): readonly ComponentState[] {
    return componentStates(this.server, this.runners, this.scheduler, (name) => this.#isStopped(name))
  }

  /** The sentence of a command, for marks and branch labels. */
  describeCommand(command: CommandRecord): Note {
    return describeCommand(command)
  }

  #kubeletActor(node: string): string {
    return this.kubelets instanceof Kubelets ? `kubelet/${node}` : 'kwok'
  }

  #isStopped(component: string): boolean {
    return this.engine.table<'stopped'>('components').has(component)
  }

  #lastRenewal(node: string, now: Micros): Micros | undefined {
    const beat = this.#beats.get(node)
    return beat && lastRenewal(beat, now)
  }

  #start(ctx: EventContext): void {
    ctx.note('cluster.boot', { workers: this.workers })
    this.flags.start()
    const services = this.flags.values.get(SERVICE_CLUSTER_IP_RANGE)
    for (const object of apiServerObjects(services)) createObject(this.server, ctx, object)
    if (this.server.authorizer.mode !== 'AlwaysAllow') installObjects(this.server, ctx, [...rbacObjects(), ...serverObjects(ctx.now, services)])
    servePodPresets(this.server, this.flags.values, ctx)
    this.informers.start(ctx)
    for (const { controller } of this.runners) ctx.schedule(0, controller.name, 'start')
    ctx.schedule(0, 'scheduler', 'start')
    const { nodes, size, bare } = this.#options
    const own = typeof nodes === 'object' ? nodes : Array.from({ length: this.workers + 1 }, (_, n) => nodeObject(n, size))
    this.kubelets.start(ctx, own)
    if (!bare) for (const object of [...addOns(services), ...(this.metrics ? METRICS_SERVER : [])]) createObject(this.server, ctx, object)
    if (this.csi) {
      for (const object of CSI_OBJECTS) createObject(this.server, ctx, object)
      this.csi.start(ctx, [...new Set(own.map((node) => node.metadata.labels?.['topology.kubernetes.io/zone'] ?? ''))].sort())
    }
  }
}

export const createCluster = (options: ClusterOptions = {}): Cluster => new Cluster(options)
export { CONTROL_PLANE }
