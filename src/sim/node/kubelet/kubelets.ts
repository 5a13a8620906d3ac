import { keyOf, type KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { badRequest, type Status } from '../../api/status.ts'
import { create, LEASES, NODES, patch, PODS, remove } from '../../client/request.ts'
import type { Answered, WatchDelivery } from '../../client/transport.ts'
import type { Engine, EventContext } from '../../engine/engine.ts'
import type { Table } from '../../engine/table.ts'
import { formatTime, ms, type Micros } from '../../engine/time.ts'
import type { Node } from '../../kinds/node/node.ts'
import { heartbeatFrom, heartbeatTable, lastRenewal, type NodeHeartbeat } from '../heartbeats.ts'
import { hostAddress, LEASE_NAMESPACE, leaseOf, nodeStatusPatch, renewal } from '../kwok/node-status.ts'
import { nextAddress } from '../kwok/pod-ip.ts'
import { containerLog, type LogOptions } from './logs.ts'
import { admitPod } from './new-pod.ts'
import { advance, crashLoop, exited, probed, pulled, started } from './pod-worker.ts'
import type { ProbeDue } from './prober.ts'
import { finishPull, pullBackoff, pullFailed, storedImage, type Pulled } from './puller.ts'
import { report } from './reporter.ts'
import type { NodeRow, PodRow } from './state.ts'
import { preloadedImages, staticPods } from './static-pods.ts'
import { beginStop, type Exited } from './stopping.ts'
import { actorOf, KUBELET, KubeletWorld, rowKey } from './world.ts'

/** A node as it registers: everything is well but the network, which needs a range first. */
function unready(node: Node, now: string): Node {
  const { conditions } = nodeStatusPatch(node, 'not-ready', now)['status'] as unknown as NonNullable<Node['status']>
  const message = 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized'
  return { ...node, status: { ...node.status, conditions: (conditions ?? []).map((c) => (c.type === 'Ready' ? { ...c, message } : c)) } }
}

/** The network plugin needs this long to be ready once the node has its range. */
const CNI_STARTS: Micros = ms(1500)

interface OfContainer {
  readonly pod: string
  readonly container: string
  readonly id?: string
}

/**
 * The kubelets of all nodes: actor family `kubelet/<node>`, one row a node, one row a pod. Commands: `boot` (a Node object),
 * `crash`, `restart`. Everything a container does is computed from its process (node/runtime), so only changes are events.
 */
export class Kubelets {
  readonly world: KubeletWorld
  readonly #beats: Table<NodeHeartbeat>

  constructor(engine: Engine) {
    this.world = new KubeletWorld(engine)
    this.#beats = heartbeatTable(engine)
    const { world } = this
    const onPod = (body: (ctx: EventContext, row: PodRow, payload: OfContainer) => unknown) => (ctx: EventContext, payload: OfContainer) => {
      const row = world.find(ctx.instance, payload.pod)
      if (row && world.nodes.get(ctx.instance)?.up) body(ctx, row, payload)
    }
    engine.actor(KUBELET, {
      boot: (ctx, node: Node) => this.#boot(ctx, node),
      registered: (ctx, answered: Answered<Node>) => this.#registered(ctx, answered),
      node: (ctx, delivery: WatchDelivery) => this.#observeNode(ctx, delivery),
      ready: (ctx) => this.#ready(ctx),
      pods: (ctx, delivery: WatchDelivery) => this.#receive(ctx, delivery),
      sandbox: onPod((ctx, row) => this.#sandboxReady(ctx, row)),
      pulled: onPod((ctx, row, payload) => pulled(world, ctx, finishPull(world, ctx, row, payload as Pulled), payload as Pulled)),
      'pull-failed': onPod((ctx, row, payload) => pullFailed(world, ctx, row, payload as Pulled)),
      'pull-backoff': onPod((ctx, row, { container }) => pullBackoff(world, ctx, row, container)),
      started: onPod((ctx, row, { container }) => !row.stopping && started(world, ctx, row, container)),
      exited: onPod((ctx, row, payload) => exited(world, ctx, row, payload as Exited)),
      'crash-loop': onPod((ctx, row, { container, id }) => crashLoop(world, ctx, row, container, id!)),
      again: onPod((ctx, row) => advance(world, ctx, row)),
      probe: onPod((ctx, row, payload) => probed(world, ctx, row, payload as unknown as ProbeDue)),
      patched: (ctx, answered: Answered) => this.#patched(ctx, answered),
      crash: (ctx) => this.#crash(ctx),
      restart: (ctx) => this.#restart(ctx),
    })
  }

  /** Boots the machines of a new cluster. */
  start(ctx: EventContext, nodes: readonly KubeObject[]): void {
    for (const node of nodes) ctx.schedule(0, actorOf(node.metadata.name), 'boot', node)
  }

  /** What GET pods/log answers. */
  log(pod: KubeObject, options: LogOptions, now: Micros): string | Status {
    const { nodeName } = (pod as Pod).spec
    const row = nodeName ? this.world.pods.get(rowKey(nodeName, pod)) : undefined
    if (nodeName && !this.world.nodes.get(nodeName)?.up) return badRequest(`Get "https://${nodeName}:10250/containerLogs/${keyOf(pod)}": dial tcp: connect: no route to host`)
    return containerLog(pod as Pod, row, options, now)
  }

  #boot(ctx: EventContext, node: Node): void {
    const name = ctx.instance
    if (this.world.nodes.has(name)) return
    this.world.nodes.set(name, { name, uid: '', address: hostAddress(node), up: true, ready: false, images: preloadedImages(name).map((image) => storedImage(image)!), layers: [], pullingUntil: 0, lastAddress: 1 })
    ctx.note('kubelet.boot', { node: name })
    this.world.client(name).send(ctx, create(NODES, undefined, unready(node, formatTime(ctx.now))), { actor: actorOf(name), what: 'registered' }, ms(5))
  }

  #registered(ctx: EventContext, { answer }: Answered<Node>): void {
    const name = ctx.instance
    const client = this.world.client(name)
    this.#beats.set(name, heartbeatFrom(ctx.now))
    if (answer.kind === 'Node') client.send(ctx, create(LEASES, LEASE_NAMESPACE, leaseOf(answer as Node, ctx.now)))
    client.watch(ctx, `${actorOf(name)}/node`, { ...NODES, fieldSelector: `metadata.name=${name}` }, { actor: actorOf(name), what: 'node' })
    client.watch(ctx, `${actorOf(name)}/pods`, { ...PODS, fieldSelector: `spec.nodeName=${name}` }, { actor: actorOf(name), what: 'pods' })
    ctx.note('kubelet.registered', { node: name })
  }

  /** The node's own object: where its pods' addresses come from. */
  #observeNode(ctx: EventContext, { object, items }: WatchDelivery): void {
    const row = this.world.nodes.get(ctx.instance)
    const node = (object ?? items?.[0]) as Node | undefined
    if (!row?.up || !node) return
    const podCIDR = node.spec?.podCIDR
    if (row.uid === node.metadata.uid && row.podCIDR === podCIDR) return
    this.world.nodes.set(row.name, { ...row, uid: node.metadata.uid!, ...(podCIDR ? { podCIDR } : {}) })
    if (podCIDR && !row.podCIDR) ctx.schedule(CNI_STARTS + ctx.random.below(500_000), actorOf(row.name), 'ready')
  }

  /** The network is there: the node says that it is ready, and its static pods begin. */
  #ready(ctx: EventContext): void {
    const row = this.world.nodes.get(ctx.instance)
    if (!row?.up) return
    this.world.nodes.set(row.name, { ...row, ready: true })
    this.#reportNode(ctx, row)
    ctx.note('kubelet.ready', { node: row.name })
    const client = this.world.client(row.name)
    if (!row.ready) for (const pod of staticPods(row)) client.send(ctx, create(PODS, 'kube-system', pod))
  }

  #reportNode(ctx: EventContext, row: NodeRow): void {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: row.name }, status: { addresses: [{ type: 'InternalIP', address: row.address }], capacity: {}, allocatable: {} } } as unknown as Node
    const body = nodeStatusPatch(node, 'ready', formatTime(ctx.now))
    this.world.client(row.name).send(ctx, patch(NODES, node, body, 'strategic', 'status'))
  }

  #receive(ctx: EventContext, { type, object, items }: WatchDelivery): void {
    const node = ctx.instance
    if (!this.world.nodes.get(node)?.up) return
    if (type === 'SYNC') {
      const present = new Set((items ?? []).map((pod) => rowKey(node, pod)))
      for (const key of [...this.world.byNode.keys(node)]) if (!present.has(key)) this.world.pods.delete(key)
      for (const pod of items ?? []) this.#observe(ctx, pod as Pod)
    } else if (type === 'DELETED') this.world.pods.delete(rowKey(node, object!))
    else if (object) this.#observe(ctx, object as Pod)
  }

  #observe(ctx: EventContext, pod: Pod): void {
    const node = ctx.instance
    const known = this.world.pods.get(rowKey(node, pod))
    const row = known?.uid === pod.metadata.uid ? this.world.put({ ...known!, pod }) : undefined
    if (row) {
      if (pod.metadata.deletionTimestamp && !row.stopping) report(this.world, ctx, beginStop(this.world, ctx, row))
      else report(this.world, ctx, row)
      return
    }
    const isOver = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
    if (pod.metadata.deletionTimestamp) {
      this.world.client(node).send(ctx, remove(PODS, pod, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } }))
      return
    }
    if (isOver) return
    report(this.world, ctx, admitPod(this.world, ctx, node, pod))
  }

  #sandboxReady(ctx: EventContext, row: PodRow): void {
    const node = this.world.nodes.get(row.node)!
    if (row.stopping) return
    if (!row.pod.spec.hostNetwork && !node.podCIDR) {
      ctx.schedule(ms(1000), actorOf(row.node), 'sandbox', { pod: keyOf(row.pod) })
      return
    }
    const used = new Set(this.world.byNode.keys(row.node).map((key) => this.world.pods.get(key)!.ip))
    const address = row.pod.spec.hostNetwork ? undefined : nextAddress(node.podCIDR!, node.lastAddress, (ip) => used.has(ip))
    if (address) this.world.nodes.set(row.node, { ...node, lastAddress: address.number })
    const ip = row.pod.spec.hostNetwork ? node.address : address?.ip
    ctx.note('kubelet.sandbox', { pod: row.pod.metadata.name, node: row.node, ip: ip ?? '' })
    advance(this.world, ctx, this.world.put({ ...row, sandbox: 'ready', ...(ip ? { ip } : {}) }))
  }

  /** The API server has the last report; if more has changed since, the next one goes out. */
  #patched(ctx: EventContext, { answer, data }: Answered): void {
    const row = this.world.find(ctx.instance, data as string)
    if (!row) return
    const lost = answer.kind === 'Status'
    ctx.note('kubelet.reported', { pod: row.pod.metadata.name, node: row.node })
    report(this.world, ctx, this.world.put({ ...row, patching: false, ...(lost ? { sent: undefined } : {}) }))
  }

  /** Power off: processes and the kubelet's memory are gone, nobody renews the lease. */
  #crash(ctx: EventContext): void {
    const name = ctx.instance
    const row = this.world.nodes.get(name)
    const beat = this.#beats.get(name)
    if (!row?.up) return
    this.world.nodes.set(name, { ...row, up: false })
    for (const key of [...this.world.byNode.keys(name)]) this.world.pods.delete(key)
    const client = this.world.client(name)
    for (const what of ['node', 'pods']) client.unwatch(ctx, `${actorOf(name)}/${what}`)
    if (beat) {
      this.#beats.delete(name)
      const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace: LEASE_NAMESPACE } }
      client.send(ctx, patch(LEASES, lease, renewal(lastRenewal(beat, ctx.now)), 'merge'))
    }
    ctx.note('kubelet.crash', { node: name })
  }

  #restart(ctx: EventContext): void {
    const name = ctx.instance
    const row = this.world.nodes.get(name)
    if (!row || row.up) return
    const next = { ...row, up: true, pullingUntil: 0 }
    this.world.nodes.set(name, next)
    this.#beats.set(name, heartbeatFrom(ctx.now))
    this.#reportNode(ctx, next)
    const client = this.world.client(name)
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace: LEASE_NAMESPACE } }
    client.send(ctx, patch(LEASES, lease, renewal(ctx.now), 'merge'))
    client.watch(ctx, `${actorOf(name)}/node`, { ...NODES, fieldSelector: `metadata.name=${name}` }, { actor: actorOf(name), what: 'node' })
    client.watch(ctx, `${actorOf(name)}/pods`, { ...PODS, fieldSelector: `spec.nodeName=${name}` }, { actor: actorOf(name), what: 'pods' })
    ctx.note('kubelet.restart', { node: name })
  }
}
