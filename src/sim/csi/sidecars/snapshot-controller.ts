import { keyOf, splitKey, type KubeObject } from '../../api/meta.ts'
import { isAlreadyExists, isStatus } from '../../api/status.ts'
import type { Controller, ControllerContext, HandlerContext } from '../../client/controller.ts'
import { must, Refused, retrying } from '../../client/must.ts'
import { create, remove, update } from '../../client/request.ts'
import { CLAIMS, VOLUMES, type Claim, type PersistentVolume } from '../../client/storage/objects.ts'
import { formatTime, unixSeconds } from '../../engine/time.ts'
import type { VolumeSnapshot, VolumeSnapshotStatus } from '../../kinds/volumesnapshot/index.ts'
import type { VolumeSnapshotClass } from '../../kinds/volumesnapshotclass/index.ts'
import type { VolumeSnapshotContent } from '../../kinds/volumesnapshotcontent/index.ts'
import { GI } from '../driver/controller-service.ts'

const snapshots = (resource: string) => ({ group: 'snapshot.storage.k8s.io', version: 'v1', resource }) as const
export const SNAPSHOTS = snapshots('volumesnapshots')
export const CONTENTS = snapshots('volumesnapshotcontents')
export const CLASSES = snapshots('volumesnapshotclasses')

const BOUND = 'snapshot.storage.kubernetes.io/volumesnapshot-bound-protection'
export const CONTENT_BOUND = 'snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection'
const DEFAULT_CLASS = 'snapshot.storage.kubernetes.io/is-default-class'

const heard = (ctx: HandlerContext, snapshot: VolumeSnapshot): void => ctx.enqueue(keyOf(snapshot))
function contentHeard(ctx: HandlerContext, { spec }: VolumeSnapshotContent): void {
  const { namespace, name } = spec.volumeSnapshotRef
  if (namespace && name) ctx.enqueue(`${namespace}/${name}`)
}

/** snapshot-controller: gives a VolumeSnapshot its content, and takes it away again (kubernetes-csi/external-snapshotter, pkg/common-controller). */
export const snapshotController: Controller = {
  name: 'snapshot-controller',
  workers: 10,
  watches: [
    { resource: SNAPSHOTS, onAdd: heard, onUpdate: (ctx, _old: VolumeSnapshot, snapshot: VolumeSnapshot) => heard(ctx, snapshot) },
    { resource: CONTENTS, onAdd: contentHeard, onUpdate: (ctx, _old: VolumeSnapshotContent, content: VolumeSnapshotContent) => contentHeard(ctx, content), onDelete: contentHeard },
    { resource: CLASSES },
    {
      resource: CLAIMS,
      onUpdate(ctx, old: Claim, claim: Claim) {
        if (old.status?.phase === claim.status?.phase) return
        for (const snapshot of ctx.lister<VolumeSnapshot>('volumesnapshots').list(claim.metadata.namespace)) if (snapshot.spec.source.persistentVolumeClaimName === claim.metadata.name) heard(ctx, snapshot)
      },
    },
    { resource: VOLUMES },
  ],
  reconcile: (ctx, key) => retrying(() => sync(ctx, key)),
}

function sync(ctx: ControllerContext, key: string): undefined {
  const { namespace, name } = splitKey(key)
  const snapshot = ctx.lister<VolumeSnapshot>('volumesnapshots').get(namespace, name)
  if (!snapshot) return undefined
  const content = contentOf(ctx, snapshot)
  if (snapshot.metadata.deletionTimestamp !== undefined) return leave(ctx, snapshot, content)
  if (!snapshot.metadata.finalizers?.includes(BOUND)) {
    must(ctx.call(update(SNAPSHOTS, { ...snapshot, metadata: { ...snapshot.metadata, finalizers: [...(snapshot.metadata.finalizers ?? []), BOUND] } })))
    return undefined
  }
  if (!content) return ask(ctx, snapshot)
  return report(ctx, snapshot, content)
}

function contentOf(ctx: ControllerContext, { metadata, spec, status }: VolumeSnapshot): VolumeSnapshotContent | undefined {
  const lister = ctx.lister<VolumeSnapshotContent>('volumesnapshotcontents')
  const name = spec.source.volumeSnapshotContentName ?? status?.boundVolumeSnapshotContentName ?? `snapcontent-${metadata.uid}`
  const content = lister.get(undefined, name)
  const ref = content?.spec.volumeSnapshotRef
  return ref && ref.name === metadata.name && ref.namespace === metadata.namespace && (!ref.uid || ref.uid === metadata.uid) ? content : undefined
}

/** Says what is wrong, once for each new reason (updateSnapshotErrorStatusWithEvent). */
function fail(ctx: ControllerContext, snapshot: VolumeSnapshot, reason: string, message: string): undefined {
  if (snapshot.status?.error?.message === message) return undefined
  const status: VolumeSnapshotStatus = { ...snapshot.status, error: { message, time: formatTime(ctx.now) }, readyToUse: false }
  must(ctx.call(update(SNAPSHOTS, { ...snapshot, status }, 'status')))
  ctx.event(snapshot, 'Warning', reason, message)
  return undefined
}

