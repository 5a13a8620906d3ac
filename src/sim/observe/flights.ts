import type { Flight } from '../../workers/protocol.ts'
import { isStatus } from '../api/status.ts'
import type { SimEvent, Step } from '../engine/event.ts'
import type { Micros } from '../engine/time.ts'

interface MessagePayload {
  readonly request?: { readonly verb: string; readonly resource: string; readonly namespace?: string; readonly name?: string; readonly body?: { readonly metadata?: { readonly name?: string } } }
  readonly client?: string
  readonly sentAt?: Micros
  readonly answer?: unknown
  readonly watch?: string
  readonly type?: string
  readonly object?: { readonly kind: string; readonly metadata: { readonly namespace?: string; readonly name: string } }
}

/** The place on the map of an actor or client. */
export function placeOf(actor: string): string {
  if (actor === 'apiserver') return 'apiserver'
  if (actor.includes('scheduler')) return 'scheduler'
  const kubelet = /(?:kubelet|kube-proxy)[/-](.+)$/.exec(actor)
  if (kubelet) return `node/${kubelet[1]}`
  if (actor.startsWith('kwok')) return 'nodes'
  if (actor.startsWith('kubectl') || actor.startsWith('user')) return 'kubectl'
  return 'controllers'
}

/** Messages that a step sent. */
export function flightsOf(step: Step): readonly Flight[] {
  const flights: Flight[] = []
  for (const event of step.scheduled) {
    const flight = flightOf(event)
    if (flight) flights.push(flight)
  }
  return flights
}

/** The message that an event carries, if it is one. */
export function flightOf(event: SimEvent): Flight | undefined {
  const payload = event.payload as MessagePayload | null
  if (payload === null || typeof payload !== 'object') return undefined
  const base = { id: event.seq, sentAt: payload.sentAt ?? event.since, arrivesAt: event.at }
  if (event.actor === 'apiserver' && event.what === 'request' && payload.request) {
    const { verb, resource, namespace, name, body } = payload.request
    const object = [resource, namespace, name ?? body?.metadata?.name].filter(Boolean).join('/')
    return { ...base, from: placeOf(payload.client ?? ''), to: 'apiserver', kind: 'request', verb, object, ok: true }
  }
  if (payload.watch !== undefined && payload.object) {
    const { kind, metadata } = payload.object
    return { ...base, from: 'apiserver', to: placeOf(event.actor), kind: 'watch', verb: payload.type ?? '', object: `${kind}/${metadata.name}`, ok: true }
  }
  if (payload.answer !== undefined) return { ...base, from: 'apiserver', to: placeOf(event.actor), kind: 'response', verb: '', object: '', ok: !isStatus(payload.answer) }
  return undefined
}
