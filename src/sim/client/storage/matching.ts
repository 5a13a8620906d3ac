import { compileSelector, matches } from '../../api/labels.ts'
import { compareQuantities } from '../../api/quantity.ts'
import type { Node } from '../../kinds/node/node.ts'
import { nodeSelectorMatches } from '../node-selector.ts'
import { classOf, isBoundTo, modeOf, requestOf, sizeOf, type Claim, type PersistentVolume } from './objects.ts'

/** What a volume is asked about a claim, in the order of FindMatchingVolume. */
export type Criterion = 'reserved' | 'capacity' | 'mode' | 'attributesClass' | 'deleting' | 'consumer' | 'phase' | 'selector' | 'class' | 'node' | 'accessModes'

/** Where and how one looks for a volume. */
export interface Search {
  /** Only volumes that this node reaches. */
  readonly node?: Node
  /** The claim waits for a pod: only what is reserved for it counts as long as there is no node. */
  readonly waits?: boolean
}

/** Does the volume's node affinity let it be used on the node? */
export const reaches = ({ spec: { nodeAffinity } }: PersistentVolume, node: Node): boolean =>
  nodeAffinity?.required === undefined || nodeSelectorMatches(nodeAffinity.required, node)

const hasModes = (volume: PersistentVolume, claim: Claim): boolean => (claim.spec.accessModes ?? []).every((mode) => volume.spec.accessModes?.includes(mode) ?? false)

type Test = (volume: PersistentVolume, claim: Claim, search: Search) => boolean

/** Each criterion with its test. The first five bind reserved volumes too; the rest only those that are free. */
const TESTS: readonly (readonly [Criterion, Test])[] = [
  ['reserved', (v, c) => !v.spec.claimRef || isBoundTo(v, c)],
  ['capacity', (v, c) => compareQuantities(sizeOf(v), requestOf(c)) >= 0],
  ['mode', (v, c) => modeOf(v) === modeOf(c)],
  ['attributesClass', (v, c) => (v.spec.volumeAttributesClassName ?? '') === (c.spec.volumeAttributesClassName ?? '')],
  ['deleting', (v) => v.metadata.deletionTimestamp === undefined],
  ['consumer', (_v, _c, { node, waits }) => node !== undefined || !waits],
  ['phase', (v) => v.status?.phase === 'Available'],
  ['selector', (v, c) => !c.spec.selector || matches(compileSelector(c.spec.selector), v.metadata.labels)],
  ['class', (v, c) => classOf(v) === classOf(c)],
  ['node', (v, _c, { node }) => !node || reaches(v, node)],
  ['accessModes', hasModes],
]
const FOR_ALL = 5

export const CRITERIA: readonly Criterion[] = TESTS.map(([criterion]) => criterion)

/** One volume's row of the table "why this volume": what holds, what does not, and where it stands. */
export interface VolumeVerdict {
  readonly volume: string
  readonly passed: Readonly<Record<Criterion, boolean>>
  /** The first criterion that failed; undefined for a candidate. */
  readonly failed: Criterion | undefined
  /** The volume was meant for this claim from the start: it wins over all others. */
  readonly reservedFor: boolean
  readonly size: string
  readonly modes: number
}

/** All criteria of one volume for one claim. */
export function judgeVolume(volume: PersistentVolume, claim: Claim, search: Search = {}): VolumeVerdict {
  const reservedFor = isBoundTo(volume, claim)
  const passed = Object.fromEntries(TESTS.map(([criterion, test]) => [criterion, test(volume, claim, search)])) as Record<Criterion, boolean>
  const asked = reservedFor ? [...CRITERIA.slice(0, FOR_ALL), 'node' as const] : CRITERIA
  return { volume: volume.metadata.name, passed, failed: asked.find((c) => !passed[c]), reservedFor, size: sizeOf(volume), modes: volume.spec.accessModes?.length ?? 0 }
}

const fits = (volume: PersistentVolume, claim: Claim, search: Search, from: number, to: number): boolean => {
  for (let i = from; i < to; i++) if (!TESTS[i]![1](volume, claim, search)) return false
  return true
}

/**
 * The volume for a claim among those of one set of access modes, or on one node: the one reserved for it, else the
 * smallest (component-helpers/storage/volume, pv_helpers.go: FindMatchingVolume).
 */
export function findMatchingVolume(claim: Claim, volumes: readonly PersistentVolume[], search: Search = {}, taken?: ReadonlySet<string>): PersistentVolume | undefined {
  let best: PersistentVolume | undefined
  for (const volume of volumes) {
    if (taken?.has(volume.metadata.name) || !fits(volume, claim, search, 0, FOR_ALL)) continue
    if (isBoundTo(volume, claim)) return search.node && !reaches(volume, search.node) ? undefined : volume
    if (!fits(volume, claim, search, FOR_ALL, TESTS.length)) continue
    if (!best || compareQuantities(sizeOf(best), sizeOf(volume)) > 0) best = volume
  }
  return best
}

/**
 * The volume for a claim: first among volumes with the fewest access modes, then by size
 * (pkg/controller/volume/persistentvolume, index.go: findByClaim).
 */
export function bestVolume(claim: Claim, volumes: readonly PersistentVolume[], waits: boolean): PersistentVolume | undefined {
  const groups = new Map<string, PersistentVolume[]>()
  for (const volume of volumes) {
    if (!hasModes(volume, claim)) continue
    const modes = modesText(volume)
    const group = groups.get(modes)
    if (group) group.push(volume)
    else groups.set(modes, [volume])
  }
  const order = [...groups.keys()].sort((a, b) => count(a) - count(b) || (a < b ? -1 : 1))
  for (const modes of order) {
    const found = findMatchingVolume(claim, groups.get(modes)!, { waits })
    if (found) return found
  }
  return undefined
}

const count = (modes: string): number => (modes === '' ? 0 : modes.split(',').length)

const SHORT: Readonly<Record<string, string>> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' }

/** "RWO,ROX,RWX": the modes of a volume in their fixed order. */
export function modesText({ spec }: PersistentVolume): string {
  const has = spec.accessModes ?? []
  return Object.keys(SHORT).filter((mode) => has.includes(mode)).map((mode) => SHORT[mode]!).join(',')
}

/** Why this volume: every volume's verdict, the chosen one, then candidates by what makes them second, then the refused. */
export function explainChoice(claim: Claim, volumes: readonly PersistentVolume[], search: Search = {}): { readonly chosen: string | undefined; readonly rows: readonly VolumeVerdict[] } {
  const named = claim.spec.volumeName
  const found = named ? volumes.find((v) => v.metadata.name === named) : search.node ? findMatchingVolume(claim, volumes, search) : bestVolume(claim, volumes, search.waits ?? false)
  const chosen = found?.metadata.name
  const rank = (v: VolumeVerdict): number => (v.volume === chosen ? 0 : v.failed ? 2 : 1)
  const rows = volumes.map((v) => judgeVolume(v, claim, search))
  rows.sort((a, b) => rank(a) - rank(b) || a.modes - b.modes || compareQuantities(a.size, b.size) || (a.volume < b.volume ? -1 : 1))
  return { chosen, rows }
}
