import type { JsonValue } from '../api/meta.ts'
import { base64Decode } from '../api/base64.ts'
import { goValue } from './custom-columns.ts'
import { goJson } from './print-json.ts'

/** A template could not be carried out. */
export class TemplateError {
  constructor(readonly text: string) {}
}

type TemplateFunction = (args: readonly JsonValue[]) => JsonValue

/** What plain data has of its own under a name. */
export const memberOf = (of: JsonValue | undefined, name: string): JsonValue | undefined => (typeof of === 'object' && of !== null && Object.hasOwn(of, name) ? (of as Record<string, JsonValue>)[name] : undefined)

const empty = (v: JsonValue): boolean => v === null || v === false || v === 0 || v === '' || (typeof v === 'object' && Object.keys(v).length === 0)
const text = (v: JsonValue): string => (typeof v === 'string' ? v : goValue(v))

/** Halves of pairs that stand alone become what Go makes of them. */
const wellFormed = (value: string): string => value.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')

const compare =
  (name: string, holds: (a: JsonValue, b: JsonValue) => boolean): TemplateFunction =>
  ([a, b]) => {
    if (typeof a !== typeof b) throw new TemplateError(`error calling ${name}: incompatible types for comparison`)
    return holds(a!, b!)
  }

/** The functions of text/template that make sense on plain data, and kubectl's own. */
export const templateFunctions: Readonly<Record<string, TemplateFunction>> = {
  and: (args) => args.find(empty) ?? args.at(-1)!,
  or: (args) => args.find((a) => !empty(a)) ?? args.at(-1)!,
  not: ([a]) => empty(a!),
  len: ([a]) => (typeof a === 'string' ? a.length : typeof a === 'object' && a !== null ? Object.keys(a).length : 0),
  index: ([of, ...keys]) => keys.reduce<JsonValue>((at, key) => memberOf(at, String(key)) ?? null, of!),
  eq: ([a, ...rest]) => rest.some((b) => a === b),
  ne: ([a, b]) => a !== b,
  lt: compare('lt', (a, b) => a! < b!),
  le: compare('le', (a, b) => a! <= b!),
  gt: compare('gt', (a, b) => a! > b!),
  ge: compare('ge', (a, b) => a! >= b!),
  print: (args) => args.map(text).join(''),
  println: (args) => `${args.map(text).join(' ')}\n`,
  printf: ([format, ...args]) => {
    let i = 0
    return text(format!).replace(/%(-?\d*)([sdvqt%])/g, (_all, width: string, verb: string) => {
      if (verb === '%') return '%'
      const value = verb === 'q' ? JSON.stringify(text(args[i++] ?? '')) : text(args[i++] ?? '')
      return width.startsWith('-') ? value.padEnd(Number(width.slice(1))) : value.padStart(Number(width || '0'))
    })
  },
  html: ([a]) => text(a!),
  js: ([a]) => text(a!),
  urlquery: ([a]) => encodeURIComponent(wellFormed(text(a!))),
  base64decode: ([a]) => base64Decode(text(a!)) ?? '',
  exists: ([of, ...keys]) => {
    let at: JsonValue | undefined = of
    for (const key of keys) at = memberOf(at, String(key))
    return at !== undefined
  },
  json: ([a]) => goJson(a!),
}
