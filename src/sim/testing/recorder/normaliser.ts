import type { JsonValue, KubeObject } from '../../api/meta.ts'
import { isObject } from '../chainsaw/reader.ts'

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const TIME = /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| ?[+-]\d\d:?\d\d(?: UTC)?)/g
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt'

/**
 * Replaces what differs from run to run by placeholders that stay distinguishable within one recording: uids, pod
 * addresses and event names are numbered; times, revisions, cluster addresses and node ports get one word each.
 */
export class Normaliser {
  readonly #numbers = new Map<string, Map<string, number>>()
  readonly #podAddresses: string

  constructor(podAddresses = '10.244.') {
    this.#podAddresses = podAddresses
  }

  object(object: KubeObject): KubeObject {
    const { managedFields: _, ...metadata } = object.metadata
    const annotations = metadata.annotations && Object.fromEntries(Object.entries(metadata.annotations).filter(([key]) => key !== LAST_APPLIED))
    const whole = { ...object, metadata: { ...metadata, name: this.name(object), ...(annotations ? { annotations } : {}) } }
    return this.#walk(this.#ofKind(whole) as unknown as JsonValue, '') as unknown as KubeObject
  }

  /** An Event's name ends in a hash, which is numbered; others are kept. */
  name(object: KubeObject): string {
    const { name, namespace } = object.metadata
    if (object.kind !== 'Event') return name
    return name.replace(/\.([0-9a-f]{10,})$/, (_all, hash: string) => `.${this.#number('ev', `${namespace} ${hash}`)}`)
  }

  #number(kind: string, value: string): string {
    let known = this.#numbers.get(kind)
    if (!known) this.#numbers.set(kind, (known = new Map()))
    const number = known.get(value) ?? known.size + 1
    known.set(value, number)
    return `<${kind}-${number}>`
  }

  #ofKind(object: KubeObject): KubeObject {
    if (object.kind === 'Service') return { ...object, spec: serviceSpec(object.spec as ServiceSpec) }
    if (object.kind !== 'ConfigMap' && object.kind !== 'Secret') return object
    const { data } = object as KubeObject & { readonly data?: Readonly<Record<string, string>> }
    if (!data) return object
    const hidden = (text: string): boolean => object.kind === 'Secret' || text.includes('BEGIN CERT')
    return { ...object, data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, hidden(text) ? '<data>' : text])) } as KubeObject
  }

  #walk(value: JsonValue, key: string): JsonValue {
    if (typeof value === 'string') return key === 'resourceVersion' ? '<rv>' : this.#text(value, key)
    if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => this.#walk(item, key))
    if (!isObject(value)) return value
    const out: Record<string, JsonValue> = {}
    for (const [name, item] of Object.entries(value)) if (item !== undefined) out[this.#text(name, '')] = this.#walk(item, name)
    return out
  }

  #text(text: string, key: string): string {
    if (key === RESTARTED_AT) return text
    const plain = text.replace(UUID, (uid) => this.#number('uid', uid)).replace(TIME, '<time>')
    return plain.startsWith(this.#podAddresses) && /^[\d.]+$/.test(plain) ? this.#number('podip', plain) : plain
  }
}

interface ServiceSpec {
  readonly clusterIP?: string
  readonly clusterIPs?: readonly string[]
  readonly ports?: readonly { readonly nodePort?: number }[]
}

function serviceSpec(spec: ServiceSpec | undefined): unknown {
  if (!spec) return spec
  const own = spec.clusterIP !== undefined && spec.clusterIP !== '' && spec.clusterIP !== 'None'
  return {
    ...spec,
    ...(own ? { clusterIP: '<ip>', ...(spec.clusterIPs ? { clusterIPs: spec.clusterIPs.map(() => '<ip>') } : {}) } : {}),
    ...(spec.ports ? { ports: spec.ports.map((port) => (port.nodePort ? { ...port, nodePort: '<nodeport>' } : port)) } : {}),
  }
}
