import { deepEqual } from '../../api/deep.ts'
import { matchesSet } from '../../api/labels.ts'
import { keyOf, splitKey, type KubeObject, type StringMap } from '../../api/meta.ts'
import { isPodReady, type Pod } from '../../api/pod.ts'
import { isNamespaceTerminating, isNotFound, isStatus } from '../../api/status.ts'
import type { Controller, ControllerContext } from '../../client/controller.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { create, ENDPOINTS, remove, update } from '../../client/request.ts'
import { belongsInEndpoints, findPort, hasClusterIp, podReference, podsOfServices, publishesHostname, services } from '../../client/services/pods.ts'
import { repackSubsets, truncateSubsets } from '../../client/services/subsets.ts'
import { LAST_CHANGE, lastChangeTriggerTime } from '../../client/services/trigger-times.ts'
import { seconds } from '../../engine/time.ts'
import { ENDPOINT_UPDATES_BATCH_PERIOD } from '../../flags/kube-controller-manager.ts'
import type { EndpointAddress, Endpoints, EndpointSubset } from '../../kinds/endpoints/endpoints.ts'
import type { Service } from '../../kinds/service/service.ts'

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by'
const HEADLESS = 'service.kubernetes.io/headless'
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity'
const MAX_ADDRESSES = 1000
const BACK_OFF = seconds(1)

/** Keeps the legacy Endpoints object of Services with a selector (kube-controller-manager: endpoint). */
export const endpointsController: Controller = {
  name: 'endpoints-controller',
  component: 'endpoint-controller',
  workers: 5,
  watches: [
    services,
    podsOfServices(ENDPOINT_UPDATES_BATCH_PERIOD),
    {
      resource: ENDPOINTS,
      // Somebody deleted it, or it is gone before its Service: look again.
      onDelete: (ctx, endpoints: Endpoints) => ctx.enqueue(keyOf(endpoints)),
    },
  ],
  state: ['trigger-times', 'stale'],
  reconcile: sync,
}

function sync(ctx: ControllerContext, key: string): ReconcileResult {
  const { namespace, name } = splitKey(key)
  const service = ctx.lister<Service>('services').get(namespace, name)
  if (!service) return cleanUp(ctx, key)
  if (service.spec.type === 'ExternalName' || !service.spec.selector) return undefined
  const pods = ctx.lister<Pod>('pods').list(namespace).filter((pod) => matchesSet(service.spec.selector, pod.metadata.labels))
  const trigger = ctx.once(() => lastChangeTriggerTime(ctx.state('trigger-times'), key, service, pods) ?? null)
  const subsets = repackSubsets(subsetsOf(service, pods))
  const current = ctx.lister<Endpoints>('endpoints').get(namespace, name)
  if (current && ctx.once(() => ctx.state<string>('stale').get(key) ?? null) === current.metadata.resourceVersion) return { after: BACK_OFF }
  const wanted = wish(service, current, subsets, trigger)
  if (current && isCurrent(service, current, subsets)) {
    describe(ctx, key, subsets, current, 0)
    return undefined
  }
  describe(ctx, key, subsets, current, 1)
  return write(ctx, key, service, current, wanted)
}

function cleanUp(ctx: ControllerContext, key: string): ReconcileResult {
  const { namespace, name } = splitKey(key)
  ctx.once(() => {
    ctx.state('trigger-times').delete(key)
    ctx.state('stale').delete(key)
    return null
  })
  const leftover = ctx.lister<Endpoints>('endpoints').get(namespace, name)
  const target: KubeObject = leftover ?? { apiVersion: 'v1', kind: 'Endpoints', metadata: { name, namespace } }
  const answer = ctx.call(remove(ENDPOINTS, target))
  return isStatus(answer) && !isNotFound(answer) ? { after: BACK_OFF } : undefined
}

function subsetsOf(service: Service, pods: readonly Pod[]): readonly EndpointSubset[] {
  const out: EndpointSubset[] = []
  const unready = service.spec.publishNotReadyAddresses === true
  for (const pod of pods) {
    if (!belongsInEndpoints(pod, unready)) continue
    const address = addressOf(service, pod)
    if (!address) continue
    const place = unready || isPodReady(pod) ? { addresses: [address] } : { notReadyAddresses: [address] }
    const ports = service.spec.ports ?? []
    if (ports.length === 0 && service.spec.clusterIP === 'None') out.push(place)
    for (const servicePort of ports) {
      const port = findPort(pod, servicePort)
      if (port === undefined) continue
      const { name, protocol = 'TCP', appProtocol } = servicePort
      out.push({ ...place, ports: [{ ...(name ? { name } : {}), port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }] })
    }
  }
  return out
}

