import { parseFieldPath } from '../../sim/index.ts'
import { fix, type Finding, type Fix } from './fix.ts'
import { replaceScalar } from './yaml-edit.ts'

/** The nearest name that Kubernetes takes: "myPodName" → "my-pod-name". */
export const tidyName = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')

/** A name with capitals or other foreign characters. */
export function fixName({ text, line, path, message }: Finding): Fix | undefined {
  if (!/RFC 1123|RFC 1035|DNS-1035|DNS-1123/.test(message)) return undefined
  const from = /Invalid value: "([^"]*)"/.exec(message)?.[1]
  const to = from === undefined ? '' : tidyName(from)
  if (to === '' || to === from) return undefined
  const mended = replaceScalar(text, line, parseFieldPath(path), to)
  return mended === undefined ? undefined : fix('name', { from: from!, to }, mended)
}
