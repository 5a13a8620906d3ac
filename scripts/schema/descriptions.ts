import { existsSync, readFileSync } from 'node:fs'

/** Descriptions of a definition: '' is the type itself, other keys are its fields. */
export type Descriptions = Record<string, Record<string, string>>

const MODELS = new URL('../../node_modules/@kubernetes/client-node/dist/gen/models/', import.meta.url)

const clean = (comment: string): string =>
  comment
    .replace(/^\s*\* ?/gm, '')
    .replace(/\\(['"`])/g, '$1')
    .replace(/\s+/g, ' ')
    .trim()

const upper = (s: string): string => s[0]!.toUpperCase() + s.slice(1)

/** The declaration file of a definition such as "core.v1.EndpointPort": V1EndpointPort or CoreV1EndpointPort. */
function declaration(name: string): string | undefined {
  const [group, version, kind] = name.split('.')
  if (!group || !version || !kind) return undefined
  for (const candidate of [`${upper(group)}${upper(version)}${kind}`, `${upper(version)}${kind}`]) {
    const url = new URL(`${candidate}.d.ts`, MODELS)
    if (existsSync(url)) return readFileSync(url, 'utf8')
  }
  return undefined
}

/** Texts for hover and `kubectl explain`, from the package's generated models. */
export function descriptionsOf(definitions: readonly string[]): Descriptions {
  const out: Descriptions = {}
  for (const name of definitions) {
    const text = declaration(name)
    if (!text) continue
    const entry: Record<string, string> = {}
    const type = /\/\*\*\n((?:(?!\*\/)[\s\S])*?)\*\/\nexport declare class/.exec(text)
    if (type) entry[''] = clean(type[1]!)
    for (const m of text.matchAll(/\/\*\*\n((?:(?!\*\/)[\s\S])*?)\*\/\n\s+'([^']+)'\??:/g)) entry[m[2]!.replace(/^_/, '$')] = clean(m[1]!)
    out[name] = entry
  }
  return out
}
