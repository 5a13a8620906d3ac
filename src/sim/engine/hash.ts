/**
 * Structural hashing of plain data: equal data, equal hash, whatever the order in which keys were written.
 * Two 32-bit lanes make a 64-bit value, printed as 16 hexadecimal digits.
 */
export interface Hash64 {
  readonly hi: number
  readonly lo: number
}

const mix = (h: number): number => {
  let x = h ^ (h >>> 16)
  x = Math.imul(x, 0x85ebca6b)
  x ^= x >>> 13
  x = Math.imul(x, 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

/** 32-bit hash of a text, with a seed that gives independent lanes. */
export function hashText(text: string, seed = 0): number {
  let h = (0x811c9dc5 ^ seed) >>> 0
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return mix(h ^ text.length)
}

const float = new Float64Array(1)
const bits = new Uint32Array(float.buffer)
const cache = new WeakMap<object, Hash64>()

const primitive = (value: string | number | boolean | null | undefined, seed: number): number => {
  if (typeof value === 'string') return hashText(value, seed)
  if (typeof value === 'number') {
    float[0] = value === 0 ? 0 : value
    return mix(Math.imul(bits[0]! ^ seed, 0x9e3779b1) ^ bits[1]!)
  }
  return mix((value === true ? 3 : value === false ? 5 : value === null ? 7 : 11) ^ seed)
}

function ofObject(value: object): Hash64 {
  const known = cache.get(value)
  if (known) return known
  let hi = 0x1234567
  let lo = 0x89abcde
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) {
      const h = hashValue(item)
      hi = mix(Math.imul(hi, 31) + h.hi)
      lo = mix(Math.imul(lo, 37) + h.lo)
    }
  } else {
    // A sum over the members: the order of keys does not count, and absent equals undefined.
    for (const key of Object.keys(value)) {
      const item = (value as Record<string, unknown>)[key]
      if (item === undefined) continue
      const h = hashValue(item)
      hi = (hi + mix(hashText(key, 17) ^ Math.imul(h.hi, 0x27d4eb2d))) >>> 0
      lo = (lo + mix(hashText(key, 91) ^ Math.imul(h.lo, 0x165667b1))) >>> 0
    }
  }
  const hash = { hi: mix(hi), lo: mix(lo) }
  cache.set(value, hash)
  return hash
}

/** Hash of any immutable plain value. Objects are remembered by identity, so shared structure is hashed once. */
export function hashValue(value: unknown): Hash64 {
  if (typeof value === 'object' && value !== null) return ofObject(value)
  const p = value as string | number | boolean | null | undefined
  return { hi: primitive(p, 0x51ed27), lo: primitive(p, 0x2f6c31) }
}

/** Order-independent accumulator: the hash of a set of values. */
export class HashSum {
  #hi = 0
  #lo = 0

  add(label: string, key: string, value: unknown): void {
    const h = hashValue(value)
    this.#hi = (this.#hi + mix(hashText(key, hashText(label, 1)) ^ h.hi)) >>> 0
    this.#lo = (this.#lo + mix(hashText(key, hashText(label, 2)) ^ Math.imul(h.lo, 0x9e3779b1))) >>> 0
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    return this.#hi.toString(16).padStart(8, '0') + this.#lo.toString(16).padStart(8, '0')
  }
}
