import { controllerOf, isBeingDeleted, type StringMap } from '../../api/meta.ts'
import { isPodActive, isPodReady, isPodTerminal, type Pod } from '../../api/pod.ts'
import type { Sum, TallyRule } from '../../engine/tally.ts'

interface Alike {
  active: number
  ready: number
}

/** Pods in numbers: how many are active, ready, on their way out. Those that share their labels are counted together. */
export class Crew implements Sum<Pod> {
  size = 0
  active = 0
  /** Being deleted, and not ended yet. */
  terminating = 0
  readonly #byLabels = new Map<StringMap | undefined, Alike>()

  static of(pods: readonly Pod[]): Crew {
    const crew = new Crew()
    for (const pod of pods) crew.add(pod)
    return crew
  }

  add(pod: Pod): void {
    this.#count(pod, 1)
  }

  remove(pod: Pod): void {
    this.#count(pod, -1)
  }

  /** Do the labels of all active pods pass? */
  allActive(test: (labels: StringMap | undefined) => boolean): boolean {
    for (const labels of this.#byLabels.keys()) if (!test(labels)) return false
    return true
  }

  /** Active pods whose labels pass. */
  activeWith(test: (labels: StringMap | undefined) => boolean): number {
    let n = 0
    this.#byLabels.forEach(({ active }, labels) => {
      if (test(labels)) n += active
    })
    return n
  }

  /** Active pods that are ready. */
  get ready(): number {
    let n = 0
    this.#byLabels.forEach(({ ready }) => (n += ready))
    return n
  }

  #count(pod: Pod, sign: 1 | -1): void {
    this.size += sign
    if (!isPodActive(pod)) {
      if (isBeingDeleted(pod) && !isPodTerminal(pod)) this.terminating += sign
      return
    }
    this.active += sign
    const { labels } = pod.metadata
    let alike = this.#byLabels.get(labels)
    if (!alike) this.#byLabels.set(labels, (alike = { active: 0, ready: 0 }))
    alike.active += sign
    if (isPodReady(pod)) alike.ready += sign
    if (alike.active === 0) this.#byLabels.delete(labels)
  }
}

/** The pods of each controller, by its uid. */
export const CREWS: TallyRule<Pod, Crew> = { by: (pod) => controllerOf(pod)?.uid, begin: () => new Crew() }
