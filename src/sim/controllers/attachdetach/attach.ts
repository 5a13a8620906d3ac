import type { KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { isAlreadyExists, isStatus } from '../../api/status.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { create } from '../../client/request.ts'
import { attachmentName } from '../../client/storage/attachments.ts'
import { VOLUME_ATTACHMENTS, type VolumeAttachment } from '../../client/storage/objects.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import { OPERATIONS, setAttached, type Operation, type VolumeRow } from './state.ts'

/** How long one attach or detach is waited for (csi_plugin.go: csiTimeout). */
export const PATIENCE = seconds(120)
const FIRST_WAIT: Micros = 500_000
const LONGEST_WAIT = seconds(122)

export interface Turn {
  readonly row: VolumeRow
  /** When to look again if nothing happens. */
  readonly at?: Micros
}

export const operationOf = (ctx: ControllerContext, key: string): Operation | null => ctx.once(() => ctx.state<Operation>(OPERATIONS).get(key) ?? null)

export function setOperation(ctx: ControllerContext, key: string, next: Operation | undefined): void {
  ctx.once(() => {
    if (next) ctx.state<Operation>(OPERATIONS).set(key, next)
    else ctx.state(OPERATIONS).delete(key)
    return null
  })
}

/** The operation has failed: the wait before the next try, doubling (goroutinemap/exponentialbackoff). */
export function failed(ctx: ControllerContext, key: string, what: Operation['what'], known: Operation | null, now: Micros): Micros {
  const wait = known?.what === what && known.wait ? Math.min(known.wait * 2, LONGEST_WAIT) : FIRST_WAIT
  setOperation(ctx, key, { what, until: now + wait, wait })
  return now + wait
}

function place(ctx: ControllerContext, name: string, row: VolumeRow, node: string, certain: boolean): VolumeRow {
  return ctx.once(() => {
    const { unwantedSince: _wanted, ...old } = row.nodes[node] ?? { mounted: true, reported: false }
    return setAttached(ctx, name, row, node, { ...old, certain, reported: certain })
  })
}

/** One look at a volume that pods on `node` want: ask for it, wait for it, take note of it. */
export function attach(ctx: ControllerContext, name: string, row: VolumeRow, node: string, pods: readonly Pod[]): Turn {
  const key = `${name} ${node}`
  const known = operationOf(ctx, key)
  const { now } = ctx
  const attachment = ctx.lister<VolumeAttachment>('volumeattachments').get(undefined, attachmentName(row.handle, row.driver, node))
  if (row.nodes[node]?.certain) return attachment?.status?.attached ? keep(ctx, name, row, node) : lost(ctx, name, row, node, now)
  if (known?.until !== undefined && now < known.until) return { row, at: known.until }
  const deadline = known?.what === 'attach' && known.deadline !== undefined ? known.deadline : now + PATIENCE
  if (!attachment && known?.deadline === undefined) {
    const refusal = ask(ctx, name, row, node)
    if (refusal !== undefined) return fail(ctx, name, row, node, pods, refusal, known, now)
  }
  setOperation(ctx, key, { what: 'attach', deadline, wait: known?.wait })
  const problem = problemOf(attachment) ?? (now >= deadline ? `timed out waiting for external-attacher of ${row.driver} CSI driver to attach volume ${row.handle}` : undefined)
  if (problem !== undefined) return fail(ctx, name, row, node, pods, problem, { ...known, what: 'attach' }, now)
  if (!attachment?.status?.attached) return { row, at: deadline }
  setOperation(ctx, key, undefined)
  ctx.note('attach.done', { volume: name, node })
  for (const pod of pods) ctx.event(pod, 'Normal', 'SuccessfulAttachVolume', `AttachVolume.Attach succeeded for volume ${JSON.stringify(name)} `)
  const next = place(ctx, name, row, node, true)
  ctx.enqueueAfter(`node ${node}`, 0)
  return { row: next }
}

const problemOf = (attachment: VolumeAttachment | undefined): string | undefined =>
  attachment?.metadata.deletionTimestamp !== undefined ? 'volume attachment is being deleted' : attachment?.status?.attachError?.message

function ask(ctx: ControllerContext, name: string, { handle, driver }: VolumeRow, node: string): string | undefined {
  const body: KubeObject = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttachment',
    metadata: { name: attachmentName(handle, driver, node) },
    spec: { attacher: driver, nodeName: node, source: { persistentVolumeName: name } },
  }
  ctx.note('attach.ask', { volume: name, node, driver })
  const answer = ctx.call(create(VOLUME_ATTACHMENTS, undefined, body))
  return isStatus(answer) && !isAlreadyExists(answer) ? (answer.message ?? '') : undefined
}

function fail(ctx: ControllerContext, name: string, row: VolumeRow, node: string, pods: readonly Pod[], why: string, known: Operation | null, now: Micros): Turn {
  const at = failed(ctx, `${name} ${node}`, 'attach', known, now)
  ctx.note('attach.failed', { volume: name, node, why })
  for (const pod of pods) ctx.event(pod, 'Warning', 'FailedAttachVolume', `AttachVolume.Attach failed for volume ${JSON.stringify(name)} : ${why}`)
  return { row: place(ctx, name, row, node, false), at }
}

/** It is wanted (again): the time of the detach request is forgotten. */
function keep(ctx: ControllerContext, name: string, row: VolumeRow, node: string): Turn {
  const { unwantedSince, ...attached } = row.nodes[node]!
  if (unwantedSince === undefined && attached.reported) return { row }
  const next = ctx.once(() => setAttached(ctx, name, row, node, { ...attached, reported: true }))
  if (!attached.reported) ctx.enqueueAfter(`node ${node}`, 0)
  return { row: next }
}

/** Somebody took the attachment away: it is asked for anew (VerifyVolumesAreAttached). */
function lost(ctx: ControllerContext, name: string, row: VolumeRow, node: string, now: Micros): Turn {
  ctx.note('attach.lost', { volume: name, node })
  return { row: ctx.once(() => setAttached(ctx, name, row, node, undefined)), at: now + 100_000 }
}

/** Back-offs of attaches that nobody asks for any more. */
export function clearBackoff(ctx: ControllerContext, name: string, wanted: ReadonlyMap<string, unknown>): void {
  ctx.once(() => {
    const table = ctx.state<Operation>(OPERATIONS)
    for (const key of table.keys()) {
      if (!key.startsWith(`${name} `) || wanted.has(key.slice(name.length + 1))) continue
      if (table.get(key)!.what === 'attach' && table.get(key)!.deadline === undefined) table.delete(key)
    }
    return null
  })
}
