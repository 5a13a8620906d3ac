/** Consonants and digits without look-alikes, so that generated names spell nothing (apimachinery: util/rand). */
export const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'

/** Maps each character through the safe alphabet by its code modulo 27 (util/rand SafeEncodeString). */
export function safeEncode(text: string): string {
  let out = ''
  for (let i = 0; i < text.length; i++) out += SAFE_ALPHABET[text.charCodeAt(i) % 27]!
  return out
}
