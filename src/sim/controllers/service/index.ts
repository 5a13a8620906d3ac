import { deepEqual } from '../../api/deep.ts'
import { isBeingDeleted, keyOf, splitKey, uidOf, type KubeObject } from '../../api/meta.ts'
import { isNotFound, isStatus } from '../../api/status.ts'
import type { Controller, ControllerContext, HandlerContext } from '../../client/controller.ts'
import { must, Refused, retrying } from '../../client/must.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { NODES, patch, SERVICES } from '../../client/request.ts'
import { minutes, seconds } from '../../engine/time.ts'
import type { Node } from '../../kinds/node/node.ts'
import type { Service } from '../../kinds/service/service.ts'
import { balancerOf, BALANCERS, deleteBalancer, ensureBalancer, type Balancer } from './cloud.ts'

const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup'
const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers'
const TO_BE_DELETED = 'ToBeDeletedByClusterAutoscaler'
/** Queue key: the nodes behind all load balancers may have changed. */
const ALL = 'nodes'

const wants = ({ spec }: Service): boolean => spec.type === 'LoadBalancer' && !spec.loadBalancerClass
const hasFinalizer = ({ metadata }: Service): boolean => metadata.finalizers?.includes(FINALIZER) ?? false
const needsCleanup = (service: Service): boolean => hasFinalizer(service) && (isBeingDeleted(service) || service.spec.type !== 'LoadBalancer')

const COMPARED = ['type', 'ports', 'sessionAffinity', 'sessionAffinityConfig', 'loadBalancerIP', 'loadBalancerSourceRanges', 'externalIPs', 'externalTrafficPolicy', 'healthCheckNodePort', 'ipFamilies'] as const

function needsUpdate(old: Service, service: Service): boolean {
  if (!wants(old) && !wants(service)) return false
  const [a, b] = [old.spec, service.spec] as unknown as [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]
  return uidOf(old) !== uidOf(service) || !deepEqual(old.metadata.annotations, service.metadata.annotations) || COMPARED.some((name) => !deepEqual(a[name], b[name]))
}

const isBackend = ({ metadata, spec }: Node): boolean => metadata.labels?.[EXCLUDED] === undefined && !spec.taints?.some(({ key }) => key === TO_BE_DELETED)
const wakeNodes = (ctx: HandlerContext): void => ctx.enqueue(ALL)

/**
 * Gets Services of type LoadBalancer an address from a modelled cloud (cloud-controller-manager: service-lb-controller,
 * cloud-provider: controllers/service). Part of a cluster only when it is asked for a cloud.
 */
export const serviceController: Controller = {
  name: 'service-lb-controller',
  component: 'service-controller',
  workers: 1,
  backoff: { base: seconds(5), max: minutes(5) },
  watches: [
    {
      resource: SERVICES,
      onAdd: (ctx, service: Service) => (wants(service) || needsCleanup(service)) && ctx.enqueue(keyOf(service)),
      onUpdate: (ctx, old: Service, service: Service) => (needsUpdate(old, service) || needsCleanup(service)) && ctx.enqueue(keyOf(service)),
    },
    {
      resource: NODES,
      onAdd: wakeNodes,
      onUpdate: (ctx, old: Node, node: Node) => isBackend(old) !== isBackend(node) && wakeNodes(ctx),
      onDelete: wakeNodes,
    },
  ],
  state: [BALANCERS],
  reconcile: (ctx, key) => retrying(() => (key === ALL ? syncNodes(ctx) : sync(ctx, key))),
}

const backends = (ctx: ControllerContext): readonly string[] => ctx.lister<Node>('nodes').list().filter(isBackend).map(({ metadata }) => metadata.name)

