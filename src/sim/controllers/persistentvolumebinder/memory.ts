import { joinKey, keyOf, type KubeObject } from '../../api/meta.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { must } from '../../client/must.ts'
import type { Request } from '../../client/request.ts'
import type { Claim, PersistentVolume } from '../../client/storage/objects.ts'

/** Own state tables: what was written and has not come back through the watch yet. */
export const CLAIM_MEMORY = 'claims'
export const VOLUME_MEMORY = 'volumes'
type Memory = typeof CLAIM_MEMORY | typeof VOLUME_MEMORY

export const versionOf = (object: KubeObject): number => Number(object.metadata.resourceVersion ?? 0)

function newer<T extends KubeObject>(ctx: ControllerContext, memory: Memory, cached: T): T {
  const written = ctx.once(() => ctx.state<T>(memory).get(keyOf(cached)) ?? null)
  return written && written.metadata.uid === cached.metadata.uid && versionOf(written) > versionOf(cached) ? written : cached
}

/** The volume as this controller knows it: the cache's, or what it has written since. */
export function volumeNamed(ctx: ControllerContext, name: string): PersistentVolume | undefined {
  const cached = ctx.lister<PersistentVolume>('persistentvolumes').get(undefined, name)
  return cached && newer(ctx, VOLUME_MEMORY, cached)
}

export function claimNamed(ctx: ControllerContext, namespace: string | undefined, name: string): Claim | undefined {
  const cached = ctx.lister<Claim>('persistentvolumeclaims').get(namespace, name)
  return cached && newer(ctx, CLAIM_MEMORY, cached)
}

/** Volumes that may be given to the claim: those reserved for nobody, and those reserved for it. */
export function candidates(ctx: ControllerContext, claim: Claim): readonly PersistentVolume[] {
  const lister = ctx.lister<PersistentVolume>('persistentvolumes')
  const found = [...lister.by('claim', FREE), ...lister.by('claim', keyOf(claim))]
  const written = ctx.once(() => ctx.state<PersistentVolume>(VOLUME_MEMORY).values().slice())
  if (written.length === 0) return found
  const latest = new Map(written.map((volume) => [volume.metadata.name, volume]))
  return found.map((cached) => {
    const own = latest.get(cached.metadata.name)
    return own && versionOf(own) > versionOf(cached) ? own : cached
  })
}

/** The index 'claim' of volumes: "ns/name" of the claim that they point at. */
export const FREE = ''
export const claimOfVolume = ({ spec: { claimRef } }: PersistentVolume): string => (claimRef ? joinKey(claimRef.namespace, claimRef.name ?? '') : FREE)

/** Writes and remembers what was stored. Throws Refused. */
export function save<T extends KubeObject>(ctx: ControllerContext, memory: Memory, request: Request): T {
  const answer = must(ctx.call<T>(request))
  const cached = ctx.lister<T>(request.resource).get(answer.metadata.namespace, answer.metadata.name)
  ctx.once(() => {
    if (!cached || versionOf(cached) < versionOf(answer)) ctx.state<T>(memory).set(keyOf(answer), answer)
    return null
  })
  return answer
}
