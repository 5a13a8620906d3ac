import type { KubeObject } from '../../api/meta.ts'
import type { EventContext } from '../../engine/engine.ts'
import { formatTime, ms, parseTime, seconds } from '../../engine/time.ts'
import { isHeadless } from '../../kinds/service/needs.ts'
import type { Service } from '../../kinds/service/service.ts'
import { addressKey, addressObject } from '../cluster-addresses.ts'
import { ownKind, type InnerController, type Inside } from './inner.ts'

const kind = ownKind('networking.k8s.io', 'v1', 'ipaddresses')
const NAME = 'address-repair'
/** So long a Service may still be in the making after its address was written down. */
const GRACE = seconds(60)
const YOUNG = seconds(5)

interface Address extends KubeObject {
  readonly spec: { readonly parentRef?: { readonly group?: string; readonly resource?: string; readonly namespace?: string; readonly name?: string } }
}

const isManaged = ({ metadata }: KubeObject): boolean => metadata.labels?.['ipaddress.kubernetes.io/managed-by'] === 'ipallocator.k8s.io'
const has = ({ spec }: Service, ip: string): boolean => spec.type !== 'ExternalName' && !isHeadless(spec) && (spec.clusterIPs ?? []).includes(ip)

function parentOf({ store }: Inside, { spec }: Address): Service | undefined {
  const { group = '', resource, namespace, name } = spec.parentRef ?? {}
  return group === '' && resource === 'services' ? (store.get(`services/${namespace}/${name}`) as Service | undefined) : undefined
}

/**
 * Keeps Services and their IPAddresses together: what somebody took away is made again, what nobody has is removed
 * (registry/core/service/ipallocator/controller, repairip.go).
 */
export const addressRepair: InnerController = {
  name: NAME,
  wakes: {
    ipaddresses({ type, object }, inside) {
      const address = object as Address
      const service = parentOf(inside, address)
      const isFine = service !== undefined && has(service, address.metadata.name)
      if (type === 'DELETED') return isFine ? [`${address.metadata.name} ${service.metadata.namespace}/${service.metadata.name}`] : []
      return isFine || !isManaged(address) ? [] : [address.metadata.name]
    },
  },
  delay: () => ms(100),
  sync(inside, ctx, key) {
    const [ip = '', owner] = key.split(' ')
    if (owner === undefined) checkAddress(inside, ctx, ip)
    else restore(inside, ctx, ip, owner)
  },
}

function restore(inside: Inside, ctx: EventContext, ip: string, owner: string): void {
  const service = inside.store.get(`services/${owner}`) as Service | undefined
  if (!service || !has(service, ip) || inside.store.get(addressKey(ip))) return
  ctx.note('apiserver.addressRestored', { name: ip, service: owner })
  inside.event(ctx, service, 'ClusterIPNotAllocated', 'ClusterIPAllocation', `Cluster IP [${ip.includes(':') ? 'IPv6' : 'IPv4'}]: ${ip} is not allocated; repairing`)
  inside.put(ctx, kind, addressObject(service, ip, (service.spec.clusterIPs ?? []).indexOf(ip), formatTime(ctx.now)))
}

function checkAddress(inside: Inside, ctx: EventContext, ip: string): void {
  const address = inside.store.get(addressKey(ip)) as Address | undefined
  if (!address || !isManaged(address)) return
  const { group = '', resource = '', namespace = '', name = '' } = address.spec.parentRef ?? {}
  const age = ctx.now - (parseTime(address.metadata.creationTimestamp) ?? 0)
  const clean = (reason: string, note: string): void => {
    ctx.note('apiserver.addressRemoved', { name: ip })
    inside.event(ctx, address, reason, 'IPAddressAllocation', note)
    inside.erase(ctx, kind, addressKey(ip))
  }
  if (group !== '' || resource !== 'services') {
    return clean('IPAddressNotAllocated', `IPAddress ${ip} appears to have been modified, not referencing a Service &ParentReference{Group:${group},Resource:${resource},Namespace:${namespace},Name:${name},}: cleaning up`)
  }
  const service = parentOf(inside, address)
  if (!service) {
    if (age > GRACE) return clean('IPAddressNotAllocated', `IPAddress: ${ip} for Service ${namespace}/${name} appears to have leaked: cleaning up`)
    ctx.schedule(GRACE - age + seconds(1), 'apiserver', 'inner', [NAME, ip])
    return
  }
  if (has(service, ip)) return
  const isNewer = (parseTime(address.metadata.creationTimestamp) ?? 0) > (parseTime(service.metadata.creationTimestamp) ?? 0)
  if (isNewer && age < YOUNG) {
    ctx.schedule(YOUNG, 'apiserver', 'inner', [NAME, ip])
    return
  }
  clean('IPAddressWrongReference', `IPAddress: ${ip} for Service ${namespace}/${name} has a wrong reference; cleaning up`)
}

const RANGES = 'servicecidrs'
const OWN_RANGE = 'kubernetes'
const PERIOD = seconds(10)

/** The range that kube-apiserver was started with comes back when somebody has deleted it (controlplane: defaultservicecidr). */
export const defaultRange: InnerController = {
  name: 'default-service-cidr',
  wakes: { [RANGES]: ({ type, object }) => (type === 'DELETED' && object.metadata.name === OWN_RANGE ? [JSON.stringify(object.spec)] : []) },
  delay: (now) => PERIOD - (now % PERIOD),
  sync(inside, ctx, spec) {
    if (inside.store.get(`${RANGES}/${OWN_RANGE}`)) return
    ctx.note('apiserver.rangeRestored', { name: OWN_RANGE })
    const time = formatTime(ctx.now)
    const status = { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: time, reason: '', message: 'Kubernetes Service CIDR is ready' }] }
    const range = { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: OWN_RANGE, creationTimestamp: time }, spec: JSON.parse(spec) as object, status }
    inside.put(ctx, ownKind('networking.k8s.io', 'v1', RANGES), range as KubeObject)
  },
}
