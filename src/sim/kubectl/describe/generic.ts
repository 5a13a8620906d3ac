import type { JsonValue, KubeObject } from '../../api/meta.ts'
import type { KubectlContext } from '../context.ts'
import { mapLines } from '../template-text.ts'

/** A description without its events, cells separated by tabs, and whether events belong to it. */
export interface Description {
  readonly text: string
  readonly events: boolean
}
export type Describer = (ctx: KubectlContext, object: KubeObject) => Description

/** Kinds without a description of their own: all fields in order (kubectl: GenericDescriber). */
export const generic: Describer = (_ctx, object) => {
  const { name, namespace, labels, annotations } = object.metadata
  let text = `Name:\t${name}\nNamespace:\t${namespace ?? ''}\n${mapLines('', 'Labels', labels, '=')}${mapLines('', 'Annotations', annotations, ': ')}`
  text += `API Version:\t${object.apiVersion}\nKind:\t${object.kind}\n`
  const metadata = Object.fromEntries(Object.entries(object.metadata).filter(([k]) => !['name', 'namespace', 'labels', 'annotations', 'managedFields'].includes(k)))
  const rest = Object.fromEntries(Object.entries(object).filter(([k]) => !['apiVersion', 'kind', 'metadata'].includes(k)))
  text += tree({ metadata, ...rest } as JsonValue, '')
  return { text, events: true }
}

function tree(value: JsonValue, indent: string): string {
  const map = value as Readonly<Record<string, JsonValue>>
  let out = ''
  for (const key of Object.keys(map).sort((a, b) => (title(a) < title(b) ? -1 : 1))) {
    const item = map[key]
    const head = `${indent}${title(key)}:`
    if (Array.isArray(item)) out += `${head}\n${(item as readonly JsonValue[]).map((i) => (typeof i === 'object' && i !== null ? tree(i, `${indent}  `) : `${indent}  ${String(i)}\n`)).join('')}`
    else if (typeof item === 'object' && item !== null) out += `${head}\n${tree(item, `${indent}  `)}`
    else if (item !== undefined && item !== null) out += `${head}\t${String(item)}\n`
  }
  return out
}

/** "creationTimestamp" → "Creation Timestamp". */
const title = (key: string): string => key.replace(/^[a-z]/, (c) => c.toUpperCase()).replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/\b(Api|Uid|Ip|Cidr|Id|Url)\b/g, (w) => w.toUpperCase())

