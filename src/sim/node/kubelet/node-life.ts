import type { Answered, WatchDelivery } from '../../client/transport.ts'
import { create, LEASES, NODES, patch, PODS } from '../../client/request.ts'
import type { JsonObject, StringMap } from '../../api/meta.ts'
import { milliValue, value } from '../../api/quantity.ts'
import type { EventContext } from '../../engine/engine.ts'
import type { Table } from '../../engine/table.ts'
import { formatTime, ms, seconds, type Micros } from '../../engine/time.ts'
import { NODE_LEASE_DURATION_SECONDS, NODE_STATUS_MAX_IMAGES, renewalOf, reportEvery } from '../../flags/kubelet.ts'
import type { Lease } from '../../kinds/lease/lease.ts'
import type { Node } from '../../kinds/node/node.ts'
import { reportedConditions } from '../computed-reads.ts'
import { heartbeatFrom, lastRenewal, type NodeHeartbeat } from '../heartbeats.ts'
import { hostAddress, LEASE_NAMESPACE, leaseOf, nodeStatusPatch, renewal } from '../kwok/node-status.ts'
import { configuredNode } from './configured-node.ts'
import type { KubeletFault } from './faults.ts'
import { advanced, lookAhead } from './linux.ts'
import { reportSoon, withMachine } from './machine-report.ts'
import { armRotation } from './log-rotation.ts'
import { declared } from './node-changes.ts'
import { reportNode } from './node-report.ts'
import { storedImage } from './puller.ts'
import type { NodeRow } from './state.ts'
import { preloadedImages, staticPods } from './static-pods.ts'
import { resumeEnd } from './termination.ts'
import { plegSoon } from './worker.ts'
import { actorOf, type KubeletWorld } from './world.ts'

/** A node as it registers: everything is well but the network, which needs a range first. */
function unready(node: Node, now: string): Node {
  const { conditions } = nodeStatusPatch(node, 'not-ready', now)['status'] as unknown as NonNullable<Node['status']>
  const message = 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized'
  return { ...node, status: { ...node.status, conditions: (conditions ?? []).map((c) => (c.type === 'Ready' ? { ...c, message } : c)) } }
}

const ROLE = 'node-role.kubernetes.io/'

/** A kubelet may not say what role its node has: who installs the cluster does (kubeadm: mark-control-plane). */
function withoutRoles(node: Node): { readonly own: Node; readonly roles: StringMap | undefined } {
  const { labels = {} } = node.metadata
  const keys = Object.keys(labels).filter((key) => key.startsWith(ROLE))
  if (keys.length === 0) return { own: node, roles: undefined }
  const kept = Object.fromEntries(Object.entries(labels).filter(([key]) => !keys.includes(key)))
  return { own: { ...node, metadata: { ...node.metadata, labels: kept } }, roles: Object.fromEntries(keys.map((key) => [key, labels[key]!])) }
}

/** The network plugin needs this long to be ready once the node has its range. */
const CNI_STARTS: Micros = ms(1500)

/** A node as a whole: it registers, gets its network, says how it is, breaks down and comes back. */
export class NodeLife {
  readonly #world: KubeletWorld
  readonly #beats: Table<NodeHeartbeat>

  constructor(world: KubeletWorld, beats: Table<NodeHeartbeat>) {
    this.#world = world
    this.#beats = beats
  }

