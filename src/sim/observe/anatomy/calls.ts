import type { PodCall, Saying } from '../../../workers/protocol-anatomy.ts'
import { keyOf } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { notesOf, type Step } from '../../engine/event.ts'
import type { Table } from '../../engine/table.ts'
import type { Timeline } from '../../engine/timeline.ts'
import type { Micros } from '../../engine/time.ts'
import type { Claim, PersistentVolume } from '../../client/storage/objects.ts'
import type { Store } from '../../store/store.ts'
import type { NodeRow, PodRow } from '../../node/kubelet/state.ts'
import { actorOf, containerNamed, rowKey } from '../../node/kubelet/world.ts'
import { layerDigest } from './layers.ts'

/** So many steps are looked through, newest first. */
const MOST_STEPS = 60_000
const MOST_CALLS = 400

type Part = Omit<PodCall, 'index'>

interface Told {
  readonly pod?: string
  readonly uid?: string
  readonly container?: string
  readonly took?: number
  readonly waited?: number
}

interface Change<T> {
  readonly from: T | undefined
  readonly to: T | undefined
}

function changeOf<T>(step: Step, table: string, key: string): Change<T> | undefined {
  let found: { from: T | undefined; to: T | undefined } | undefined
  for (let i = 0; i < step.diffs.length; i += 4) {
    if (step.diffs[i + 1] !== key || (step.diffs[i] as Table<unknown>).name !== table) continue
    found ??= { from: step.diffs[i + 2] as T | undefined, to: undefined }
    found.to = step.diffs[i + 3] as T | undefined
  }
  return found
}

const say = (id: string, params: Saying['params'] = {}): Saying => ({ id, params })
const short = (id: string): string => id.replace(/^containerd:\/\//, '').slice(0, 13)

/**
 * What the kubelet asked the runtime, the network plugin, the registry and the storage for a pod, in order, each with its step.
 * Worked out from the history between the pod's coming to the node and the cursor (pkg/kubelet/kuberuntime; CRI's names).
 */
export function podCalls(timeline: Timeline, store: Store, pod: Pod | undefined): readonly PodCall[] {
  const node = pod?.spec.nodeName
  if (!pod || !node) return []
  const disks = disksOf(store, pod)
  const found: PodCall[][] = []
  let count = 0
  for (let index = timeline.index, n = 0; index > 0 && n < MOST_STEPS && count < MOST_CALLS; index--, n++) {
    const step = timeline.at(index)
    if (!step) break
    const parts = partsOf(step, pod, node, disks)
    if (parts.length > 0) found.push(parts.map((part) => ({ index, ...part })))
    count += parts.length
    if (isBirth(step, pod)) break
  }
  return found.reverse().flat()
}

/** The step that stored the pod. */
const isBirth = (step: Step, pod: Pod): boolean => {
  const change = changeOf<Pod>(step, 'etcd', `pods/${keyOf(pod)}`)
  return change?.to?.metadata.uid === pod.metadata.uid && change?.from === undefined
}

function partsOf(step: Step, pod: Pod, node: string, disks: ReadonlySet<string>): readonly Part[] {
  const { event } = step
  const key = rowKey(node, pod)
  if (event.actor.startsWith('csi/')) return event.what === 'rpc' ? storageParts(step, node, disks) : []
  if (event.actor !== actorOf(node)) return []
  const told = (event.payload ?? {}) as Told
  const rows = changeOf<PodRow>(step, 'kubelet/pods', key)
  const mine = told.pod === keyOf(pod) && told.uid === pod.metadata.uid
  if (!mine && !rows) return []
  const parts: Part[] = []
  const at = event.at
  if (mine && event.what === 'sandbox' && rows?.to?.sandbox.state === 'ready') parts.push(...sandboxParts(event.since, at, rows.to))
  if (mine && event.what === 'pulled' && told.container) parts.push(...pullParts(step, pod, node, told))
  if (mine && event.what === 'create' && told.container) parts.push({ from: event.since, to: event.since, side: 'runtime', call: 'ImageStatus', about: containerNamed(pod, told.container)?.image ?? '', ok: true, detail: say('call.present') })
  if (rows) parts.push(...rowParts(rows, at))
  return parts
}

function sandboxParts(from: Micros, to: Micros, row: PodRow): readonly Part[] {
  const parts: Part[] = [{ from, to, side: 'runtime', call: 'RunPodSandbox', about: 'pause', ok: true, detail: say('call.sandbox', { id: short(row.sandbox.id ?? ''), pid: row.sandbox.pid }) }]
  if (!row.pod.spec.hostNetwork) parts.push({ from, to, side: 'network', call: 'CNI ADD', about: 'eth0', ok: true, detail: say('call.cni', { ip: row.ip ?? '' }) })
  return parts
}

/** A pull: the manifest, then each layer that the node had not got. */
function pullParts(step: Step, pod: Pod, node: string, { container, took = 0 }: Told): readonly Part[] {
  const image = containerNamed(pod, container!)?.image ?? ''
  const { at } = step.event
  const nodes = changeOf<NodeRow>(step, 'kubelet/nodes', node)
  const from = at - took
  const ok = nodes?.to !== undefined
  const parts: Part[] = [
    { from: step.event.since, to: step.event.since, side: 'runtime', call: 'ImageStatus', about: image, ok: true, detail: say('call.absent') },
    { from, to: at, side: 'registry', call: 'PullImage', about: image, ok, detail: null },
  ]
  const before = new Set(nodes?.from?.layers)
  const fresh = (nodes?.to?.layers ?? []).filter((id) => !before.has(id))
  const total = fresh.reduce((sum, id) => sum + bytesOf(id), 0)
  // Layers come one after another at the same pace; the first part of the pull went into asking the registry.
  const began = total === 0 ? at : Math.max(from, at - Math.round(total / BANDWIDTH))
  let done = began
  for (const id of fresh) {
    const lasts = Math.round(((at - began) * bytesOf(id)) / Math.max(1, total))
    parts.push({ from: done, to: done + lasts, side: 'registry', call: 'layer', about: layerDigest(id).slice(0, 19), ok: true, detail: say('call.layer', { size: sizeText(bytesOf(id)) }) })
    done += lasts
  }
  if (ok && fresh.length === 0) parts[1] = { ...parts[1]!, detail: say('call.layersThere') }
  return parts
}

/** Bytes a microsecond: the puller's pace. */
const BANDWIDTH = 40
const sizeText = (bytes: number): string => (bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : bytes >= 1e3 ? `${(bytes / 1e3).toFixed(1)} kB` : `${bytes} B`)
const bytesOf = (layer: string): number => Number(layer.slice(layer.lastIndexOf(':') + 1)) || 0

/** Names under which storage knows the disks of a pod's claims: volume handles, and the names that provisioners give. */
function disksOf(store: Store, pod: Pod): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { name, persistentVolumeClaim, ephemeral } of pod.spec.volumes ?? []) {
    const claimName = persistentVolumeClaim?.claimName ?? (ephemeral ? `${pod.metadata.name}-${name}` : undefined)
    const claim = claimName === undefined ? undefined : (store.get(`persistentvolumeclaims/${pod.metadata.namespace}/${claimName}`) as Claim | undefined)
    if (!claim) continue
    names.add(`pvc-${claim.metadata.uid}`)
    const volume = store.get(`persistentvolumes/${claim.spec.volumeName ?? ''}`) as PersistentVolume | undefined
    if (volume?.spec.csi) names.add(volume.spec.csi.volumeHandle)
  }
  return names
}

