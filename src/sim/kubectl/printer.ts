import type { JsonValue, KubeObject } from '../api/meta.ts'
import { parseColumnFile, parseColumns, printColumns } from './custom-columns.ts'
import type { Invocation, KubectlContext } from './context.ts'
import { fail } from './failure.ts'
import { GoTemplate } from './go-template.ts'
import { JsonPath } from './jsonpath.ts'
import { toKyaml } from './print-kyaml.ts'
import { goJson, prettyJson } from './print-json.ts'
import { toYaml } from './print-yaml.ts'
import { kindByObject, objectName } from './object-kind.ts'

/** Prints objects in the format of -o. `one` for a single object, `many` for several answers of a list. */
export interface Printer {
  readonly format: string
  one(object: KubeObject): string
  /** Lists as one List object (yaml, json, jsonpath) or row by row (name, custom-columns). */
  many(objects: readonly KubeObject[]): string
  /** The same with metadata.managedFields. */
  readonly whole?: Printer['one']
  readonly wholes?: Printer['many']
}

const FORMATS = ['custom-columns', 'custom-columns-file', 'go-template', 'go-template-file', 'json', 'jsonpath', 'jsonpath-as-json', 'jsonpath-file', 'kyaml', 'name', 'template', 'templatefile', 'yaml']

const asJson = (object: unknown): JsonValue => object as JsonValue
export const listOf = (items: readonly KubeObject[]): JsonValue => asJson({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } })

/**
 * The printer that -o (and --template) asks for; undefined for the human table ("" and "wide"). Fails for unknown ones;
 * `also` names the human formats of the command for that message; `typed` objects are
 * made by kubectl itself, so that JSON keeps the order of their fields.
 */
export function printerOf(ctx: KubectlContext, inv: Invocation, also: readonly string[] = [], typed = false, without: readonly string[] = []): Printer | undefined {
  const own = chosen(ctx, inv, also, typed, without)
  return own && inv.flags.bool('show-managed-fields') ? { ...own, one: own.whole ?? own.one, many: own.wholes ?? own.many } : own
}

function chosen(ctx: KubectlContext, inv: Invocation, also: readonly string[], typed: boolean, without: readonly string[]): Printer | undefined {
  const given = inv.flags.text('output')
  if (given === '' || (given === 'wide' && also.includes('wide'))) return inv.flags.text('template') && given === '' ? templated(ctx, 'go-template', inv.flags.text('template')) : undefined
  const eq = given.indexOf('=')
  const format = (eq < 0 ? given : given.slice(0, eq)).toLowerCase()
  const argument = eq < 0 ? inv.flags.text('template') : given.slice(eq + 1)
  const made = without.includes(format) ? undefined : make(ctx, format, argument, eq >= 0, !typed)
  return made ?? fail(`unable to match a printer suitable for the output format "${given}", allowed formats are: ${[...FORMATS.filter((f) => !without.includes(f)), ...also].sort().join(',')}`)
}

function make(ctx: KubectlContext, format: string, argument: string, hasArgument: boolean, sorted: boolean): Printer | undefined {
  const whole = (one: (value: JsonValue) => string): Printer => ({ format, one: (o) => one(asJson(stripped(o))), many: (l) => one(listOf(l.map(stripped))), whole: (o) => one(asJson(o)), wholes: (l) => one(listOf(l)) })
  const rows = (one: (o: KubeObject) => string): Printer => ({ format, one, many: (l) => l.map(one).join('') })
  switch (format) {
    case 'yaml':
      return hasArgument ? undefined : whole(toYaml)
    case 'json':
      return hasArgument ? undefined : whole((v) => `${prettyJson(v, '    ', '', sorted)}\n`)
    case 'kyaml':
      return hasArgument ? undefined : whole((v) => toKyaml(v, sorted))
    case 'name':
      return hasArgument ? undefined : rows((o) => `${objectName(kindByObject(o), o.metadata.name)}\n`)
    case 'jsonpath':
      return whole(paths(given(argument)))
    case 'jsonpath-file':
      return whole(paths(read(ctx, given(argument), '--template')))
    case 'jsonpath-as-json': {
      const path = new JsonPath(given(argument))
      return whole((v) => `${prettyJson(path.find(v).flat())}\n`)
    }
    case 'go-template':
    case 'template':
      return templated(ctx, format, given(argument))
    case 'go-template-file':
    case 'templatefile':
      return templated(ctx, format, read(ctx, given(argument), '--template'))
    case 'custom-columns':
    case 'custom-columns-file': {
      if (argument === '') fail('custom-columns format specified but no custom columns given')
      const columns = format === 'custom-columns' ? parseColumns(argument) : parseColumnFile(read(ctx, argument, 'template'))
      return { format, one: (o) => printColumns(columns, [o], true), many: (l) => printColumns(columns, l, true) }
    }
    default:
      return undefined
  }
}

const given = (argument: string): string => (argument === '' ? fail('template format specified but no template given') : argument)

const paths = (template: string): ((value: JsonValue) => string) => {
  const path = new JsonPath(template)
  return (value) => path.print(value)
}

function templated(ctx: KubectlContext, format: string, text: string): Printer {
  const template = new GoTemplate(text)
  const one = (value: JsonValue): string => template.print(value, (text) => ctx.out(text))
  return { format, one: (o) => one(asJson(stripped(o))), many: (l) => one(listOf(l.map(stripped))) }
}

const read = (ctx: KubectlContext, name: string, what: string): string =>
  ctx.files[name] ?? fail(`error reading ${what} ${name}, open ${name}: no such file or directory`)

/** Without managedFields, as kubectl shows objects unless asked. */
function stripped(object: KubeObject): KubeObject {
  if (!object.metadata?.managedFields) return object
  const { managedFields: _hidden, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** A line of JSON, for watches. */
export const jsonLine = (value: unknown): string => `${goJson(asJson(value))}\n`
