import type { JsonValue, KubeObject, StringMap } from '../../api/meta.ts'
import type { Container } from '../../api/container.ts'
import { isStatus, type Status } from '../../api/status.ts'
import { choose, endWith } from '../chosen.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { dryRunOf } from '../dry-run.ts'
import { fail, statusText } from '../failure.ts'
import { podSpecOf } from '../pod-spec-of.ts'
import { overridden } from '../overrides.ts'
import { Report } from '../report.ts'
import { createTarget, kindOf, objectName, type Target } from '../resources.ts'

export const exposeVerb: Verb = {
  name: 'expose',
  summary: 'Make a Service for pods or a workload',
  usage: ['kubectl expose deployment web --port=80', 'kubectl expose deploy web --port=80 --target-port=8080 --type=NodePort --name=web-np'],
  run: expose,
}

function expose(ctx: KubectlContext, inv: Invocation): number {
  const dryRun = dryRunOf(ctx, inv)
  const { chosen, problems } = choose(ctx, inv, { noSelector: true })
  if (problems.length > 0) endWith(problems)
  const report = new Report(ctx, inv, dryRun, dryRun === 'client')
  for (const { target, object } of chosen) {
    const service = overridden(serviceFor(inv, target, object), inv.flags.text('overrides'))
    const place: Target = { kind: kindOf('services'), name: service.metadata.name, namespace: target.namespace ?? inv.namespace }
    const answer = dryRun === 'client' ? service : (ctx.call(createTarget(place, service, dryRun === 'server' ? { dryRun: true } : { fieldManager: 'kubectl-expose' })) as KubeObject | Status)
    if (isStatus(answer)) report.problem(statusText(answer))
    else if (report.prints) report.done(place, 'exposed', answer)
    else ctx.out(`${objectName(place.kind, service.metadata.name)} exposed${dryRun === 'none' ? '' : dryRun === 'client' ? ' (dry run)' : ' (server dry run)'}\n`)
  }
  return report.end()
}

const EXPOSABLE: readonly string[] = ['Deployment', 'ReplicaSet', 'ReplicationController', 'Service', 'Pod']

function serviceFor(inv: Invocation, { kind }: Target, object: KubeObject): KubeObject {
  const { flags } = inv
  if (!EXPOSABLE.includes(kind.kind)) fail(`cannot expose a ${kind.kind}${kind.group ? `.${kind.group}` : ''}`)
  const selector = flags.text('selector') ? pairs(flags.text('selector')) : selectorOf(object)
  const name = flags.text('name') || object.metadata.name
  const labels = flags.text('labels') ? pairs(flags.text('labels')) : object.metadata.labels
  const ports = portsOf(inv, object)
  const type = flags.text('type')
  const targetPort = flags.text('target-port')
  const external = flags.text('external-ip')
  return {
    kind: 'Service', apiVersion: 'v1',
    metadata: { name, ...(inv.namespaceGiven ? { namespace: inv.namespace } : {}), ...(labels ? { labels } : {}) },
    spec: {
      ports: ports.map((p, i) => ({
        ...(ports.length > 1 ? { name: `port-${i + 1}` } : {}),
        protocol: flags.text('protocol') || p.protocol,
        port: p.port,
        targetPort: targetPort ? (/^\d+$/.test(targetPort) ? Number(targetPort) : targetPort) : p.port,
      })),
      selector,
      ...(flags.text('cluster-ip') ? { clusterIP: flags.text('cluster-ip') } : {}),
      ...(type ? { type } : {}),
      ...(external ? { externalIPs: [external] } : {}),
      ...(flags.text('session-affinity') ? { sessionAffinity: flags.text('session-affinity') } : {}),
      ...(flags.text('load-balancer-ip') ? { loadBalancerIP: flags.text('load-balancer-ip') } : {}),
    } as JsonValue,
    status: { loadBalancer: {} },
  } as KubeObject
}

function portsOf({ flags }: Invocation, object: KubeObject): readonly { readonly port: number; readonly protocol: string }[] {
  if (flags.text('port')) return flags.text('port').split(',').map((p) => ({ port: Number(p), protocol: 'TCP' }))
  const own = (object.spec as { ports?: readonly { port: number; protocol?: string }[] } | undefined)?.ports
  const declared: readonly { port: number; protocol: string }[] =
    object.kind === 'Service'
      ? (own ?? []).map((p) => ({ port: p.port, protocol: p.protocol ?? 'TCP' }))
      : (podSpecOf(object)?.containers ?? []).flatMap((c: Container) => (c.ports ?? []).map((p) => ({ port: p.containerPort, protocol: p.protocol ?? 'TCP' })))
  return declared.length > 0 ? declared : fail("couldn't find port via --port flag or introspection")
}

function selectorOf(object: KubeObject): StringMap {
  const spec = object.spec as { readonly selector?: StringMap & { readonly matchLabels?: StringMap; readonly matchExpressions?: readonly unknown[] } } | undefined
  if (object.kind === 'Pod') {
    return object.metadata.labels && Object.keys(object.metadata.labels).length > 0 ? object.metadata.labels : fail("couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed")
  }
  if (object.kind === 'Service' || object.kind === 'ReplicationController') {
    const map = spec?.selector as StringMap | undefined
    return map && Object.keys(map).length > 0 ? map : fail("couldn't retrieve selectors via --selector flag or introspection: the service has no pod selector set")
  }
  if (spec?.selector?.matchExpressions?.length) fail("couldn't retrieve selectors via --selector flag or introspection: couldn't convert expressions - \"matchExpressions\" to map-based selector format")
  return (spec?.selector?.matchLabels ?? {}) as StringMap
}

const pairs = (text: string): StringMap => {
  const out: Record<string, string> = {}
  for (const part of text.split(',').filter(Boolean)) {
    const eq = part.indexOf('=')
    if (eq <= 0) fail(`unexpected label spec: ${part}`)
    out[part.slice(0, eq)] = part.slice(eq + 1)
  }
  return out
}
