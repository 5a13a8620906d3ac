import type { Container } from '../../api/container.ts'
import { milliValue, value } from '../../api/quantity.ts'
import type { Pod } from '../../api/pod.ts'
import { parseTime, seconds, type Micros } from '../../engine/time.ts'
import type { Image } from '../../images/image.ts'
import { duration } from '../linux/tools/process-tools.ts'

/** A quantity as a function of a container's age. Amounts are thousandths of a core or bytes. */
export type Curve =
  | { readonly kind: 'constant'; readonly value: number }
  /** From one value to another within `over`, then it stays. */
  | { readonly kind: 'ramp'; readonly from: number; readonly to: number; readonly over: Micros }
  /** A base, and every `every` a peak that lasts `lasts`. */
  | { readonly kind: 'spike'; readonly base: number; readonly peak: number; readonly lasts: Micros; readonly every: Micros }
  /** It grows without end. */
  | { readonly kind: 'leak'; readonly from: number; readonly perSecond: number }

export interface Load {
  readonly cpu: Curve
  readonly memory: Curve
  /** Bytes that it writes into its own file system. */
  readonly disk?: Curve
  /** The instant from which the curves count; for a container that started later, its start. */
  readonly since?: Micros
}

/** How far a load has come at `at` in a container that started at `startedAt`. */
export const loadAge = ({ since = 0 }: Load, startedAt: Micros, at: Micros): Micros => Math.max(0, at - Math.max(startedAt, since))

const LOAD = 'orrery.dev/load'
const MEBI = 1024 * 1024

/** What a curve comes to at `age`. */
export function amountAt(curve: Curve, age: Micros): number {
  switch (curve.kind) {
    case 'constant':
      return curve.value
    case 'ramp':
      return Math.round(curve.from + ((curve.to - curve.from) * Math.min(Math.max(age, 0), curve.over)) / Math.max(curve.over, 1))
    case 'spike':
      return age % curve.every >= curve.every - curve.lasts ? curve.peak : curve.base
    case 'leak':
      return Math.round(curve.from + (curve.perSecond * Math.max(age, 0)) / 1_000_000)
  }
}

/** What a curve never exceeds. */
export function highest(curve: Curve): number {
  switch (curve.kind) {
    case 'constant':
      return curve.value
    case 'ramp':
      return Math.max(curve.from, curve.to)
    case 'spike':
      return Math.max(curve.base, curve.peak)
    case 'leak':
      return curve.perSecond > 0 ? Infinity : curve.from
  }
}

/** The first age at which a curve is above `limit`; undefined: never. */
export function firstAbove(curve: Curve, limit: number): Micros | undefined {
  switch (curve.kind) {
    case 'constant':
      return curve.value > limit ? 0 : undefined
    case 'ramp':
      if (curve.from > limit) return 0
      return curve.to > limit ? Math.ceil(((limit - curve.from) / (curve.to - curve.from)) * curve.over) + 1 : undefined
    case 'spike':
      return curve.base > limit ? 0 : curve.peak > limit ? curve.every - curve.lasts : undefined
    case 'leak':
      if (curve.from > limit) return 0
      return curve.perSecond > 0 ? Math.ceil(((limit - curve.from) / curve.perSecond) * 1_000_000) + 1 : undefined
  }
}

/** The first age from `from` on at which a curve is above `limit`; undefined: never again. */
export function nextAbove(curve: Curve, limit: number, from: Micros): Micros | undefined {
  if (amountAt(curve, from) > limit) return from
  if (curve.kind === 'spike') return curve.peak > limit ? from - (from % curve.every) + curve.every - curve.lasts : undefined
  const first = firstAbove(curve, limit)
  return first !== undefined && first > from ? first : undefined
}

/**
 * Reads a declared load: "cpu=200m memory=64Mi", "cpu=ramp:50m:800m:2m", "cpu=spike:100m:900m:30s:5m", "memory=leak:20Mi:1Mi"
 * (1Mi a second), "disk=leak:0:10Mi" (written into its own file system). "since=<RFC 3339>" lets the curves begin then instead of with the container. What cannot be read is left out.
 */
export function parseLoad(text: string): Partial<Load> {
  const load: { cpu?: Curve; memory?: Curve; disk?: Curve; since?: Micros } = {}
  for (const word of text.split(/[\s,;]+/)) {
    const since = word.startsWith('since=') ? parseTime(word.slice('since='.length)) : undefined
    if (since !== undefined) load.since = since
    const m = /^(cpu|memory|disk)=(.+)$/.exec(word)
    const curve = m && parseCurve(m[2]!, m[1] === 'cpu' ? milliValue : value)
    if (curve) load[m![1] as 'cpu'] = curve
  }
  return load
}

function parseCurve(text: string, amount: (q: string) => number): Curve | undefined {
  const [kind = '', a = '', b = '', c = '', d = ''] = text.split(':')
  const read = (q: string): number => (/^[0-9.]+[a-zA-Z]*$/.test(q) ? amount(q) : Number.NaN)
  const curve: Curve | undefined =
    kind === 'ramp' ? { kind, from: read(a), to: read(b), over: duration(c) ?? seconds(60) }
      : kind === 'spike' ? { kind, base: read(a), peak: read(b), lasts: duration(c) ?? seconds(30), every: Math.max(duration(d) ?? seconds(300), 1) }
        : kind === 'leak' ? { kind, from: read(a), perSecond: read(b) }
          : { kind: 'constant', value: read(text) }
  return Object.values(curve).some((v) => typeof v === 'number' && Number.isNaN(v)) ? undefined : curve
}

/** What images take of memory when nobody says otherwise. */
const MEMORY: Readonly<Record<string, number>> = { nginx: 6, httpd: 8, redis: 9, postgres: 48, mysql: 420, tomcat: 260, coredns: 22, etcd: 60, 'kube-apiserver': 260, 'kube-controller-manager': 55, 'kube-scheduler': 32, 'kube-proxy': 18, node: 40, python: 12 }

/** The load of a container: declared for it ("orrery.dev/load.<name>"), for its pod ("orrery.dev/load"), or by its image. */
export function loadOf(pod: Pod, container: Container, image: Image | undefined): Load {
  const { annotations } = pod.metadata
  const declared = annotations?.[`${LOAD}.${container.name}`] ?? annotations?.[LOAD]
  const name = image?.repository.slice(image.repository.lastIndexOf('/') + 1) ?? ''
  const isServer = image !== undefined && image.program.kind !== 'shell'
  const usual: Load = { cpu: { kind: 'constant', value: isServer ? 1 : 0 }, memory: { kind: 'constant', value: (MEMORY[name] ?? (isServer ? 16 : 1)) * MEBI } }
  return declared === undefined ? usual : { ...usual, ...parseLoad(declared) }
}