function sync(ctx: ControllerContext, key: string): ReconcileResult {
  const { namespace, name } = splitKey(key)
  const service = ctx.lister<Service>('services').get(namespace, name)
  if (!service) {
    // Deleted without the finalizer having held it.
    if (balancerOf(ctx, key)) deleteBalancer(ctx, key)
    return undefined
  }
  try {
    if (!wants(service) || needsCleanup(service)) cleanUp(ctx, key, service)
    else ensure(ctx, key, service)
    return undefined
  } catch (thrown) {
    if (thrown instanceof Refused) ctx.event(service, 'Warning', 'SyncLoadBalancerFailed', `Error syncing load balancer: ${thrown.message}`)
    throw thrown
  }
}

function ensure(ctx: ControllerContext, key: string, service: Service): void {
  ctx.note('service.ensure', { name: service.metadata.name })
  ctx.event(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer')
  if (!hasFinalizer(service)) patchFinalizers(ctx, service, [...(service.metadata.finalizers ?? []), FINALIZER])
  const hosts = backends(ctx)
  if (hosts.length === 0) ctx.event(service, 'Warning', 'UnAvailableLoadBalancer', 'There are no available nodes for LoadBalancer')
  const balancer = ensureBalancer(ctx, key, uidOf(service), hosts, service.spec.loadBalancerIP, service.status?.loadBalancer?.ingress?.[0]?.ip)
  if (typeof balancer === 'string') throw new Refused(`failed to ensure load balancer: ${balancer}`)
  ctx.note('service.ensured', { name: service.metadata.name, ip: balancer.ip })
  ctx.event(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer')
  patchStatus(ctx, service, [{ ip: balancer.ip, ipMode: 'VIP' }])
}

function cleanUp(ctx: ControllerContext, key: string, service: Service): void {
  if (balancerOf(ctx, key)) {
    ctx.note('service.release', { name: service.metadata.name })
    ctx.event(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer')
    deleteBalancer(ctx, key)
  }
  if (hasFinalizer(service)) patchFinalizers(ctx, service, (service.metadata.finalizers ?? []).filter((name) => name !== FINALIZER))
  ctx.event(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer')
  patchStatus(ctx, service, undefined)
}

/** Finalizers are merged as a list of its own, so that others' stay. */
function patchFinalizers(ctx: ControllerContext, service: Service, finalizers: readonly string[]): void {
  const answer = ctx.call(patch(SERVICES, service, { metadata: { finalizers: finalizers.length > 0 ? finalizers : null } }, 'merge', 'status'))
  if (isStatus(answer) && !isNotFound(answer)) throw new Refused(answer)
}

function patchStatus(ctx: ControllerContext, service: Service, ingress: readonly { readonly ip: string; readonly ipMode: string }[] | undefined): void {
  if (deepEqual(service.status?.loadBalancer?.ingress ?? [], ingress ?? [])) return
  const answer = ctx.call(patch(SERVICES, service as KubeObject, { status: { loadBalancer: { ingress: ingress ?? null } } }, 'merge', 'status'))
  if (!isNotFound(answer)) must(answer)
}

/** Nodes came or went: all balancers are told. */
function syncNodes(ctx: ControllerContext): undefined {
  const hosts = backends(ctx)
  const balancers = ctx.once(() => ctx.state<Balancer>(BALANCERS).keys().map((key) => [key, ctx.state<Balancer>(BALANCERS).get(key)!] as const))
  for (const [key, balancer] of balancers) {
    if (deepEqual(balancer.hosts, hosts)) continue
    const { namespace, name } = splitKey(key)
    const service = ctx.lister<Service>('services').get(namespace, name)
    if (!service || !wants(service)) continue
    ctx.once(() => {
      ctx.state<Balancer>(BALANCERS).set(key, { ...balancer, hosts })
      return null
    })
    ctx.note('service.hosts', { name, count: hosts.length })
    if (hosts.length === 0) ctx.event(service, 'Warning', 'UnAvailableLoadBalancer', 'There are no available nodes for LoadBalancer')
    else ctx.event(service, 'Normal', 'UpdatedLoadBalancer', 'Updated load balancer with new hosts')
  }
}
