import type { Pod } from '../../api/pod.ts'
import { isAlreadyExists, isStatus } from '../../api/status.ts'
import { parseQuantity, value } from '../../api/quantity.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { create, get, PODS, remove } from '../../client/request.ts'
import { isTerminated, MIGRATED_TO, sizeOf, VOLUMES, type PersistentVolume } from '../../client/storage/objects.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import { failVolume, unbindVolume } from './bind.ts'
import { claimNamed, claimOfVolume } from './memory.ts'
import { canRecycle, deleteHostPath, deleterOf } from './plugins.ts'

/** Own state table: operations that run or that failed of late, by "delete pv-1" or "recycle pv-1" (goroutinemap). */
export const OPERATIONS = 'operations'
export interface Operation {
  readonly running: boolean
  /** When it may be tried again, and after how long a wait. */
  readonly until: Micros
  readonly wait: Micros
}

const FIRST_WAIT: Micros = 500_000
const LONGEST_WAIT = seconds(122)

/** What the policy says is to happen to a volume whose claim is gone (pv_controller.go: reclaimVolume). */
export function reclaim(ctx: ControllerContext, volume: PersistentVolume): void {
  if (volume.metadata.annotations?.[MIGRATED_TO]) return
  switch (volume.spec.persistentVolumeReclaimPolicy) {
    case 'Retain':
      return
    case 'Recycle':
      return startRecycling(ctx, volume)
    case 'Delete':
      return deleteStorage(ctx, volume)
    default:
      failVolume(ctx, volume, 'VolumeUnknownReclaimPolicy', 'Volume has unrecognized PersistentVolumeReclaimPolicy')
  }
}

const operation = (ctx: ControllerContext, key: string): Operation | null => ctx.once(() => ctx.state<Operation>(OPERATIONS).get(key) ?? null)

function setOperation(ctx: ControllerContext, key: string, next: Operation | undefined): void {
  ctx.once(() => {
    if (next) ctx.state<Operation>(OPERATIONS).set(key, next)
    else ctx.state(OPERATIONS).delete(key)
    return null
  })
}

/** A plugin deletes the storage, then the object goes; drivers outside do both by themselves (deleteVolumeOperation). */
function deleteStorage(ctx: ControllerContext, volume: PersistentVolume): void {
  const deleter = deleterOf(volume)
  if (deleter === 'external') return
  if ('error' in deleter) return failVolume(ctx, volume, 'VolumeFailedDelete', deleter.error)
  const key = `delete ${volume.metadata.name}`
  const known = operation(ctx, key)
  const { now } = ctx
  if (known && now < known.until) return
  const fresh = ctx.call<PersistentVolume>(get(VOLUMES, undefined, volume.metadata.name))
  if (isStatus(fresh) || !isReleased(ctx, fresh)) return
  const refusal = deleteHostPath(volume)
  if (refusal === undefined) {
    ctx.note('volumes.deleted', { volume: volume.metadata.name })
    setOperation(ctx, key, undefined)
    ctx.call(remove(VOLUMES, volume))
    return
  }
  const wait = known ? Math.min(known.wait * 2, LONGEST_WAIT) : FIRST_WAIT
  setOperation(ctx, key, { running: false, until: now + wait, wait })
  failVolume(ctx, volume, 'VolumeFailedDelete', refusal)
}

/** Has the claim really gone, or got another volume (isVolumeReleased)? */
function isReleased(ctx: ControllerContext, volume: PersistentVolume): boolean {
  const ref = volume.spec.claimRef
  if (!ref?.uid) return false
  const claim = claimNamed(ctx, ref.namespace, ref.name ?? '')
  if (claim?.metadata.uid !== ref.uid) return true
  return !!claim.spec.volumeName && claim.spec.volumeName !== volume.metadata.name
}

const NO_RECYCLER = 'No recycler plugin found for the volume!'
const RECYCLER = 'recycler-for-'

