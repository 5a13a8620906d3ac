import { keyOf, type KubeObject } from '../../api/meta.ts'
import type { Container } from '../../api/container.ts'
import { allContainers, type Pod } from '../../api/pod.ts'
import { EventRecorder } from '../../client/event-recorder.ts'
import type { PodMounts } from '../../client/storage/disks.ts'
import { Client } from '../../client/transport.ts'
import type { Engine, EventContext } from '../../engine/engine.ts'
import type { Index, Table } from '../../engine/table.ts'
import { ms, seconds, type Micros } from '../../engine/time.ts'
import { defaultRegistry } from '../../images/index.ts'
import { flagsIn, type Flags } from '../../flags/index.ts'
import { ipv4Text } from '../../flags/ipv4-range.ts'
import { SERVICE_CLUSTER_IP_RANGE } from '../../flags/kube-apiserver.ts'
import { CLUSTER_DNS, EVENT_BURST, EVENT_RECORD_QPS, KUBELET_API_BURST, KUBELET_API_QPS } from '../../flags/kubelet.ts'
import type { Registry } from '../../images/registry.ts'
import type { FsNode } from '../linux/fs.ts'
import type { ContainerUse } from '../linux/setting.ts'
import type { HostState } from '../linux/host.ts'
import { LocalImages } from './local-images.ts'
import type { NodeRow, PodRow } from './state.ts'

export const KUBELET = 'kubelet'
export const actorOf = (node: string): string => `${KUBELET}/${node}`
export const rowKey = (node: string, pod: KubeObject): string => `${node} ${keyOf(pod)}`

/** What a kubelet reads of the cluster besides its pods: its watch-based caches of config maps, secrets and services. */
export interface ClusterReader {
  get(plural: string, namespace: string | undefined, name: string): KubeObject | undefined
  list(plural: string, namespace?: string): readonly KubeObject[]
}

export interface KubeletOptions {
  readonly registry?: Registry
  readonly reader?: ClusterReader
  readonly cgroups?: 'v1' | 'v2'
  /** What the volume manager has brought for pods' claims and shares; without one, disks are simply there. */
  readonly mounts?: Table<PodMounts>
  /** Can the node still write to a disk? One that was taken from it by force it cannot reach. */
  readonly reaches?: (disk: string, node: string) => boolean
}

const NO_READER: ClusterReader = { get: () => undefined, list: () => [] }

/** The turns of a pod's worker, for the parts that the worker itself uses. */
export interface WorkerSteps {
  requestSync(world: KubeletWorld, ctx: EventContext, row: PodRow): PodRow
  nextOp(world: KubeletWorld, ctx: EventContext, row: PodRow): PodRow
  finishSync(world: KubeletWorld, ctx: EventContext, row: PodRow): PodRow
}

/** What the parts of the kubelets share: tables, clients, recorders. */
export class KubeletWorld {
  readonly pods: Table<PodRow>
  readonly nodes: Table<NodeRow>
  /** Files of nodes and of disks, by file system: "host/<node>", "disk/<volume>". */
  readonly disks: Table<FsNode>
  readonly byNode: Index<PodRow>
  /** What registries have, and what nodes have built: `registry.on(node)` is one node's view. */
  readonly registry: LocalImages
  readonly reader: ClusterReader
  readonly cgroups: 'v1' | 'v2'
  readonly mounts: Table<PodMounts> | undefined
  readonly reaches: (disk: string, node: string) => boolean
  /** Set once by the composition of the kubelets. */
  steps!: WorkerSteps
  /** What a container uses by its declared load; set by the composition of the kubelets. */
  usageOf: (row: PodRow, container: string, at: Micros) => ContainerUse = () => ({ cpu: 0, memory: 0 })
  /** Why a pod must go for what it has written; set by the composition of the kubelets. */
  excessOf: (row: PodRow, at: Micros) => string | undefined = () => undefined
  /** The whole node as one of its pods sees it; set by the composition of the kubelets. */
  hostView!: (node: string, at: Micros, looking: PodRow) => HostState
  /** Who set the cluster up, for what kubelets may not do themselves. */
  readonly installer: Client
  /** Fields of KubeletConfiguration, the same for all nodes. */
  readonly flags: Flags
  readonly #engine: Engine
  readonly #clients = new Map<string, Client>()
  readonly #eventClients = new Set<Client>()
  readonly #recorders = new Map<string, EventRecorder>()

