import { keyOf, splitKey, type KubeObject } from '../../api/meta.ts'
import { value } from '../../api/quantity.ts'
import { isAlreadyExists, isStatus } from '../../api/status.ts'
import type { Controller, ControllerContext, HandlerContext } from '../../client/controller.ts'
import { must, Refused, retrying } from '../../client/must.ts'
import { create, get, NODES, remove, update } from '../../client/request.ts'
import { csiNameOf } from '../../client/storage/in-tree.ts'
import { rpc, rpcErrorText, type RpcError } from '../../client/storage/csi-wire.ts'
import {
  BETA_PROVISIONER, CLAIMS, classOf, CSI_NODES, MIGRATED_TO, PROVISIONED_BY, PROVISIONER, requestOf, SELECTED_NODE, STORAGE_CLASSES, VOLUME_ATTACHMENTS, VOLUMES, waitsForConsumer,
  type Claim, type CsiNode, type PersistentVolume, type StorageClass, type VolumeAttachment,
} from '../../client/storage/objects.ts'
import { seconds } from '../../engine/time.ts'
import type { Node } from '../../kinds/node/node.ts'
import { GI, type CreatedVolume } from '../driver/controller-service.ts'
import { componentOf, DISK_DRIVER, isServed, PROVISIONER_FINALIZER, ZONE } from '../names.ts'
import { sourceOf } from './data-source.ts'
import { CONTENTS, SNAPSHOTS } from './snapshot-controller.ts'

const claimHeard = (ctx: HandlerContext, claim: Claim): void => {
  if (driverFor(claim)) ctx.enqueue(`claim ${keyOf(claim)}`)
}

/** The driver that the binder has written on the claim, if it is one of ours and there is no volume yet. */
function driverFor({ metadata, spec }: Claim): string | undefined {
  const asked = metadata.annotations?.[MIGRATED_TO] ?? metadata.annotations?.[PROVISIONER] ?? metadata.annotations?.[BETA_PROVISIONER]
  return isServed(asked) && !spec.volumeName && metadata.deletionTimestamp === undefined ? asked : undefined
}

function volumeHeard(ctx: HandlerContext, volume: PersistentVolume): void {
  if (isOver(volume)) ctx.enqueue(`volume ${volume.metadata.name}`)
}

/** Ours, released and to be deleted. */
const isOver = ({ metadata, spec, status }: PersistentVolume): boolean =>
  isServed(metadata.annotations?.[PROVISIONED_BY]) && spec.persistentVolumeReclaimPolicy === 'Delete' && (status?.phase === 'Released' || status?.phase === 'Failed')

/** external-provisioner: makes a volume for a claim, and deletes it when the claim is gone (kubernetes-csi/external-provisioner). */
export const csiProvisioner: Controller = {
  name: 'csi-provisioner',
  component: componentOf('provisioner'),
  workers: 100,
  watches: [
    { resource: CLAIMS, onAdd: claimHeard, onUpdate: (ctx, _old: Claim, claim: Claim) => claimHeard(ctx, claim) },
    { resource: VOLUMES, onAdd: volumeHeard, onUpdate: (ctx, _old: PersistentVolume, volume: PersistentVolume) => volumeHeard(ctx, volume) },
    { resource: STORAGE_CLASSES },
    { resource: NODES },
    { resource: CSI_NODES },
    { resource: SNAPSHOTS },
    { resource: CONTENTS },
    {
      resource: VOLUME_ATTACHMENTS,
      onDelete(ctx, { spec }: VolumeAttachment) {
        const volume = ctx.lister<PersistentVolume>('persistentvolumes').get(undefined, spec.source.persistentVolumeName ?? '')
        if (volume) volumeHeard(ctx, volume)
      },
    },
  ],
  reconcile: (ctx, key) =>
    retrying(() => {
      const [what, name = ''] = key.split(' ')
      return what === 'claim' ? provision(ctx, name) : deleteVolume(ctx, name)
    }),
}

/** How long a failed try waits (--retry-interval-start doubles from 1 s). */
const RETRY = seconds(2)

