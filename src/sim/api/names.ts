import { byteCount } from './bytes.ts'

/**
 * Kubernetes' checks of names (apimachinery: util/validation, api/validate/content). Each gives the list of complaints
 * in Kubernetes' words, empty when the text is fine. Results for good texts are remembered: the same few names,
 * label keys and values are checked over and over.
 */
export type NameCheck = (text: string) => readonly string[]

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`
const LABEL_UNDERSCORE = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const SUBDOMAIN_UNDERSCORE = `${LABEL_UNDERSCORE}(\\.${LABEL_UNDERSCORE})*`
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?'
const KEY = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`)

const SUBDOMAIN_UNDERSCORE_RE = whole(SUBDOMAIN_UNDERSCORE)
const LABEL_1035_RE = whole(LABEL_1035)
const KEY_RE = whole(KEY)
const VALUE_RE = whole(`(${KEY})?`)

/** Not frozen: V8 walks frozen arrays by the slow way. */
const FINE: readonly string[] = []

const DASH = 45
const DOT = 46
const isAlphanumeric = (c: number): boolean => (c >= 97 && c <= 122) || (c >= 48 && c <= 57)

/**
 * Does the text match LABEL, or with `dots` SUBDOMAIN? Read character by character, since every object's name passes here:
 * names are new texts, which are slow to look up and of no use to remember.
 */
function isLabels(text: string, dots: boolean): boolean {
  let last = DOT
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (!isAlphanumeric(c) && (last === DOT || (c !== DASH && (c !== DOT || !dots || last === DASH)))) return false
    last = c
  }
  return isAlphanumeric(last)
}

/** Remembers texts that passed; complaints are made anew. */
function remembering(check: NameCheck): NameCheck {
  const good = new Set<string>()
  return (text) => {
    if (good.has(text)) return FINE
    const complaints = check(text)
    if (complaints.length === 0) {
      if (good.size > 20_000) good.clear()
      good.add(text)
      return FINE
    }
    return complaints
  }
}

/** "msg (e.g. 'a',  or 'b', regex used for validation is '…')", odd commas included. */
export function regexComplaint(message: string, pattern: string, ...examples: readonly string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${pattern}')`
  return `${message} (e.g. ${examples.map((e) => `'${e}', `).join(' or ')}regex used for validation is '${pattern}')`
}
export const maxLength = (n: number): string => `must be no more than ${n} characters`
const maxBytes = (n: number): string => `must be no more than ${n} bytes`
export const mustBeBetween = (low: number, high: number): string => `must be between ${low} and ${high}, inclusive`
const NON_EMPTY = 'must be non-empty'

const SUBDOMAIN_WORDS =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
const LABEL_WORDS =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"

function subdomain(text: string, tooLong: (n: number) => string): readonly string[] {
  const fits = isLabels(text, true)
  if (fits && text.length <= 253) return FINE
  const out: string[] = []
  if (byteCount(text) > 253) out.push(tooLong(253))
  if (!fits) out.push(regexComplaint(SUBDOMAIN_WORDS, SUBDOMAIN, 'example.com'))
  return out
}

export const isDns1123Subdomain: NameCheck = (text) => subdomain(text, maxLength)

/** A host name whose first label is a star. */
export const isWildcardSubdomain = remembering((text) => {
  const out: string[] = []
  if (byteCount(text) > 253) out.push(maxLength(253))
  if (!/^\*\./.test(text) || !isLabels(text.slice(2), true)) {
    out.push(
      regexComplaint(
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
        `\\*\\.${SUBDOMAIN}`,
        '*.example.com',
      ),
    )
  }
  return out
})

export const isDns1123SubdomainWithUnderscore = remembering((text) => {
  const out: string[] = []
  if (byteCount(text) > 253) out.push(maxLength(253))
  if (!SUBDOMAIN_UNDERSCORE_RE.test(text)) {
    out.push(
      regexComplaint(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
        SUBDOMAIN_UNDERSCORE,
        'example.com',
      ),
    )
  }
  return out
})

export const isDns1123Label: NameCheck = (text) => {
  const fits = isLabels(text, false)
  if (fits && text.length <= 63) return FINE
  const out: string[] = []
  if (byteCount(text) > 63) out.push(maxLength(63))
  if (!fits) out.push(isLabels(text, true) ? 'must not contain dots' : regexComplaint(LABEL_WORDS, LABEL, 'my-name', '123-abc'))
  return out
}

export const isDns1035Label = remembering((text) => {
  const out: string[] = []
  if (byteCount(text) > 63) out.push(maxLength(63))
  if (!LABEL_1035_RE.test(text)) {
    out.push(
      regexComplaint(
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
        LABEL_1035,
        'my-name',
        'abc-123',
      ),
    )
  }
  return out
})

