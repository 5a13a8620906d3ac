import type { KubeObject } from './api/meta.ts'
import { createObject } from './apiserver/installing.ts'
import type { ApiServer } from './apiserver/server.ts'
import type { EventContext } from './engine/engine.ts'
import { formatTime } from './engine/time.ts'
import { rangeText } from './flags/ipv4-range.ts'
import type { Flags } from './flags/index.ts'
import { SERVICE_CLUSTER_IP_RANGE } from './flags/kube-apiserver.ts'

interface ServiceRange extends KubeObject {
  readonly spec?: { readonly cidrs?: readonly string[] }
}

const CONTROLLER = 'kubernetes-service-cidr-controller'

/**
 * A server that starts with another --service-cluster-ip-range than the stored range says so and leaves the range as it
 * is (pkg/controlplane: defaultservicecidr, syncStatus).
 */
export function tellOfServiceRange(server: ApiServer, flags: Flags, ctx: EventContext): void {
  const stored = server.store.get('servicecidrs/kubernetes') as ServiceRange | undefined
  const wanted = rangeText(flags.get(SERVICE_CLUSTER_IP_RANGE))
  const cidrs = stored?.spec?.cidrs ?? []
  if (!stored || cidrs.join(' ') === wanted) return
  const { name, uid, resourceVersion } = stored.metadata
  const now = formatTime(ctx.now)
  createObject(server, ctx, {
    apiVersion: 'v1', kind: 'Event', metadata: { name: `${name}.${ctx.event.seq.toString(16)}`, namespace: 'default' }, type: 'Warning', reason: 'KubernetesDefaultServiceCIDRInconsistent', count: 1, firstTimestamp: now, lastTimestamp: now,
    message: `The default ServiceCIDR [${cidrs.join(' ')}] does not match the controller flag configurations [${wanted}]`,
    source: { component: CONTROLLER }, reportingComponent: CONTROLLER, involvedObject: { apiVersion: stored.apiVersion, kind: stored.kind, name, uid, resourceVersion },
  } as KubeObject)
}