function provision(ctx: ControllerContext, key: string): { readonly after: number } | undefined {
  const { namespace, name } = splitKey(key)
  const claim = ctx.lister<Claim>('persistentvolumeclaims').get(namespace, name)
  const cls = claim && ctx.lister<StorageClass>('storageclasses').get(undefined, classOf(claim))
  const driver = claim && driverFor(claim)
  if (!claim || !cls || !driver || (csiNameOf(cls.provisioner) ?? cls.provisioner) !== driver) return undefined
  const selected = claim.metadata.annotations?.[SELECTED_NODE]
  if (waitsForConsumer(cls) && !selected) return undefined
  const found = sourceOf(ctx, claim, driver)
  if ('foreign' in found) {
    ctx.event(claim, 'Warning', 'UnrecognizedDataSourceKind', 'The data source for this PVC does not match any registered VolumePopulator')
    ctx.event(claim, 'Normal', 'Provisioning', 'Assuming an external populator will provision the volume')
    return undefined
  }
  ctx.event(claim, 'Normal', 'Provisioning', `External provisioner is provisioning volume for claim ${JSON.stringify(key)}`)
  const fail = (why: string): { readonly after: number } => {
    ctx.event(claim, 'Warning', 'ProvisioningFailed', `failed to provision volume with StorageClass ${JSON.stringify(cls.metadata.name)}: ${why}`)
    return { after: RETRY }
  }
  if ('wait' in found) return fail(found.wait)
  const zones = driver === DISK_DRIVER ? zonesFor(ctx, claim, cls, selected) : []
  if (typeof zones === 'string') return fail(zones)
  const answer = rpc<CreatedVolume>(ctx, driver, 'CreateVolume', { name: `pvc-${claim.metadata.uid}`, requiredBytes: value(requestOf(claim)), zones, source: found.source })
  if (!('ok' in answer)) return giveUp(ctx, claim, answer, selected, fail)
  const made = ctx.call(create(VOLUMES, undefined, volumeFor(driver, claim, cls, answer.ok)))
  if (isStatus(made) && !isAlreadyExists(made)) throw new Refused(made)
  ctx.event(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume pvc-${claim.metadata.uid}`)
  return undefined
}

/** An error that another node might not have: the scheduler is to choose anew (ProvisioningReschedule). */
function giveUp(ctx: ControllerContext, claim: Claim, error: RpcError, selected: string | undefined, fail: (why: string) => { readonly after: number }): { readonly after: number } | undefined {
  const again = fail(rpcErrorText(error))
  if (error.code !== 'ResourceExhausted' || selected === undefined) return again
  const { [SELECTED_NODE]: _node, ...annotations } = claim.metadata.annotations ?? {}
  ctx.note('csi.reschedule', { claim: claim.metadata.name, node: selected })
  ctx.call(update(CLAIMS, { ...claim, metadata: { ...claim.metadata, annotations } }))
  return undefined
}

/** Zones in the order of preference: the selected node's, or those of all nodes with the driver, beginning at one that the name chooses. */
function zonesFor(ctx: ControllerContext, claim: Claim, cls: StorageClass, selected: string | undefined): readonly string[] | string {
  const zoneOf = (node: string): string | undefined => ctx.lister<Node>('nodes').get(undefined, node)?.metadata.labels?.[ZONE]
  const allowed = cls.allowedTopologies?.flatMap((t) => t.matchLabelExpressions ?? []).filter((e) => e.key === ZONE).flatMap((e) => e.values)
  const isAllowed = (zone: string | undefined): zone is string => zone !== undefined && (!allowed?.length || allowed.includes(zone))
  if (selected !== undefined) {
    const zone = zoneOf(selected)
    return isAllowed(zone) ? [zone] : `error generating accessibility requirements: selected node '${JSON.stringify(selected)}' topology is not in allowed topologies`
  }
  const nodes = ctx.lister<CsiNode>('csinodes').list().filter((n) => n.spec.drivers.some((d) => d.name === DISK_DRIVER))
  const zones = [...new Set(nodes.map((n) => zoneOf(n.metadata.name)).filter(isAllowed))].sort()
  if (zones.length === 0) return 'error generating accessibility requirements: no topology key found on any node'
  const first = [...claim.metadata.name].reduce((sum, char) => sum + char.codePointAt(0)!, 0) % zones.length
  return [...zones.slice(first), ...zones.slice(0, first)]
}

function volumeFor(driver: string, claim: Claim, cls: StorageClass, { volumeId, bytes, zone }: CreatedVolume): KubeObject {
  const { name, namespace, uid, resourceVersion } = claim.metadata
  const { metadata, reclaimPolicy, mountOptions, parameters } = cls
  const storage = bytes % GI === 0 ? `${bytes / GI}Gi` : `${bytes / 1_048_576}Mi`
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: `pvc-${uid}`,
      annotations: {
        [PROVISIONED_BY]: driver, 'volume.kubernetes.io/provisioner-deletion-secret-name': '', 'volume.kubernetes.io/provisioner-deletion-secret-namespace': '',
      },
      ...(reclaimPolicy === 'Retain' ? {} : { finalizers: [PROVISIONER_FINALIZER] }),
    },
    spec: {
      accessModes: claim.spec.accessModes,
      capacity: { storage },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, resourceVersion, uid },
      csi: {
        driver, fsType: parameters?.['csi.storage.k8s.io/fstype'] ?? 'ext4',
        volumeAttributes: { 'storage.kubernetes.io/csiProvisionerIdentity': componentOf('provisioner') }, volumeHandle: volumeId,
      },
      ...(mountOptions?.length ? { mountOptions } : {}),
      ...(zone === undefined ? {} : { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values: [zone] }] }] } } }),
      persistentVolumeReclaimPolicy: reclaimPolicy ?? 'Delete',
      storageClassName: metadata.name,
      ...(claim.spec.volumeAttributesClassName ? { volumeAttributesClassName: claim.spec.volumeAttributesClassName } : {}),
      volumeMode: claim.spec.volumeMode ?? 'Filesystem',
    },
  } as KubeObject
}

function deleteVolume(ctx: ControllerContext, name: string): { readonly after: number } | undefined {
  const volume = ctx.lister<PersistentVolume>('persistentvolumes').get(undefined, name)
  if (!volume?.spec.csi || !isOver(volume)) return undefined
  const fail = (why: string): void => ctx.event(volume, 'Warning', 'VolumeFailedDelete', why)
  const attached = ctx.lister<VolumeAttachment>('volumeattachments').list().find((a) => a.spec.source.persistentVolumeName === name)
  if (attached) return void fail(`persistentvolume ${name} is still attached to node ${attached.spec.nodeName}`)
  const answer = rpc(ctx, volume.spec.csi.driver, 'DeleteVolume', { volumeId: volume.spec.csi.volumeHandle })
  if (!('ok' in answer)) {
    fail(rpcErrorText(answer))
    return { after: RETRY }
  }
  ctx.call(remove(VOLUMES, volume))
  const fresh = ctx.call<PersistentVolume>(get(VOLUMES, undefined, name))
  if (isStatus(fresh)) return undefined
  const finalizers = (fresh.metadata.finalizers ?? []).filter((f) => f !== PROVISIONER_FINALIZER)
  must(ctx.call(update(VOLUMES, { ...fresh, metadata: { ...fresh.metadata, finalizers } })))
  return undefined
}
