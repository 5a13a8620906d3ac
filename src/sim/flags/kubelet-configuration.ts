import { goQuote } from '../api/field.ts'
import type { JsonObject, JsonValue } from '../api/meta.ts'
import { change, togetherProblem } from './changing.ts'
import { idOf, isRefused, type Flag } from './flag.ts'
import type { Flags } from './flags.ts'
import { KUBELET_FIELDS } from './kubelet-fields.ts'
import { KUBELET_FLAGS, SHUTDOWN_GRACE_PERIOD_BY_PRIORITY } from './kubelet.ts'

export const KUBELET_GROUP = 'kubelet.config.k8s.io'
export const KUBELET_KIND = 'KubeletConfiguration'

/** Something about a field of the file: `path` '' is the whole. Warnings are fields that do nothing here. */
export interface FileProblem {
  readonly path: string
  readonly message: string
  readonly severity: 'error' | 'warning'
}

/** Does the object claim to be a kubelet's file? */
export const isKubeletConfiguration = (object: JsonObject): boolean => object['kind'] === KUBELET_KIND && String(object['apiVersion'] ?? '').startsWith(`${KUBELET_GROUP}/`)

/** Fields that are maps in the file and lists of signals on a command line, with what stands between signal and value. */
export const MAPS: Readonly<Record<string, '<' | '='>> = { evictionHard: '<', evictionSoft: '<', evictionSoftGracePeriod: '=', evictionMinimumReclaim: '=' }

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

function valueIn(object: JsonObject, { name }: Flag): JsonValue | undefined {
  let value: JsonValue | undefined = object
  for (const part of name.split('.')) value = isObject(value) ? value[part] : undefined
  return value
}

/** The text that a setting has in the file; undefined where it is not named. */
function textIn(object: JsonObject, flag: Flag): string | undefined {
  const value = valueIn(object, flag)
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return value.map((item) => (isObject(item) ? `${String(item['priority'])}=${String(item['shutdownGracePeriodSeconds'])}` : item)).join(',')
  if (!isObject(value)) return String(value)
  const map = value
  return Object.keys(map).map((key) => `${key}${MAPS[flag.name] ?? '='}${String(map[key])}`).join(',')
}

/** A Go duration, a number, a list …: JSON's own type is checked by the decoder before the value is looked at. */
function wrongType(object: JsonObject, flag: Flag): string | undefined {
  const value = valueIn(object, flag)
  if (value === undefined || value === null) return undefined
  const is = Array.isArray(value) ? 'array' : typeof value
  if (flag === SHUTDOWN_GRACE_PERIOD_BY_PRIORITY && is === 'array') return undefined
  const wanted = { duration: 'string', integer: 'number', number: 'number', boolean: 'boolean', list: 'array', text: MAPS[flag.name] ? 'object' : 'string' }[flag.type]
  return is === wanted ? undefined : `json: cannot unmarshal ${is === 'boolean' ? 'bool' : is} into Go struct field KubeletConfiguration.${flag.name} of type ${{ duration: 'v1.Duration', integer: 'int32', number: 'int32', boolean: 'bool', list: '[]string', text: MAPS[flag.name] ? 'map[string]string' : 'string' }[flag.type]}`
}

/** Everything wrong with a file, and what of it does nothing here (pkg/kubelet/kubeletconfig: strict decoding, then validation). */
export function kubeletFileProblems(flags: Flags, object: JsonObject): readonly FileProblem[] {
  const error = (path: string, message: string): FileProblem => ({ path, message, severity: 'error' })
  if (object['apiVersion'] !== `${KUBELET_GROUP}/v1beta1`) return [error('apiVersion', `no kind ${goQuote(KUBELET_KIND)} is registered for version ${goQuote(String(object['apiVersion']))}`)]
  const problems: FileProblem[] = []
  const acting = new Set(KUBELET_FLAGS.map(({ name }) => name.split('.')[0]!))
  for (const field of Object.keys(object)) {
    if (field === 'apiVersion' || field === 'kind') continue
    if (!KUBELET_FIELDS.has(field)) problems.push(error(field, `strict decoding error: unknown field ${goQuote(field)}`))
    else if (!acting.has(field)) problems.push({ path: field, message: `${field} does nothing here: it is not modelled`, severity: 'warning' })
  }
  const values = new Map<Flag, unknown>()
  for (const flag of KUBELET_FLAGS) {
    const text = textIn(object, flag)
    if (text === undefined) continue
    const value = flag.parse(text)
    const message = wrongType(object, flag) ?? (isRefused(value) ? value.problem : undefined)
    if (message !== undefined) problems.push(error(flag.name, message))
    else values.set(flag, value)
  }
  const together = togetherProblem((flag) => (values.has(flag) ? values.get(flag) : flag.component === 'kubelet' ? flag.initial : flags.get(flag)))
  return together === undefined ? problems : [...problems, error('', together)]
}

/** Takes a file over that has no errors: what it does not name goes back to the default. Gives back the settings that changed. */
export function takeKubeletFile(flags: Flags, object: JsonObject): readonly string[] {
  return KUBELET_FLAGS.filter((flag) => change(flags, { flag: idOf(flag), value: textIn(object, flag) ?? null })).map(idOf)
}

/** The file that the kubelets run with: all fields that act, with their defaults. */
export function kubeletFile(flags: Flags): JsonObject {
  const out: Record<string, JsonValue> = { apiVersion: `${KUBELET_GROUP}/v1beta1`, kind: KUBELET_KIND }
  for (const flag of KUBELET_FLAGS) {
    const parts = flag.name.split('.')
    let at = out
    for (const part of parts.slice(0, -1)) at = (at[part] ??= {}) as Record<string, JsonValue>
    at[parts.at(-1)!] = jsonOf(flag, flags.textOf(flag))
  }
  return out
}

function jsonOf(flag: Flag, text: string): JsonValue {
  if (flag.type === 'boolean') return flag.parse(text) as boolean
  if (flag.type === 'integer' || flag.type === 'number') return text === '' ? null : Number(text)
  if (flag === SHUTDOWN_GRACE_PERIOD_BY_PRIORITY) return text.split(',').filter((part) => part !== '').map((part) => ({ priority: Number(part.split('=')[0]), shutdownGracePeriodSeconds: Number(part.split('=')[1]) }))
  if (flag.type === 'list') return flag.parse(text) as readonly string[] as JsonValue
  const sign = MAPS[flag.name]
  if (sign) return Object.fromEntries(text.split(',').filter((part) => part !== '').map((part) => [part.slice(0, part.indexOf(sign)), part.slice(part.indexOf(sign) + 1)]))
  return text
}
