import { parseQuantity } from './quantity.ts'
import structs from './schema/go-structs.json'

/**
 * Go's dump of a value, as k8s.io/kubernetes/pkg/util/hash prints it before hashing: every field in declaration order
 * with its type, nil pointers included, map keys sorted (spew with DisableMethods, SortKeys, SpewKeys).
 */
type Plain = Readonly<Record<string, unknown>>
interface Field {
  readonly label: string
  /** JSON name; undefined for an embedded struct. */
  readonly json: string | undefined
  readonly write: Writer
}
/** Writes a value without its type. */
type Writer = (value: unknown) => string

const table = structs as Readonly<Record<string, string>>
const fieldsOf = new Map<string, readonly Field[]>()

function fields(struct: string): readonly Field[] {
  let list = fieldsOf.get(struct)
  if (!list) {
    list = table[struct]!.split(';').map((text) => {
      const [go, json, type] = text.split('|') as [string, string, string]
      const shown = type.split('=')[0]!
      return { label: `${go}:(${shown})`, json: json === '<inline>' || json === '' ? undefined : json, write: writer(type) }
    })
    fieldsOf.set(struct, list)
  }
  return list
}

function struct(name: string, value: Plain | undefined): string {
  let out = '{'
  const list = fields(name)
  for (let i = 0; i < list.length; i++) {
    const f = list[i]!
    out += (i === 0 ? '' : ' ') + f.label + f.write(f.json === undefined ? value : value?.[f.json])
  }
  return `${out}}`
}

const isEmpty = (value: unknown): boolean => {
  if (value === undefined || value === null) return true
  if (Array.isArray(value)) return value.length === 0
  for (const _key in value as object) return false
  return true
}

const writers = new Map<string, Writer>()

function writer(type: string): Writer {
  let w = writers.get(type)
  if (!w) writers.set(type, (w = makeWriter(type)))
  return w
}

function makeWriter(type: string): Writer {
  if (type.includes('=')) return scalar(type.split('=')[1]!)
  if (type.startsWith('*')) {
    const inner = type.slice(1)
    const write = inner in table || SPECIAL[inner] ? writer(inner) : scalar('string')
    return (v) => (v === undefined || v === null ? '<nil>' : write(v))
  }
  if (type.startsWith('[]')) {
    const inner = type.slice(2)
    const write = inner in table || SPECIAL[inner] ? writer(inner) : scalar('string')
    return (v) => (isEmpty(v) ? '<nil>' : `[${(v as readonly unknown[]).map(write).join(' ')}]`)
  }
  if (type.startsWith('map[') || type === 'v1.ResourceList') {
    const write = type === 'v1.ResourceList' ? quantity : scalar('string')
    return (v) => (isEmpty(v) ? '<nil>' : `map[${Object.keys(v as Plain).sort().map((k) => `${k}:${write((v as Plain)[k])}`).join(' ')}]`)
  }
  return SPECIAL[type] ?? ((v) => struct(type, v as Plain | undefined))
}

const scalar = (kind: string): Writer => {
  const zero = kind === 'string' ? '' : kind === 'bool' ? 'false' : '0'
  return (v) => (v === undefined || v === null ? zero : String(v))
}

const NO_DECIMAL = '(resource.infDecAmount){Dec:(*inf.Dec)<nil>}'

/** A quantity in its parsed form: 64-bit integer and scale, or an arbitrary decimal; the remembered text; the format. */
function quantity(v: unknown): string {
  const p = v === undefined ? undefined : parseQuantity(String(v))
  const q = p === undefined || typeof p === 'string' ? undefined : p
  const fast = !q || q.int64
  const int = `(resource.int64Amount){value:(int64)${fast && q ? q.unscaled : 0} scale:(resource.Scale)${fast && q ? q.scale : 0}}`
  const dec = fast ? NO_DECIMAL : `(resource.infDecAmount){Dec:(*inf.Dec){unscaled:(big.Int)${bigInt(q.unscaled)} scale:(inf.Scale)${-q.scale}}}`
  return `{i:${int} d:${dec} s:(string)${q?.cached ?? ''} Format:(resource.Format)${q?.format ?? ''}}`
}

function bigInt(n: bigint): string {
  const words: string[] = []
  for (let rest = n < 0n ? -n : n; rest > 0n; rest >>= 64n) words.push(String(rest & 0xffffffffffffffffn))
  return `{neg:(bool)${n < 0n} abs:(big.nat)${words.length ? `[${words.join(' ')}]` : '<nil>'}}`
}

const intOrString: Writer = (v) =>
  typeof v === 'string' ? `{Type:(intstr.Type)1 IntVal:(int32)0 StrVal:(string)${v}}` : `{Type:(intstr.Type)0 IntVal:(int32)${v ?? 0} StrVal:(string)}`

/** Timestamps do not occur in templates; the zero time is what an absent one prints as. */
const zeroTime: Writer = () => '{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}'

const SPECIAL: Readonly<Record<string, Writer>> = {
  'resource.Quantity': quantity,
  'intstr.IntOrString': intOrString,
  'v1.Time': zeroTime,
  string: scalar('string'),
  bool: scalar('bool'),
  int32: scalar('int32'),
  int64: scalar('int64'),
  uint8: scalar('int32'),
}

/** The dump of a pod template by value, which is what the controllers hash (ComputeHash dereferences its argument). */
export const dumpPodTemplate = (template: unknown): string => `(v1.PodTemplateSpec)${struct('v1.PodTemplateSpec', template as Plain)}`
