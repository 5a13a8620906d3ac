import { definition, type Definition, type FieldSchema, type TypeNode } from '../schema/schema.ts'

/** How a member merges: its strategy, the key of its list items, and the definition below it. */
export interface PatchMeta {
  readonly strategy: 'merge' | 'replace' | ''
  readonly retainKeys: boolean
  readonly mergeKey: string
  readonly below: Definition | undefined
}

const NONE: PatchMeta = { strategy: '', retainKeys: false, mergeKey: '', below: undefined }

function below(type: TypeNode): Definition | undefined {
  let node = type
  while (node.k === 'list' || node.k === 'map') node = node.of
  return node.k === 'ref' ? definition(node.ref) : undefined
}

const of = new WeakMap<FieldSchema, PatchMeta>()

/** Patch metadata of a member (strategicpatch: LookupPatchMeta). Unknown members replace as a whole. */
export function patchMeta(def: Definition | undefined, key: string): PatchMeta {
  const field = def?.fields.get(key)
  if (!field) return NONE
  let meta = of.get(field)
  if (!meta) {
    const strategies = field.strategy ?? []
    const strategy = strategies.includes('merge') ? 'merge' : strategies.includes('replace') ? 'replace' : ''
    meta = { strategy, retainKeys: strategies.includes('retainKeys'), mergeKey: field.mergeKey ?? '', below: below(field.type) }
    of.set(field, meta)
  }
  return meta
}
