import type { JsonObject, JsonValue } from '../../api/meta.ts'
import { isMap } from '../../api/patch/lists.ts'
import { fail } from '../failure.ts'
import type { Replacement } from './kustomization.ts'
import { selects } from './patches.ts'
import { notAResource } from './shapes.ts'
import { asJson, asObject, changed, idOf, type Resource } from './resource.ts'

/** "spec.containers.[name=web].image", "metadata.annotations.[a.b/c]" apart. */
const stepsOf = (text: string): readonly string[] => [...text.matchAll(/\[([^\]]*)\]|((?:\\\.|[^.[])+)/g)].map((m) => (m[1] !== undefined ? (m[1].includes('=') ? `[${m[1]}]` : m[1]) : m[2]!.replace(/\\\./g, '.')))

function write(value: JsonValue | undefined, steps: readonly string[], create: boolean, change: (old: JsonValue | undefined) => JsonValue): JsonValue | undefined {
  const [first, ...rest] = steps
  if (first === undefined) return change(value)
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item, i) => (hits(item, i, first) ? write(item, rest, create, change)! : item))
  if (value !== undefined && !isMap(value)) return fail(`unable to find field in replacement target: ${steps.join('.')}`)
  const map: JsonObject = (value as JsonObject | undefined) ?? {}
  if (map[first] === undefined && !create) return fail(`unable to find field ${JSON.stringify(steps.join('.'))} in replacement target`)
  return { ...map, [first]: write(map[first], rest, create, change)! }
}

function hits(item: JsonValue, index: number, step: string): boolean {
  if (step === '*') return true
  const found = /^\[([^=]+)=(.*)\]$/.exec(step)
  return found ? isMap(item) && `${item[found[1]!] as string}` === found[2] : step === `${index}` || (step === '-' && false)
}

function read(value: JsonValue | undefined, steps: readonly string[]): JsonValue | undefined {
  const [first, ...rest] = steps
  if (first === undefined) return value
  if (Array.isArray(value)) return read((value as readonly JsonValue[]).find((item, i) => hits(item, i, first)), rest)
  return isMap(value) ? read(value[first], rest) : undefined
}

/** Copies a value of one resource into fields of others (kustomize: filters/replacement). */
export function withReplacement(resources: readonly Resource[], { source, targets = [] }: Replacement): readonly Resource[] {
  if (!source) return fail('replacements must specify a source and at least one target')
  const exact = { ...source, name: source.name && escaped(source.name), namespace: source.namespace && escaped(source.namespace) }
  const sources = resources.filter((r) => selects(exact, r))
  if (sources.length !== 1) return fail(sources.length === 0 ? `nothing selected by ${source.kind ?? ''}.${source.version ?? '[noVer]'}.${source.group ?? '[noGrp]'}/${source.name ?? ''}.${source.namespace ?? '[noNs]'}:${source.fieldPath ?? 'metadata.name'}` : `multiple matches for selector ${source.kind ?? ''}/${source.name ?? ''}`)
  const whole = read(asJson(sources[0]!.object), stepsOf(source.fieldPath ?? 'metadata.name'))
  if (whole === undefined) return fail(`fieldPath \`${source.fieldPath ?? 'metadata.name'}\` is missing for replacement source ${idOf(sources[0]!.object)}`)
  const { delimiter, index = 0 } = source.options ?? {}
  const value = delimiter && typeof whole === 'string' ? (whole.split(delimiter)[index] ?? fail(`options.index ${index} is out of bounds for value ${whole}`)) : whole
  return targets.reduce((all, target) => {
    const wanted = (r: Resource): boolean => selects(target.select ?? {}, r) && !(target.reject ?? []).some((s) => selects(s, r))
    return all.map((r) => {
      if (!wanted(r)) return r
      const next = (target.fieldPaths ?? ['metadata.name']).reduce<JsonValue>((object, fieldPath) => write(object, stepsOf(fieldPath), target.options?.create ?? false, (old) => placed(old, value, target.options))!, asJson(r.object))
      const wrong = notAResource(next)
      return wrong ? fail(`the replacement takes away what makes an object: ${wrong}`) : changed(r, asObject(next))
    })
  }, resources)
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function placed(old: JsonValue | undefined, value: JsonValue, options: { readonly delimiter?: string; readonly index?: number } | undefined): JsonValue {
  const { delimiter, index = 0 } = options ?? {}
  if (!delimiter || typeof old !== 'string') return value
  const parts = old.split(delimiter)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (index < 0) return [text, ...parts].join(delimiter)
  return (index >= parts.length ? [...parts, text] : parts.map((p, i) => (i === index ? text : p))).join(delimiter)
}
