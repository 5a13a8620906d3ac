import type { KubeObject } from '../../api/meta.ts'
import { isStatus } from '../../api/status.ts'
import type { Controller, ControllerContext, HandlerContext } from '../../client/controller.ts'
import { must, retrying } from '../../client/must.ts'
import { get, update } from '../../client/request.ts'
import { value } from '../../api/quantity.ts'
import { rpc, rpcErrorText } from '../../client/storage/csi-wire.ts'
import { csiOf } from '../../client/storage/in-tree.ts'
import { sizeOf, VOLUME_ATTACHMENTS, VOLUMES, type AttachmentStatus, type PersistentVolume, type VolumeAttachment } from '../../client/storage/objects.ts'
import { formatTime, seconds } from '../../engine/time.ts'
import { attacherFinalizer, componentOf, isServed } from '../names.ts'

type Held = { readonly metadata: { readonly finalizers?: readonly string[] } }
const has = ({ metadata }: Held, driver: string): boolean => metadata.finalizers?.includes(attacherFinalizer(driver)) ?? false

function attachmentHeard(ctx: HandlerContext, attachment: VolumeAttachment): void {
  if (!isServed(attachment.spec.attacher)) return
  if (attachment.metadata.deletionTimestamp === undefined ? !attachment.status?.attached : has(attachment, attachment.spec.attacher)) ctx.enqueue(`attachment ${attachment.metadata.name}`)
}

function volumeHeard(ctx: HandlerContext, volume: PersistentVolume): void {
  const driver = csiOf(volume)?.driver
  if (volume.metadata.deletionTimestamp !== undefined && driver !== undefined && has(volume, driver)) ctx.enqueue(`volume ${volume.metadata.name}`)
}

/** external-attacher: makes true what VolumeAttachments wish (kubernetes-csi/external-attacher). */
export const csiAttacher: Controller = {
  name: 'csi-attacher',
  component: componentOf('attacher'),
  workers: 10,
  watches: [
    {
      resource: VOLUME_ATTACHMENTS,
      onAdd: attachmentHeard,
      onUpdate(ctx, old: VolumeAttachment, attachment: VolumeAttachment) {
        // Its own reports of errors are no reason to try again at once.
        if (old.metadata.deletionTimestamp !== attachment.metadata.deletionTimestamp || old.status?.attached !== attachment.status?.attached) attachmentHeard(ctx, attachment)
      },
      onDelete(ctx, { spec }: VolumeAttachment) {
        const volume = ctx.lister<PersistentVolume>('persistentvolumes').get(undefined, spec.source.persistentVolumeName ?? '')
        if (volume) volumeHeard(ctx, volume)
      },
    },
    { resource: VOLUMES, onAdd: volumeHeard, onUpdate: (ctx, _old: PersistentVolume, volume: PersistentVolume) => volumeHeard(ctx, volume) },
  ],
  reconcile: (ctx, key) =>
    retrying(() => {
      const [what, name = ''] = key.split(' ')
      return what === 'volume' ? releaseVolume(ctx, name) : sync(ctx, name)
    }),
}

const RETRY = seconds(1)

function sync(ctx: ControllerContext, name: string): { readonly after: number } | undefined {
  const attachment = ctx.lister<VolumeAttachment>('volumeattachments').get(undefined, name)
  if (!attachment) return undefined
  return attachment.metadata.deletionTimestamp === undefined ? attach(ctx, attachment) : detach(ctx, attachment)
}

function report(ctx: ControllerContext, attachment: VolumeAttachment, status: AttachmentStatus): void {
  must(ctx.call(update(VOLUME_ATTACHMENTS, { ...attachment, status }, 'status')))
}

const shared = ({ spec }: PersistentVolume): boolean => (spec.accessModes ?? []).some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany')

function attach(ctx: ControllerContext, cached: VolumeAttachment): { readonly after: number } | undefined {
  if (cached.status?.attached) return undefined
  const { attacher, nodeName, source } = cached.spec
  const volume = must(ctx.call<PersistentVolume>(get(VOLUMES, undefined, source.persistentVolumeName ?? '')))
  const csi = csiOf(volume)
  if (!csi) return undefined
  if (!has(volume, attacher)) must(ctx.call(update(VOLUMES, held(volume, attacher))))
  const attachment = has(cached, attacher) ? cached : must(ctx.call<VolumeAttachment>(update(VOLUME_ATTACHMENTS, held(cached, attacher))))
  const answer = rpc<{ readonly devicePath: string }>(ctx, attacher, 'ControllerPublishVolume', { volumeId: csi.handle, nodeId: nodeName, shared: shared(volume), bytes: value(sizeOf(volume)) })
  if ('ok' in answer) {
    report(ctx, attachment, { attached: true, attachmentMetadata: { devicePath: answer.ok.devicePath } })
    return undefined
  }
  report(ctx, attachment, { attached: false, attachError: { message: rpcErrorText(answer), time: formatTime(ctx.now) } })
  return { after: RETRY }
}

const held = <T extends KubeObject>(object: T, driver: string): T => ({
  ...object,
  metadata: { ...object.metadata, finalizers: [...(object.metadata.finalizers ?? []), attacherFinalizer(driver)] },
})

const released = <T extends KubeObject>(object: T, driver: string): T => ({
  ...object,
  metadata: { ...object.metadata, finalizers: (object.metadata.finalizers ?? []).filter((f) => f !== attacherFinalizer(driver)) },
})

function detach(ctx: ControllerContext, attachment: VolumeAttachment): { readonly after: number } | undefined {
  const { attacher } = attachment.spec
  if (!has(attachment, attacher)) return undefined
  const volume = ctx.call<PersistentVolume>(get(VOLUMES, undefined, attachment.spec.source.persistentVolumeName ?? ''))
  const handle = isStatus(volume) ? undefined : csiOf(volume)?.handle
  if (handle !== undefined) {
    const answer = rpc(ctx, attacher, 'ControllerUnpublishVolume', { volumeId: handle, nodeId: attachment.spec.nodeName })
    if (!('ok' in answer)) {
      report(ctx, attachment, { ...attachment.status, attached: attachment.status?.attached ?? false, detachError: { message: rpcErrorText(answer), time: formatTime(ctx.now) } })
      return { after: RETRY }
    }
  }
  must(ctx.call(update(VOLUME_ATTACHMENTS, released(attachment, attacher))))
  return undefined
}

/** A volume that is to go is let go of once it is attached nowhere. */
function releaseVolume(ctx: ControllerContext, name: string): undefined {
  const volume = ctx.lister<PersistentVolume>('persistentvolumes').get(undefined, name)
  const driver = volume && csiOf(volume)?.driver
  if (!volume || driver === undefined || !has(volume, driver) || volume.metadata.deletionTimestamp === undefined) return undefined
  if (ctx.lister<VolumeAttachment>('volumeattachments').list().some((a) => a.spec.source.persistentVolumeName === name)) return undefined
  must(ctx.call(update(VOLUMES, released(volume, driver))))
  return undefined
}
