import type { JsonValue } from '../api/meta.ts'
import { keysOf, resolvesToOther } from './print-yaml.ts'

/** `-o kyaml`: YAML in flow style with quoted texts (sigs.k8s.io/yaml/kyaml). */
export const toKyaml = (value: JsonValue, sorted = true): string => `---\n${node(value, '', sorted)}\n`

function node(value: JsonValue, indent: string, sorted: boolean): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return text(value, indent)
  if (typeof value !== 'object') return `${value}`
  const deeper = `${indent}  `
  if (Array.isArray(value)) return list(value as readonly JsonValue[], indent, deeper, sorted)
  const map = value as Readonly<Record<string, JsonValue>>
  const keys = keysOf(map, sorted)
  if (keys.length === 0) return '{}'
  return `{\n${keys.map((k) => `${deeper}${key(k)}: ${node(map[k]!, deeper, sorted)},\n`).join('')}${indent}}`
}

function list(items: readonly JsonValue[], indent: string, deeper: string, sorted: boolean): string {
  if (items.length === 0) return '[]'
  const allMaps = items.every((i) => typeof i === 'object' && i !== null)
  if (allMaps) return `[${items.map((i) => node(i, indent, sorted)).join(', ')}]`
  return `[\n${items.map((i) => `${deeper}${node(i, deeper, sorted)},\n`).join('')}${indent}]`
}

const key = (name: string): string => (resolvesToOther(name) || !/^[A-Za-z_][-A-Za-z0-9_./]*$/.test(name) ? JSON.stringify(name) : name)

function text(value: string, indent: string): string {
  if (!value.includes('\n')) return JSON.stringify(value)
  const lines = value.split('\n')
  const last = lines.pop()!
  const body = lines.map((l) => `${indent}   ${JSON.stringify(l).slice(1, -1)}\\n\\\n`).join('')
  return `"\\\n${body}${indent}  ${last === '' ? '' : ` ${JSON.stringify(last).slice(1, -1)}`}"`
}
