import type { Engine } from '../engine/engine.ts'
import type { Table } from '../engine/table.ts'

interface Done {
  readonly attempts: number
  readonly start: number
}
const ALL = 'all'
const NONE_YET: Done = { attempts: 0, start: 0 }

/** How many scheduling cycles there were. */
export class Cycles {
  readonly #table: Table<Done>

  constructor(engine: Engine, name: string) {
    this.#table = engine.table<Done>(`${name}/cycles`)
  }

  get attempts(): number {
    return this.#done.attempts
  }

  /** Where the next cycle begins to look at nodes. */
  get start(): number {
    return this.#done.start
  }

  /** One more is over. Gives back its number. */
  end(nextStart: number): number {
    const attempts = this.attempts + 1
    this.#table.set(ALL, { attempts, start: nextStart })
    return attempts
  }

  /** The next one begins with the first node. */
  beginAnew(): void {
    this.#table.set(ALL, { attempts: this.attempts, start: 0 })
  }

  get #done(): Done {
    return this.#table.get(ALL) ?? NONE_YET
  }
}