/** A call of a CSI driver about one of the pod's disks; those of other nodes are theirs. */
function storageParts(step: Step, node: string, disks: ReadonlySet<string>): readonly Part[] {
  const { method, request } = step.event.payload as { readonly method: string; readonly request: Readonly<Record<string, unknown>> }
  const about = String(request['volumeId'] ?? request['name'] ?? '')
  const where = request['nodeId']
  if (!disks.has(about) || (where !== undefined && where !== node)) return []
  const refused = notesOf(step).find(({ id }) => id === 'csi.refused')
  const to = Math.max(step.event.at, ...step.scheduled.map(({ at }) => at))
  return [{ from: step.event.at, to, side: 'storage', call: method, about, ok: refused === undefined, detail: refused ? say('call.refused', { code: String(refused.params['code']), why: String(refused.params['why']) }) : null }]
}

/** What follows from the change of the kubelet's own row: volumes, images looked for, containers made, started and stopped. */
function rowParts({ from, to }: Change<PodRow>, at: Micros): readonly Part[] {
  const parts: Part[] = []
  const row = to ?? from
  if (!row) return parts
  for (const { name } of row.pod.spec.volumes ?? []) {
    const [was, is] = [from?.volumes[name], to?.volumes[name]]
    if (is?.ready && !was?.ready) parts.push({ from: at, to: at, side: 'kubelet', call: 'MountVolume.SetUp', about: name, ok: true, detail: null })
    else if (is && !is.ready && is.tries > (was?.tries ?? 0)) parts.push({ from: at, to: at, side: 'kubelet', call: 'MountVolume.SetUp', about: name, ok: false, detail: say('call.try', { n: is.tries }) })
  }
  for (const name of Object.keys(to?.containers ?? {})) {
    const is = to!.containers[name]!.run
    const was = from?.containers[name]?.run
    if (!is) continue
    if (is.id !== was?.id) parts.push({ from: at, to: at, side: 'runtime', call: 'CreateContainer', about: name, ok: true, detail: say('call.created', { id: short(is.id), attempt: is.attempt }) })
    if (is.startedAt !== undefined && (is.id !== was?.id || was.startedAt === undefined)) parts.push({ from: is.startedAt, to: is.startedAt, side: 'runtime', call: 'StartContainer', about: name, ok: true, detail: say('call.started') })
    if (is.ended && (is.id !== was?.id || !was.ended)) {
      if (is.ended.reason === 'StartError') parts.push({ from: at, to: at, side: 'runtime', call: 'StartContainer', about: name, ok: false, detail: say('call.startError') })
      else parts.push({ from: is.ended.at, to: at, side: 'kubelet', call: 'PLEG ContainerDied', about: name, ok: is.ended.code === 0, detail: say('call.ended', { code: is.ended.code, reason: is.ended.reason }) })
    }
  }
  const stopping = to?.work?.stopping ?? {}
  for (const name of Object.keys(stopping)) if (!from?.work?.stopping[name]) parts.push({ from: at, to: at, side: 'runtime', call: 'StopContainer', about: name, ok: true, detail: say('call.grace', { seconds: Math.round(stopping[name]!.grace / 1_000_000) }) })
  if (from?.sandbox.state === 'ready' && (to === undefined || to.sandbox.state !== 'ready')) parts.push({ from: at, to: at, side: 'runtime', call: 'StopPodSandbox', about: 'pause', ok: true, detail: null })
  if (from && !to) parts.push({ from: at, to: at, side: 'runtime', call: 'RemovePodSandbox', about: 'pause', ok: true, detail: null })
  return parts
}
