import type { KubeObject } from '../../src/sim/api/meta.ts'
import { isStatus, type Status } from '../../src/sim/api/status.ts'
import { ms, seconds } from '../../src/sim/engine/time.ts'
import { judgeCases } from './cases.ts'
import { judgeOf } from './judge.ts'
import type { Suite } from './suite.ts'
import { NAMESPACE, verdictOf, VolumesWorld } from './volumes-world.ts'
import { bindingsOf, eventsOf, normalised, observed, phasesOf } from './volumes-shape.ts'

type Step = Readonly<Record<string, unknown>>
interface Case {
  readonly case: string
  readonly steps: readonly Step[]
  readonly expect: Record<string, unknown>
}
type Judge = (recorded: Case, got: Record<string, unknown>) => { readonly equal: boolean; readonly parts: Readonly<Record<string, boolean>> }

const POLL = ms(100)
const WAIT_SECONDS = 20
/** The recorder's pause after each created claim or class. */
const PAUSE = ms(300)
const PAUSED = ['PersistentVolumeClaim', 'StorageClass']

/** Plays one recorded case. */
class Play {
  readonly world = new VolumesWorld()
  readonly observations: Record<string, unknown> = {}
  readonly results: unknown[] = []
  readonly waits: unknown[] = []
  readonly refused: string[] = []
  readonly #ours = new Set<string>()

  run(c: Case): Record<string, unknown> {
    for (const step of JSON.parse(JSON.stringify(c.steps).replaceAll('$NS', NAMESPACE)) as Step[]) this.#step(step)
    this.world.run(ms(300))
    this.#observe('end')
    const { world } = this
    const shape = {
      bindings: bindingsOf(world), phases: phasesOf(world), events: eventsOf(world),
      ...(c.expect['results'] ? { results: this.results } : {}), waits: this.waits, observations: this.observations,
    }
    return normalised(shape, world, JSON.stringify(c.expect).includes('csi-<sha256>'))
  }

  #step(step: Step): void {
    const { world } = this
    const [what, args] = Object.entries(step)[0]! as [string, never]
    switch (what) {
      case 'create': {
        const object = args as KubeObject
        this.#check(`create ${object.kind}/${object.metadata.name}`, world.create(object))
        if (object.kind === 'Node') this.#ours.add(object.metadata.name)
        if (PAUSED.includes(object.kind)) world.run(PAUSE)
        return
      }
      case 'patch': {
        const [kind, name, body, subresource] = args as [string, string, unknown, string?]
        this.#check(`patch ${kind}/${name}`, world.patch(kind, name, body, subresource))
        return
      }
      case 'delete': {
        const [kind, name, grace] = args as [string, string, number?]
        this.#check(`delete ${kind}/${name}`, world.delete(kind, name, grace))
        return
      }
      case 'wait':
        return this.#wait(args)
      case 'sleep':
        return world.run(ms(args as number))
      case 'try':
        return this.#try(args)
      case 'observe':
        return this.#observe(args as string)
      case 'attacher':
      case 'attachError':
        return this.#attach(what, args)
      default:
        throw new Error(`unknown step ${what}`)
    }
  }

  #check(what: string, answer: unknown): void {
    if (isStatus(answer as Status)) this.refused.push(`${what}: ${(answer as Status).message ?? ''}`)
  }

  #wait([kind, name, path, value, limit = WAIT_SECONDS]: readonly [string, string, string, string, number?]): void {
    const { world } = this
    const end = world.now + seconds(limit)
    const look = (): unknown => valueAt(kind === 'VolumeAttachment' ? this.#attachment(name) : world.get(kind, name), path)
    while (!met(look(), value) && world.now < end) world.run(POLL)
    this.waits.push({ waited: `${kind}/${name} ${path} = ${value}`, ok: met(look(), value) })
  }

  /** Attachments are named by their volume. */
  #attachment(volume: string): KubeObject | undefined {
    return this.world.list('VolumeAttachment').find((a) => (a.spec as { source?: { persistentVolumeName?: string } }).source?.persistentVolumeName === volume)
  }

  #attach(what: string, [volume, value]: readonly [string, boolean | string]): void {
    const attachment = this.#attachment(volume)
    if (!attachment) return
    const status = what === 'attacher' ? { attached: value } : { attached: false, attachError: { time: '2026-01-01T00:00:00Z', message: value } }
    this.#check(`status of ${attachment.metadata.name}`, this.world.patch('VolumeAttachment', attachment.metadata.name, { status }, 'status'))
  }

  #try({ method, kind, name, body }: { readonly method: string; readonly kind: string; readonly name: string; readonly body?: unknown }): void {
    const answer = method === 'DELETE' ? this.world.delete(kind, name) : this.world.patch(kind, name, body)
    this.results.push({ method, kind, name, ...verdictOf(answer) })
  }

  #observe(label: string): void {
    const { world } = this
    this.observations[label] = { bindings: bindingsOf(world), phases: phasesOf(world), objects: observed(world, this.#ours) }
  }
}

