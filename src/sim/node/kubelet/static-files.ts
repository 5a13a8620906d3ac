import { keyOf, type KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { create, PODS, remove } from '../../client/request.ts'
import type { EventContext } from '../../engine/engine.ts'
import { hashText } from '../../engine/hash.ts'
import { formatTime, ms, seconds } from '../../engine/time.ts'
import { scheme } from '../../kinds/index.ts'
import { parseManifest } from '../../manifest/parse.ts'
import { flush } from './reporter.ts'
import type { NodeRow, PodRow } from './state.ts'
import { requestEnd } from './termination.ts'
import { actorOf, rowKey, type KubeletWorld } from './world.ts'

const MIRROR = 'kubernetes.io/config.mirror'
/** What the kubelet does between noticing that a mirror pod is to go and clearing it away. */
const CLEAR_MIRROR = ms(800)
/** How often the status manager looks through all its pods. */
const STATUS_ROUND = seconds(10)
/** A mirror pod that was taken away by force is missed at a later sync. */
const MISSED_AFTER = seconds(65)

const POD_KIND = { group: '', version: 'v1', kind: 'Pod' }

/** A pod of the manifest folder as the kubelet runs it: named after the node, with defaults, marked by its source (pkg/kubelet/config: common.go). */
export function podFromFile(node: NodeRow, text: string, now: number): Pod | undefined {
  const given = parseManifest('manifest', text).objects[0]?.value as unknown as Pod | undefined
  if (given?.kind !== 'Pod' || !given.spec?.containers?.length) return undefined
  const hash = [1, 2, 3, 4].map((seed) => hashText(text, seed).toString(16).padStart(8, '0')).join('')
  const { metadata, spec } = given
  const pod = {
    ...given,
    metadata: {
      ...metadata, name: `${metadata.name}-${node.name}`, namespace: metadata.namespace ?? 'default', uid: hash,
      annotations: { ...metadata.annotations, 'kubernetes.io/config.hash': hash, 'kubernetes.io/config.seen': formatTime(now), 'kubernetes.io/config.source': 'file' },
    },
    spec: { ...spec, nodeName: node.name, tolerations: [...(spec.tolerations ?? []), { effect: 'NoExecute', operator: 'Exists' }] },
  } as unknown as Pod
  const complete = scheme.kindFor(POD_KIND)?.defaults
  return complete ? (complete(pod as KubeObject) as Pod) : pod
}

/** The folder has changed: pods whose file is gone or different end, new ones begin. */
export function filesChanged(world: KubeletWorld, ctx: EventContext, name: string, files: Readonly<Record<string, string>>): readonly Pod[] {
  const node = world.nodes.get(name)
  if (!node?.up) return []
  const manifests: Record<string, Pod> = {}
  for (const file of Object.keys(files).sort()) {
    const pod = podFromFile(node, files[file]!, ctx.now)
    if (pod) manifests[file] = pod
  }
  world.nodes.set(name, { ...node, manifests })
  const wanted = Object.values(manifests)
  for (const key of [...world.byNode.keys(name)]) {
    const row = world.pods.get(key)!
    if (!row.isStatic || wanted.some((pod) => pod.metadata.uid === row.uid)) continue
    requestEnd(world, ctx, row, { grace: seconds(row.pod.spec.terminationGracePeriodSeconds ?? 30), deleted: true, since: ctx.now })
  }
  return wanted.filter((pod) => !world.pods.has(rowKey(name, pod)))
}

/** Tells the API server of a static pod. */
export function createMirror(world: KubeletWorld, ctx: EventContext, row: PodRow): void {
  const node = world.node(row)
  const { uid, ...metadata } = row.pod.metadata
  const mirror: KubeObject = {
    ...row.pod,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [MIRROR]: uid! }, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node.name, uid: node.uid, controller: true }] },
  }
  world.client(node.name).send(ctx, create(PODS, metadata.namespace, mirror))
}

/** A mirror pod as the API server has it: statuses go to it, and when it is to be deleted it is cleared away and made again. */
export function mirrorSeen(world: KubeletWorld, ctx: EventContext, name: string, pod: Pod): void {
  const row = world.pods.get(rowKey(name, pod))
  if (!row?.isStatic) {
    world.client(name).send(ctx, remove(PODS, pod, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } }))
    return
  }
  const isNew = row.mirror?.uid !== pod.metadata.uid
  const isGoing = pod.metadata.deletionTimestamp !== undefined
  if (isGoing && (isNew || !row.mirror?.going)) ctx.schedule(CLEAR_MIRROR, actorOf(name), 'clear-mirror', { pod: keyOf(pod), uid: row.uid })
  const next = world.put({ ...row, mirror: { uid: pod.metadata.uid!, going: isGoing, cleared: isNew ? false : row.mirror!.cleared }, ...(isNew ? { sent: undefined, patching: isNew && row.mirrored === true } : {}), mirrored: true })
  // A mirror pod that was made again learns the status at the status manager's next round.
  if (isNew && row.mirrored) ctx.schedule(ctx.random.below(STATUS_ROUND) + ms(500), actorOf(name), 'mirror-status', { pod: keyOf(pod), uid: row.uid })
  else flush(world, ctx, next)
}

/** The old mirror pod is cleared away. */
export function clearMirror(world: KubeletWorld, ctx: EventContext, row: PodRow): void {
  if (!row.mirror) return
  world.put({ ...row, mirror: { ...row.mirror, cleared: true } })
  world.client(row.node).send(ctx, remove(PODS, row.pod, { gracePeriodSeconds: 0, preconditions: { uid: row.mirror.uid } }))
}

/** A mirror pod is gone from the API server. */
export function mirrorGone(world: KubeletWorld, ctx: EventContext, row: PodRow): void {
  const noticed = row.mirror?.cleared ?? false
  const { mirror: _gone, ...rest } = row
  world.put(rest)
  if (row.life === 'sync') ctx.schedule(noticed ? ms(100) : MISSED_AFTER + ctx.random.below(MISSED_AFTER / 4), actorOf(row.node), 'mirror', { pod: keyOf(row.pod), uid: row.uid })
}

