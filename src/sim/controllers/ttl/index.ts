import { isStatus } from '../../api/status.ts'
import type { Controller } from '../../client/controller.ts'
import { NODES, patch } from '../../client/request.ts'
import type { Node } from '../../kinds/node/node.ts'

const ANNOTATION = 'node.alpha.kubernetes.io/ttl'

/** [fewest nodes, most nodes, seconds]: the steps overlap, so that a cluster at a boundary does not flap. */
const STEPS: readonly (readonly [number, number, number])[] = [
  [0, 100, 0],
  [90, 500, 15],
  [450, 1000, 30],
  [900, 2000, 60],
  [1800, Number.MAX_SAFE_INTEGER, 300],
]

/** How long kubelets may cache Secrets and ConfigMaps, by cluster size (kube-controller-manager: ttl). */
export const ttlController: Controller = {
  name: 'ttl-controller',
  workers: 5,
  watches: [
    {
      resource: NODES,
      onAdd(ctx, node: Node) {
        const step = ctx.state<number>('step')
        const count = ctx.lister<Node>('nodes').list().length
        let index = step.get('index') ?? 0
        while (index < STEPS.length - 1 && count > STEPS[index]![1]) index++
        if (index !== (step.get('index') ?? 0)) step.set('index', index)
        ctx.enqueue(node.metadata.name)
      },
      onUpdate: (ctx, _old: Node, node: Node) => ctx.enqueue(node.metadata.name),
      onDelete(ctx) {
        const step = ctx.state<number>('step')
        const count = ctx.lister<Node>('nodes').list().length
        let index = step.get('index') ?? 0
        while (index > 0 && count < STEPS[index]![0]) index--
        if (index !== (step.get('index') ?? 0)) step.set('index', index)
      },
    },
  ],
  state: ['step'],
  reconcile(ctx, name) {
    const node = ctx.lister<Node>('nodes').get(undefined, name)
    const wanted = `${STEPS[ctx.once(() => ctx.state<number>('step').get('index') ?? 0)]![2]}`
    if (!node || node.metadata.annotations?.[ANNOTATION] === wanted) return undefined
    const answer = ctx.call(patch(NODES, node, { metadata: { annotations: { [ANNOTATION]: wanted } } }))
    return isStatus(answer) ? { retry: answer.message ?? '' } : undefined
  },
}
