import { SAFE_ALPHABET } from './safe-encode.ts'

const SUFFIX_LENGTH = 5
const MAX_BASE = 63 - SUFFIX_LENGTH

/** `n` characters of the safe alphabet; `random(bound)` gives a uniform integer in [0, bound). */
export function randomSuffix(random: (bound: number) => number, n = SUFFIX_LENGTH): string {
  let out = ''
  for (let i = 0; i < n; i++) out += SAFE_ALPHABET[random(27)]!
  return out
}

/** A name from `generateName`: the base cut to 58 characters and five random ones (apiserver: storage/names/generate.go). */
export const generatedName = (base: string, random: (bound: number) => number): string =>
  `${base.length > MAX_BASE ? base.slice(0, MAX_BASE) : base}${randomSuffix(random)}`
