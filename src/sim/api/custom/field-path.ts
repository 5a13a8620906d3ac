import { at, child, type Path } from '../field.ts'
import { additionalSchema, type JsonSchema } from './json-schema.ts'

export type FoundPath = { readonly path: Path; readonly root: string; readonly schema: JsonSchema | undefined } | { readonly problem: string }

/** Names in quotes, and the delimiters . [ ] between names. */
function tokens(text: string): readonly string[] {
  const out: string[] = []
  let i = 0
  while (i < text.length) {
    if (text[i] === "'") {
      let end = i + 1
      while (end < text.length && !(text[end] === "'" && text[end - 1] !== '\\')) end++
      out.push(text.slice(i, end + 1))
      i = end + 1
    } else if ('.[]'.includes(text[i]!)) out.push(text[i++]!)
    else {
      let end = i
      while (end < text.length && !'.[]'.includes(text[end]!)) end++
      out.push(text.slice(i, end))
      i = end
    }
  }
  return out
}

const NO_FIELD = 'does not refer to a valid field'

/** Follows a path such as `.spec.size` or `.spec['a b']` through a structural schema (schema/cel: ValidFieldPath). */
export function followPath(text: string, schema: JsonSchema, allowArrays: boolean): FoundPath {
  let here: JsonSchema | undefined = schema
  let path = ''
  let root = ''
  const list = tokens(text)
  const step = (name: string): string | undefined => {
    const properties = here?.properties && Object.keys(here.properties).length ? here.properties : undefined
    if (!properties && here?.additionalProperties === undefined) return NO_FIELD
    if (!properties) {
      path = at(path, name)
      here = additionalSchema(here!)
      return undefined
    }
    if (!Object.hasOwn(properties, name)) return NO_FIELD
    path = child(path, name)
    root ||= name
    here = properties[name]
    return undefined
  }
  for (let i = 0; i < list.length; i++) {
    let problem: string | undefined
    if (list[i] === '.') {
      if (++i >= list.length) return { problem: 'unexpected end of JSON path' }
      problem = step(list[i]!)
    } else if (list[i] === '[') {
      if (!allowArrays) return { problem: 'array notation is not allowed' }
      const quoted = list[++i]
      if (quoted === undefined) return { problem: 'unexpected end of JSON path' }
      if (quoted.length < 2 || !quoted.startsWith("'") || !quoted.endsWith("'")) return { problem: `expected single quoted string but got ${quoted}` }
      problem = step(quoted.slice(1, -1).replace(/\\(['\\])/g, '$1'))
      const close = list[++i]
      if (!problem && close === undefined) return { problem: 'unexpected end of JSON path' }
      if (!problem && close !== ']') return { problem: `expected ] but got ${close}` }
    } else return { problem: `expected [ or . but got: ${list[i]}` }
    if (problem) return { problem }
  }
  return { path, root, schema: here }
}
