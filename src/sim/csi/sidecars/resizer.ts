import { keyOf, splitKey, type Condition } from '../../api/meta.ts'
import { compareQuantities, value } from '../../api/quantity.ts'
import { withCondition, withoutCondition } from '../../api/conditions.ts'
import type { Controller, ControllerContext, HandlerContext } from '../../client/controller.ts'
import { must, retrying } from '../../client/must.ts'
import { get, patch } from '../../client/request.ts'
import { rpc, rpcErrorText } from '../../client/storage/csi-wire.ts'
import { CLAIMS, requestOf, sizeOf, VOLUMES, type Claim, type ClaimStatus, type PersistentVolume } from '../../client/storage/objects.ts'
import { formatTime, seconds } from '../../engine/time.ts'
import { GI } from '../driver/controller-service.ts'
import { DISK_DRIVER, isServed } from '../names.ts'

const capacityOf = ({ status }: Claim): string => status?.capacity?.['storage'] ?? '0'
const wantsMore = (claim: Claim): boolean => claim.status?.phase === 'Bound' && compareQuantities(requestOf(claim), capacityOf(claim)) > 0
const NODE_TURN = ['NodeResizePending', 'NodeResizeInProgress']

const heard = (ctx: HandlerContext, claim: Claim): void => {
  if (wantsMore(claim)) ctx.enqueue(keyOf(claim))
}

/** external-resizer: lets the storage system enlarge a disk, then leaves the file system to the node (kubernetes-csi/external-resizer). */
export const csiResizer: Controller = {
  name: 'csi-resizer',
  component: `external-resizer ${DISK_DRIVER}`,
  workers: 10,
  watches: [
    {
      resource: CLAIMS,
      onAdd: heard,
      onUpdate(ctx, old: Claim, claim: Claim) {
        if (requestOf(old) !== requestOf(claim) || old.status?.phase !== claim.status?.phase) heard(ctx, claim)
      },
    },
    { resource: VOLUMES },
  ],
  reconcile: (ctx, key) => retrying(() => resize(ctx, key)),
}

const RETRY = seconds(1)

function resize(ctx: ControllerContext, key: string): { readonly after: number } | undefined {
  const { namespace, name } = splitKey(key)
  const claim = ctx.lister<Claim>('persistentvolumeclaims').get(namespace, name)
  const volume = claim?.spec.volumeName ? ctx.lister<PersistentVolume>('persistentvolumes').get(undefined, claim.spec.volumeName) : undefined
  const driver = volume?.spec.csi?.driver
  if (!claim || !volume?.spec.csi || !isServed(driver) || !wantsMore(claim)) return undefined
  const wanted = requestOf(claim)
  const statuses = claim.status?.allocatedResourceStatuses?.['storage']
  if (statuses && NODE_TURN.includes(statuses) && compareQuantities(sizeOf(volume), wanted) >= 0) return undefined
  const { now } = ctx
  const told = (status: string, conditions: readonly Condition[]): ClaimStatus => ({
    ...claim.status, allocatedResources: { storage: wanted }, allocatedResourceStatuses: { storage: status }, conditions,
  })
  const condition = (type: string, message?: string): Condition => ({ type, status: 'True', lastTransitionTime: formatTime(now), ...(message ? { message } : {}) })
  write(ctx, claim, told('ControllerResizeInProgress', withCondition(claim.status?.conditions, condition('Resizing'))))
  ctx.event(claim, 'Normal', 'Resizing', `External resizer is resizing volume ${volume.metadata.name}`)
  const answer = rpc<{ readonly bytes: number; readonly nodeExpansionRequired: boolean }>(ctx, driver, 'ControllerExpandVolume', { volumeId: volume.spec.csi.volumeHandle, requiredBytes: value(wanted) })
  if (!('ok' in answer)) {
    ctx.event(claim, 'Warning', 'VolumeResizeFailed', `resize volume ${JSON.stringify(volume.metadata.name)} by resizer ${JSON.stringify(driver)} failed: ${rpcErrorText(answer)}`)
    write(ctx, claim, told(answer.code === 'ResourceExhausted' || answer.code === 'OutOfRange' ? 'ControllerResizeInfeasible' : 'ControllerResizeInProgress', withCondition(claim.status?.conditions, condition('Resizing'))))
    return { after: RETRY }
  }
  const storage = answer.ok.bytes % GI === 0 ? `${answer.ok.bytes / GI}Gi` : wanted
  must(ctx.call(patch(VOLUMES, volume, { spec: { capacity: { storage } } }, 'merge')))
  const pending = condition('FileSystemResizePending', 'Waiting for user to (re-)start a pod to finish file system resize of volume on node.')
  write(ctx, claim, told('NodeResizePending', withCondition(withoutCondition(claim.status?.conditions, 'Resizing'), pending)))
  ctx.event(claim, 'Normal', 'FileSystemResizeRequired', 'Require file system resize of volume on node')
  return undefined
}

/** Takes only what the resizer owns of the status, on whatever the claim is now. */
function write(ctx: ControllerContext, claim: Claim, { allocatedResources, allocatedResourceStatuses, conditions }: ClaimStatus): void {
  const fresh = must(ctx.call<Claim>(get(CLAIMS, claim.metadata.namespace, claim.metadata.name)))
  must(ctx.call(patch(CLAIMS, fresh, { status: { allocatedResources, allocatedResourceStatuses, conditions } } as never, 'merge', 'status')))
}
