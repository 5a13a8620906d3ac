import { keyOf, type KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { create, LEASES, NODES, patch, PODS, remove } from '../../client/request.ts'
import { Client, type WatchDelivery, type WatchSpec } from '../../client/transport.ts'
import type { Engine, EventContext } from '../../engine/engine.ts'
import type { Index, Table } from '../../engine/table.ts'
import { formatTime, type Micros } from '../../engine/time.ts'
import type { Node } from '../../kinds/node/node.ts'
import { heartbeatFrom, heartbeatTable, lastRenewal, type NodeHeartbeat } from '../heartbeats.ts'
import { REBOOT_TIME } from '../kubelet/faults.ts'
import { CONTRACTS, type Contract, type ContractName, type PodBehaviour } from './contract.ts'
import { hostAddress, kubeletState, LEASE_NAMESPACE, leaseOf, needsReport, nodeStatusPatch, renewal, type KubeletState } from './node-status.ts'
import { DEFAULT_CIDR, nextAddress } from './pod-ip.ts'
import { statusPatch, type Address, type Look } from './pod-status.ts'
import { nextStage, type Marks, type Stage } from './stage.ts'

/** What the fake kubelets know of one pod. */
export interface KwokPod extends Marks {
  readonly pod: Pod
  readonly address?: Address | undefined
  readonly timer?: { readonly seq: number; readonly until: Micros } | undefined
  /** The stage whose request is on its way, so that it is sent once. */
  readonly sent?: string | undefined
}

/** What they know of one node. `fault`: the machine is down, hangs or is cut off, whatever the label says. */
export interface KwokNode {
  readonly node: Node
  readonly state: KubeletState
  readonly fault?: 'crashed' | 'frozen' | 'partitioned'
  /** The report whose request is on its way. */
  readonly sent?: KubeletState
}

const NAME = 'kwok'
/** What a stage takes besides the way to the API server: recorded pods ran 4 ms or more after their binding and went 2 ms or more after their deletion. */
const START_TIME: readonly [Micros, Micros] = [2_000, 7_000]
const STOP_TIME: readonly [Micros, Micros] = [1_000, 4_000]
const BOUND_PODS: WatchSpec = { ...PODS, fieldSelector: 'spec.nodeName!=' }

/**
 * All kubelets of a cluster as one cheap actor that fakes them (KWOK): a bound pod runs without images, containers or
 * processes. Events: watch, timer; and the faults crash, restart, reboot, freeze, thaw, partition, heal with a node's name.
 */
export class KwokKubelets {
  readonly pods: Table<KwokPod>
  readonly nodes: Table<KwokNode>
  readonly #byNode: Index<KwokPod>
  readonly #byAddress: Index<KwokPod>
  /** The number given out last, by range. */
  readonly #lastAddresses: Table<number>
  readonly #beats: Table<NodeHeartbeat>
  readonly #client: Client
  readonly #contract: Contract

  constructor(engine: Engine, contract: ContractName = 'labels') {
    this.#contract = CONTRACTS[contract]
    this.pods = engine.table<KwokPod>('kwok/pods')
    this.nodes = engine.table<KwokNode>('kwok/nodes')
    this.#byNode = this.pods.index(({ pod }) => pod.spec.nodeName)
    this.#byAddress = this.pods.index(({ address }) => address?.podIP)
    this.#lastAddresses = engine.table<number>('kwok/addresses')
    this.#beats = heartbeatTable(engine)
    this.#client = new Client(engine, NAME, { user: 'system:kwok' })
    engine.actor(NAME, {
      watch: (ctx, delivery: WatchDelivery) => this.#receive(ctx, delivery),
      timer: (ctx, key: string) => this.#due(ctx, key),
      crash: (ctx, node: string) => this.#fail(ctx, node, 'crashed'),
      restart: (ctx, node: string) => this.#recover(ctx, node, 'crashed'),
      // Fake kubelets end nobody: a shutdown is the loss of the machine.
      shutdown: (ctx, node: string) => this.#fail(ctx, node, 'crashed'),
      reboot: (ctx, node: string) => this.#fail(ctx, node, 'crashed') && ctx.schedule(REBOOT_TIME, NAME, 'restart', node),
      freeze: (ctx, node: string) => this.#fail(ctx, node, 'frozen'),
      thaw: (ctx, node: string) => this.#recover(ctx, node, 'frozen'),
      partition: (ctx, node: string) => this.#fail(ctx, node, 'partitioned'),
      heal: (ctx, node: string) => this.#recover(ctx, node, 'partitioned'),
    })
  }

  /** Registers `nodes` and begins to watch all nodes and bound pods. */
  start(ctx: EventContext, nodes: readonly KubeObject[] = []): void {
    for (const node of nodes) this.#client.send(ctx, create(NODES, undefined, node))
    this.#open(ctx, 'nodes', NODES)
    this.#open(ctx, 'pods', BOUND_PODS)
  }

  #open(ctx: EventContext, resource: string, spec: WatchSpec): void {
    this.#client.watch(ctx, `${NAME}/${resource}`, spec, { actor: NAME, what: 'watch', data: resource })
  }

  #receive(ctx: EventContext, delivery: WatchDelivery): void {
    const isPod = delivery.data === 'pods'
    if (delivery.type === 'EXPIRED') this.#open(ctx, delivery.data as string, isPod ? BOUND_PODS : NODES)
    else if (delivery.type === 'SYNC') this.#sync(ctx, isPod, delivery.items!)
    else if (delivery.type === 'DELETED') this.#forget(ctx, isPod, keyOf(delivery.object!))
    else this.#observe(ctx, isPod, delivery.object!)
  }

  #sync(ctx: EventContext, isPod: boolean, items: readonly KubeObject[]): void {
    const present = new Set(items.map(keyOf))
    for (const key of [...(isPod ? this.pods : this.nodes).keys()]) if (!present.has(key)) this.#forget(ctx, isPod, key)
    for (const item of items) {
      const known = isPod ? this.pods.get(keyOf(item)) : undefined
      // What was sent before may have been lost with the connection.
      if (known?.sent) this.pods.set(keyOf(item), { ...known, sent: undefined })
      this.#observe(ctx, isPod, item)
    }
  }

  #observe(ctx: EventContext, isPod: boolean, object: KubeObject): void {
    if (isPod) this.#observePod(ctx, object as Pod)
    else this.#observeNode(ctx, object as Node)
  }

  #forget(ctx: EventContext, isPod: boolean, key: string): void {
    if (!isPod) {
      this.nodes.delete(key)
      this.#beats.delete(key)
      return
    }
    const row = this.pods.get(key)
    if (row?.timer) ctx.cancel(row.timer.seq)
    this.pods.delete(key)
  }

  #observeNode(ctx: EventContext, node: Node): void {
    const { name, uid } = node.metadata
    const known = this.nodes.get(name)
    const same = known?.node.metadata.uid === uid ? known : undefined
    const state = kubeletState(node)
    const row: KwokNode = { node, state, fault: same?.fault, sent: same?.sent }
    this.nodes.set(name, row)
    this.#live(ctx, row)
    const wasSilent = !same || isSilent(same)
    if (wasSilent && !isSilent(row)) for (const key of this.#byNode.keys(name)) this.#advance(ctx, key)
  }

  /** Lease and status of a node, as far as its kubelet lives. */
  #live(ctx: EventContext, row: KwokNode): void {
    const { name } = row.node.metadata
    const beat = this.#beats.get(name)
    if (isSilent(row)) {
      if (beat) this.#silence(ctx, row.node, beat)
      return
    }
    if (!beat) {
      this.#beats.set(name, heartbeatFrom(ctx.now))
      this.#client.send(ctx, create(LEASES, LEASE_NAMESPACE, leaseOf(row.node, ctx.now)))
    }
    if (!needsReport(row.node, row.state)) {
      if (row.sent) this.nodes.set(name, { ...row, sent: undefined })
    } else if (row.sent !== row.state) {
      this.nodes.set(name, { ...row, sent: row.state })
      this.#client.send(ctx, patch(NODES, row.node, nodeStatusPatch(row.node, row.state, formatTime(ctx.now)), 'strategic', 'status'))
      ctx.note('kwok.nodeReports', { node: name, state: row.state })
    }
  }

  /** The last renewal is written down as it was; from now on nobody renews. */
  #silence(ctx: EventContext, node: Node, beat: NodeHeartbeat): void {
    const { name } = node.metadata
    this.#beats.delete(name)
    this.#client.send(ctx, patch(LEASES, leaseOf(node, 0), renewal(lastRenewal(beat, ctx.now)), 'merge'))
    ctx.note('kwok.nodeSilent', { node: name })
  }

  /** From now on nothing is heard of the node. True when that is new. */
  #fail(ctx: EventContext, name: string, fault: NonNullable<KwokNode['fault']>): boolean {
    const row = this.nodes.get(name)
    if (!row || row.fault === fault || (row.fault && fault !== 'crashed')) return false
    const next: KwokNode = { ...row, fault, sent: undefined }
    this.nodes.set(name, next)
    this.#live(ctx, next)
    ctx.note(`kwok.${fault}`, { node: name })
    return true
  }

  #recover(ctx: EventContext, name: string, from: KwokNode['fault']): void {
    const row = this.nodes.get(name)
    if (!row || row.fault !== from) return
    const next: KwokNode = { ...row, fault: undefined, sent: undefined }
    this.nodes.set(name, next)
    this.#live(ctx, next)
    ctx.note('kwok.recovered', { node: name })
    if (!isSilent(next)) for (const key of this.#byNode.keys(name)) this.#advance(ctx, key)
  }

  #observePod(ctx: EventContext, pod: Pod): void {
    const key = keyOf(pod)
    const known = this.pods.get(key)
    const same = known?.pod.metadata.uid === pod.metadata.uid ? known : undefined
    if (known && !same) this.#forget(ctx, true, key)
    const deletedAt = pod.metadata.deletionTimestamp === undefined ? undefined : (same?.deletedAt ?? ctx.now)
    this.#advance(ctx, key, { pod, deletedAt, runningAt: same?.runningAt, address: same?.address, timer: same?.timer, sent: same?.sent })
  }

  #due(ctx: EventContext, key: string): void {
    const row = this.pods.get(key)
    if (row) this.#advance(ctx, key, { ...row, timer: undefined })
  }

  /** Does what the pod's next stage asks for, or sets the timer for it; stores the row as it then is. */
  #advance(ctx: EventContext, key: string, row = this.pods.get(key)): void {
    if (row) this.pods.set(key, this.#next(ctx, key, row))
  }

  #next(ctx: EventContext, key: string, row: KwokPod): KwokPod {
    const node = row.pod.spec.nodeName ? this.nodes.get(row.pod.spec.nodeName) : undefined
    if (!node || isSilent(node)) return row
    const behaviour = this.#contract(row.pod)
    const stage = nextStage(row.pod, behaviour, row, ctx.now)
    const until = stage.do === 'wait' ? stage.until : undefined
    let { timer } = row
    if (timer && timer.until !== until) {
      ctx.cancel(timer.seq)
      timer = undefined
    }
    if (until !== undefined) timer ??= { seq: ctx.schedule(until - ctx.now, NAME, 'timer', key), until }
    const sent = signature(stage)
    const next = timer === row.timer && sent === row.sent ? row : { ...row, timer, sent }
    return sent !== undefined && sent !== row.sent ? this.#act(ctx, next, node, behaviour, stage) : next
  }

  #act(ctx: EventContext, row: KwokPod, node: KwokNode, behaviour: PodBehaviour, stage: Stage): KwokPod {
    const { pod } = row
    const [least, most] = stage.do === 'remove' ? STOP_TIME : START_TIME
    const delay = ctx.random.between(least, most)
    if (stage.do === 'show') return this.#show(ctx, row, node, behaviour, stage.look, delay)
    this.#client.send(ctx, remove(PODS, pod, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } }), undefined, delay)
    ctx.note('kwok.podStopped', { pod: pod.metadata.name, node: node.node.metadata.name })
    return row
  }

  #show(ctx: EventContext, row: KwokPod, node: KwokNode, behaviour: PodBehaviour, look: Look, delay: Micros): KwokPod {
    const starts = row.pod.status?.startTime === undefined
    const address = starts ? (row.address ?? this.#address(row.pod, node)) : undefined
    const body = statusPatch(row.pod, behaviour, look, formatTime(ctx.now + delay), address)
    this.#client.send(ctx, patch(PODS, row.pod, body, 'strategic', 'status'), undefined, delay)
    const what = look.exitCode === undefined ? (look.ready ? 'podReady' : 'podRunning') : look.exitCode === 0 ? 'podSucceeded' : 'podFailed'
    ctx.note(`kwok.${what}`, { pod: row.pod.metadata.name, node: node.node.metadata.name, code: look.exitCode ?? 0 })
    return starts ? { ...row, runningAt: ctx.now + delay, address } : row
  }

  #address(pod: Pod, { node }: KwokNode): Address | undefined {
    const hostIP = hostAddress(node)
    if (pod.spec.hostNetwork) return { hostIP, podIP: hostIP }
    const cidr = node.spec.podCIDR || DEFAULT_CIDR
    const next = nextAddress(cidr, this.#lastAddresses.get(cidr) ?? 1, (ip) => this.#byAddress.count(ip) > 0)
    if (!next) return undefined
    this.#lastAddresses.set(cidr, next.number)
    return { hostIP, podIP: next.ip }
  }
}

const isSilent = (row: KwokNode): boolean => row.fault !== undefined || row.state === 'stopped'

function signature(stage: Stage): string | undefined {
  if (stage.do === 'remove') return 'remove'
  return stage.do === 'show' ? `${stage.look.phase} ${stage.look.ready} ${stage.look.exitCode ?? ''}` : undefined
}
