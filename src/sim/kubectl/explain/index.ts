import { definitionOf, fieldSchema, schemaOf, type Definition, type FieldSchema, type TypeNode } from '../../api/schema/schema.ts'
import { splitApiVersion } from '../../api/meta.ts'
import type { KindDefinition } from '../../kinds/definition.ts'
import { discovery } from '../discovery.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { fail, Failure } from '../failure.ts'

export const explainVerb: Verb = {
  name: 'explain',
  summary: 'Show the fields of a kind',
  usage: ['kubectl explain pods', 'kubectl explain deploy.spec.strategy', 'kubectl explain pod.spec.containers --recursive'],
  run: explain,
}

function explain(ctx: KubectlContext, inv: Invocation): number {
  const { args, flags } = inv
  if (args.length === 0) fail('You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.')
  if (args.length > 1) fail('We accept only this format: explain RESOURCE')
  const output = flags.text('output') || 'plaintext'
  if (!['plaintext', 'plaintext-openapiv2'].includes(output)) fail(`unrecognized format: ${output}`)
  const { kind, path } = resourceAndPath(args[0]!, flags.text('api-version'))
  const root = schemaOf(kind)
  if (!root) return fail(`Couldn't find resource for "${kind.group}/${kind.version}, Kind=${kind.kind}"`)
  ctx.out(`${kind.group ? `GROUP:      ${kind.group}\n` : ''}KIND:       ${kind.kind}\nVERSION:    ${kind.version}\n\n`)
  const field = path.length > 0 ? fieldSchema(root, path) : undefined
  if (path.length > 0 && !field) return fail(`field ${JSON.stringify(path.at(-1))} does not exist`)
  if (field) ctx.out(`FIELD: ${path.at(-1)} <${typeText(field.type)}>${field.enum ? `\nENUM:\n${field.enum.map((e) => `    ${e}\n`).join('')}` : ''}\n\n`)
  ctx.out(`DESCRIPTION:\n    ${field ? 'Descriptions of fields are shown in the editor' : 'Descriptions are shown in the editor'} (hover).\n    \n`)
  const below = field ? definitionOf(field.type) : root
  if (below && !isOpaque(below)) ctx.out(`FIELDS:\n${flags.bool('recursive') ? tree(below, '  ', []) : fields(below)}\n`)
  return 0
}

function resourceAndPath(word: string, apiVersion: string): { readonly kind: KindDefinition; readonly path: readonly string[] } {
  const whole = discovery.resourceFor(word)
  const [first, ...path] = whole ? [word] : word.split('.')
  const found = discovery.resourceFor(first!)
  const { group, version } = splitApiVersion(apiVersion)
  const kind = found && apiVersion ? discovery.kindFor({ group, version, kind: found.kind }) : found
  if (!found) throw new Failure(`the server doesn't have a resource type ${JSON.stringify(first)}`)
  if (!kind) return fail(`couldn't find resource for "${group}/${version}, Resource=${found.plural}"`)
  return { kind, path }
}

/** Scalars that the schema keeps as structures of their own. */
const isOpaque = (d: Definition): boolean => d.fields.size === 0

/** "[]Container", "map[string]Quantity", "integer": how explain names types. */
function typeText(type: TypeNode): string {
  switch (type.k) {
    case 'list':
      return `[]${typeText(type.of)}`
    case 'map':
      return `map[string]${typeText(type.of)}`
    case 'ref':
      return type.ref.slice(type.ref.lastIndexOf('.') + 1)
    case 'i32':
    case 'i64':
      return 'integer'
    case 'b':
      return 'boolean'
    case 'n':
      return 'number'
    case 'q':
      return 'Quantity'
    case 'io':
      return 'IntOrString'
    case 'any':
      return 'Object'
    default:
      return 'string'
  }
}

const entries = (d: Definition): readonly (readonly [string, FieldSchema])[] => [...d.fields].sort(([a], [b]) => (a < b ? -1 : 1))

const line = (d: Definition, name: string, f: FieldSchema, indent: string): string => `${indent}${name}\t<${name === 'fieldsV1' ? 'FieldsV1' : typeText(f.type)}>${d.required.includes(name) ? ' -required-' : ''}\n`

const fields = (d: Definition): string => entries(d).map(([name, f]) => `${line(d, name, f, '  ')}${f.enum ? `  enum: ${f.enum.join(', ')}\n` : ''}\n`).join('')

function tree(d: Definition, indent: string, above: readonly string[]): string {
  return entries(d)
    .map(([name, f]) => {
      const below = definitionOf(f.type)
      const deeper = below && !isOpaque(below) && !above.includes(below.name)
      return line(d, name, f, indent) + (deeper ? tree(below, `${indent}  `, [...above, d.name]) : '')
    })
    .join('')
}

