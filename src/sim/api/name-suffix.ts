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

/** The name as it was asked for: a generated one without what was added, as all sees it that runs before names are made. */
export function nameAsked({ name, generateName }: { readonly name: string; readonly generateName?: string }): string {
  if (!generateName || !name) return name || generateName || ''
  const base = generateName.slice(0, MAX_BASE)
  return name.length === base.length + SUFFIX_LENGTH && name.startsWith(base) ? generateName : name
}
