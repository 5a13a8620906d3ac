import type { Controller, ControllerContext, HandlerContext } from '../../client/controller.ts'
import { must, retrying } from '../../client/must.ts'
import { update } from '../../client/request.ts'
import { rpc, rpcErrorText } from '../../client/storage/csi-wire.ts'
import { formatTime, seconds, unixSeconds } from '../../engine/time.ts'
import type { VolumeSnapshotContent } from '../../kinds/volumesnapshotcontent/index.ts'
import type { MadeSnapshot } from '../driver/controller-service.ts'
import { componentOf, isServed } from '../names.ts'
import { CONTENT_BOUND, CONTENTS } from './snapshot-controller.ts'

const RETRY = seconds(1)

function heard(ctx: HandlerContext, content: VolumeSnapshotContent): void {
  if (!isServed(content.spec.driver)) return
  if (content.metadata.deletionTimestamp !== undefined ? content.metadata.finalizers?.includes(CONTENT_BOUND) : !content.status?.readyToUse) ctx.enqueue(content.metadata.name)
}

/** csi-snapshotter: takes and deletes pictures of disks for contents (kubernetes-csi/external-snapshotter, pkg/sidecar-controller). */
export const csiSnapshotter: Controller = {
  name: 'csi-snapshotter',
  component: componentOf('snapshotter'),
  workers: 10,
  watches: [
    {
      resource: CONTENTS,
      onAdd: heard,
      onUpdate(ctx, old: VolumeSnapshotContent, content: VolumeSnapshotContent) {
        if (old.metadata.deletionTimestamp !== content.metadata.deletionTimestamp || old.spec !== content.spec) heard(ctx, content)
      },
    },
  ],
  reconcile: (ctx, name) => retrying(() => sync(ctx, name)),
}

function sync(ctx: ControllerContext, name: string): { readonly after: number } | undefined {
  const content = ctx.lister<VolumeSnapshotContent>('volumesnapshotcontents').get(undefined, name)
  if (!content) return undefined
  return content.metadata.deletionTimestamp === undefined ? take(ctx, content) : drop(ctx, content)
}

function report(ctx: ControllerContext, content: VolumeSnapshotContent, status: VolumeSnapshotContent['status']): void {
  must(ctx.call(update(CONTENTS, { ...content, status }, 'status')))
}

function take(ctx: ControllerContext, content: VolumeSnapshotContent): { readonly after: number } | undefined {
  const { source, volumeSnapshotRef } = content.spec
  if (content.status?.readyToUse) return undefined
  // A picture that is there already is only taken note of.
  if (source.snapshotHandle !== undefined) return void report(ctx, content, { readyToUse: true, snapshotHandle: source.snapshotHandle })
  const answer = rpc<MadeSnapshot>(ctx, content.spec.driver, 'CreateSnapshot', { name: `snapshot-${volumeSnapshotRef.uid}`, volumeId: source.volumeHandle })
  if (!('ok' in answer)) {
    const message = `Failed to check and update snapshot content: failed to take snapshot of the volume ${source.volumeHandle}: ${JSON.stringify(rpcErrorText(answer))}`
    report(ctx, content, { ...content.status, readyToUse: false, error: { message, time: formatTime(ctx.now) } })
    ctx.event(content, 'Warning', 'SnapshotContentCheckandUpdateFailed', message)
    return { after: RETRY }
  }
  const { snapshotId, bytes, at } = answer.ok
  report(ctx, content, { creationTime: unixSeconds(at) * 1_000_000_000, readyToUse: true, restoreSize: bytes, snapshotHandle: snapshotId })
  return undefined
}

function drop(ctx: ControllerContext, content: VolumeSnapshotContent): { readonly after: number } | undefined {
  const { finalizers = [] } = content.metadata
  if (!finalizers.includes(CONTENT_BOUND)) return undefined
  const snapshotId = content.status?.snapshotHandle
  if (content.spec.deletionPolicy === 'Delete' && snapshotId !== undefined) {
    const answer = rpc(ctx, content.spec.driver, 'DeleteSnapshot', { snapshotId })
    if (!('ok' in answer)) {
      ctx.event(content, 'Warning', 'SnapshotDeleteError', `Failed to delete snapshot: ${rpcErrorText(answer)}`)
      return { after: RETRY }
    }
  }
  must(ctx.call(update(CONTENTS, { ...content, metadata: { ...content.metadata, finalizers: finalizers.filter((f) => f !== CONTENT_BOUND) } })))
  return undefined
}