  constructor(engine: Engine, { registry = defaultRegistry, reader = NO_READER, cgroups = 'v2', mounts, reaches = () => true }: KubeletOptions = {}) {
    this.#engine = engine
    this.flags = flagsIn(engine)
    for (const flag of [KUBELET_API_QPS, KUBELET_API_BURST]) this.flags.follow(flag, () => this.#clients.forEach((client) => this.#limit(client)))
    for (const flag of [EVENT_RECORD_QPS, EVENT_BURST]) this.flags.follow(flag, () => this.#eventClients.forEach((client) => this.#limitEvents(client)))
    this.installer = new Client(engine, 'kubeadm', { user: 'kubernetes-admin' })
    this.pods = engine.table<PodRow>('kubelet/pods')
    this.nodes = engine.table<NodeRow>('kubelet/nodes')
    this.disks = engine.table<FsNode>('kubelet/disks')
    this.byNode = this.pods.index((row) => row.node)
    this.mounts = mounts
    this.reaches = reaches
    this.registry = new LocalImages(registry, engine)
    this.reader = reader
    this.cgroups = cgroups
  }

  /** Name servers of pods: those of the configuration, or the cluster's DNS where it says nothing. */
  get clusterDNS(): readonly string[] {
    const given = this.flags.get(CLUSTER_DNS)
    if (given.length > 0) return given
    const { clusterIP } = (this.reader.get('services', 'kube-system', 'kube-dns')?.spec ?? {}) as { readonly clusterIP?: string }
    return [clusterIP ?? ipv4Text(this.flags.get(SERVICE_CLUSTER_IP_RANGE).first + 10)]
  }

  client(node: string): Client {
    let client = this.#clients.get(node)
    if (!client) {
      this.#clients.set(node, (client = new Client(this.#engine, actorOf(node), { user: `system:node:${node}` })))
      this.#limit(client)
    }
    return client
  }

  #limit(client: Client): void {
    client.limit(this.flags.get(KUBELET_API_QPS), this.flags.get(KUBELET_API_BURST))
  }

  #limitEvents(client: Client): void {
    client.limit(this.flags.get(EVENT_RECORD_QPS), this.flags.get(EVENT_BURST))
  }

  recorder(node: string): EventRecorder {
    let recorder = this.#recorders.get(node)
    if (!recorder) {
      const client = new Client(this.#engine, `${actorOf(node)}-events`, { user: `system:node:${node}` })
      this.#limitEvents(client)
      this.#eventClients.add(client)
      this.#recorders.set(node, (recorder = new EventRecorder(this.#engine, client, { component: KUBELET, host: node })))
    }
    return recorder
  }

  put(row: PodRow): PodRow {
    this.pods.set(rowKey(row.node, row.pod), row)
    return row
  }

  find(node: string, key: string): PodRow | undefined {
    return this.pods.get(`${node} ${key}`)
  }

  /** The row as it stands now; the one given where it has gone meanwhile. */
  fresh(row: PodRow): PodRow {
    return this.pods.get(rowKey(row.node, row.pod)) ?? row
  }

  node(row: PodRow): NodeRow {
    return this.nodes.get(row.node)!
  }

  /** The next look of the PLEG at the runtime, behind `at` (pkg/kubelet/pleg: relist every second). */
  nextRelist(row: PodRow, at: Micros): Micros {
    const { phase } = this.node(row)
    return phase + Math.ceil((at - phase) / seconds(1)) * seconds(1) + ms(8)
  }

  /** An event about one container of the pod. */
  aboutContainer(ctx: EventContext, row: PodRow, name: string, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { spec } = row.pod
    const list = spec.initContainers?.some((c) => c.name === name) ? 'initContainers' : spec.ephemeralContainers?.some((c) => c.name === name) ? 'ephemeralContainers' : 'containers'
    this.recorder(row.node).emit(ctx, { ...row.pod, fieldPath: `spec.${list}{${name}}` } as KubeObject, type, reason, message)
  }

  aboutPod(ctx: EventContext, row: PodRow, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.recorder(row.node).emit(ctx, row.pod, type, reason, message)
  }

  /** An event about the node: without a uid, so `kubectl describe node` does not find it (kubelet.go: nodeRef). */
  aboutNode(ctx: EventContext, name: string, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.recorder(name).emit(ctx, { apiVersion: 'v1', kind: 'Node', metadata: { name } }, type, reason, message)
  }

  later(ctx: EventContext, row: PodRow, delay: Micros, what: string, payload: Readonly<Record<string, unknown>> = {}): number {
    return ctx.schedule(Math.max(0, Math.round(delay)), actorOf(row.node), what, { pod: keyOf(row.pod), uid: row.uid, ...payload })
  }
}

/** Nothing of a pod is left on its node. Its images are unused from now on, as far as it is concerned. */
export function dropPod(world: KubeletWorld, ctx: EventContext, row: PodRow): void {
  world.pods.delete(rowKey(row.node, row.pod))
  const node = world.nodes.get(row.node)
  const used = new Set(Object.values(row.containers).map((c) => c.run?.reference))
  if (!node || !node.images.some((i) => used.has(i.reference))) return
  world.nodes.set(row.node, { ...node, images: node.images.map((i) => (used.has(i.reference) ? { ...i, usedAt: ctx.now } : i)) })
}

const byName = new WeakMap<Pod['spec'], ReadonlyMap<string, Container>>()

export function containerNamed(pod: Pod, name: string): Container | undefined {
  let found = byName.get(pod.spec)
  if (!found) byName.set(pod.spec, (found = new Map(allContainers(pod.spec).map((c) => [c.name, c]))))
  return found.get(name)
}

/** What every call of a container runtime that is down ends with. */
export const NO_RUNTIME = 'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: no such file or directory"'

/** "app_default(uid)", as the kubelet writes pods in messages. */
export const podText = ({ metadata }: Pod): string => `${metadata.name}_${metadata.namespace}(${metadata.uid})`

/** A wait stretched at random by up to half (wait.Jitter with 0.5). */
export const jittered = (ctx: EventContext, delay: Micros): Micros => delay + ctx.random.below(Math.max(1, Math.floor(delay / 2)))
