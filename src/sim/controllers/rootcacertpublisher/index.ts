import { isNamespaceTerminating, isNotFound, isStatus } from '../../api/status.ts'
import { deepEqual } from '../../api/deep.ts'
import { ROOT_CA_BUNDLE } from '../../api/root-ca.ts'
import type { Controller, HandlerContext } from '../../client/controller.ts'
import { CONFIG_MAPS, create, NAMESPACES, update } from '../../client/request.ts'
import type { ConfigMap } from '../../kinds/configmap/configmap.ts'
import type { Namespace } from '../../kinds/namespace/namespace.ts'

const NAME = 'kube-root-ca.crt'
const DESCRIPTION = 'kubernetes.io/description'
const TEXT =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. ' +
  'No other usage is guaranteed across distributions of Kubernetes clusters.'
const DATA = { 'ca.crt': ROOT_CA_BUNDLE }

const wake = (ctx: HandlerContext, cm: ConfigMap): void => {
  if (cm.metadata.name === NAME) ctx.enqueue(cm.metadata.namespace ?? '')
}

/** Publishes the ConfigMap kube-root-ca.crt in every namespace (kube-controller-manager: rootcacertpublisher). */
export const rootCaCertPublisher: Controller = {
  name: 'root-ca-certificate-publisher-controller',
  workers: 1,
  watches: [
    {
      resource: NAMESPACES,
      onAdd: (ctx, ns: Namespace) => ctx.enqueue(ns.metadata.name),
      onUpdate: (ctx, _old: Namespace, ns: Namespace) => ns.status?.phase === 'Active' && ctx.enqueue(ns.metadata.name),
    },
    { resource: CONFIG_MAPS, onUpdate: (ctx, _old: ConfigMap, cm: ConfigMap) => wake(ctx, cm), onDelete: wake },
  ],
  reconcile(ctx, namespace) {
    const known = ctx.lister<ConfigMap>('configmaps').get(namespace, NAME)
    if (known && deepEqual(known.data, DATA) && known.metadata.annotations?.[DESCRIPTION]) return undefined
    ctx.note('rootca.publish', { namespace })
    const annotations = { ...known?.metadata.annotations, [DESCRIPTION]: TEXT }
    const answer = known
      ? ctx.call(update(CONFIG_MAPS, { ...known, metadata: { ...known.metadata, annotations }, data: DATA } as ConfigMap))
      : ctx.call(create(CONFIG_MAPS, namespace, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: NAME, annotations }, data: DATA } as ConfigMap))
    if (!isStatus(answer) || isNotFound(answer) || isNamespaceTerminating(answer)) return undefined
    return { retry: answer.message ?? '' }
  },
}
