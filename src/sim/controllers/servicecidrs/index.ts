import { findCondition } from '../../api/conditions.ts'
import type { Condition, KubeObject } from '../../api/meta.ts'
import { isNotFound } from '../../api/status.ts'
import { cidrHolds, strictSubset } from '../../api/validate/cidr.ts'
import { parseIp } from '../../api/validate/ip.ts'
import type { Controller, ControllerContext, HandlerContext } from '../../client/controller.ts'
import { must, retrying } from '../../client/must.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { patch } from '../../client/request.ts'
import { formatTime, parseTime, seconds } from '../../engine/time.ts'
import type { ServiceCIDR } from '../../kinds/servicecidr/index.ts'

const SERVICE_CIDRS = { group: 'networking.k8s.io', version: 'v1', resource: 'servicecidrs' } as const
const IP_ADDRESSES = { group: 'networking.k8s.io', version: 'v1', resource: 'ipaddresses' } as const
const FINALIZER = 'networking.k8s.io/service-cidr-finalizer'
const MANAGED_BY = 'ipaddress.kubernetes.io/managed-by'
/** Allocators may still give addresses out of a range shortly after its deletion was asked for. */
const GRACE = seconds(10)

const rangesOf = (cidr: ServiceCIDR): readonly string[] => cidr.spec.cidrs ?? []
const all = (ctx: HandlerContext | ControllerContext): readonly ServiceCIDR[] => ctx.lister<ServiceCIDR>('servicecidrs').list()
const isManaged = ({ metadata }: KubeObject): boolean => metadata.labels?.[MANAGED_BY] === 'ipallocator.k8s.io'
const holds = (cidr: ServiceCIDR, address: string): boolean => {
  const ip = parseIp(address)
  return ip !== undefined && rangesOf(cidr).some((range) => cidrHolds(range, ip))
}
const isReady = (cidr: ServiceCIDR): boolean => findCondition(cidr.status?.conditions ?? [], 'Ready')?.status === 'True'

/** Ranges that are well need no look: only what is new, or is to go. */
function look(ctx: HandlerContext, cidr: ServiceCIDR): void {
  if (cidr.metadata.deletionTimestamp || !isReady(cidr) || !cidr.metadata.finalizers?.includes(FINALIZER)) ctx.enqueue(cidr.metadata.name)
}

/** What changes elsewhere can matter only to ranges that wait for their end. */
function wakeEnding(ctx: HandlerContext, concerns: (cidr: ServiceCIDR) => boolean): void {
  for (const cidr of all(ctx)) if (cidr.metadata.deletionTimestamp && concerns(cidr)) ctx.enqueue(cidr.metadata.name)
}
const wakeHolders = (ctx: HandlerContext, address: KubeObject): void => {
  if (isManaged(address)) wakeEnding(ctx, (cidr) => holds(cidr, address.metadata.name))
}

/** Makes ranges of service addresses ready, and keeps those whose addresses are in use from going (kube-controller-manager: service-cidr-controller). */
export const serviceCidrController: Controller = {
  name: 'service-cidr-controller',
  workers: 5,
  watches: [
    {
      resource: SERVICE_CIDRS,
      onAdd(ctx, cidr: ServiceCIDR) {
        look(ctx, cidr)
        wakeEnding(ctx, () => true)
      },
      onUpdate: (ctx, _old: ServiceCIDR, cidr: ServiceCIDR) => look(ctx, cidr),
    },
    { resource: IP_ADDRESSES, onAdd: wakeHolders, onDelete: wakeHolders },
  ],
  reconcile: (ctx, name) => retrying(() => sync(ctx, name)),
}

function sync(ctx: ControllerContext, name: string): ReconcileResult {
  const cidr = ctx.lister<ServiceCIDR>('servicecidrs').get(undefined, name)
  if (!cidr) return undefined
  if (cidr.metadata.deletionTimestamp) return end(ctx, cidr)
  if (!cidr.metadata.finalizers?.includes(FINALIZER)) patched(ctx, cidr, { metadata: { finalizers: [FINALIZER] } })
  return setCondition(ctx, cidr, { status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' })
}

function end(ctx: ControllerContext, cidr: ServiceCIDR): ReconcileResult {
  if (!mayGo(ctx, cidr)) {
    return setCondition(ctx, cidr, { status: 'False', reason: 'Terminating', message: 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR' })
  }
  const left = GRACE - (ctx.now - parseTime(cidr.metadata.deletionTimestamp)!)
  if (left > 0) return { after: left }
  if (!cidr.metadata.finalizers?.includes(FINALIZER)) return undefined
  ctx.note('servicecidr.goes', { name: cidr.metadata.name })
  return patched(ctx, cidr, { metadata: { '$deleteFromPrimitiveList/finalizers': [FINALIZER] } })
}

/** Either a larger range takes its addresses over, or there is none that only it holds. */
function mayGo(ctx: ControllerContext, cidr: ServiceCIDR): boolean {
  const others = all(ctx).filter((other) => other.metadata.name !== cidr.metadata.name)
  const hasParent = rangesOf(cidr).every((range) => others.some((other) => rangesOf(other).some((whole) => whole === range || strictSubset(whole, range))))
  if (hasParent) return true
  const addresses = ctx.lister<KubeObject>('ipaddresses').list()
  return !addresses.some((address) => isManaged(address) && holds(cidr, address.metadata.name) && !others.some((other) => holds(other, address.metadata.name)))
}

/** A patch of something that may have gone. */
function patched(ctx: ControllerContext, cidr: ServiceCIDR, body: Parameters<typeof patch>[2], subresource?: string): undefined {
  const answer = ctx.call(patch(SERVICE_CIDRS, cidr, body, 'strategic', subresource))
  if (!isNotFound(answer)) must(answer)
}

function setCondition(ctx: ControllerContext, cidr: ServiceCIDR, wanted: Pick<Condition, 'status' | 'reason' | 'message'>): undefined {
  const before = findCondition(cidr.status?.conditions ?? [], 'Ready')
  if (before?.status === wanted.status && (before.reason ?? '') === wanted.reason && before.message === wanted.message) return undefined
  ctx.note('servicecidr.condition', { name: cidr.metadata.name, status: wanted.status, message: wanted.message ?? '' })
  const condition = { type: 'Ready', lastTransitionTime: formatTime(ctx.now), ...wanted }
  return patched(ctx, cidr, { status: { conditions: [condition] } } as Parameters<typeof patch>[2], 'status')
}
