import { deepEqual } from '../../api/deep.ts'
import { matchesSet } from '../../api/labels.ts'
import { keyOf, type KubeObject } from '../../api/meta.ts'
import { isPodReady, isPodTerminal, isSidecar, type Pod } from '../../api/pod.ts'
import type { Micros } from '../../engine/time.ts'
import type { Flag } from '../../flags/flag.ts'
import type { Service, ServicePort } from '../../kinds/service/service.ts'
import type { HandlerContext, Watches } from '../controller.ts'
import { PODS, SERVICES } from '../request.ts'

/** A Service with a ClusterIP of its own: neither headless nor ExternalName. */
export const hasClusterIp = (service: Service): boolean => service.spec.clusterIP !== undefined && service.spec.clusterIP !== 'None' && service.spec.clusterIP !== ''

/** Pods that have an address and have not ended; those being deleted only with `terminating` (endpointslice util). */
export function belongsInEndpoints(pod: Pod, terminating: boolean): boolean {
  if (isPodTerminal(pod)) return false
  if (!pod.status?.podIP && !pod.status?.podIPs?.length) return false
  return terminating || pod.metadata.deletionTimestamp === undefined
}

export const publishesHostname = (pod: Pod, service: Service): boolean =>
  !!pod.spec.hostname && pod.spec.subdomain === service.metadata.name && pod.metadata.namespace === service.metadata.namespace

/** The number behind a target port; names are looked up in the pod's containers and sidecars. */
export function findPort(pod: Pod, port: ServicePort): number | undefined {
  const { targetPort = port.port, protocol = 'TCP' } = port
  if (typeof targetPort === 'number') return targetPort
  for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter(isSidecar)])
    for (const candidate of container.ports ?? []) if (candidate.name === targetPort && (candidate.protocol ?? 'TCP') === protocol) return candidate.containerPort
  return undefined
}

/** Index of the Services of a namespace that select pods: many have none, and are asked for at every change of a pod. */
const SELECTING = 'selecting'

function wakeServices(ctx: HandlerContext, delay: Micros, namespace: string | undefined, wanted: (service: Service) => boolean): void {
  for (const service of ctx.lister<Service>('services').by(SELECTING, namespace ?? '')) if (wanted(service)) ctx.enqueueAfter(keyOf(service), delay)
}

/** Did anything change that endpoints show? */
function podChanged(old: Pod, pod: Pod): boolean {
  if (old.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp) return true
  if (isPodReady(old) !== isPodReady(pod)) return true
  return old.status?.podIPs !== pod.status?.podIPs && !deepEqual(old.status?.podIPs ?? [], pod.status?.podIPs ?? [])
}

function membershipChanged(old: Pod, pod: Pod): boolean {
  if (old.spec.hostname !== pod.spec.hostname || old.spec.subdomain !== pod.spec.subdomain) return true
  return old.metadata.labels !== pod.metadata.labels && !deepEqual(old.metadata.labels, pod.metadata.labels)
}

/** Enqueues the Services that select a pod, when it changes in a way that they show, after the batch period that the flag gives. */
export const podsOfServices = (batch: Flag<Micros>): Watches<Pod> => ({
  resource: PODS,
  onAdd: (ctx, pod) => wakeServices(ctx, ctx.flag(batch), pod.metadata.namespace, (s) => matchesSet(s.spec.selector, pod.metadata.labels)),
  onDelete: (ctx, pod) => wakeServices(ctx, ctx.flag(batch), pod.metadata.namespace, (s) => matchesSet(s.spec.selector, pod.metadata.labels)),
  onUpdate(ctx, old, pod) {
    if (old.metadata.resourceVersion === pod.metadata.resourceVersion) return
    const changed = podChanged(old, pod)
    const moved = membershipChanged(old, pod)
    if (!changed && !moved) return
    wakeServices(ctx, ctx.flag(batch), pod.metadata.namespace, (s) => {
      const after = matchesSet(s.spec.selector, pod.metadata.labels)
      const before = moved ? matchesSet(s.spec.selector, old.metadata.labels) : after
      return changed ? after || before : after !== before
    })
  },
})

export const services: Watches<Service> = {
  resource: SERVICES,
  indexes: { [SELECTING]: ({ metadata, spec }) => (spec.selector ? metadata.namespace : undefined) },
  onAdd: (ctx, service) => ctx.enqueue(keyOf(service)),
  onUpdate: (ctx, _old, service) => ctx.enqueue(keyOf(service)),
  onDelete: (ctx, service) => ctx.enqueue(keyOf(service)),
}

/** targetRef of an endpoint. */
export const podReference = (pod: KubeObject): { kind: string; name: string; namespace?: string; uid?: string } => ({
  kind: 'Pod',
  name: pod.metadata.name,
  ...(pod.metadata.namespace ? { namespace: pod.metadata.namespace } : {}),
  ...(pod.metadata.uid ? { uid: pod.metadata.uid } : {}),
})
