/** The type of a field: a scalar, or a list, a map or a reference to a definition. */
export type TypeNode =
  | { readonly k: 's' | 'b' | 'i32' | 'i64' | 'n' | 'bytes' | 'q' | 'io' | 't' | 'mt' | 'any' }
  | { readonly k: 'list' | 'map'; readonly of: TypeNode }
  | { readonly k: 'ref'; readonly ref: string }

/**
 * One field of a definition. `listType` is 'a'tomic, 's'et, 'm'ap or 'g'ranular; `keys` those of a map list; `mergeKey`
 * and `strategy` belong to strategic merge patches. `pointer`: an explicit zero is kept; `always`: printed even when
 * absent or zero. `goType` and `inline` are only for the wording of decoding errors.
 */
export interface FieldSchema {
  readonly name: string
  readonly type: TypeNode
  readonly listType?: string
  readonly keys?: readonly string[]
  readonly mergeKey?: string
  readonly strategy?: readonly string[]
  readonly enum?: readonly string[]
  readonly default?: string
  readonly pointer: boolean
  readonly always: boolean
  readonly goType?: string
  readonly inline?: string
}

const types = new Map<string, TypeNode>()

function typeOf(code: string): TypeNode {
  const known = types.get(code)
  if (known) return known
  const node: TypeNode = code.startsWith('[]')
    ? { k: 'list', of: typeOf(code.slice(2)) }
    : code.startsWith('{}')
      ? { k: 'map', of: typeOf(code.slice(2)) }
      : code.startsWith('@')
        ? { k: 'ref', ref: code.slice(1) }
        : { k: code as 's' }
  types.set(code, node)
  return node
}

/** Reads the code of field `name`, such as `[]@core.v1.EnvVar|L=m|k=name|M=name|S=merge` (written by scripts/generate-schema.ts). */
export function readFieldCode(name: string, code: string): FieldSchema {
  const [type, ...attributes] = code.split('|')
  const get = (prefix: string): string | undefined => attributes.find((a) => a.startsWith(prefix))?.slice(prefix.length)
  return {
    name,
    type: typeOf(type!),
    listType: get('L='),
    keys: get('k=')?.split(','),
    mergeKey: get('M='),
    strategy: get('S=')?.split(','),
    enum: get('e=')?.split(','),
    default: get('d='),
    pointer: attributes.includes('P'),
    always: attributes.includes('R'),
    goType: get('g='),
    inline: get('I='),
  }
}
