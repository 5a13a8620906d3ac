import { readFileSync } from 'node:fs'
import protobuf, { type Reader } from 'protobufjs'
import { definition } from '../../../src/sim/api/schema/schema.ts'
import { special } from './special.ts'

/** A value of JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

interface Field {
  readonly name: string
  /** A scalar of protobuf or the name of a message. */
  readonly type: string
  readonly shape: 'one' | 'list' | 'map'
  /** Its members stand in the parent's place in JSON: an embedded struct of Go. */
  readonly isInlined: boolean
}
type Message = ReadonlyMap<number, Field>

const table = JSON.parse(readFileSync(new URL('messages.json', import.meta.url), 'utf8')) as Readonly<Record<string, string>>
const messages = new Map<string, Message>()

/** The envelope of every protobuf body (apimachinery: runtime/serializer/protobuf). */
const MAGIC = Buffer.from('k8s\0')

/** A body that cannot be read as what it claims to be. */
export class ProtobufError extends Error {}

/** The object in the body of a request, in the form that JSON gives it. Throws ProtobufError. */
export function decodeObject(body: Uint8Array): Json {
  if (!MAGIC.equals(body.subarray(0, MAGIC.length))) throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]')
  try {
    const { typeMeta, raw } = decode('runtime.Unknown', protobuf.Reader.create(body.subarray(MAGIC.length))) as { typeMeta?: { apiVersion?: string; kind?: string }; raw?: Buffer }
    const { apiVersion = '', kind = '' } = typeMeta ?? {}
    const name = messageOf(apiVersion, kind)
    if (!name) throw new ProtobufError(`no kind "${kind}" is registered for version "${apiVersion}"`)
    return { apiVersion, kind, ...(decode(name, protobuf.Reader.create(raw ?? Buffer.alloc(0))) as object) }
  } catch (reason) {
    throw reason instanceof ProtobufError ? reason : new ProtobufError(`unable to decode: ${(reason as Error).message}`)
  }
}

/** "rbac.authorization.k8s.io/v1", "Role" → "rbac.v1.Role". Options of requests belong to every group. */
function messageOf(apiVersion: string, kind: string): string | undefined {
  const slash = apiVersion.indexOf('/')
  const group = slash < 0 ? 'core' : apiVersion.slice(0, slash).replace(/\..*$/, '')
  const name = `${group}.${apiVersion.slice(slash + 1)}.${kind}`
  return [name, `meta.v1.${kind}`].find((known) => Object.hasOwn(table, known))
}

function messageNamed(name: string): Message {
  let message = messages.get(name)
  if (!message) messages.set(name, (message = read(name)))
  return message
}

function read(name: string): Message {
  const text = table[name]
  if (text === undefined) throw new ProtobufError(`unknown message ${name}`)
  const known = definition(name)
  const fields = text.split(';').filter(Boolean).map((line): readonly [number, Field] => {
    const [id = '', field = '', type = ''] = line.split(' ')
    const shape = type.startsWith('[') ? 'list' : type.startsWith('{') ? 'map' : 'one'
    const bare = shape === 'one' ? type : type.slice(1, -1)
    const isInlined = shape === 'one' && known !== undefined && !known.fields.has(field) && Object.hasOwn(table, bare) && !known.fields.has(`$${field}`)
    return [Number(id), { name: field, type: bare, shape, isInlined }]
  })
  return new Map(fields)
}

function decode(name: string, reader: Reader): unknown {
  const fields = messageNamed(name)
  const { [name]: give } = special
  // JSON has base64 for bytes; what is special reads them itself.
  const inJson = (read: unknown): unknown => (!give && Buffer.isBuffer(read) ? read.toString('base64') : read)
  const out: Record<string, unknown> = {}
  while (reader.pos < reader.len) {
    const tag = reader.uint32()
    const field = fields.get(tag >>> 3)
    if (!field) {
      reader.skipType(tag & 7)
      continue
    }
    if (field.shape === 'list') (member(out, field.name, []) as unknown[]).push(inJson(value(field.type, reader)))
    else if (field.shape === 'map') entry(member(out, field.name, {}) as Record<string, unknown>, field.type, reader, inJson)
    else if (field.isInlined) Object.assign(out, value(field.type, reader))
    else put(out, field.name, inJson(value(field.type, reader)))
  }
  return give ? give(out) : out
}

/** Names like `__proto__` are names like any other. */
const put = (out: Record<string, unknown>, name: string, to: unknown): void => void Object.defineProperty(out, name, { value: to, enumerable: true, configurable: true, writable: true })

function member(out: Record<string, unknown>, name: string, empty: unknown): unknown {
  if (!Object.hasOwn(out, name)) put(out, name, empty)
  return out[name]
}

/** One entry of a map: key 1 (always a string in Kubernetes), value 2. */
function entry(out: Record<string, unknown>, type: string, reader: Reader, inJson: (read: unknown) => unknown): void {
  const end = reader.uint32() + reader.pos
  let key = ''
  let to: unknown = type === 'string' || type === 'bytes' ? '' : undefined
  while (reader.pos < end) {
    const tag = reader.uint32()
    if (tag >>> 3 === 1) key = reader.string()
    else if (tag >>> 3 === 2) to = inJson(value(type, reader))
    else reader.skipType(tag & 7)
  }
  put(out, key, to ?? decode(type, protobuf.Reader.create(Buffer.alloc(0))))
}

function value(type: string, reader: Reader): unknown {
  switch (type) {
    case 'string':
      return reader.string()
    case 'bool':
      return reader.bool()
    case 'int32':
      return reader.int32()
    case 'int64':
      return Number(reader.int64().toString())
    case 'uint32':
      return reader.uint32()
    case 'uint64':
      return Number(reader.uint64().toString())
    case 'double':
      return reader.double()
    case 'bytes':
      return Buffer.from(reader.bytes())
    default:
      return decode(type, protobuf.Reader.create(reader.bytes()))
  }
}
