import type { JsonObject, JsonValue } from '../api/meta.ts'
import type { Flag } from './flag.ts'
import type { NodeTaint } from './kubelet-values.ts'
import { REGISTER_WITH_TAINTS, SHUTDOWN_GRACE_PERIOD_BY_PRIORITY } from './kubelet.ts'

/** Fields that are maps in the file and lists of names with values on a command line, with what stands between the two. */
const MAPS: Readonly<Record<string, '<' | '='>> = { evictionHard: '<', evictionSoft: '<', evictionSoftGracePeriod: '=', evictionMinimumReclaim: '=', kubeReserved: '=', systemReserved: '=' }

interface ObjectList {
  text(item: JsonObject): string
  json(text: string): JsonObject
  readonly properties: Readonly<Record<string, JsonObject>>
}

/** Fields that are lists of objects in the file, each a word on a command line. */
const OBJECT_LISTS: Readonly<Record<string, ObjectList>> = {
  [SHUTDOWN_GRACE_PERIOD_BY_PRIORITY.name]: {
    text: (item) => `${String(item['priority'])}=${String(item['shutdownGracePeriodSeconds'])}`,
    json: (text) => ({ priority: Number(text.split('=')[0]), shutdownGracePeriodSeconds: Number(text.split('=')[1]) }),
    properties: { priority: { type: 'integer' }, shutdownGracePeriodSeconds: { type: 'integer' } },
  },
  [REGISTER_WITH_TAINTS.name]: {
    text: ({ key, value, effect }) => `${String(key)}${value === undefined || value === '' ? '' : `=${String(value)}`}:${String(effect)}`,
    json: (text) => ({ ...(REGISTER_WITH_TAINTS.parse(text) as readonly NodeTaint[])[0] }),
    properties: { key: { type: 'string' }, value: { type: 'string' }, effect: { enum: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] } },
  },
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

function valueIn(object: JsonObject, { name }: Flag): JsonValue | undefined {
  let value: JsonValue | undefined = object
  for (const part of name.split('.')) value = isObject(value) ? value[part] : undefined
  return value
}

/** The text that a setting has in the file; undefined where it is not named. */
export function textIn(object: JsonObject, flag: Flag): string | undefined {
  const value = valueIn(object, flag)
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return value.map((item) => (isObject(item) ? (OBJECT_LISTS[flag.name]?.text(item) ?? '') : item)).join(',')
  if (!isObject(value)) return String(value)
  const map = value
  return Object.keys(map).map((key) => `${key}${MAPS[flag.name] ?? '='}${String(map[key])}`).join(',')
}

const JSON_TYPES = { duration: 'string', integer: 'number', number: 'number', boolean: 'boolean', list: 'array', text: 'string' } as const
const GO_TYPES = { duration: 'v1.Duration', integer: 'int32', number: 'int32', boolean: 'bool', list: '[]string', text: 'string' } as const

/** A Go duration, a number, a list …: JSON's own type is checked by the decoder before the value is looked at. */
export function wrongType(object: JsonObject, flag: Flag): string | undefined {
  const value = valueIn(object, flag)
  if (value === undefined || value === null) return undefined
  const is = Array.isArray(value) ? 'array' : typeof value
  const [wanted, go] = OBJECT_LISTS[flag.name] ? (['array', '[]struct'] as const) : MAPS[flag.name] ? (['object', 'map[string]string'] as const) : ([JSON_TYPES[flag.type], GO_TYPES[flag.type]] as const)
  return is === wanted ? undefined : `json: cannot unmarshal ${is === 'boolean' ? 'bool' : is} into Go struct field KubeletConfiguration.${flag.name} of type ${go}`
}

/** The value that a text has in the file. */
export function jsonOf(flag: Flag, text: string): JsonValue {
  const parts = text.split(',').filter((part) => part !== '')
  const objects = OBJECT_LISTS[flag.name]
  if (objects) return parts.map((part) => objects.json(part))
  const sign = MAPS[flag.name]
  if (sign) return Object.fromEntries(parts.map((part) => [part.slice(0, part.indexOf(sign)).trim(), part.slice(part.indexOf(sign) + 1).trim()]))
  if (flag.type === 'boolean') return flag.parse(text) as boolean
  if (flag.type === 'integer' || flag.type === 'number') return text === '' ? null : Number(text)
  return flag.type === 'list' ? (flag.parse(text) as readonly string[] as JsonValue) : text
}

const SCHEMA_TYPES = { duration: 'string', integer: 'integer', number: 'number', boolean: 'boolean', list: 'array', text: 'string' } as const

/** JSON schema of a field. */
export function schemaOf(flag: Flag): JsonObject {
  const said = { description: `default: ${flag.text === '' ? 'none' : flag.text}` }
  const objects = OBJECT_LISTS[flag.name]
  if (objects) return { type: 'array', items: { type: 'object', properties: objects.properties }, ...said }
  return MAPS[flag.name] ? { type: 'object', additionalProperties: { type: 'string' }, ...said } : { type: SCHEMA_TYPES[flag.type], ...said }
}
