import type { KubeObject } from '../../api/meta.ts'
import type { Invocation } from '../context.ts'
import { fail } from '../failure.ts'
import type { Generator } from './generator.ts'

interface Port {
  readonly name: string
  readonly protocol: string
  readonly port: number
  readonly targetPort: number | string
  readonly nodePort?: number
}

/** "80" or "8080:80" of --tcp. */
function portOf(text: string, nodePort: number): Port {
  const [left, right = left] = text.split(':')
  const port = Number(left)
  if (!/^\d+$/.test(left!) || port < 1 || port > 65535) fail(`invalid port number: ${left}`)
  const targetPort = /^\d+$/.test(right!) ? Number(right) : right!
  return { name: text.replace(':', '-'), protocol: 'TCP', port, targetPort, ...(nodePort > 0 ? { nodePort } : {}) }
}

const service = (type: string, noun: string): Generator => ({
  failed: `failed to create ${noun} service: `,
  make(_ctx, inv: Invocation, name) {
    const tcp = inv.flags.list('tcp')
    const headless = type === 'ClusterIP' && inv.flags.text('clusterip') === 'None'
    if (type !== 'ExternalName' && tcp.length === 0 && !headless) fail('at least one tcp port specifier must be provided')
    const labels = { app: name }
    const clusterIP = type === 'ClusterIP' ? inv.flags.text('clusterip') : ''
    return {
      kind: 'Service',
      apiVersion: 'v1',
      metadata: { name, labels },
      spec: {
        ...(tcp.length > 0 ? { ports: tcp.map((t) => portOf(t, type === 'NodePort' ? inv.flags.int('node-port') : 0)) } : {}),
        selector: labels,
        ...(clusterIP ? { clusterIP } : {}),
        type,
        ...(type === 'ExternalName' ? { externalName: inv.flags.text('external-name') } : {}),
      },
      status: { loadBalancer: {} },
    } as unknown as KubeObject
  },
})

export const serviceGenerators: Readonly<Record<string, Generator>> = {
  'service clusterip': service('ClusterIP', 'ClusterIP'),
  'service nodeport': service('NodePort', 'NodePort'),
  'service loadbalancer': service('LoadBalancer', 'LoadBalancer'),
  'service externalname': service('ExternalName', 'ExternalName'),
}
