import type { KubeObject } from '../../api/meta.ts'
import type { EventContext } from '../../engine/engine.ts'
import { ms, seconds, type Micros } from '../../engine/time.ts'
import { Kernel } from '../linux/kernel.ts'
import type { Answer, Asked } from '../linux/machine.ts'
import { listener, serve } from '../linux/tools/net-tools.ts'
import { machineNow, settingOf } from './linux.ts'
import { eligible, type Candidate, type Client } from './service-endpoints.ts'
import type { PodRow } from './state.ts'
import type { KubeletWorld } from './world.ts'

interface ServiceObject extends KubeObject {
  readonly spec: { readonly clusterIP?: string; readonly internalTrafficPolicy?: string; readonly ports?: readonly { readonly name?: string; readonly port: number }[] }
}
interface Slice extends KubeObject {
  readonly ports?: readonly { readonly name?: string; readonly port?: number }[]
  readonly endpoints?: readonly (Candidate & { readonly hostname?: string })[]
}

/** How long a connection is tried to an address that says nothing. */
const SILENCE = seconds(127)
const ROUND_TRIP = ms(1)

const refusal = (error: string): Answer => ({ ok: false, status: 0, body: '', error })
const isAddress = (host: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(host)

/**
 * Answers what a process asks of the world outside its pod, simplified: names of Services, cluster addresses and other pods; no
 * packets are modelled. Gives the answer and how long it takes.
 */
export function answerTo(world: KubeletWorld, ctx: EventContext, row: PodRow, question: Asked): { readonly answer: Answer; readonly after: Micros } {
  const { host, port, what, path } = question
  const addresses = isAddress(host) ? [host] : resolveName(world, row.pod.metadata.namespace ?? 'default', host)
  if (what === 'dns') return { answer: addresses.length > 0 ? { ok: true, status: 0, body: addresses.join(' ') } : refusal('bad address'), after: ROUND_TRIP }
  if (addresses.length === 0) return { answer: refusal('bad address'), after: ROUND_TRIP }
  const target = behindService(world, ctx, clientOf(world, row), addresses[ctx.random.below(addresses.length)]!, port)
  if (target === 'nobody') return { answer: refusal('Connection refused'), after: ROUND_TRIP }
  if (target === 'server') return { answer: what === 'tcp' ? { ok: true, status: 0, body: '' } : { ok: false, status: 401, body: '' }, after: ROUND_TRIP }
  const other = podAt(world, target.ip)
  const machine = other && machineNow(world, other, ctx.now)
  if (!other || !machine) return { answer: refusal('timed out'), after: SILENCE }
  const kernel = new Kernel(machine, settingOf(world, other))
  if (what === 'tcp') return { answer: listener(kernel, target.port) ? { ok: true, status: 0, body: '' } : refusal('Connection refused'), after: ROUND_TRIP }
  const served = serve(kernel, target.port, path)
  if (served === 'hang') return { answer: refusal('timed out'), after: SILENCE }
  return { answer: served ?? refusal('Connection refused'), after: ROUND_TRIP }
}

/** Does something listen at a pod's port now? */
export function podListens(world: KubeletWorld, ip: string, port: number, now: Micros): boolean {
  const row = podAt(world, ip)
  const machine = row && machineNow(world, row, now)
  return machine !== undefined && listener(new Kernel(machine, settingOf(world, row!)), port) !== undefined
}

/** The pod that has an address of the pod network. */
export function podAt(world: KubeletWorld, ip: string): PodRow | undefined {
  for (const key of world.pods.keys()) {
    const row = world.pods.get(key)!
    if (row.ip === ip && !row.pod.spec.hostNetwork && row.sandbox.state === 'ready') return row
  }
  return undefined
}

/** The addresses of a name: a Service of this namespace or another, a pod of a headless one. */
function resolveName(world: KubeletWorld, namespace: string, name: string): readonly string[] {
  const short = name.replace(/\.$/, '').replace(/\.cluster\.local$/, '').replace(/\.svc$/, '')
  const parts = short.split('.')
  const tries: readonly (readonly [string | undefined, string, string])[] = parts.length === 1 ? [[undefined, parts[0]!, namespace]] : parts.length === 2 ? [[undefined, parts[0]!, parts[1]!], [parts[0], parts[1]!, namespace]] : [[parts[0], parts[1]!, parts[2]!]]
  for (const [host, service, where] of tries) {
    const found = world.reader.get('services', where, service) as ServiceObject | undefined
    if (!found) continue
    if (found.spec.clusterIP && found.spec.clusterIP !== 'None' && host === undefined) return [found.spec.clusterIP]
    const endpoints = slicesOf(world, where, service).flatMap((s) => s.endpoints ?? []).filter((e) => e.conditions?.ready !== false && (host === undefined || e.hostname === host))
    return endpoints.flatMap((e) => e.addresses)
  }
  return []
}

const slicesOf = (world: KubeletWorld, namespace: string, service: string): readonly Slice[] =>
  (world.reader.list('endpointslices', namespace) as readonly Slice[]).filter((s) => s.metadata.labels?.['kubernetes.io/service-name'] === service)

function clientOf(world: KubeletWorld, { pod }: PodRow): Client {
  const node = pod.spec.nodeName
  return { node, zone: node === undefined ? undefined : world.reader.get('nodes', undefined, node)?.metadata.labels?.['topology.kubernetes.io/zone'] }
}

/** Where a connection to an address and port ends: an endpoint of the Service that has it, or the address itself. */
function behindService(world: KubeletWorld, ctx: EventContext, client: Client, ip: string, port: number): { readonly ip: string; readonly port: number } | 'nobody' | 'server' {
  for (const service of world.reader.list('services') as readonly ServiceObject[]) {
    if (service.spec.clusterIP !== ip) continue
    const chosen = service.spec.ports?.find((p) => p.port === port)
    if (!chosen) return { ip: '0.0.0.0', port }
    if (service.metadata.name === 'kubernetes' && service.metadata.namespace === 'default') return 'server'
    const all = slicesOf(world, service.metadata.namespace ?? 'default', service.metadata.name).flatMap((slice) => {
      const target = slice.ports?.find((p) => (p.name ?? '') === (chosen.name ?? ''))?.port
      return target === undefined ? [] : (slice.endpoints ?? []).map((endpoint) => ({ ...endpoint, target }))
    })
    const targets = eligible(all, service.spec.internalTrafficPolicy, client).flatMap(({ addresses, target }) => addresses.map((address) => ({ ip: address, port: target })))
    return targets.length > 0 ? targets[ctx.random.below(targets.length)]! : 'nobody'
  }
  return { ip, port }
}
