import type { JsonValue, KubeObject } from '../../api/meta.ts'
import type { KubectlContext } from '../context.ts'
import { goValue } from '../custom-columns.ts'
import { mapLines } from '../template-text.ts'
import { annotationLines } from './texts.ts'

/** A description without its events, cells separated by tabs, and whether events belong to it. */
export interface Description {
  readonly text: string
  readonly events: boolean
}
export type Describer = (ctx: KubectlContext, object: KubeObject) => Description

const ELSEWHERE: ReadonlySet<string> = new Set(['.metadata.managedFields', '.metadata.name', '.metadata.namespace', '.metadata.labels', '.metadata.annotations'])

/** Kinds without a description of their own: all fields in order (kubectl: describe.go, genericDescriber). */
export const generic: Describer = (_ctx, object) => {
  const { name, namespace, labels } = object.metadata
  const head = `Name:\t${name}\nNamespace:\t${namespace ?? ''}\n${mapLines('', 'Labels', labels, '=')}${annotationLines(object.metadata)}`
  return { text: head + tree(object as unknown as JsonValue, '', ''), events: true }
}

function tree(value: JsonValue, indent: string, path: string): string {
  const map = value as Readonly<Record<string, JsonValue | undefined>>
  let out = ''
  for (const key of Object.keys(map).sort()) {
    const item = map[key]
    const at = `${path}.${key}`
    if (item === undefined || ELSEWHERE.has(at)) continue
    const head = `${indent}${title(key)}:`
    const deeper = `${indent}  `
    if (Array.isArray(item)) out += `${head}\n${(item as readonly JsonValue[]).map((i) => (typeof i === 'object' && i !== null && !Array.isArray(i) ? tree(i, deeper, at) : `${deeper}${goValue(i)}\n`)).join('')}`
    else if (typeof item === 'object' && item !== null) out += `${head}\n${tree(item, deeper, at)}`
    else out += `${head}\t${goValue(item)}\n`
  }
  return out
}

const ACRONYMS: ReadonlySet<string> = new Set(['API', 'URL', 'UID', 'GUID'])

/** "creationTimestamp" → "Creation Timestamp" (kubectl: smartLabelFor); names with other signs than letters stay. */
export function title(key: string): string {
  if (/[^\p{L}-]/u.test(key)) return key
  const parts = key.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^A-Za-z]+|[A-Z]/g) ?? [key]
  const merged: string[] = []
  for (let i = 0; i < parts.length; i++) {
    const [part, next] = [parts[i]!, parts[i + 1]]
    if (part.length >= 2 && part === part.toUpperCase() && next && /^[A-Z]/.test(next)) merged.push(part + parts[++i]!)
    else merged.push(part)
  }
  return merged
    .map((p) => (ACRONYMS.has(p.toUpperCase()) ? p.toUpperCase() : p === p.toLowerCase() ? p.charAt(0).toUpperCase() + p.slice(1) : p))
    .join(' ')
}
