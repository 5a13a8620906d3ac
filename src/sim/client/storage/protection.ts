import type { KubeObject } from '../../api/meta.ts'
import { must } from '../must.ts'
import type { ReconcileContext } from '../reconcile-context.ts'
import { update, type Request } from '../request.ts'

type Resource = Pick<Request, 'group' | 'version' | 'resource'>

const has = ({ metadata }: KubeObject, finalizer: string): boolean => metadata.finalizers?.includes(finalizer) ?? false

/** An object that lives and has no protection yet (pkg/controller/volume/protectionutil). */
export const needsFinalizer = (object: KubeObject, finalizer: string): boolean => object.metadata.deletionTimestamp === undefined && !has(object, finalizer)
/** An object that is to go and that only the protection holds, as far as this controller is concerned. */
export const isDeletionCandidate = (object: KubeObject, finalizer: string): boolean => object.metadata.deletionTimestamp !== undefined && has(object, finalizer)
export const concernsProtection = (object: KubeObject, finalizer: string): boolean => needsFinalizer(object, finalizer) || isDeletionCandidate(object, finalizer)

/** Gives the object its finalizer, or takes it away from one that is to go and is not in use. Throws Refused. */
export function protect(ctx: ReconcileContext, resource: Resource, object: KubeObject, finalizer: string, isUsed: () => boolean): void {
  const { finalizers = [] } = object.metadata
  if (isDeletionCandidate(object, finalizer)) {
    if (isUsed()) return
    ctx.note('volumes.unprotected', { kind: object.kind, name: object.metadata.name })
    must(ctx.call(update(resource, { ...object, metadata: { ...object.metadata, finalizers: finalizers.filter((f) => f !== finalizer) } })))
  } else if (needsFinalizer(object, finalizer)) must(ctx.call(update(resource, { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } })))
}
