import { fix, type Fix } from './fix.ts'
import { yamlText } from '../yaml-text.ts'

/** Lines of annotations without the object around them, as texts about annotations print them. */
export function fixFragment(text: string, value: unknown): Fix | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const keys = Object.keys(value)
  if (keys.length === 0 || !keys.every((key) => key.includes('/'))) return undefined
  const annotations = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, typeof one === 'string' ? one : JSON.stringify(one)]))
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'annotated', annotations } }
  return fix('annotations', {}, yamlText(object))
}