const KEY_WORDS = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const KEY_COMPLAINT = regexComplaint(KEY_WORDS, KEY, 'MyName', 'my.name', '123-abc')

/** The same where declarative validation counts (format k8s-long-name). */
export const isLongName: NameCheck = (text) => subdomain(text, maxBytes)

/** A label key, annotation key or other qualified name: [prefix/]name. */
export const isQualifiedName = remembering((text) => {
  const parts = text.split('/')
  const out: string[] = []
  if (parts.length > 2) {
    return [`a valid label key ${KEY_COMPLAINT} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  }
  if (parts.length === 2) {
    if (!parts[0]) out.push(`prefix part ${NON_EMPTY}`)
    else for (const m of subdomain(parts[0], maxBytes)) out.push(`prefix part ${m}`)
  }
  const name = parts[parts.length - 1]!
  if (!name) out.push(`name part ${NON_EMPTY}`)
  else if (byteCount(name) > 63) out.push(`name part ${maxBytes(63)}`)
  if (!KEY_RE.test(name)) out.push(`name part ${KEY_COMPLAINT}`)
  return out
})

export const isLabelValue = remembering((text) => {
  const out: string[] = []
  if (byteCount(text) > 63) out.push(maxBytes(63))
  if (!VALUE_RE.test(text)) {
    out.push(
      regexComplaint(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        `(${KEY})?`,
        'MyValue',
        'my_value',
        '12345',
      ),
    )
  }
  return out
})

/** Name of a port of a container, a Service or a probe (IANA service name). */
export const isPortName = remembering((text) => {
  const out: string[] = []
  if (byteCount(text) > 15) out.push(maxLength(15))
  if (!/^[-a-z0-9]+$/.test(text)) out.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(text)) out.push('must contain at least one letter (a-z)')
  if (text.includes('--')) out.push('must not contain consecutive hyphens')
  if (text.startsWith('-') || text.endsWith('-')) out.push('must not begin or end with a hyphen')
  return out
})

export const isPortNumber = (port: number): readonly string[] => (port >= 1 && port <= 65535 ? FINE : [mustBeBetween(1, 65535)])
export const isInRange = (n: number, low: number, high: number): readonly string[] => (n >= low && n <= high ? FINE : [mustBeBetween(low, high)])

const dotPrefix = (text: string): readonly string[] =>
  text === '.' ? ["must not be '.'"] : text === '..' ? ["must not be '..'"] : text.startsWith('..') ? ["must not start with '..'"] : FINE

export const isConfigMapKey = remembering((text) => {
  const out: string[] = []
  if (byteCount(text) > 253) out.push(maxLength(253))
  if (!/^[-._a-zA-Z0-9]+$/.test(text)) {
    out.push(
      regexComplaint("a valid config key must consist of alphanumeric characters, '-', '_' or '.'", '[-._a-zA-Z0-9]+', 'key.name', 'KEY_NAME', 'key-name'),
    )
  }
  out.push(...dotPrefix(text))
  return out
})

/** Environment variable names as of 1.34: any printable ASCII but '='. */
export const isEnvVarName = remembering((text) => {
  const out: string[] = []
  if (!text) out.push(`environment variable name ${NON_EMPTY}`)
  if (!/^[ -<>-~]*$/.test(text)) out.push("a valid environment variable name must consist only of printable ASCII characters other than '='")
  return out
})

export const isCIdentifier = remembering((text) =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(text)
    ? FINE
    : [
        regexComplaint(
          "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
          '[A-Za-z_][A-Za-z0-9_]*',
          'my_name',
          'MY_NAME',
          'MyName',
        ),
      ],
)

export const isHttpHeaderName = remembering((text) =>
  /^[-A-Za-z0-9]+$/.test(text)
    ? FINE
    : [regexComplaint("a valid HTTP header must consist of alphanumeric characters or '-'", '[-A-Za-z0-9]+', 'X-Header-Name')],
)

export const isPercent = remembering((text) =>
  /^[0-9]+%$/.test(text) ? FINE : [regexComplaint("a valid percent string must be a numeric string followed by an ending '%'", '[0-9]+%', '1%', '93%')],
)

/** A name that is one path segment (api/validation/path: IsValidPathSegmentName), e.g. of RBAC objects. */
export const isPathSegmentName: NameCheck = (text) => {
  if (text === '.' || text === '..') return [`may not be '${text}'`]
  if (!text.includes('/') && !text.includes('%')) return FINE
  return ['/', '%'].filter((c) => text.includes(c)).map((c) => `may not contain '${c}'`)
}
