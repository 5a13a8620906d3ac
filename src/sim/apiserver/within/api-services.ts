import { findCondition } from '../../api/conditions.ts'
import type { Condition, KubeObject } from '../../api/meta.ts'
import { formatTime, ms } from '../../engine/time.ts'
import type { ApiService } from '../../kinds/apiservice/index.ts'
import type { CustomResourceDefinition } from '../../kinds/customresourcedefinition/customresourcedefinition.ts'
import type { Service } from '../../kinds/service/service.ts'
import type { Change, Store } from '../../store/store.ts'
import { isEstablished } from '../custom/custom-kinds.ts'
import { CRDS } from '../custom/establishing.ts'
import { ownKind, type InnerController, type Inside } from './inner.ts'
import { connectionError, isReady, resolveService, slicesOf, type Listens } from './reaching.ts'

const API_SERVICES = 'apiservices'
const AUTO_MANAGED = 'kube-aggregator.kubernetes.io/automanaged'
const kind = ownKind('apiregistration.k8s.io', 'v1', API_SERVICES)
const local = (lastTransitionTime: string): Condition => ({ type: 'Available', status: 'True', lastTransitionTime, reason: 'Local', message: 'Local APIServices are always available' })

/** Each group and version of CustomResourceDefinitions has its APIService (crdregistration, kube-aggregator: autoregister). */
export const definitionRegistration: InnerController = {
  name: 'crd-registration',
  wakes: { [CRDS]: ({ object, from }) => [...new Set([object, from].flatMap((crd) => namesOf(crd as CustomResourceDefinition | undefined)))] },
  delay: () => ms(20),
  sync(inside, ctx, name) {
    const served = inside.store.keys(CRDS).some((key) => {
      const crd = inside.store.get(key) as CustomResourceDefinition
      return isEstablished(crd) && crd.spec.versions?.some((v) => v.served && `${v.name}.${crd.spec.group}` === name)
    })
    const found = inside.store.get(`${API_SERVICES}/${name}`)
    const isManaged = found?.metadata.labels?.[AUTO_MANAGED] === 'true'
    if (served && !found) {
      const dot = name.indexOf('.')
      const time = formatTime(ctx.now)
      const spec = { group: name.slice(dot + 1), version: name.slice(0, dot), groupPriorityMinimum: 1000, versionPriority: 100 }
      ctx.note('apiserver.registered', { name })
      inside.put(ctx, kind, { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name, creationTimestamp: time, labels: { [AUTO_MANAGED]: 'true' } }, spec, status: { conditions: [local(time)] } } as KubeObject)
    } else if (!served && isManaged) {
      ctx.note('apiserver.unregistered', { name })
      inside.erase(ctx, kind, `${API_SERVICES}/${name}`)
    }
  },
}

const namesOf = (crd: CustomResourceDefinition | undefined): readonly string[] => (crd?.spec.versions ?? []).map((v) => `${v.name}.${crd!.spec.group}`)

/** Can the Service behind an APIService be reached (kube-aggregator: controllers/status/remote)? */
export const apiServiceAvailability = (listens: (now: number) => Listens, serves: (group: string, version: string) => boolean = () => false): InnerController => ({
  name: 'api-services',
  wakes: {
    [API_SERVICES]: ({ type, object }) => (type !== 'DELETED' && (object as ApiService).spec.service ? [object.metadata.name] : []),
    services: ({ object }, inside) => servedThrough(inside, object.metadata.namespace, object.metadata.name),
    endpointslices: ({ object }: Change, inside) => servedThrough(inside, object.metadata.namespace, object.metadata.labels?.['kubernetes.io/service-name']),
  },
  delay: () => ms(50),
  sync(inside, ctx, name) {
    const found = inside.store.get(`${API_SERVICES}/${name}`) as ApiService | undefined
    if (!found?.spec.service) return
    const next: Condition = { type: 'Available', lastTransitionTime: formatTime(ctx.now), ...availability(inside, found, listens(ctx.now), serves) }
    const conditions = found.status?.conditions ?? []
    const before = findCondition(conditions, 'Available')
    if (before?.status === next.status && before.reason === next.reason && before.message === next.message) return
    const kept = before?.status === next.status ? { ...next, lastTransitionTime: before.lastTransitionTime } : next
    ctx.note('apiserver.apiService', { name, status: next.status, message: next.message ?? '' })
    inside.put(ctx, kind, { ...found, status: { ...found.status, conditions: before ? conditions.map((c) => (c === before ? kept : c)) : [...conditions, kept] } } as KubeObject)
  },
})

function servedThrough(inside: Inside, namespace: string | undefined, service: string | undefined): readonly string[] {
  return inside.remote.keys(`${namespace}/${service}`).map((key) => key.slice(API_SERVICES.length + 1))
}

/** Is a group at a version served by a Service? None of them can be reached here, so its requests are answered with 503 (handler_proxy.go). */
export const isUnavailable = (store: Pick<Store, 'get'>, { group, version }: { readonly group: string; readonly version: string }): boolean =>
  (store.get(`${API_SERVICES}/${version}.${group}`) as ApiService | undefined)?.spec.service !== undefined

/** Is it served by a Service that answers? Then requests are passed on to it. */
export const isPassedOn = (store: Pick<Store, 'get'>, { group, version }: { readonly group: string; readonly version: string }): boolean =>
  findCondition((store.get(`${API_SERVICES}/${version}.${group}`) as ApiService | undefined)?.status?.conditions, 'Available')?.status === 'True'

const no = (reason: string, message: string): Pick<Condition, 'status' | 'reason' | 'message'> => ({ status: 'False', reason, message })

/** The checks of remote_available_controller.go, in its order; the last is a request, which no pod here can answer over TLS. */
function availability({ store }: Inside, { metadata, spec }: ApiService, listens: Listens, serves: (group: string, version: string) => boolean): Pick<Condition, 'status' | 'reason' | 'message'> {
  const { namespace = '', name = '', port = 443 } = spec.service!
  const where = `service/${name} in "${namespace}"`
  const service = store.get(`services/${namespace}/${name}`) as Service | undefined
  if (!service) return no('ServiceNotFound', `${where} is not present`)
  if (service.spec.type === 'ClusterIP') {
    const found = service.spec.ports?.find((p) => p.port === port)
    if (!found) return no('ServicePortError', `${where} is not listening on port ${port}`)
    const portName = found.name ?? ''
    const slices = slicesOf(store, namespace, name)
    if (slices.length === 0) return no('EndpointsNotFound', `cannot find endpointslices for ${where}`)
    const isServed = slices.some((s) => s.endpoints?.some(isReady) && s.ports?.some((p) => (p.name ?? '') === portName && p.port !== undefined))
    if (!isServed) return no('MissingEndpoints', `endpointslices for ${where} have no addresses with port name "${portName}"`)
  }
  const to = resolveService(store, namespace, name, port)
  if ('error' in to) return no('FailedDiscoveryCheck', to.error)
  if (serves(spec.group ?? '', spec.version ?? '')) return { status: 'True', reason: 'Passed', message: 'all checks passed' }
  const path = metadata.name === 'v1.' ? `/api/${spec.version}` : `/apis/${spec.group}/${spec.version}`
  const url = `https://${to.host}${path}`
  return no('FailedDiscoveryCheck', `failing or missing response from ${url}: Get "${url}": ${connectionError(store, listens, namespace, name, port)}`)
}