  boot(ctx: EventContext, node: Node): void {
    const name = ctx.instance
    if (this.#world.nodes.has(name)) return
    const stored = [...preloadedImages(name), ...this.#world.registry.preloaded].map((image) => storedImage(this.#world, name, image)).filter((s) => s !== undefined)
    this.#world.nodes.set(name, {
      name, uid: '', address: hostAddress(node), up: true, kubelet: true, runtime: true, ready: false, images: stored.map((s) => s.entry), layers: [...new Set(stored.flatMap((s) => s.layers))], pullingUntil: 0, lastAddress: 1, lastPid: 1200, lastInode: 4_026_532_200,
      phase: ctx.random.below(1_000_000), bootedAt: ctx.now, milliCpu: milliValue(node.status?.capacity?.['cpu'] ?? '4'), memory: value(node.status?.capacity?.['memory'] ?? '8Gi'), disk: value(node.status?.capacity?.['ephemeral-storage'] ?? '100Gi'), hostName: name, manifests: {},
    })
    ctx.note('kubelet.boot', { node: name })
    const { own, roles } = withoutRoles(configuredNode(this.#world.flags, node))
    this.#world.client(name).send(ctx, create(NODES, undefined, unready(withMachine(own, this.#world.nodes.get(name)!, this.#world.flags.get(NODE_STATUS_MAX_IMAGES)), formatTime(ctx.now))), { actor: actorOf(name), what: 'registered', data: roles }, ms(5))
  }

  registered(ctx: EventContext, { answer, data }: Answered<Node>): void {
    const name = ctx.instance
    const client = this.#world.client(name)
    this.#beats.set(name, heartbeatFrom(ctx.now, this.#renewal()))
    if (answer.kind === 'Node') client.send(ctx, create(LEASES, LEASE_NAMESPACE, this.#lease(answer as Node, ctx.now)))
    if (data && answer.kind === 'Node') this.#world.installer.send(ctx, patch(NODES, answer as Node, { metadata: { labels: data as StringMap } }, 'merge'))
    this.#watch(ctx, name)
    ctx.note('kubelet.registered', { node: name })
  }

  /** A node's kubelet holds its lease itself. */
  #lease(node: Node, now: Micros): Lease {
    const lease = leaseOf(node, now, this.#world.flags.get(NODE_LEASE_DURATION_SECONDS)) as Lease
    return { ...lease, spec: { ...lease.spec, holderIdentity: node.metadata.name } }
  }

  #watch(ctx: EventContext, name: string): void {
    const client = this.#world.client(name)
    client.watch(ctx, `${actorOf(name)}/node`, { ...NODES, fieldSelector: `metadata.name=${name}` }, { actor: actorOf(name), what: 'node' })
    client.watch(ctx, `${actorOf(name)}/pods`, { ...PODS, fieldSelector: `spec.nodeName=${name}` }, { actor: actorOf(name), what: 'pods' })
  }

  /** The node's own object: where its pods' addresses come from. */
  observeNode(ctx: EventContext, { object, items }: WatchDelivery): void {
    const row = this.#world.nodes.get(ctx.instance)
    const node = (object ?? items?.[0]) as Node | undefined
    if (!row?.up || !node) return
    declared(this.#world, ctx, node)
    const podCIDR = node.spec?.podCIDR
    if (row.uid === node.metadata.uid && row.podCIDR === podCIDR) return
    this.#world.nodes.set(row.name, { ...this.#world.nodes.get(row.name)!, uid: node.metadata.uid!, ...(podCIDR ? { podCIDR } : {}) })
    if (podCIDR && !row.podCIDR) ctx.schedule(CNI_STARTS + ctx.random.below(500_000), actorOf(row.name), 'ready')
  }

  /** The network is there: the node says that it is ready, and its static pods begin. */
  ready(ctx: EventContext): void {
    const row = this.#world.nodes.get(ctx.instance)
    if (!row?.up) return
    this.#world.nodes.set(row.name, { ...row, ready: true })
    reportNode(this.#world, ctx, row)
    ctx.note('kubelet.ready', { node: row.name })
    const client = this.#world.client(row.name)
    armRotation(this.#world, ctx, row.name)
    if (!row.ready) for (const pod of staticPods(row)) client.send(ctx, create(PODS, 'kube-system', pod))
  }


  #silence(ctx: EventContext, name: string): void {
    const client = this.#world.client(name)
    for (const what of ['node', 'pods']) client.unwatch(ctx, `${actorOf(name)}/${what}`)
    const followed = this.#world.nodes.get(name)
    for (const id of followed?.followed ?? []) client.unwatch(ctx, id)
    if (followed?.followed) this.#world.nodes.set(name, { ...followed, followed: [] })
    const beat = this.#beats.get(name)
    if (!beat) return
    this.#beats.delete(name)
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace: LEASE_NAMESPACE } }
    client.send(ctx, patch(LEASES, lease, renewal(lastRenewal(beat, ctx.now)), 'merge'))
    this.#lastReport(ctx, name)
  }

  /** The heartbeats that were no events until now. */
  #lastReport(ctx: EventContext, name: string): void {
    const node = this.#world.reader.get('nodes', undefined, name) as Node | undefined
    const conditions = reportedConditions(node?.status?.conditions, reportEvery(this.#world.flags), ctx.now)
    if (!node || !conditions) return
    const beaten = conditions.flatMap(({ type, lastHeartbeatTime }) => (lastHeartbeatTime === undefined ? [] : [{ type, lastHeartbeatTime }]))
    this.#world.client(name).send(ctx, patch(NODES, node, { status: { conditions: beaten } }, 'strategic', 'status'))
  }

  #speak(ctx: EventContext, row: NodeRow): void {
    const { name } = row
    reportNode(this.#world, ctx, row)
    this.#renew(ctx, name)
    this.#watch(ctx, name)
  }

  #renewal(): Micros {
    return renewalOf(this.#world.flags.get(NODE_LEASE_DURATION_SECONDS))
  }

  #renew(ctx: EventContext, name: string): void {
    this.#beats.set(name, heartbeatFrom(ctx.now, this.#renewal()))
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace: LEASE_NAMESPACE } }
    const { spec } = renewal(ctx.now) as { spec: JsonObject }
    const seconds = this.#world.flags.get(NODE_LEASE_DURATION_SECONDS)
    const body = seconds === (this.#world.reader.get('leases', LEASE_NAMESPACE, name) as Lease | undefined)?.spec?.leaseDurationSeconds ? { spec } : { spec: { ...spec, leaseDurationSeconds: seconds } }
    this.#world.client(name).send(ctx, patch(LEASES, lease, body, 'merge'))
  }

  /** nodeLeaseDurationSeconds is another one: those who renew their leases do so at the new pace from now on. */
  leaseChanged(ctx: EventContext): void {
    for (const name of [...this.#beats.keys()]) this.#renew(ctx, name)
  }

  /** What the kubelet process had in memory only: pressure, plans, resizes that wait. */
  #forgotten(ctx: EventContext, row: NodeRow): NodeRow {
    const { pressure: _seen, housekeeping, collects: _due, ages: _old, shutdown: _plan, preempting: _admitted, reports: _late, resizes: _waiting, resizeTimer, ...rest } = row
    if (housekeeping) ctx.cancel(housekeeping.seq)
    if (resizeTimer) ctx.cancel(resizeTimer)
    return rest
  }

  /** Power off: processes and the kubelet's memory are gone, nobody renews the lease. */
  crash(ctx: EventContext, note = 'kubelet.crash'): void {
    const name = ctx.instance
    const row = this.#world.nodes.get(name)
    if (!row?.up) return
    this.#world.nodes.set(name, { ...this.#forgotten(ctx, row), up: false })
    for (const key of [...this.#world.byNode.keys(name)]) {
      // What was written to disks until now is there; the rest goes with the machine.
      advanced(this.#world, ctx, this.#world.pods.get(key)!)
      this.#world.pods.delete(key)
    }
    this.#silence(ctx, name)
    ctx.note(note, { node: name })
  }

  /** The machine was shut down as it should be: its power goes. */
  powerOff(ctx: EventContext): void {
    this.crash(ctx, 'kubelet.poweredOff')
  }

  restart(ctx: EventContext): void {
    const name = ctx.instance
    const row = this.#world.nodes.get(name)
    if (!row || row.up) return
    const { fault: _mended, runtimeDown: _back, ...rest } = row
    const next: NodeRow = { ...rest, up: true, kubelet: true, runtime: true, pullingUntil: 0, bootedAt: ctx.now }
    this.#world.nodes.set(name, next)
    this.#speak(ctx, next)
    armRotation(this.#world, ctx, name)
    ctx.note('kubelet.restart', { node: name })
  }

  /** The kubelet process ends, hangs or is cut off; containers go on. */
  stopKubelet(ctx: EventContext, fault?: KubeletFault): void {
    const row = this.#world.nodes.get(ctx.instance)
    if (!row?.up || !row.kubelet) return
    this.#world.nodes.set(row.name, { ...(fault ? row : this.#forgotten(ctx, row)), kubelet: false, ...(fault ? { fault } : {}) })
    this.#silence(ctx, row.name)
    ctx.note(fault === 'frozen' ? 'kubelet.freeze' : fault ? 'kubelet.partition' : 'kubelet.stopped', { node: row.name })
  }

  startKubelet(ctx: EventContext, from?: KubeletFault): void {
    const { world } = { world: this.#world }
    const row = world.nodes.get(ctx.instance)
    if (!row?.up || row.kubelet || row.fault !== from) return
    const { fault: _mended, preempting: _asked, ...rest } = row
    const next: NodeRow = { ...rest, kubelet: true }
    world.nodes.set(row.name, next)
    ctx.schedule(0, actorOf(row.name), 'rearm', null)
    ctx.note(from === 'frozen' ? 'kubelet.thaw' : from ? 'kubelet.heal' : 'kubelet.restart', { node: row.name })
    if (!from) this.#tellStart(ctx, row.name)
    this.#speak(ctx, next)
    for (const key of world.byNode.keys(row.name)) {
      // What was under way in the old process is begun anew by the new one.
      const { work: _lost, ...pod } = world.pods.get(key)!
      const fresh = world.put({ ...pod, patching: false, sent: undefined, wanted: undefined, timer: 0, pending: false, pleg: false, removing: false })
      plegSoon(world, ctx, fresh, ctx.now + seconds(1))
      resumeEnd(world, ctx, lookAhead(world, ctx, world.fresh(fresh)))
    }
  }

  /** What a kubelet says of its node when it starts. */
  #tellStart(ctx: EventContext, name: string): void {
    const { world } = { world: this.#world }
    world.aboutNode(ctx, name, 'Normal', 'Starting', 'Starting kubelet.')
    if (world.cgroups === 'v1') world.aboutNode(ctx, name, 'Warning', 'CgroupV1', 'cgroup v1 detected. cgroup v1 support is deprecated and will be removed in a future release. Please migrate to cgroup v2. More information at https://git.k8s.io/enhancements/keps/sig-node/5573-remove-cgroup-v1')
    world.aboutNode(ctx, name, 'Normal', 'NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods')
    for (const reason of ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID', 'NodeReady']) world.aboutNode(ctx, name, 'Normal', reason, `Node ${name} status is now: ${reason}`)
  }

  removeImages(ctx: EventContext, names: readonly string[]): void {
    const row = this.#world.nodes.get(ctx.instance)
    if (!row) return
    const stored = names.map((name) => storedImage(this.#world, row.name, name)).filter((s) => s !== undefined)
    const references = new Set(stored.map((s) => s.entry.reference))
    const kept = row.images.filter((i) => !references.has(i.reference))
    const layers = new Set(kept.flatMap((i) => storedImage(this.#world, row.name, i.reference)?.layers ?? []))
    this.#world.nodes.set(row.name, { ...row, images: kept, layers: row.layers.filter((l) => layers.has(l)) })
    reportSoon(this.#world, ctx, row.name)
  }
}
