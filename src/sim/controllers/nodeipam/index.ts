import { isStatus } from '../../api/status.ts'
import { CLUSTER_CIDR, NODE_CIDR_MASK_SIZE, NODE_CIDR_MASK_SIZE_IPV4, nodeMaskSize } from '../../flags/kube-controller-manager.ts'
import type { Controller, HandlerContext } from '../../client/controller.ts'
import { NODES, patch } from '../../client/request.ts'
import type { Node } from '../../kinds/node/node.ts'
import { pieceUse } from './piece-use.ts'
import { Pieces, type Span } from './pieces.ts'

let known: Pieces | undefined

/** The pieces by the flags; the last ones are kept, since flags hardly ever change. */
function piecesBy(ctx: Pick<HandlerContext, 'flag'>): Pieces {
  const [cluster, bits] = [ctx.flag(CLUSTER_CIDR), nodeMaskSize(ctx.flag(NODE_CIDR_MASK_SIZE), ctx.flag(NODE_CIDR_MASK_SIZE_IPV4))]
  if (known?.cluster !== cluster || known.bits !== bits) known = new Pieces(cluster, bits)
  return known
}

/** Gives each node a range of pod addresses (kube-controller-manager: nodeipam, range_allocator.go). */
export const nodeIpam: Controller = {
  name: 'node-ipam-controller',
  component: 'cidrAllocator',
  workers: 30,
  watches: [
    {
      resource: NODES,
      onAdd: (ctx, node: Node) => ctx.enqueue(node.metadata.name),
      onUpdate: (ctx, _old: Node, node: Node) => node.spec.podCIDR ?? ctx.enqueue(node.metadata.name),
      onDelete: (ctx, node: Node) => ctx.enqueue(node.metadata.name),
    },
  ],
  state: ['pieces', 'next'],
  /** What the nodes have already is taken before anything is given away. */
  start(ctx) {
    for (const { metadata, spec } of ctx.lister<Node>('nodes').list()) {
      const taken = piecesBy(ctx).spanOf(spec.podCIDR)
      if (taken) ctx.state<Span>('pieces').set(metadata.name, taken)
    }
  },
  reconcile(ctx, name) {
    const node = ctx.lister<Node>('nodes').get(undefined, name)
    const all = piecesBy(ctx)
    const taken = all.spanOf(node?.spec.podCIDR)
    const piece = ctx.once(() => {
      const pieces = ctx.state<Span>('pieces')
      if (!node) pieces.delete(name)
      else if (taken) pieces.set(name, taken)
      else if (!pieces.has(name)) {
        // The next piece in turn, so that the range of a deleted node is not given away at once.
        const free = pieceUse(pieces).next(ctx.state<number>('next').get('piece') ?? 0, all.count)
        if (free !== undefined) {
          pieces.set(name, { first: free, last: free })
          ctx.state<number>('next').set('piece', (free + 1) % all.count)
        }
      }
      return pieces.get(name)?.first ?? null
    })
    if (!node || node.spec.podCIDR) return undefined
    if (piece === null) {
      ctx.event(node, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`)
      return undefined
    }
    const podCIDR = all.cidr(piece)
    ctx.note('nodeipam.assign', { node: name, cidr: podCIDR })
    const answer = ctx.call(patch(NODES, node, { spec: { podCIDR, podCIDRs: [podCIDR] } }))
    return isStatus(answer) ? { retry: answer.message ?? '' } : undefined
  },
}