/** The pod's address of the Service's first family. */
function addressOf(service: Service, pod: Pod): EndpointAddress | undefined {
  const six = (service.spec.ipFamilies?.[0] ?? (service.spec.clusterIP?.includes(':') ? 'IPv6' : 'IPv4')) === 'IPv6'
  const ips = pod.status?.podIPs ?? (pod.status?.podIP ? [{ ip: pod.status.podIP }] : [])
  const ip = ips.find((candidate) => candidate.ip.includes(':') === six)?.ip
  if (ip === undefined) return undefined
  return {
    ...(publishesHostname(pod, service) ? { hostname: pod.spec.hostname } : {}),
    ip,
    ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: podReference(pod),
  }
}

function wish(service: Service, current: Endpoints | undefined, subsets: readonly EndpointSubset[], trigger: string | null): Endpoints {
  const { [LAST_CHANGE]: _time, [OVER_CAPACITY]: _over, ...others } = current?.metadata.annotations ?? {}
  const cut = truncateSubsets(subsets, MAX_ADDRESSES)
  const annotations: StringMap = { ...others, ...(trigger === null ? {} : { [LAST_CHANGE]: trigger }), ...(cut.truncated ? { [OVER_CAPACITY]: 'truncated' } : {}) }
  const { [HEADLESS]: _headless, ...labels } = service.metadata.labels ?? {}
  return {
    ...(current ?? { apiVersion: 'v1', kind: 'Endpoints' }),
    metadata: {
      ...(current?.metadata ?? { name: service.metadata.name, namespace: service.metadata.namespace }),
      annotations,
      labels: { ...labels, ...(hasClusterIp(service) ? {} : { [HEADLESS]: '' }), [MANAGED_BY]: 'endpoint-controller' },
    },
    subsets: cut.subsets,
  }
}

const plainLabels = (labels: StringMap | undefined): StringMap => {
  const { [MANAGED_BY]: _managed, [HEADLESS]: _headless, ...rest } = labels ?? {}
  return rest
}

function isCurrent(service: Service, current: Endpoints, subsets: readonly EndpointSubset[]): boolean {
  const have = current.subsets ?? []
  const capacityRight = addressesIn(have) <= MAX_ADDRESSES && current.metadata.annotations?.[OVER_CAPACITY] === undefined
  return (
    capacityRight &&
    (deepEqual(have, subsets) || deepEqual(repackSubsets(have), subsets)) &&
    deepEqual(plainLabels(current.metadata.labels), plainLabels(service.metadata.labels))
  )
}

/** Addresses, ready or not. */
const addressesIn = (subsets: readonly EndpointSubset[] | undefined): number =>
  (subsets ?? []).reduce((n, s) => n + (s.addresses?.length ?? 0) + (s.notReadyAddresses?.length ?? 0), 0)

const readyIn = (subsets: readonly EndpointSubset[] | undefined): number => (subsets ?? []).reduce((n, { addresses = [] }) => n + addresses.length, 0)

function describe(ctx: ControllerContext, key: string, subsets: readonly EndpointSubset[], current: Endpoints | undefined, willDo: number): void {
  const desired = readyIn(subsets)
  const observed = readyIn(current?.subsets)
  ctx.note(willDo ? 'endpoints.writes.sync' : 'endpoints.rests.sync', { key, name: splitKey(key).name, desired, observed, difference: observed - desired, willDo })
}

function write(ctx: ControllerContext, key: string, service: Service, current: Endpoints | undefined, wanted: Endpoints): ReconcileResult {
  const answer = ctx.call<Endpoints>(current ? update(ENDPOINTS, wanted) : create(ENDPOINTS, service.metadata.namespace, wanted))
  if (isStatus(answer)) {
    if (!current && isNamespaceTerminating(answer)) return undefined
    if (current) ctx.event(wanted, 'Warning', 'FailedToUpdateEndpoint', `Failed to update endpoint ${key}: ${answer.message}`)
    else ctx.event(wanted, 'Warning', 'FailedToCreateEndpoint', `Failed to create endpoint for service ${key}: ${answer.message}`)
    return { after: BACK_OFF }
  }
  // A cache that still shows the version just replaced must not be acted upon.
  const replaced = current?.metadata.resourceVersion
  if (replaced !== undefined && replaced !== answer.metadata.resourceVersion)
    ctx.once(() => {
      ctx.state<string>('stale').set(key, replaced)
      return null
    })
  return undefined
}
