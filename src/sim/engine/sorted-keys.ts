const CHUNK = 512

/** Up to so many keys are a plain list, put in order when somebody looks: most groups of indexes never grow beyond, and are seldom looked at. */
const FEW = 32

/**
 * A set of strings in code-unit order. Its order is a pure function of its content, which is what makes iteration the same
 * after undo, redo and replay. Many keys are in chunks, so that insertion moves at most one chunk; lists often grow by thousands
 * of keys between two looks, so new keys are only put in order when somebody looks.
 */
export class SortedKeys {
  readonly #chunks: string[][] = []
  /** How many keys are in the chunks; the others are in `#few` or `#fresh`. */
  #placed = 0
  /** All keys in no order, while they are few and none is in a chunk. */
  #few: string[] = []
  #fresh: Set<string> | undefined
  #flat: readonly string[] | undefined

  static of(keys: Iterable<string>): SortedKeys {
    const sorted = new SortedKeys()
    const all = [...keys]
    if (all.length > FEW) sorted.#fill(all.sort())
    else sorted.#few = all
    return sorted
  }

  get size(): number {
    return this.#placed + this.#few.length + (this.#fresh ? this.#fresh.size : 0)
  }

  /** Adds a key that is not there. */
  add(key: string): void {
    this.#flat = undefined
    if (this.#fresh) this.#fresh.add(key)
    else if (this.#placed > 0) this.#fresh = new Set([key])
    else if (this.#few.push(key) > FEW) {
      this.#fresh = new Set(this.#few)
      this.#few = []
    }
  }

  delete(key: string): void {
    this.#flat = undefined
    if (this.#few.length > 0) this.#deleteOfFew(key)
    else if (!this.#fresh?.delete(key)) this.#deleteOfChunks(key)
  }

  first(): string | undefined {
    if (this.#few.length > 0) return this.#few.reduce((least, key) => (key < least ? key : least))
    this.#settle()
    return this.#chunks[0]?.[0]
  }

  /** All keys in order; the array is shared, so treat it as frozen. */
  toArray(): readonly string[] {
    if (this.#flat) return this.#flat
    if (this.#few.length > 0) return (this.#flat = this.#few.slice().sort())
    this.#settle()
    return (this.#flat = this.#chunks.length === 1 ? this.#chunks[0]!.slice() : this.#chunks.flat())
  }

  #deleteOfFew(key: string): void {
    const few = this.#few
    const i = few.indexOf(key)
    if (i < 0) return
    const last = few.pop()!
    if (i < few.length) few[i] = last
  }

  #deleteOfChunks(key: string): void {
    const c = this.#chunkFor(key)
    const chunk = this.#chunks[c]
    if (!chunk) return
    const i = position(chunk, key)
    if (chunk[i] !== key) return
    chunk.splice(i, 1)
    if (chunk.length === 0) this.#chunks.splice(c, 1)
    this.#placed--
  }

  /** Puts the fresh keys in their places. */
  #settle(): void {
    if (!this.#fresh) return
    const fresh = [...this.#fresh]
    this.#fresh = undefined
    // Where most are fresh, sorting all is quicker than a place for each.
    if (fresh.length > this.#placed) this.#fill([...this.#chunks.splice(0).flat(), ...fresh].sort())
    else for (const key of fresh) this.#insert(key)
  }

  #fill(keys: readonly string[]): void {
    for (let i = 0; i < keys.length; i += CHUNK / 2) this.#chunks.push(keys.slice(i, i + CHUNK / 2))
    this.#placed = keys.length
  }

  #insert(key: string): void {
    const c = this.#chunkFor(key)
    const chunk = this.#chunks[c]
    if (!chunk) this.#chunks.push([key])
    else {
      const i = position(chunk, key)
      if (chunk[i] === key) return
      chunk.splice(i, 0, key)
      if (chunk.length > CHUNK) this.#chunks.splice(c + 1, 0, chunk.splice(CHUNK / 2))
    }
    this.#placed++
  }

  *[Symbol.iterator](): IterableIterator<string> {
    for (const key of this.toArray()) yield key
  }

  /** The chunk that holds or should hold `key`: the last one whose first key is not greater. */
  #chunkFor(key: string): number {
    let low = 0
    let high = this.#chunks.length
    while (low < high) {
      const mid = (low + high) >> 1
      if (this.#chunks[mid]![0]! <= key) low = mid + 1
      else high = mid
    }
    return low === 0 ? 0 : low - 1
  }
}

function position(chunk: readonly string[], key: string): number {
  let low = 0
  let high = chunk.length
  while (low < high) {
    const mid = (low + high) >> 1
    if (chunk[mid]! < key) low = mid + 1
    else high = mid
  }
  return low
}
