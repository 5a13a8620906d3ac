import type { Node } from 'yaml'
import { definitionOf, parseFieldPath, schemaDefinition, suggest, type Definition, type KubeObject } from '../../sim/index.ts'
import { fix, type Finding, type Fix } from './fix.ts'
import { pairAt, pathText, put, renameKey, rewrite, type Path } from './yaml-edit.ts'

/** A field that the kind does not have: a slip of the pen, a field at the wrong depth, or one too many. */
export function fixUnknownField({ text, line, object, path, message }: Finding): readonly Fix[] {
  if (!message.includes('unknown field')) return []
  const steps = parseFieldPath(path)
  const name = String(steps.at(-1))
  const parent = definitionAt(schemaOfObject(object), steps.slice(0, -1))
  const found: Fix[] = []
  const add = (id: string, params: Fix['title']['params'], mended: string | undefined): void => void (mended !== undefined && found.push(fix(id, params, mended)))
  const near = parent && suggest(name, [...parent.fields.keys()].filter((key) => !has(object, [...steps.slice(0, -1), key])))
  if (near !== undefined) add('rename', { from: name, to: near }, renameKey(text, line, steps, near))
  const deeper = parent && homeBelow(parent, name, object, steps.slice(0, -1))
  if (deeper) add('move', { field: name, to: pathText([...steps.slice(0, -1), ...deeper]) }, move(text, line, steps, [...steps.slice(0, -1), ...deeper]))
  if (found.length === 0) add('remove', { field: path }, rewrite(text, line, (document) => document.deleteIn(steps)))
  return found
}

/** The definition of what stands at a path; list items and map values are gone into. */
function definitionAt(root: Definition | undefined, path: Path): Definition | undefined {
  let here = root
  for (const step of path) {
    if (typeof step === 'number') continue
    const field = here?.fields.get(step)
    here = field && definitionOf(field.type)
  }
  return here
}

function has(object: unknown, path: Path): boolean {
  let here = object
  for (const step of path) here = typeof here === 'object' && here !== null ? (here as Record<Path[number], unknown>)[step] : undefined
  return here !== undefined && here !== null
}

/** Where below `from` a field of this name belongs: one or two steps down, through members that stand there first. */
function homeBelow(from: Definition, name: string, object: unknown, at: Path): Path | undefined {
  const candidates: Path[] = []
  for (const [key, field] of from.fields) {
    const below = field.type.k === 'ref' ? definitionOf(field.type) : undefined
    if (!below) continue
    if (below.fields.has(name)) candidates.push([key, name])
    for (const [inner, type] of below.fields) if (type.type.k === 'ref' && definitionOf(type.type)?.fields.has(name)) candidates.push([key, inner, name])
  }
  const member = (path: Path): boolean => typeof object === 'object' && stands(object, [...at, path[0]!])
  return candidates.find((path) => path.length === 2 && member(path)) ?? candidates.find(member) ?? (candidates.length === 1 ? candidates[0] : candidates.find((path) => path[0] === 'spec' || path[0] === 'template'))
}

/** Does the key stand there, even without a value? */
function stands(object: unknown, path: Path): boolean {
  const parent = path.slice(0, -1).reduce<unknown>((here, step) => (typeof here === 'object' && here !== null ? (here as Record<Path[number], unknown>)[step] : undefined), object)
  return typeof parent === 'object' && parent !== null && path.at(-1)! in parent
}

function move(text: string, line: number, from: Path, to: Path): string | undefined {
  return rewrite(text, line, (document) => {
    const pair = pairAt(document, from)?.pair
    if (!pair) return false
    const value = pair.value as Node | null
    document.deleteIn(from)
    put(document, to, value)
    return value !== null
  })
}

function schemaOfObject({ apiVersion, kind }: KubeObject): Definition | undefined {
  const slash = apiVersion.indexOf('/')
  return schemaDefinition({ group: slash < 0 ? '' : apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1), kind })
}
