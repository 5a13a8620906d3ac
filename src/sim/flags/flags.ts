import type { Engine } from '../engine/engine.ts'
import type { Derived, Table } from '../engine/table.ts'
import { idOf, isRefused, type Flag } from './flag.ts'

/**
 * The settings of one cluster's components. A table holds the texts of those that differ from their defaults; the values
 * are derived from it, so that undo, branches and saves take them along and reading one costs a look into a small map.
 */
export class Flags implements Derived<string> {
  readonly table: Table<string>
  readonly #byId: ReadonlyMap<string, Flag>
  readonly #values = new Map<Flag, unknown>()
  readonly #followers = new Map<Flag, ((value: never) => void)[]>()

  constructor(engine: Engine, all: readonly Flag[]) {
    this.#byId = new Map(all.map((flag) => [idOf(flag), flag]))
    this.table = engine.table<string>('flags')
    this.table.derive(this)
  }

  /** What the component goes by at the cursor. */
  get<T>(flag: Flag<T>): T {
    if (this.#values.size === 0) return flag.initial
    const value = this.#values.get(flag as Flag)
    return value === undefined ? flag.initial : (value as T)
  }

  /** Tells `listener` the value now and whenever it changes, by undo and jumps too. For what is kept in fields for speed. */
  follow<T>(flag: Flag<T>, listener: (value: T) => void): void {
    const known = this.#followers.get(flag as Flag)
    if (known) known.push(listener)
    else this.#followers.set(flag as Flag, [listener])
    listener(this.get(flag))
  }

  find(id: string): Flag | undefined {
    return this.#byId.get(id)
  }

  /** The text that was given, or the default's. */
  textOf(flag: Flag): string {
    return this.table.get(idOf(flag)) ?? flag.text
  }

  apply(key: string, _from: string | undefined, to: string | undefined): void {
    const flag = this.#byId.get(key)
    if (!flag) return
    const value = to === undefined ? flag.initial : flag.parse(to)
    if (to === undefined || isRefused(value)) this.#values.delete(flag)
    else this.#values.set(flag, value)
    for (const listener of this.#followers.get(flag) ?? []) listener(this.get(flag) as never)
  }
}
