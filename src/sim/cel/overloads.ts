import { FORMAT_NAMES } from './format-names.ts'
import { readType, type CelType } from './types.ts'

/** One signature of a function; `target` for calls with a receiver. */
export interface Overload {
  readonly target: boolean
  readonly args: readonly CelType[]
  readonly result: CelType
}

const ORDERED = ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration']
const MIXED = ['int double', 'int uint', 'uint int', 'uint double', 'double int', 'double uint']
const comparing = [...ORDERED.map((t) => `${t}, ${t} -> bool`), ...MIXED.map((pair) => `${pair.replace(' ', ', ')} -> bool`)]
const ORDERED_ITEMS = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes']
const NUMBERS = ['int', 'uint', 'double']
const timeParts = ['timestamp. -> int', 'timestamp.string -> int']
const timeAndSpan = [...timeParts, 'duration. -> int']

/**
 * Signatures by function: "args -> result", with "receiver." before the arguments of members. Standard library, cel-go's
 * strings, lists, sets and optional types, and Kubernetes' own (apiserver: pkg/cel/library).
 */
const SIGNATURES: Readonly<Record<string, readonly string[]>> = {
  '_?_:_': ['bool, A, A -> A'],
  '_||_': ['bool, bool -> bool'],
  '_&&_': ['bool, bool -> bool'],
  '!_': ['bool -> bool'],
  '-_': ['int -> int', 'double -> double'],
  '_==_': ['A, A -> bool'],
  '_!=_': ['A, A -> bool'],
  '_<_': comparing,
  '_<=_': comparing,
  '_>_': comparing,
  '_>=_': comparing,
  '_+_': [
    ...NUMBERS.map((t) => `${t}, ${t} -> ${t}`), 'string, string -> string', 'bytes, bytes -> bytes', 'list(A), list(A) -> list(A)',
    'timestamp, duration -> timestamp', 'duration, timestamp -> timestamp', 'duration, duration -> duration',
  ],
  '_-_': [...NUMBERS.map((t) => `${t}, ${t} -> ${t}`), 'timestamp, timestamp -> duration', 'timestamp, duration -> timestamp', 'duration, duration -> duration'],
  '_*_': NUMBERS.map((t) => `${t}, ${t} -> ${t}`),
  '_/_': NUMBERS.map((t) => `${t}, ${t} -> ${t}`),
  '_%_': ['int, int -> int', 'uint, uint -> uint'],
  '@in': ['A, list(A) -> bool', 'A, map(A, B) -> bool'],
  '_[_]': ['list(A), int -> A', 'map(A, B), A -> B', 'optional(list(A)), int -> optional(A)', 'optional(map(A, B)), A -> optional(B)'],
  '_[?_]': ['list(A), int -> optional(A)', 'map(A, B), A -> optional(B)', 'optional(list(A)), int -> optional(A)', 'optional(map(A, B)), A -> optional(B)'],
  size: ['string -> int', 'bytes -> int', 'list(A) -> int', 'map(A, B) -> int', 'string. -> int', 'bytes. -> int', 'list(A). -> int', 'map(A, B). -> int'],
  contains: ['string.string -> bool'],
  startsWith: ['string.string -> bool'],
  endsWith: ['string.string -> bool'],
  matches: ['string.string -> bool', 'string, string -> bool'],
  int: ['int -> int', 'uint -> int', 'double -> int', 'string -> int', 'timestamp -> int', 'duration -> int'],
  uint: ['uint -> uint', 'int -> uint', 'double -> uint', 'string -> uint'],
  double: ['double -> double', 'int -> double', 'uint -> double', 'string -> double'],
  string: ['string -> string', 'bool -> string', 'int -> string', 'uint -> string', 'double -> string', 'bytes -> string', 'timestamp -> string', 'duration -> string', 'IP -> string', 'CIDR -> string'],
  bytes: ['bytes -> bytes', 'string -> bytes'],
  bool: ['bool -> bool', 'string -> bool'],
  dyn: ['A -> dyn'],
  type: ['A -> type'],
  timestamp: ['timestamp -> timestamp', 'string -> timestamp', 'int -> timestamp'],
  duration: ['duration -> duration', 'string -> duration', 'int -> duration'],
  getFullYear: timeParts, getMonth: timeParts, getDate: timeParts, getDayOfMonth: timeParts, getDayOfWeek: timeParts, getDayOfYear: timeParts,
  getHours: timeAndSpan, getMinutes: timeAndSpan, getSeconds: timeAndSpan, getMilliseconds: timeAndSpan,
  charAt: ['string.int -> string'],
  indexOf: ['string.string -> int', 'string.string, int -> int', 'list(A).A -> int'],
  lastIndexOf: ['string.string -> int', 'string.string, int -> int', 'list(A).A -> int'],
  join: ['list(string). -> string', 'list(string).string -> string'],
  lowerAscii: ['string. -> string'],
  upperAscii: ['string. -> string'],
  replace: ['string.string, string -> string', 'string.string, string, int -> string'],
  split: ['string.string -> list(string)', 'string.string, int -> list(string)'],
  substring: ['string.int -> string', 'string.int, int -> string'],
  trim: ['string. -> string'],
  reverse: ['string. -> string', 'list(A). -> list(A)'],
  'strings.quote': ['string -> string'],
  find: ['string.string -> string'],
  findAll: ['string.string -> list(string)', 'string.string, int -> list(string)'],
  isSorted: ORDERED_ITEMS.map((t) => `list(${t}). -> bool`),
  sum: [...NUMBERS, 'duration'].map((t) => `list(${t}). -> ${t}`),
  min: ORDERED_ITEMS.map((t) => `list(${t}). -> ${t}`),
  max: ORDERED_ITEMS.map((t) => `list(${t}). -> ${t}`),
  slice: ['list(A).int, int -> list(A)'],
  flatten: ['list(A). -> list(dyn)', 'list(A).int -> list(dyn)'],
  distinct: ['list(A). -> list(A)'],
  sort: ORDERED_ITEMS.map((t) => `list(${t}). -> list(${t})`),
  'lists.range': ['int -> list(int)'],
  'sets.contains': ['list(A), list(A) -> bool'],
  'sets.equivalent': ['list(A), list(A) -> bool'],
  'sets.intersects': ['list(A), list(A) -> bool'],
  'optional.of': ['A -> optional(A)'],
  'optional.ofNonZeroValue': ['A -> optional(A)'],
  'optional.none': [' -> optional(A)'],
  hasValue: ['optional(A). -> bool'],
  value: ['optional(A). -> A'],
  or: ['optional(A).optional(A) -> optional(A)'],
  orValue: ['optional(A).A -> A'],
  quantity: ['string -> Quantity'],
  isQuantity: ['string -> bool'],
  isInteger: ['Quantity. -> bool'],
  asInteger: ['Quantity. -> int'],
  asApproximateFloat: ['Quantity. -> double'],
  sign: ['Quantity -> int'],
  add: ['Quantity.Quantity -> Quantity', 'Quantity.int -> Quantity'],
  sub: ['Quantity.Quantity -> Quantity', 'Quantity.int -> Quantity'],
  isLessThan: ['Quantity.Quantity -> bool', 'Semver.Semver -> bool'],
  isGreaterThan: ['Quantity.Quantity -> bool', 'Semver.Semver -> bool'],
  compareTo: ['Quantity.Quantity -> int', 'Semver.Semver -> int'],
  semver: ['string -> Semver', 'string, bool -> Semver'],
  isSemver: ['string -> bool', 'string, bool -> bool'],
  major: ['Semver. -> int'],
  minor: ['Semver. -> int'],
  patch: ['Semver. -> int'],
  ip: ['string -> IP', 'CIDR. -> IP'],
  isIP: ['string -> bool'],
  'ip.isCanonical': ['string -> bool'],
  family: ['IP. -> int'],
  isUnspecified: ['IP. -> bool'],
  isLoopback: ['IP. -> bool'],
  isLinkLocalMulticast: ['IP. -> bool'],
  isLinkLocalUnicast: ['IP. -> bool'],
  isGlobalUnicast: ['IP. -> bool'],
  cidr: ['string -> CIDR'],
  isCIDR: ['string -> bool'],
  containsIP: ['CIDR.string -> bool', 'CIDR.IP -> bool'],
  containsCIDR: ['CIDR.string -> bool', 'CIDR.CIDR -> bool'],
  prefixLength: ['CIDR. -> int'],
  masked: ['CIDR. -> CIDR'],
  url: ['string -> URL'],
  isURL: ['string -> bool'],
  getScheme: ['URL. -> string'],
  getHost: ['URL. -> string'],
  getHostname: ['URL. -> string'],
  getPort: ['URL. -> string'],
  getEscapedPath: ['URL. -> string'],
  getQuery: ['URL. -> map(string, list(string))'],
  path: ['Authorizer.string -> PathCheck'],
  check: ['PathCheck.string -> Decision', 'ResourceCheck.string -> Decision'],
  group: ['Authorizer.string -> GroupCheck'],
  serviceAccount: ['Authorizer.string, string -> Authorizer'],
  resource: ['GroupCheck.string -> ResourceCheck'],
  subresource: ['ResourceCheck.string -> ResourceCheck'],
  namespace: ['ResourceCheck.string -> ResourceCheck'],
  name: ['ResourceCheck.string -> ResourceCheck'],
  fieldSelector: ['ResourceCheck.string -> ResourceCheck'],
  labelSelector: ['ResourceCheck.string -> ResourceCheck'],
  allowed: ['Decision. -> bool'],
  reason: ['Decision. -> string'],
  error: ['Decision. -> string'],
  errored: ['Decision. -> bool'],
  format: ['string.list(dyn) -> string'],
  'format.named': ['string -> optional(Format)'],
  ...Object.fromEntries(FORMAT_NAMES.map((name) => [`format.${name}`, [' -> Format']])),
  validate: ['Format.string -> optional(list(string))'],
  'jsonpatch.escapeKey': ['string -> string'],
}

function read(signature: string): Overload {
  const [left = '', result = ''] = signature.split(' -> ')
  const dot = /^((?:list|map|optional)\([^.]*\)|\w+)\.(.*)$/.exec(left)
  const rest = dot ? dot[2]! : left
  const args = splitArgs(rest).map(readType)
  return { target: dot !== null, args: dot ? [readType(dot[1]!), ...args] : args, result: readType(result) }
}

/** Splits at commas outside of brackets. */
function splitArgs(text: string): string[] {
  const out: string[] = []
  let depth = 0
  let start = 0
  for (let i = 0; i <= text.length; i++) {
    if (text[i] === '(') depth++
    else if (text[i] === ')') depth--
    else if (i === text.length || (text[i] === ',' && depth === 0)) {
      const part = text.slice(start, i).trim()
      if (part) out.push(part)
      start = i + 1
    }
  }
  return out
}

const parsed = new Map<string, readonly Overload[]>()

/** The signatures of a function; undefined when there is no such function. */
export function overloadsOf(name: string): readonly Overload[] | undefined {
  if (!Object.hasOwn(SIGNATURES, name)) return undefined
  let found = parsed.get(name)
  if (!found) parsed.set(name, (found = SIGNATURES[name]!.map(read)))
  return found
}
