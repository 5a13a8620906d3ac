import type { KubeList } from '../../api/meta.ts'
import { isStatus } from '../../api/status.ts'
import { list, SERVICES } from '../../client/request.ts'
import type { Verb } from '../context.ts'
import { refuse } from '../failure.ts'
import { dump } from './dump.ts'
import { configOf, contextNamed } from '../kubeconfig.ts'

export const clusterInfoVerb: Verb = {
  name: 'cluster-info',
  summary: 'Say where the control plane answers',
  usage: ['kubectl cluster-info', 'kubectl cluster-info dump --namespaces=default'],
  run(ctx, inv) {
    if (inv.path[1] === 'dump') return dump(ctx, inv)
    const config = configOf(ctx, inv)
    const cluster = inv.flags.text('cluster') || contextNamed(config, inv.flags.text('context') || config.currentContext)?.cluster
    const server = config.clusters.find((c) => c.name === cluster)?.server ?? ''
    const answer = ctx.call(list(SERVICES, 'kube-system', { labelSelector: 'kubernetes.io/cluster-service=true' })) as unknown
    const tail = "\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n"
    if (isStatus(answer)) {
      ctx.out(tail)
      refuse(answer)
    }
    ctx.out(`Kubernetes control plane is running at ${server}\n`)
    for (const { metadata, spec } of (answer as KubeList).items) {
      const name = metadata.labels?.['kubernetes.io/name'] ?? metadata.name
      const port = (spec as { ports?: readonly { name?: string }[] }).ports?.[0]?.name
      ctx.out(`${name} is running at ${server}/api/v1/namespaces/kube-system/services/${metadata.name}${port ? `:${port}` : ''}/proxy\n`)
    }
    ctx.out(tail)
    return 0
  },
}
