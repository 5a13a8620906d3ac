import type { JsonObject, KubeObject } from '../../api/meta.ts'
import type { Engine } from '../../engine/engine.ts'
import type { Micros } from '../../engine/time.ts'
import { mergePatch } from './merge-patch.ts'
import { Normaliser } from './normaliser.ts'

/** What the store logs of each committed write (store/store.ts: Change). */
interface Change {
  readonly resource: string
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: KubeObject
}

/** A line of the stream: an object at first sight, a merge patch against its last state afterwards. */
export type StreamLine =
  | { readonly t: number; readonly type: Change['type']; readonly object: KubeObject }
  | { readonly t: number; readonly type: Change['type']; readonly ref: StreamRef; readonly patch: JsonObject }

export interface StreamRef {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

const NOT_RECORDED = new Set(['leases', 'ipaddresses'])
const SYSTEM_NAMESPACES = new Set(['kube-system', 'kube-public', 'kube-node-lease'])
const NODE_TIMES = new Set(['lastHeartbeatTime', 'lastTransitionTime'])

/**
 * Writes down what happens to the objects of a cluster, in the format of the recorded scenarios: one line a change, free
 * of volatile values. Leases, system namespaces and node changes that are only times are left out.
 */
export class Recorder {
  readonly lines: StreamLine[] = []
  /** Virtual time of the last line. */
  lastChange: Micros = 0
  readonly #engine: Engine
  readonly #normaliser = new Normaliser()
  readonly #states = new Map<string, KubeObject>()
  #start: Micros = 0

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** Begins with the nodes that are there, at t = 0; from now on every committed write is a line. */
  start(nodes: readonly KubeObject[]): void {
    this.#start = this.#engine.now
    this.lastChange = this.#engine.now
    for (const node of nodes) this.#add({ resource: 'nodes', type: 'ADDED', object: node }, 0)
    this.#engine.table<Change>('etcd/changes').listen((_key, change) => {
      if (change) this.#see(change as Change)
    })
  }

  stop(): void {
    this.#engine.table<Change>('etcd/changes').listen(undefined)
  }

  /**
   * The stream as text, one JSON object a line, with `header` as the first. The certificate bundle that every namespace
   * gets is left out of the test's own one while nobody touches it, as in the recordings.
   */
  text(header: JsonObject, namespace: string): string {
    const isBundle = (line: StreamLine): boolean => {
      const { kind, ...of } = 'object' in line ? { ...line.object.metadata, kind: line.object.kind } : line.ref
      return kind === 'ConfigMap' && of.name === 'kube-root-ca.crt' && of.namespace === namespace
    }
    const untouched = this.lines.filter(isBundle).length === 1
    const lines = untouched ? this.lines.filter((line) => !isBundle(line)) : this.lines
    return [header, ...lines].map((line) => JSON.stringify(line)).join('\n') + '\n'
  }

  #see(change: Change): void {
    const { object, resource } = change
    if (NOT_RECORDED.has(resource) || SYSTEM_NAMESPACES.has(object.metadata.namespace ?? '')) return
    this.#add(change, Math.round((this.#engine.now - this.#start) / 1000))
  }

  #add({ type, object }: Change, t: number): void {
    const plain = this.#normaliser.object(object)
    const { apiVersion, kind, metadata } = plain
    const key = `${kind}/${metadata.namespace ?? ''}/${metadata.name}`
    const before = this.#states.get(key)
    if (!before) {
      this.lines.push({ t, type, object: plain })
    } else {
      const patch = mergePatch(before as unknown as JsonObject, plain as unknown as JsonObject)
      if (type === 'MODIFIED' && (Object.keys(patch).length === 0 || (kind === 'Node' && withoutTimes(before) === withoutTimes(plain)))) return
      const ref: StreamRef = { apiVersion, kind, ...(metadata.namespace ? { namespace: metadata.namespace } : {}), name: metadata.name }
      this.lines.push({ t, type, ref, patch })
    }
    if (type === 'DELETED') this.#states.delete(key)
    else this.#states.set(key, plain)
    this.lastChange = this.#engine.now
  }
}

const withoutTimes = (object: KubeObject): string => JSON.stringify(object, (key, value: unknown) => (NODE_TIMES.has(key) ? undefined : value))
