import type { Random } from '../engine/random.ts'
import { SAFE_ALPHABET } from './safe-encode.ts'

const SUFFIX_LENGTH = 5
const MAX_BASE = 63 - SUFFIX_LENGTH

/** Five characters of the safe alphabet. */
export function randomSuffix(random: Random): string {
  let out = ''
  for (const drawn of random.several(SUFFIX_LENGTH, SAFE_ALPHABET.length)) out += SAFE_ALPHABET[drawn]!
  return out
}

/** A name from `generateName`: the base cut to 58 characters and a random suffix (apiserver: storage/names/generate.go). */
export const generatedName = (base: string, random: Random): string =>
  `${base.length > MAX_BASE ? base.slice(0, MAX_BASE) : base}${randomSuffix(random)}`