/** Makes the content, which the driver's sidecar then fills (createSnapshotContent). */
function ask(ctx: ControllerContext, snapshot: VolumeSnapshot): undefined {
  const { namespace, name, uid } = snapshot.metadata
  const claimName = snapshot.spec.source.persistentVolumeClaimName
  if (claimName === undefined) return fail(ctx, snapshot, 'SnapshotContentMissing', 'VolumeSnapshotContent is missing')
  const cls = classOf(ctx, snapshot)
  if (typeof cls === 'string') return fail(ctx, snapshot, 'GetSnapshotClassFailed', cls)
  const claim = ctx.lister<Claim>('persistentvolumeclaims').get(namespace, claimName)
  const volume = claim?.spec.volumeName ? ctx.lister<PersistentVolume>('persistentvolumes').get(undefined, claim.spec.volumeName) : undefined
  const failed = (why: string): undefined => fail(ctx, snapshot, 'SnapshotContentCreationFailed', `Failed to create snapshot content with error ${why}`)
  if (!claim) return failed(`snapshot controller failed to update ${name} on API server: cannot get claim from snapshot`)
  if (claim.status?.phase !== 'Bound' || !volume) return failed(`the PVC ${claimName} is not yet bound to a PV, will not attempt to take a snapshot`)
  const { csi } = volume.spec
  if (csi?.driver !== cls.driver) return failed(`cannot find CSI PersistentVolumeSource of the driver ${cls.driver} for volume ${volume.metadata.name}`)
  const body: KubeObject = {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshotContent',
    metadata: { name: `snapcontent-${uid}`, finalizers: [CONTENT_BOUND] },
    spec: {
      deletionPolicy: cls.deletionPolicy, driver: cls.driver, source: { volumeHandle: csi.volumeHandle }, sourceVolumeMode: volume.spec.volumeMode ?? 'Filesystem',
      volumeSnapshotClassName: cls.metadata.name,
      volumeSnapshotRef: { apiVersion: 'snapshot.storage.k8s.io/v1', kind: 'VolumeSnapshot', name, namespace, resourceVersion: snapshot.metadata.resourceVersion, uid },
    },
  }
  ctx.note('snapshots.ask', { snapshot: name, claim: claimName })
  const made = ctx.call(create(CONTENTS, undefined, body))
  if (isStatus(made) && !isAlreadyExists(made)) throw new Refused(made)
  ctx.event(snapshot, 'Normal', 'CreatingSnapshot', `Waiting for a snapshot ${namespace}/${name} to be created by the CSI driver.`)
  return undefined
}

/** The class that is named, else the default one of the claim's driver. */
function classOf(ctx: ControllerContext, snapshot: VolumeSnapshot): VolumeSnapshotClass | string {
  const lister = ctx.lister<VolumeSnapshotClass>('volumesnapshotclasses')
  const named = snapshot.spec.volumeSnapshotClassName
  const prefix = `failed to get input parameters to create snapshot ${snapshot.metadata.name}:`
  if (named) return lister.get(undefined, named) ?? `${prefix} failed to retrieve snapshot class ${named} from the informer: ${JSON.stringify(`volumesnapshotclass.snapshot.storage.k8s.io ${JSON.stringify(named)} not found`)}`
  const defaults = lister.list().filter((cls) => cls.metadata.annotations?.[DEFAULT_CLASS] === 'true')
  if (defaults.length === 1) return defaults[0]!
  return defaults.length === 0 ? `${prefix} cannot find default snapshot class` : `${prefix} ${defaults.length} default snapshot classes were found`
}

/** What the content has come to, in the snapshot's status (updateSnapshotStatus). */
function report(ctx: ControllerContext, snapshot: VolumeSnapshot, content: VolumeSnapshotContent): undefined {
  const { creationTime, readyToUse = false, restoreSize, error } = content.status ?? {}
  const before = snapshot.status ?? {}
  const ready = readyToUse
  if (before.boundVolumeSnapshotContentName === content.metadata.name && (before.readyToUse ?? false) === ready && before.error?.message === error?.message) return undefined
  const status: VolumeSnapshotStatus = {
    boundVolumeSnapshotContentName: content.metadata.name,
    readyToUse: ready,
    ...(creationTime === undefined ? {} : { creationTime: formatTime((creationTime / 1_000_000_000 - unixSeconds(0)) * 1_000_000) }),
    ...(restoreSize === undefined ? {} : { restoreSize: restoreSize % GI === 0 ? `${restoreSize / GI}Gi` : `${restoreSize}` }),
    ...(error ? { error } : {}),
  }
  must(ctx.call(update(SNAPSHOTS, { ...snapshot, status }, 'status')))
  const name = keyOf(snapshot)
  if (creationTime !== undefined && before.creationTime === undefined) ctx.event(snapshot, 'Normal', 'SnapshotCreated', `Snapshot ${name} was successfully created by the CSI driver.`)
  if (ready && !before.readyToUse) ctx.event(snapshot, 'Normal', 'SnapshotReady', `Snapshot ${name} is ready to use.`)
  return undefined
}

/** The snapshot is to go: with policy Delete its content first, and the picture with it. */
function leave(ctx: ControllerContext, snapshot: VolumeSnapshot, content: VolumeSnapshotContent | undefined): undefined {
  if (content?.spec.deletionPolicy === 'Delete') {
    if (content.metadata.deletionTimestamp === undefined) ctx.call(remove(CONTENTS, content))
    return undefined
  }
  const finalizers = (snapshot.metadata.finalizers ?? []).filter((f) => f !== BOUND)
  if (finalizers.length !== (snapshot.metadata.finalizers ?? []).length) must(ctx.call(update(SNAPSHOTS, { ...snapshot, metadata: { ...snapshot.metadata, finalizers } })))
  return undefined
}

