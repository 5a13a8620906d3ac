const CHUNK = 512

/** So many keys are put in their place at once: a short list is looked at as often as it grows. */
const SHORT = 32

/**
 * A set of strings in code-unit order, in chunks so that insertion moves at most one chunk. Its order is a pure function of its
 * content, which is what makes iteration the same after undo, redo and replay. Most of the many groups of indexes grow by
 * thousands of keys between two looks, so keys of long lists are only put in order when somebody looks.
 */
export class SortedKeys {
  readonly #chunks: string[][] = []
  /** How many keys are in the chunks; the others are in `#fresh`. */
  #placed = 0
  #fresh: Set<string> | undefined
  #flat: readonly string[] | undefined

  static of(keys: Iterable<string>): SortedKeys {
    const sorted = new SortedKeys()
    sorted.#fill([...keys].sort())
    return sorted
  }

  get size(): number {
    return this.#fresh ? this.#placed + this.#fresh.size : this.#placed
  }

  /** Adds a key that is not there. */
  add(key: string): void {
    this.#flat = undefined
    if (this.#placed < SHORT) this.#insert(key)
    else if (this.#fresh) this.#fresh.add(key)
    else this.#fresh = new Set([key])
  }

  delete(key: string): void {
    if (this.#fresh?.delete(key)) {
      this.#flat = undefined
      return
    }
    const c = this.#chunkFor(key)
    const chunk = this.#chunks[c]
    if (!chunk) return
    const i = position(chunk, key)
    if (chunk[i] !== key) return
    chunk.splice(i, 1)
    if (chunk.length === 0) this.#chunks.splice(c, 1)
    this.#placed--
    this.#flat = undefined
  }

  first(): string | undefined {
    this.#settle()
    return this.#chunks[0]?.[0]
  }

  /** All keys in order; the array is shared, so treat it as frozen. */
  toArray(): readonly string[] {
    if (this.#flat) return this.#flat
    this.#settle()
    return (this.#flat = this.#chunks.length === 1 ? this.#chunks[0]!.slice() : this.#chunks.flat())
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
