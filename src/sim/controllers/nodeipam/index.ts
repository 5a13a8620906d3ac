import { isStatus } from '../../api/status.ts'
import type { Controller } from '../../client/controller.ts'
import { NODES, patch } from '../../client/request.ts'
import type { Node } from '../../kinds/node/node.ts'
import { pieceUse } from './piece-use.ts'

/** --cluster-cidr and the size of each node's share: 10.244.0.0/14 in /24 pieces. */
const FIRST = 244
const PIECES = 1024

const pieceOf = (cidr: string | undefined): number | undefined => {
  const match = /^10\.(24[4-7])\.(\d{1,3})\.0\/24$/.exec(cidr ?? '')
  return match ? (Number(match[1]) - FIRST) * 256 + Number(match[2]) : undefined
}
const cidrOf = (piece: number): string => `10.${FIRST + Math.floor(piece / 256)}.${piece % 256}.0/24`

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
      const taken = pieceOf(spec.podCIDR)
      if (taken !== undefined) ctx.state<number>('pieces').set(metadata.name, taken)
    }
  },
  reconcile(ctx, name) {
    const node = ctx.lister<Node>('nodes').get(undefined, name)
    const taken = pieceOf(node?.spec.podCIDR)
    const piece = ctx.once(() => {
      const pieces = ctx.state<number>('pieces')
      if (!node) pieces.delete(name)
      else if (taken !== undefined) pieces.set(name, taken)
      else if (!pieces.has(name)) {
        // The next piece in turn, so that the range of a deleted node is not given away at once.
        const free = pieceUse(pieces, PIECES).next(ctx.state<number>('next').get('piece') ?? 0)
        if (free !== undefined) {
          pieces.set(name, free)
          ctx.state<number>('next').set('piece', (free + 1) % PIECES)
        }
      }
      return pieces.get(name) ?? null
    })
    if (!node || node.spec.podCIDR) return undefined
    if (piece === null) {
      ctx.event(node, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`)
      return undefined
    }
    const podCIDR = cidrOf(piece)
    ctx.note('nodeipam.assign', { node: name, cidr: podCIDR })
    const answer = ctx.call(patch(NODES, node, { spec: { podCIDR, podCIDRs: [podCIDR] } }))
    return isStatus(answer) ? { retry: answer.message ?? '' } : undefined
  },
}
