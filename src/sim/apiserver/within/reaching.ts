import { parseIp } from '../../api/validate/ip.ts'
import type { KubeObject } from '../../api/meta.ts'
import type { Service } from '../../kinds/service/service.ts'
import type { ObjectStore } from '../../store/store.ts'

interface Slice extends KubeObject {
  readonly ports?: readonly { readonly name?: string; readonly port?: number }[]
  readonly endpoints?: readonly { readonly addresses: readonly string[]; readonly conditions?: { readonly ready?: boolean } }[]
}

/** Does something listen at a pod's port? Undefined where nobody can tell, as with faked kubelets. */
export type Listens = (ip: string, port: number) => boolean | undefined

/** Where a request of the API server to a Service goes, or why it goes nowhere. */
export type Resolved = { readonly host: string } | { readonly error: string }

/** The slices of a Service that name a port. */
export function slicesOf(store: Pick<ObjectStore, 'keys' | 'get'>, namespace: string, service: string): readonly Slice[] {
  return store.keys('endpointslices', namespace).map((key) => store.get(key) as Slice).filter((s) => s.metadata.labels?.['kubernetes.io/service-name'] === service)
}

export const isReady = ({ conditions }: { readonly conditions?: { readonly ready?: boolean } }): boolean => conditions?.ready !== false

/** The cluster address of a Service, as the API server's own routing finds it (apiserver: pkg/util/proxy, ResolveCluster). */
export function resolveService(store: Pick<ObjectStore, 'get'>, namespace: string, name: string, port: number): Resolved {
  const service = store.get(`services/${namespace}/${name}`) as Service | undefined
  if (!service) return { error: `service "${name}" not found` }
  const { type, clusterIP, ports, externalName } = service.spec
  if (type === 'ExternalName') return { host: `${externalName}:${port}` }
  if (type === 'ClusterIP' && clusterIP === 'None') return { error: 'cannot route to service with ClusterIP "None"' }
  return ports?.some((p) => p.port === port) ? { host: `${clusterIP}:${port}` } : { error: `no service port ${port} found for service "${name}"` }
}

/** A pod's port behind a Service that listens, or why a connection to it fails, in the words of Go's net package. */
export type Reached = { readonly host: string; readonly ip: string; readonly port: number } | { readonly error: string }

/** Where a connection of the API server to a Service ends. */
export function reachService(store: Pick<ObjectStore, 'keys' | 'get'>, listens: Listens, namespace: string, name: string, port: number): Reached {
  const to = resolveService(store, namespace, name, port)
  if ('error' in to) return to
  const service = store.get(`services/${namespace}/${name}`) as Service
  if (service.spec.type === 'ExternalName') return { error: hostError(service.spec.externalName ?? '', port) }
  const portName = service.spec.ports!.find((p) => p.port === port)!.name ?? ''
  const targets = slicesOf(store, namespace, name).flatMap((slice) => {
    const target = slice.ports?.find((p) => (p.name ?? '') === portName)?.port
    return target === undefined ? [] : (slice.endpoints ?? []).filter(isReady).map((e) => ({ host: to.host, ip: e.addresses[0]!, port: target }))
  })
  const asked = targets.map((target) => listens(target.ip, target.port))
  const found = targets[asked.indexOf(true)]
  if (found) return found
  return { error: asked.includes(undefined) ? 'context deadline exceeded' : `dial tcp ${to.host}: connect: connection refused` }
}

/** What Go's TLS says to an answer in plain HTTP. */
export const NO_TLS = 'tls: first record does not look like a TLS handshake'

/** Why a request over TLS to a Service fails whose pods serve plain HTTP at the most. */
export function connectionError(store: Pick<ObjectStore, 'keys' | 'get'>, listens: Listens, namespace: string, name: string, port: number): string {
  const reached = reachService(store, listens, namespace, name, port)
  return 'error' in reached ? reached.error : NO_TLS
}

/** Hosts outside of the cluster: no name is known there, no address answers. */
export function hostError(host: string, port: number): string {
  return parseIp(host) ? `dial tcp ${host}:${port}: connect: no route to host` : `dial tcp: lookup ${host}: no such host`
}