/** Sends a pod that empties the volume (recycleVolumeOperation). */
function startRecycling(ctx: ControllerContext, cached: PersistentVolume): void {
  const key = `recycle ${cached.metadata.name}`
  if (operation(ctx, key)?.running) return
  const volume = ctx.call<PersistentVolume>(get(VOLUMES, undefined, cached.metadata.name))
  if (isStatus(volume) || !isReleased(ctx, volume)) return
  const users = usersOf(ctx, volume)
  const { namespace, name = '' } = volume.spec.claimRef!
  if (users.length > 0 && !claimNamed(ctx, namespace, name)) return ctx.event(volume, 'Normal', 'VolumeFailedRecycle', `Volume is used by pods: ${users.join(',')}`)
  if (!canRecycle(volume)) return failVolume(ctx, volume, 'VolumeFailedRecycle', NO_RECYCLER)
  const pod = recyclerPod(volume)
  const made = ctx.call<Pod>(create(PODS, 'default', pod))
  if (!isStatus(made)) {
    ctx.note('volumes.recycles', { volume: volume.metadata.name, pod: pod.metadata.name })
    return setOperation(ctx, key, { running: true, until: 0, wait: 0 })
  }
  if (!isAlreadyExists(made)) return recycleFailed(ctx, volume, `unexpected error creating recycler pod:  ${made.message ?? ''}`)
  const gone = ctx.call(remove(PODS, pod))
  recycleFailed(ctx, volume, isStatus(gone) && gone.status === 'Failure' ? `failed to delete old recycler pod default/${pod.metadata.name}: ${gone.message ?? ''}` : 'old recycler pod found, will retry later')
}

const recycleFailed = (ctx: ControllerContext, volume: PersistentVolume, why: string): void => failVolume(ctx, volume, 'VolumeFailedRecycle', `Recycle failed: ${why}`)

function usersOf(ctx: ControllerContext, volume: PersistentVolume): readonly string[] {
  const pods = ctx.lister<Pod>('pods').by('claim', claimOfVolume(volume))
  return pods.filter((pod) => !isTerminated(pod)).map((pod) => `${pod.metadata.namespace}/${pod.metadata.name}`).sort()
}

/** The volume that a recycler pod works for; undefined for any other pod. */
export const recycledBy = (pod: Pod): string | undefined =>
  pod.metadata.name.startsWith(RECYCLER) && pod.metadata.namespace === 'default' ? pod.metadata.name.slice(RECYCLER.length) : undefined

/** The recycler pod of a volume has got further: tells where it runs, and ends with it (recycler_client.go: waitForPod). */
export function watchRecycler(ctx: ControllerContext, name: string): void {
  const key = `recycle ${name}`
  const known = operation(ctx, key)
  if (!known?.running) return
  const volume = ctx.call<PersistentVolume>(get(VOLUMES, undefined, name))
  if (isStatus(volume)) return setOperation(ctx, key, undefined)
  const pod = ctx.lister<Pod>('pods').get('default', RECYCLER + name)
  if (pod?.spec.nodeName && known.until === 0) {
    setOperation(ctx, key, { ...known, until: 1 })
    ctx.event(volume, 'Normal', 'RecyclerPod', `Recycler pod: Successfully assigned default/${pod.metadata.name} to ${pod.spec.nodeName}`)
  }
  const phase = pod?.status?.phase
  if (pod && phase !== 'Succeeded' && phase !== 'Failed') return
  setOperation(ctx, key, undefined)
  if (pod) ctx.call(remove(PODS, pod))
  if (phase === 'Succeeded') {
    ctx.event(volume, 'Normal', 'VolumeRecycled', 'Volume recycled')
    return unbindVolume(ctx, volume)
  }
  const why = pod ? pod.status?.message || 'pod failed, pod.Status.Message unknown' : 'recycler pod was deleted'
  recycleFailed(ctx, volume, `failed to recycle volume: ${why}`)
}

const GI = 1_073_741_824
const SCRUB = 'test -e /scrub && find /scrub -mindepth 1 -delete && test -z "$(ls -A /scrub)" || exit 1'

/** A pod that removes everything below the volume's root (pkg/volume, plugins.go: NewPersistentVolumeRecyclerPodTemplate). */
function recyclerPod(volume: PersistentVolume): Pod {
  const { hostPath, nfs } = volume.spec
  const size = sizeOf(volume)
  const gibibytes = typeof parseQuantity(size) === 'string' ? 0 : Math.ceil(value(size) / GI)
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: RECYCLER + volume.metadata.name, namespace: 'default' },
    spec: {
      activeDeadlineSeconds: Math.max(nfs ? 300 : 60, gibibytes * 30),
      restartPolicy: 'Never',
      volumes: [{ name: 'vol', ...(nfs ? { nfs } : { hostPath: { path: hostPath?.path ?? '' } }) }],
      containers: [
        {
          name: 'pv-recycler', image: 'registry.k8s.io/build-image/debian-base:bookworm-v1.0.6', command: ['/bin/sh'], args: ['-c', SCRUB],
          volumeMounts: [{ name: 'vol', mountPath: '/scrub' }],
        },
      ],
    },
  } as Pod
}
