import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { compactColumns } from './schema/columns.ts'
import { compactDefinitions, type OpenApiSchemas } from './schema/compact.ts'
import { descriptionsOf } from './schema/descriptions.ts'
import { compactGoStructs } from './schema/go-structs.ts'
import { editorSchema } from './schema/json-schema.ts'
import { compactResources } from './schema/resources.ts'

/**
 * Writes the schema tables: src/sim/api/schema/tables.json (structure of all kinds, committed), descriptions.json beside
 * it (loaded only on demand) and public/schema/k8s.json (for the editor). The recordings are needed to run it, not to
 * build the project.
 */
const folder = new URL('../../shared/conformance', import.meta.url).pathname
if (!existsSync(folder)) {
  console.error(`The recordings are not at ${folder}; the committed tables stay as they are.`)
  process.exit(1)
}
const read = (name: string): unknown => JSON.parse(readFileSync(`${folder}/openapi/${name}`, 'utf8'))
const schemas = read('schemas.json') as OpenApiSchemas
const definitions = compactDefinitions(schemas)
const resources = compactResources(read('paths.json') as never, schemas, folder)
const { columns, descriptions: columnTexts } = compactColumns(folder)
const texts = descriptionsOf(Object.keys(definitions))

/** One definition or resource a line: reviewable, and small diffs. */
const lines = (map: Record<string, unknown>): string => `{\n${Object.keys(map).map((k) => `${JSON.stringify(k)}:${JSON.stringify(map[k])}`).join(',\n')}\n}`

function write(path: string, text: string): void {
  const url = new URL(`../${path}`, import.meta.url)
  mkdirSync(new URL('.', url), { recursive: true })
  writeFileSync(url, text)
  console.log(`${path}: ${Math.round(text.length / 1024)} kB, ${Math.round(gzipSync(text).length / 1024)} kB gzip`)
}

write(
  'src/sim/api/schema/tables.json',
  `{"definitions":${lines(definitions as Record<string, unknown>)},\n"resources":[\n${resources.map((r) => JSON.stringify(r)).join(',\n')}\n],\n"columns":${lines(columns)}}\n`,
)
write('src/sim/api/schema/go-structs.json', `${lines(compactGoStructs(folder))}\n`)
write('src/sim/api/schema/descriptions.json', `{"definitions":${lines(texts)},\n"columns":${lines(columnTexts)}}\n`)
write('public/schema/k8s.json', `${JSON.stringify(editorSchema(definitions, resources, texts))}\n`)
