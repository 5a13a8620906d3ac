import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import protobuf from 'protobufjs'

/**
 * Writes scripts/sim/protobuf/messages.json, the numbers of the fields of Kubernetes' protobuf messages, from a folder with Kubernetes' own
 * generated.proto files (staging/src of its repository): `npm run generate:protobuf -- FOLDER`. Only the table is committed.
 */
const folder = process.argv[2]
if (!folder) throw new Error('usage: npm run generate:protobuf -- FOLDER-OF-PROTO-FILES')

/** "k8s.io.api.core.v1.Pod" → "core.v1.Pod", as the definitions of the schema tables are called. */
const short = (name: string): string =>
  name
    .replace(/^\./, '')
    .replace(/^k8s\.io\.(api|apimachinery\.pkg\.(apis|api|util)|apimachinery\.pkg|apiextensions_apiserver\.pkg\.apis|kube_aggregator\.pkg\.apis|metrics\.pkg\.apis)\./, '')

const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.proto')).sort()
const root = new protobuf.Root()
for (const path of texts) protobuf.parse(readFileSync(join(folder, path), 'utf8'), root, { keepCase: true })
root.resolveAll()

const messages: Record<string, string> = {}
function collect(space: protobuf.NamespaceBase): void {
  for (const item of space.nestedArray) {
    if (item instanceof protobuf.Type) {
      messages[short(item.fullName)] = item.fieldsArray
        .sort((a, b) => a.id - b.id)
        .map((field) => {
          const type = field.resolvedType ? short(field.resolvedType.fullName) : field.type
          const shape = field instanceof protobuf.MapField ? `{${type}}` : field.repeated ? `[${type}]` : type
          return `${field.id} ${field.name} ${shape}`
        })
        .join(';')
    }
    if (item instanceof protobuf.Namespace) collect(item)
  }
}
collect(root)
const lines = Object.keys(messages).sort().map((name) => `${JSON.stringify(name)}:${JSON.stringify(messages[name])}`)
writeFileSync(new URL('../sim/protobuf/messages.json', import.meta.url), `{\n${lines.join(',\n')}\n}\n`)
