import { goQuote, invalidValue, required, tooLong, type Path } from '../field.ts'
import { isDns1123Label, isDns1123Subdomain, type NameCheck } from '../names.ts'
import type { Errors } from './simple.ts'

const MOST_DOMAIN = 253
const MOST_NAME = MOST_DOMAIN + 1 + (MOST_DOMAIN + 63 + 1)

/** Parts between dots; only the first that is wrong is told of. */
function parts(segment: string, check: NameCheck, path: Path, out: Errors): readonly string[] {
  const labels = segment.split('.')
  const wrong = labels.find((label) => check(label).length > 0)
  if (wrong !== undefined) for (const message of check(wrong)) out.push(invalidValue(path, segment, `validating label ${goQuote(wrong)}: ${message}`))
  return labels
}

/** "example.com/name" (core/validation: ValidateSignerName). */
export function signerName(name: string, path: Path, out: Errors): void {
  if (!name) return void out.push(required(path))
  const [domain = '', own, more] = name.split('/')
  if (own === undefined || more !== undefined) return void out.push(invalidValue(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'"))
  if (domain.length > MOST_DOMAIN) out.push(tooLong(path, MOST_DOMAIN))
  if (parts(domain, isDns1123Label, path, out).length < 2) out.push(invalidValue(path, domain, 'should be a domain with at least two segments separated by dots'))
  parts(own, isDns1123Subdomain, path, out)
  if (name.length > MOST_NAME) out.push(tooLong(path, MOST_NAME))
}
