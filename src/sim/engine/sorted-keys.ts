const CHUNK = 512

/**
 * A set of strings kept in code-unit order, in chunks so that insertion moves at most one chunk. Its order is a pure
 * function of its content, which is what makes iteration the same after undo, redo and replay.
 */
export class SortedKeys {
  readonly #chunks: string[][] = []
  #size = 0
  #flat: readonly string[] | undefined

  static of(keys: Iterable<string>): SortedKeys {
    const sorted = new SortedKeys()
    const all = [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    for (let i = 0; i < all.length; i += CHUNK / 2) sorted.#chunks.push(all.slice(i, i + CHUNK / 2))
    sorted.#size = all.length
    return sorted
  }

  get size(): number {
    return this.#size
  }

  add(key: string): void {
    const c = this.#chunkFor(key)
    const chunk = this.#chunks[c]
    if (!chunk) {
      this.#chunks.push([key])
    } else {
      const i = position(chunk, key)
      if (chunk[i] === key) return
      chunk.splice(i, 0, key)
      if (chunk.length > CHUNK) this.#chunks.splice(c + 1, 0, chunk.splice(CHUNK / 2))
    }
    this.#size++
    this.#flat = undefined
  }

  delete(key: string): void {
    const c = this.#chunkFor(key)
    const chunk = this.#chunks[c]
    if (!chunk) return
    const i = position(chunk, key)
    if (chunk[i] !== key) return
    chunk.splice(i, 1)
    if (chunk.length === 0) this.#chunks.splice(c, 1)
    this.#size--
    this.#flat = undefined
  }

  first(): string | undefined {
    return this.#chunks[0]?.[0]
  }

  /** All keys in order; the array is shared, so treat it as frozen. */
  toArray(): readonly string[] {
    this.#flat ??= this.#chunks.length === 1 ? this.#chunks[0]!.slice() : this.#chunks.flat()
    return this.#flat
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
