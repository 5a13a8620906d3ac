import { isBeingDeleted } from '../../api/meta.ts'
import { isAlreadyExists, isNamespaceTerminating, isStatus } from '../../api/status.ts'
import type { Controller } from '../../client/controller.ts'
import { create, NAMESPACES, SERVICE_ACCOUNTS } from '../../client/request.ts'
import type { Namespace } from '../../kinds/namespace/namespace.ts'
import type { ServiceAccount } from '../../kinds/serviceaccount/serviceaccount.ts'

const NAME = 'default'

/** Sees to it that every namespace has a ServiceAccount "default" (kube-controller-manager: serviceaccount). */
export const serviceAccountController: Controller = {
  name: 'serviceaccount-controller',
  workers: 1,
  watches: [
    {
      resource: NAMESPACES,
      onAdd: (ctx, ns: Namespace) => ctx.enqueue(ns.metadata.name),
      onUpdate: (ctx, _old: Namespace, ns: Namespace) => ctx.enqueue(ns.metadata.name),
    },
    { resource: SERVICE_ACCOUNTS, onDelete: (ctx, account: ServiceAccount) => ctx.enqueue(account.metadata.namespace ?? '') },
  ],
  reconcile(ctx, name) {
    const ns = ctx.lister<Namespace>('namespaces').get(undefined, name)
    if (!ns || ns.status?.phase !== 'Active' || isBeingDeleted(ns)) return undefined
    if (ctx.lister<ServiceAccount>('serviceaccounts').get(name, NAME)) return undefined
    ctx.note('serviceaccount.create', { namespace: name })
    const account: ServiceAccount = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace: name } }
    const answer = ctx.call(create(SERVICE_ACCOUNTS, name, account))
    if (!isStatus(answer) || isAlreadyExists(answer) || isNamespaceTerminating(answer)) return undefined
    return { retry: answer.message ?? '' }
  },
}
