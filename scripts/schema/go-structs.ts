import { readFileSync } from 'node:fs'

type GoField = readonly [go: string, json: string, type: string]

/** Go's structs below PodTemplateSpec, one compact text each: "GoName|jsonName|type;…" in declaration order. */
export function compactGoStructs(folder: string): Record<string, string> {
  const structs = JSON.parse(readFileSync(`${folder}/hashes/go-structs.json`, 'utf8')) as Record<string, readonly GoField[]>
  return Object.fromEntries(Object.keys(structs).sort().map((name) => [name, structs[name]!.map((f) => f.join('|')).join(';')]))
}
