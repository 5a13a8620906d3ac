import { badFormat } from '../api/custom/formats.ts'
import { isDns1035Label, isDns1123Label, isDns1123Subdomain, isLabelValue, isQualifiedName, type NameCheck } from '../api/names.ts'
import { FORMAT_NAMES } from './format-names.ts'
import { format } from './formatting.ts'
import { urlProblem } from './urls.ts'
import { fault, NONE, Opaque, Optional } from './values.ts'

/** The beginning of a name may end in what the rest will follow (validation: maskTrailingDash). */
const prefix = (check: NameCheck): NameCheck => (text) => check(text.length > 1 && text.endsWith('-') ? `${text.slice(0, -2)}a` : text)
const known = (name: string, message: string): NameCheck => (text) => (badFormat(name, text) ? [message] : [])

/** Kubernetes' named formats (apiserver: pkg/cel/library, format.go). */
const FORMATS: Readonly<Record<(typeof FORMAT_NAMES)[number], NameCheck>> = {
  dns1123Label: isDns1123Label,
  dns1123Subdomain: isDns1123Subdomain,
  dns1035Label: isDns1035Label,
  qualifiedName: isQualifiedName,
  dns1123LabelPrefix: prefix(isDns1123Label),
  dns1123SubdomainPrefix: prefix(isDns1123Subdomain),
  dns1035LabelPrefix: prefix(isDns1035Label),
  labelValue: isLabelValue,
  uri: (text) => {
    const problem = urlProblem(text)
    return problem === undefined ? [] : [problem]
  },
  uuid: known('uuid', 'does not match the UUID format'),
  byte: known('byte', 'invalid base64'),
  date: known('date', 'invalid date'),
  datetime: known('datetime', 'invalid datetime'),
}

const named = (name: string): Opaque => new Opaque('kubernetes.NamedFormat', name)

export const formatFunctions = {
  format: (text: unknown, args: unknown): string => (typeof text === 'string' && Array.isArray(args) ? format(text, args) : fault('no such overload')),
  'format.named': (name: unknown): Optional => (typeof name === 'string' && Object.hasOwn(FORMATS, name) ? new Optional(named(name)) : NONE),
  ...Object.fromEntries(FORMAT_NAMES.map((name) => [`format.${name}`, () => named(name)])),
  validate: (value: unknown, text: unknown): Optional => {
    if (!(value instanceof Opaque) || value.type !== 'kubernetes.NamedFormat' || typeof text !== 'string') return fault('no such overload')
    const problems = FORMATS[value.text as 'uri'](text)
    return problems.length > 0 ? new Optional([...problems]) : NONE
  },
}
