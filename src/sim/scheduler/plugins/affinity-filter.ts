import type { StringMap } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { NodeInfo } from '../node-info.ts'
import type { FilterRun } from '../plugin.ts'
import { podInfo, termSelects, type AffinityTerm } from '../pod-info.ts'
import { unresolvable, unschedulable } from '../rejection.ts'
import type { Sum } from '../tallies.ts'

const NAME = 'InterPodAffinity'
const NO_AFFINITY = unresolvable(NAME, "node(s) didn't match pod affinity rules")
const ANTI = unschedulable(NAME, "node(s) didn't match pod anti-affinity rules")
const EXISTING_ANTI = unschedulable(NAME, "node(s) didn't satisfy existing pods anti-affinity rules")
const NO_LABELS: StringMap = Object.freeze({})

/** What a pod asks for: its required terms, namespaces resolved, and the labels of its own namespace. */
export interface Wishes {
  readonly pod: Pod
  readonly affinity: readonly AffinityTerm[]
  readonly antiAffinity: readonly AffinityTerm[]
  readonly labels: StringMap
}

/** What a trial added to the counts (or took away): by key, by place or by text of the term, each with "=" and the label's value. */
class Trial {
  readonly existing: Map<string, number>
  readonly affinity: Map<string, number>
  readonly anti: Map<string, number>
  /** Of `affinity`, all together. */
  affinityTotal: number

  constructor(before?: Trial) {
    this.existing = new Map(before?.existing)
    this.affinity = new Map(before?.affinity)
    this.anti = new Map(before?.anti)
    this.affinityTotal = before?.affinityTotal ?? 0
  }
}

const bump = (counts: Map<string, number>, pair: string, by: number): void => void counts.set(pair, (counts.get(pair) ?? 0) + by)

const matchesAll = (terms: readonly AffinityTerm[], pod: Pod): boolean => terms.length > 0 && terms.every((t) => termSelects(t, pod, NO_LABELS))

/**
 * The filter of InterPodAffinity for one pod. The counts are the snapshot's own; pods that come or go on trial are kept in
 * a list beside them.
 */
export class AffinityFilter implements FilterRun {
  readonly #wishes: Wishes
  /** By topology key: pods whose required anti-affinity speaks of ours. */
  readonly #existing: ReadonlyMap<string, readonly Sum[]>
  /** By place in `wishes.affinity`: pods that all of these terms speak of. */
  readonly #affinity: readonly Sum[]
  readonly #anti: readonly Sum[]
  readonly #trial: Trial | undefined

  constructor(wishes: Wishes, existing: ReadonlyMap<string, readonly Sum[]>, affinity: readonly Sum[], anti: readonly Sum[], trial?: Trial) {
    this.#wishes = wishes
    this.#existing = existing
    this.#affinity = affinity
    this.#anti = anti
    this.#trial = trial
  }

  filter({ node }: NodeInfo) {
    const labels = node.metadata.labels ?? NO_LABELS
    if (!this.#satisfiesAffinity(labels)) return NO_AFFINITY
    if (this.#meetsUnwanted(labels)) return ANTI
    return this.#isUnwanted(labels) ? EXISTING_ANTI : undefined
  }

  add(other: Pod, node: NodeInfo): void {
    this.#shift(other, node, 1)
  }

  remove(other: Pod, node: NodeInfo): void {
    this.#shift(other, node, -1)
  }

  clone(): FilterRun {
    return new AffinityFilter(this.#wishes, this.#existing, this.#affinity, this.#anti, new Trial(this.#trial))
  }

  #satisfiesAffinity(labels: StringMap): boolean {
    const { affinity, pod } = this.#wishes
    if (affinity.length === 0) return true
    let met = true
    let total = this.#trial?.affinityTotal ?? 0
    for (let i = 0; i < affinity.length; i++) {
      const { topologyKey } = affinity[i]!
      const value = labels[topologyKey]
      if (value === undefined) return false
      const sum = this.#affinity[i]!
      total += sum.total
      if ((sum.values.get(value) ?? 0) + (this.#trial?.affinity.get(`${i}=${value}`) ?? 0) <= 0) met = false
    }
    // The first of a series of pods that want to be together may go anywhere.
    return met || (total === 0 && matchesAll(affinity, pod))
  }

  #meetsUnwanted(labels: StringMap): boolean {
    const { antiAffinity } = this.#wishes
    for (let i = 0; i < antiAffinity.length; i++) {
      const { topologyKey, text } = antiAffinity[i]!
      const value = labels[topologyKey]
      if (value === undefined) continue
      if ((this.#anti[i]!.values.get(value) ?? 0) + (this.#trial?.anti.get(`${text}=${value}`) ?? 0) > 0) return true
    }
    return false
  }

  #isUnwanted(labels: StringMap): boolean {
    for (const [key, sums] of this.#existing) {
      const value = labels[key]
      if (value === undefined) continue
      let n = this.#trial?.existing.get(`${key}=${value}`) ?? 0
      for (const sum of sums) n += sum.values.get(value) ?? 0
      if (n > 0) return true
    }
    // A pod that came on trial may keep ours away by a key that nobody used before.
    if (this.#trial) for (const [pair, n] of this.#trial.existing) if (n > 0 && this.#isNew(pair, labels)) return true
    return false
  }

  #isNew(pair: string, labels: StringMap): boolean {
    const key = pair.slice(0, pair.indexOf('='))
    return !this.#existing.has(key) && pair === `${key}=${labels[key]}`
  }

  #shift(other: Pod, { node }: NodeInfo, by: 1 | -1): void {
    const trial = this.#trial
    if (!trial) throw new Error('pods come and go on trial only: clone() first')
    const { pod, affinity, antiAffinity, labels } = this.#wishes
    const here = node.metadata.labels ?? NO_LABELS
    for (const term of podInfo(other).requiredAntiAffinity) {
      if (here[term.topologyKey] !== undefined && termSelects(term, pod, labels)) bump(trial.existing, `${term.topologyKey}=${here[term.topologyKey]}`, by)
    }
    if (matchesAll(affinity, other)) {
      affinity.forEach(({ topologyKey }, i) => {
        if (here[topologyKey] === undefined) return
        bump(trial.affinity, `${i}=${here[topologyKey]}`, by)
        trial.affinityTotal += by
      })
    }
    for (const term of antiAffinity) {
      const value = here[term.topologyKey]
      if (value !== undefined && termSelects(term, other, NO_LABELS)) bump(trial.anti, `${term.text}=${value}`, by)
    }
  }
}
