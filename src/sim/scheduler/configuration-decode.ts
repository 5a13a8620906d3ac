import { goQuote } from '../api/field.ts'
import { parseGoDuration } from '../api/go-duration.ts'
import type { JsonObject } from '../api/meta.ts'
import { ARGS, CONFIGURATION, type Shape, type StructShape } from './configuration-fields.ts'

/** One thing wrong with the file, in kube-scheduler's words; `path` '' is the whole. */
export interface ConfigurationProblem {
  readonly path: string
  readonly message: string
}

export const GROUP = 'kubescheduler.config.k8s.io'
export const KIND = 'KubeSchedulerConfiguration'
export const VERSION = `${GROUP}/v1`

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

const jsonType = (value: unknown): string => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value === 'boolean' ? 'bool' : typeof value)

function goType(shape: Shape): string {
  if (shape.type === 'struct') return shape.go
  if (shape.type === 'list') return `[]${goType(shape.items)}`
  return shape.type === 'labels' ? 'map[string]string' : shape.type === 'args' ? 'runtime.RawExtension' : shape.type
}

/** Where decoding is: in the file, and in Go's structs. */
interface Place {
  readonly path: string
  /** The innermost struct and the fields up to here, as Go's decoder names them. */
  readonly struct: string
  readonly fields: string
}

const LIMITS: Readonly<Record<string, number>> = { int32: 2 ** 31, int64: 2 ** 63 }

/** Walks through a value as Go's strict decoder does, and notes what it would complain about. */
class Decoder {
  readonly problems: ConfigurationProblem[] = []

  check(value: unknown, shape: Shape, place: Place): void {
    if (value === null || value === undefined) return
    switch (shape.type) {
      case 'struct':
        return isObject(value) ? this.#struct(value, shape, place) : this.#mismatch(value, shape, place)
      case 'list':
        return Array.isArray(value) ? value.forEach((item, i) => this.check(item, shape.items, { ...place, path: `${place.path}[${i}]` })) : this.#mismatch(value, shape, place)
      case 'labels':
        return isObject(value) && Object.values(value).every((v) => typeof v === 'string') ? undefined : this.#mismatch(value, shape, place)
      case 'duration':
        return this.#duration(value, place)
      case 'string':
        return typeof value === 'string' ? undefined : this.#mismatch(value, shape, place)
      case 'bool':
        return typeof value === 'boolean' ? undefined : this.#mismatch(value, shape, place)
      case 'args':
        return isObject(value) ? undefined : this.#mismatch(value, shape, place)
      default:
        this.#number(value, shape, place)
    }
  }

  #struct(value: JsonObject, { go, fields }: StructShape, place: Place): void {
    for (const name of Object.keys(value)) {
      const path = place.path ? `${place.path}.${name}` : name
      const known = Object.hasOwn(fields, name) ? fields[name] : undefined
      if (known) this.check(value[name], known, { path, struct: go.slice(go.indexOf('.') + 1), fields: place.fields ? `${place.fields}.${name}` : name })
      else this.problems.push({ path, message: `strict decoding error: unknown field ${goQuote(path)}` })
    }
  }

  #number(value: unknown, shape: Shape, place: Place): void {
    const most = LIMITS[shape.type]
    const fits = typeof value === 'number' && (most === undefined || (Number.isInteger(value) && value >= -most && value < most))
    if (!fits) this.#mismatch(value, shape, place)
  }

  #duration(value: unknown, { path }: Place): void {
    if (typeof value !== 'string') this.problems.push({ path, message: `json: cannot unmarshal ${jsonType(value)} into Go value of type string` })
    else {
      const parsed = parseGoDuration(value)
      if (typeof parsed === 'string') this.problems.push({ path, message: parsed })
    }
  }

  #mismatch(value: unknown, shape: Shape, { path, struct, fields }: Place): void {
    const is = typeof value === 'number' && typeof LIMITS[shape.type] === 'number' ? `number ${value}` : jsonType(value)
    this.problems.push({ path, message: `json: cannot unmarshal ${is} into Go struct field ${struct}.${fields} of type ${goType(shape)}` })
  }
}

/** What strict decoding complains about, the arguments of plugins included (scheme and codecs of apis/config/scheme). */
export function decodingProblems(object: JsonObject): readonly ConfigurationProblem[] {
  const wrongKind = kindProblem(object)
  if (wrongKind) return [wrongKind]
  const decoder = new Decoder()
  decoder.check(object, CONFIGURATION, { path: '', struct: KIND, fields: '' })
  if (decoder.problems.length > 0) return decoder.problems
  const found: ConfigurationProblem[] = []
  listOf(object['profiles']).forEach((profile, i) => listOf(profile['pluginConfig']).forEach((config, j) => found.push(...argsProblems(config, i, j))))
  return found
}

/** The objects of a list; null stands for an empty one, as in Go. */
export const listOf = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.map((item) => (isObject(item) ? item : {})) : [])

const SCHEME = 'k8s.io/kubernetes/pkg/scheduler/apis/config/scheme/scheme.go:29'

function kindProblem(object: JsonObject): ConfigurationProblem | undefined {
  const { apiVersion, kind } = object
  if (typeof kind !== 'string' || kind === '') return { path: 'kind', message: `Object 'Kind' is missing in '${JSON.stringify(object)}'` }
  if (typeof apiVersion !== 'string' || apiVersion === '') return { path: 'apiVersion', message: `Object 'apiVersion' is missing in '${JSON.stringify(object)}'` }
  if (apiVersion === VERSION && kind === KIND) return undefined
  return { path: apiVersion === VERSION ? 'kind' : 'apiVersion', message: `no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)} in scheme ${goQuote(SCHEME)}` }
}

function argsProblems({ name, args }: JsonObject, i: number, j: number): readonly ConfigurationProblem[] {
  const shape = Object.hasOwn(ARGS, String(name)) ? ARGS[String(name)] : undefined
  if (!shape || !isObject(args)) return []
  const path = `profiles[${i}].pluginConfig[${j}].args`
  const head = `decoding .profiles[${i}].pluginConfig[${j}]: `
  const { kind } = args
  if (typeof kind === 'string' && kind !== `${name}Args`) return [{ path: `${path}.kind`, message: `${head}args for plugin ${name} were not of type ${name}Args.${GROUP}, got ${kind}.${GROUP}` }]
  const decoder = new Decoder()
  decoder.check(args, shape, { path: '', struct: `${name}Args`, fields: '' })
  return decoder.problems.map((p) => ({ path: p.path ? `${path}.${p.path}` : path, message: `${head}decoding args for plugin ${name}: ${p.message}` }))
}
