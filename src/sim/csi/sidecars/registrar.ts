import type { KubeObject } from '../../api/meta.ts'
import { isAlreadyExists, isNotFound, isStatus } from '../../api/status.ts'
import type { Controller, ControllerContext } from '../../client/controller.ts'
import { must, Refused, retrying } from '../../client/must.ts'
import { create, get, NODES, patch, update } from '../../client/request.ts'
import { rpc, rpcErrorText } from '../../client/storage/csi-wire.ts'
import { CSI_NODES, type CsiNode } from '../../client/storage/objects.ts'
import type { Node } from '../../kinds/node/node.ts'
import { componentOf, DISK_DRIVER, ZONE } from '../names.ts'

const MANAGED = 'volumes.kubernetes.io/controller-managed-attach-detach'

/**
 * node-driver-registrar and the kubelet's plugin manager: on every node that comes the driver is asked who it is, and the node's
 * CSINode says so (kubernetes-csi/node-driver-registrar; pkg/volume/csi/nodeinfomanager).
 */
export const csiRegistrar: Controller = {
  name: 'csi-node-driver-registrar',
  component: componentOf('registrar'),
  workers: 10,
  qps: 100,
  burst: 100,
  watches: [
    {
      resource: NODES,
      onAdd: (ctx, node: Node) => ctx.enqueue(node.metadata.name),
      onUpdate: (ctx, old: Node, node: Node) => old.metadata.labels?.[ZONE] !== node.metadata.labels?.[ZONE] && ctx.enqueue(node.metadata.name),
    },
    { resource: CSI_NODES, onDelete: (ctx, node: CsiNode) => ctx.lister<Node>('nodes').get(undefined, node.metadata.name) && ctx.enqueue(node.metadata.name) },
  ],
  reconcile: (ctx, name) => retrying(() => register(ctx, name)),
}

function register(ctx: ControllerContext, name: string): undefined {
  const node = ctx.lister<Node>('nodes').get(undefined, name)
  if (!node) return undefined
  const answer = rpc<{ readonly nodeId: string; readonly maxVolumes: number }>(ctx, DISK_DRIVER, 'NodeGetInfo', { node: name, zone: node.metadata.labels?.[ZONE] ?? '' })
  if (!('ok' in answer)) throw new Refused(`error updating CSINode object with CSI driver node info: ${rpcErrorText(answer)}`)
  const { nodeId, maxVolumes } = answer.ok
  const driver = { name: DISK_DRIVER, nodeID: nodeId, topologyKeys: [ZONE], allocatable: { count: maxVolumes } }
  const known = ctx.call<CsiNode>(get(CSI_NODES, undefined, name))
  if (isNotFound(known)) {
    const made = ctx.call(create(CSI_NODES, undefined, csiNode(node, [driver])))
    if (isStatus(made) && !isAlreadyExists(made)) throw new Refused(made)
  } else if (!isStatus(known) && !known.spec.drivers.some((d) => d.name === DISK_DRIVER)) must(ctx.call(update(CSI_NODES, { ...known, spec: { drivers: [...known.spec.drivers, driver] } })))
  if (node.metadata.annotations?.[MANAGED] === undefined) must(ctx.call(patch(NODES, node, { metadata: { annotations: { [MANAGED]: 'true' } } })))
  return undefined
}

const csiNode = ({ metadata }: Node, drivers: CsiNode['spec']['drivers']): KubeObject => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'CSINode',
  metadata: { name: metadata.name, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: metadata.name, uid: metadata.uid ?? '' }] },
  spec: { drivers },
})
