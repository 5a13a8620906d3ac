import type { KubeObject } from '../../../src/sim/api/meta.ts'
import type { Pod } from '../../../src/sim/api/pod.ts'
import type { Cluster } from '../../../src/sim/cluster.ts'
import { parseTime, type Micros } from '../../../src/sim/engine/time.ts'

type Line = Readonly<Record<string, unknown>>

interface EventObject extends KubeObject {
  readonly involvedObject: { readonly kind: string; readonly name: string; readonly namespace?: string; readonly fieldPath?: string }
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly count?: number
  readonly firstTimestamp?: string
  readonly lastTimestamp?: string
  readonly source?: { readonly component?: string }
  readonly reportingComponent?: string
  readonly action?: string
}

/** Writes down events and pod states of one namespace as the recorder of the recordings did. */
export class Recording {
  readonly events: Line[] = []
  readonly statuses: Line[] = []
  readonly #cluster: Cluster
  readonly #namespace: string
  readonly #allEvents: boolean
  readonly #last = new Map<string, string>()
  readonly #seen = new Map<string, KubeObject>()
  readonly #masks = new Map<string, string>()
  readonly #counters = new Map<string, number>()
  readonly #endings = new Map<string, string>()
  #suffixes = /(?!)/g
  #from: Micros = 0

  constructor(cluster: Cluster, namespace: string, allEvents: boolean) {
    this.#cluster = cluster
    this.#namespace = namespace
    this.#allEvents = allEvents
  }

  start(): void {
    this.#from = this.#cluster.timeline.clock
    this.#cluster.objects.listen((key, to) => this.#changed(key, to as KubeObject | undefined))
  }

  stop(): void {
    this.#cluster.objects.listen(undefined)
  }

  get elapsed(): number {
    return Math.round((this.#cluster.timeline.clock - this.#from) / 100_000) / 10
  }

  captured(name: string): void {
    this.statuses.push({ t: this.elapsed, capture: name })
  }

  /** Ids, digests and instants of a run under the names that the recordings use. */
  masked(text: string): string {
    return text
      .replace(this.#suffixes, (suffix) => this.#endings.get(suffix) ?? suffix)
      .replace(/\b[0-9a-f]{64}\b/g, (hex, offset: number, all: string) => this.#mask(hex, all.slice(Math.max(0, offset - 7), offset) === 'sha256:' ? 'digest' : 'cid'))
      .replace(/(?<=\bpod|\b|_)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uid>')
      .replace(/\.\.\d{4}(_\d\d){5}\.\d+/g, '..<stamp>')
      .replace(/\b40265\d{5}(?= (time|cgroup|pid|user|uts|ipc|net|mnt) )/g, (inode) => this.#mask(inode, 'nsid'))
      .replace(/\bveth[0-9a-f]{8}\b/g, (name) => this.#mask(name, 'veth'))
      .replace(/\b(?!ff:ff|00:00)[0-9a-f]{2}(:[0-9a-f]{2}){5}\b/g, (mac) => this.#mask(mac, 'mac'))
      .replace(/\bfe80::[0-9a-f:]+/g, (address) => this.#mask(address, 'lladdr'))
      .replace(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-<sfx>')
      .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
      .replace(/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?!01 Jan (?:0001|1970))\d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, '<time>')
      .replace(/\bJan +\d+ \d\d:\d\d\b/g, '<date>')
      .replace(/(\w+:)\[(40265\d{5})\]/g, (_all, kind: string, inode: string) => `${kind}[${this.#mask(inode, 'nsid')}]`)
  }

  /** The random ending of a generated name. */
  #learn(ending: string, isDebugger = false): void {
    if (!/^[a-z0-9]{5}$/.test(ending) || this.#endings.has(ending)) return
    this.#endings.set(ending, isDebugger || this.#endings.size === 0 ? '<sfx>' : `<sfx-${this.#endings.size + 1}>`)
    this.#suffixes = new RegExp(`(?<=-)(${[...this.#endings.keys()].join('|')})\\b`, 'g')
  }

  #mask(value: string, kind: string): string {
    let name = this.#masks.get(value)
    if (!name) {
      const n = (this.#counters.get(kind) ?? 0) + 1
      this.#counters.set(kind, n)
      this.#masks.set(value, (name = `<${kind}-${n}>`))
    }
    return name
  }

  #changed(key: string, to: KubeObject | undefined): void {
    const before = this.#seen.get(key)
    if (to) this.#seen.set(key, to)
    else this.#seen.delete(key)
    if (key.startsWith(`pods/${this.#namespace}/`)) this.#pod((to ?? before) as Pod | undefined, !before ? 'ADDED' : to ? 'MODIFIED' : 'DELETED')
    else if (key.startsWith('events/') && to) this.#event(to as EventObject, before ? 'MODIFIED' : 'ADDED')
  }

  #event(e: EventObject, op: string): void {
    const { involvedObject: about } = e
    const ours = about.namespace === this.#namespace || (this.#allEvents && about.kind === 'Node')
    if (!ours) return
    const seconds = (text?: string): number => Math.floor(((parseTime(text) ?? this.#cluster.timeline.clock) - this.#from) / 1_000_000)
    this.events.push({
      t: this.elapsed, op, object: `${about.kind.toLowerCase()}/${this.masked(about.name)}`, ...(about.fieldPath ? { fieldPath: this.masked(about.fieldPath) } : {}),
      type: e.type, reason: e.reason, message: this.masked(e.message), count: e.count ?? 1, first: seconds(e.firstTimestamp), last: seconds(e.lastTimestamp),
      source: e.source?.component ?? e.reportingComponent, ...(e.action ? { action: e.action } : {}),
    })
  }

  #pod(pod: Pod | undefined, op: string): void {
    if (!pod) return
    const { metadata, spec, status } = pod
    if (metadata.generateName) this.#learn(metadata.name.slice(metadata.generateName.length))
    else if (/^node-debugger-/.test(metadata.name)) this.#learn(metadata.name.slice(-5), true)
    for (const c of [...(spec.ephemeralContainers ?? []), ...spec.containers]) if (/^debugger-[a-z0-9]{5}$/.test(c.name)) this.#learn(c.name.slice(-5), true)
    const line = {
      op, pod: this.masked(metadata.name), ...(spec.nodeName ? { nodeName: spec.nodeName } : {}),
      meta: { generation: metadata.generation, ...(metadata.deletionTimestamp ? { deletionTimestamp: metadata.deletionTimestamp, deletionGracePeriodSeconds: metadata.deletionGracePeriodSeconds } : {}) },
      status: JSON.parse(this.masked(JSON.stringify(status ?? {}))) as unknown,
    }
    const text = JSON.stringify(line)
    if (this.#last.get(metadata.name) === text) return
    this.#last.set(metadata.name, text)
    this.statuses.push({ t: this.elapsed, ...line })
  }
}
