import { matches, remembered, type Selector } from '../api/labels.ts'
import { controllerOf, isBeingDeleted, uidOf, type KubeObject } from '../api/meta.ts'
import { isInvalid, isNotFound, isStatus } from '../api/status.ts'
import { Refused } from './must.ts'
import type { ReconcileContext } from './reconcile-context.ts'
import { get, patch, type Request } from './request.ts'

type Resource = Pick<Request, 'group' | 'version' | 'resource'>

/** Who claims (`owner`, of resource `owners`) what (`resource`) by which selector. */
export interface Claim {
  readonly owner: KubeObject
  readonly owners: Resource
  readonly resource: Resource
  readonly selector: Selector
  /** Finalizers that adopted objects get. */
  readonly finalizers?: readonly string[]
}

/**
 * The objects that belong to the owner: its own that match; orphans that match are adopted, own ones that no longer
 * match are released (kube-controller-manager: controller_ref_manager.go). Throws Refused when a patch failed.
 */
export function claim<T extends KubeObject>(ctx: ReconcileContext, by: Claim, candidates: readonly T[]): readonly T[] {
  const uid = uidOf(by.owner)
  const leaving = isBeingDeleted(by.owner)
  // Mostly nobody comes or goes, which a sync with many waits need not find out after each of them.
  if (ctx.once(() => ownsAll(by, candidates))) return candidates
  let claimed: T[] | undefined
  let failure: Refused | undefined
  let mayAdopt: boolean | undefined
  const fitting = remembered((labels) => matches(by.selector, labels))
  for (let i = 0; i < candidates.length; i++) {
    const object = candidates[i]!
    const controller = controllerOf(object)
    const fits = fitting(object.metadata.labels)
    let mine = controller !== undefined && controller.uid === uid && fits
    if (!mine && !leaving) {
      if (controller) {
        if (controller.uid === uid) failure = release(ctx, by, object) ?? failure
      } else if (fits && !isBeingDeleted(object)) {
        if (mayAdopt === undefined) {
          const refusal = checkOwner(ctx, by)
          mayAdopt = refusal === undefined
          failure = refusal ?? failure
        }
        if (mayAdopt) {
          const refusal = adopt(ctx, by, object)
          mine = refusal === 'adopted'
          if (refusal instanceof Refused) failure = refusal
        }
      }
    }
    if (mine) claimed?.push(object)
    else claimed ??= candidates.slice(0, i)
  }
  if (failure) throw failure
  return claimed ?? candidates
}

function ownsAll({ owner, selector }: Claim, candidates: readonly KubeObject[]): boolean {
  const uid = uidOf(owner)
  const fitting = remembered((labels) => matches(selector, labels))
  return candidates.every((object) => controllerOf(object)?.uid === uid && fitting(object.metadata.labels))
}

/** A fresh read of the owner before the first adoption, so that a deleted owner adopts nothing. */
function checkOwner(ctx: ReconcileContext, { owner, owners }: Claim): Refused | undefined {
  const { namespace, name } = owner.metadata
  const fresh = ctx.call(get(owners, namespace, name))
  if (isStatus(fresh)) return new Refused(fresh)
  if (fresh.metadata.uid !== owner.metadata.uid)
    return new Refused(`original ${owner.kind} ${namespace}/${name} is gone: got uid ${fresh.metadata.uid}, wanted ${owner.metadata.uid}`)
  if (isBeingDeleted(fresh)) return new Refused(`${namespace}/${name} has just been deleted at ${fresh.metadata.deletionTimestamp}`)
  return undefined
}

function adopt(ctx: ReconcileContext, { owner, resource, finalizers }: Claim, object: KubeObject): 'adopted' | 'gone' | Refused {
  ctx.note('controller.adopt', { owner: owner.metadata.name, name: object.metadata.name })
  const { apiVersion, kind, metadata } = owner
  const reference = { apiVersion, kind, name: metadata.name, uid: uidOf(owner), controller: true, blockOwnerDeletion: true }
  const answer = ctx.call(patch(resource, object, { metadata: { ownerReferences: [reference], uid: uidOf(object), ...(finalizers ? { finalizers } : {}) } }))
  return !isStatus(answer) ? 'adopted' : isNotFound(answer) ? 'gone' : new Refused(answer)
}

/** NotFound and Invalid (the uid has changed) both mean that there is nothing to release any more. */
function release(ctx: ReconcileContext, { owner, resource }: Claim, object: KubeObject): Refused | undefined {
  ctx.note('controller.release', { owner: owner.metadata.name, name: object.metadata.name })
  const body = { metadata: { ownerReferences: [{ $patch: 'delete', uid: uidOf(owner) }], uid: uidOf(object) } }
  const answer = ctx.call(patch(resource, object, body))
  return isStatus(answer) && !isNotFound(answer) && !isInvalid(answer) ? new Refused(answer) : undefined
}