function valueAt(object: KubeObject | undefined, path: string): unknown {
  if (path === '') return object
  return path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], object)
}

function met(actual: unknown, wanted: string): boolean {
  const isSet = actual !== undefined && actual !== null && actual !== ''
  if (wanted === '<gone>' || wanted === '<unset>') return !isSet
  return wanted === '<exists>' || wanted === '<set>' ? isSet : actual === wanted
}

const short = (value: unknown): string => JSON.stringify(value) ?? 'nothing'

type Named = { readonly kind?: string; readonly name?: string; readonly metadata?: { readonly name?: string } }
const keyOf = (item: unknown): string => {
  const { kind, name, metadata } = item as Named
  return metadata?.name === undefined ? short({ ...(item as object), from: undefined, repeated: undefined, atSeconds: undefined, last: undefined }) : `${kind}/${name ?? metadata.name}`
}
const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Where two values differ, path by path; objects of a list are paired by kind and name. */
function differences(want: unknown, got: unknown, path: string): readonly string[] {
  if (short(want) === short(got)) return []
  const paired = Array.isArray(want) && Array.isArray(got) && [...want, ...got].every(isMap)
  const [a, b] = paired ? [want, got].map((list) => Object.fromEntries((list as unknown[]).map((item) => [keyOf(item), item]))) : [want, got]
  if (!isMap(a) || !isMap(b)) return [`      ${path}: want ${short(want)}, got ${short(got)}`]
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => {
    if (key in a && key in b) return paired && !(a[key] as Named).metadata ? [] : differences(a[key], b[key], `${path}.${key}`)
    return [`      ${path}: ${key in a ? '-' : '+'} ${paired && !key.startsWith('{') ? `${key} ` : ''}${key.startsWith('{') ? key : short(key in a ? a[key] : b[key])}`]
  })
}

/** What differs, for a person. */
function explain(c: Case, got: Record<string, unknown>, parts: Readonly<Record<string, boolean>>): string {
  const lines = Object.keys(parts).filter((p) => !parts[p]).flatMap((part) => {
    const [label, rest] = part.split(': ')
    const pick = (from: Record<string, unknown>): unknown => (rest ? (from['observations'] as Record<string, Record<string, unknown>>)[label!]?.[rest] : from[part])
    return [`    ${part}`, ...differences(pick(c.expect), pick(got), '')]
  })
  return `${c.case}\n${lines.join('\n')}`
}

/** Plays the recorded steps of volumes/ against a control plane without kubelets and lets the recordings' judge compare. */
export const runVolumes: Suite = async (options) => {
  const { compareVolumes } = await judgeOf<{ compareVolumes: Judge }>(options.dir, 'volumes.mjs')
  return judgeCases<Case>(options, (recorded) => {
    const play = new Play()
    const got = play.run(recorded)
    const { equal, parts } = compareVolumes(recorded, got)
    return equal ? undefined : () => [explain(recorded, got, parts), ...play.refused.map((r) => `    refused: ${r}`)].join('\n')
  })
}
