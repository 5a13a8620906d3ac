import { definitionOf, schemaOf, type Definition, type FieldSchema, type TypeNode } from '../../api/schema/schema.ts'
import { splitApiVersion } from '../../api/meta.ts'
import type { KindDefinition } from '../../kinds/definition.ts'
import { discovery } from '../discovery.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { fail, Failure } from '../failure.ts'
import { described } from './descriptions.ts'

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
  if (output === 'plaintext-openapiv2') return explainOld(ctx, kind, root, path)
  ctx.out(`${kind.group ? `GROUP:      ${kind.group}\n` : ''}KIND:       ${kind.kind}\nVERSION:    ${kind.version}\n\n`)
  const { field, owner } = fieldAt(root, path)
  if (field) ctx.out(`FIELD: ${path.at(-1)} <${fieldType(field)}>\n${field.enum ? `ENUM:\n${field.enum.map((e) => `    ${e}\n`).join('')}` : ''}\n`)
  const below = field ? definitionOf(field.type) : root
  ctx.out(`DESCRIPTION:\n${describedAs(owner, path.at(-1), below, '    ')}    \n`)
  if (below && !isOpaque(below)) ctx.out(`FIELDS:\n${flags.bool('recursive') ? tree(below, '  ', []) : fields(below)}\n`)
  return 0
}

/** A field at the end of a path, and the definition that it belongs to. */
function fieldAt(root: Definition, path: readonly string[]): { readonly field?: FieldSchema; readonly owner?: Definition } {
  let owner: Definition | undefined = root
  let field: FieldSchema | undefined
  for (const [i, name] of path.entries()) {
    field = owner?.fields.get(name)
    if (!field) return fail(`field ${JSON.stringify(path.at(-1))} does not exist`)
    if (i < path.length - 1) owner = definitionOf(field.type)
  }
  return field ? { field, owner } : {}
}

/** The field's text, and that of its type where they differ. */
function describedAs(owner: Definition | undefined, name: string | undefined, below: Definition | undefined, indent: string): string {
  const of: (readonly [string, string])[] = []
  if (owner && name) of.push([owner.name, name])
  if (below) of.push([below.name, ''])
  return described({ of, indent, unwritten: '<empty>', unknown: '<empty>' })
}

/** The form of the days before OpenAPI v3. */
function explainOld(ctx: KubectlContext, kind: KindDefinition, root: Definition, path: readonly string[]): number {
  const { field, owner } = fieldAt(root, path)
  const below = field ? definitionOf(field.type) : root
  ctx.out(`KIND:     ${kind.kind}\nVERSION:  ${kind.group ? `${kind.group}/` : ''}${kind.version}\n\n`)
  if (field) ctx.out(`${below && !isOpaque(below) ? 'RESOURCE' : 'FIELD'}: ${path.at(-1)} <${oldType(field.type)}>\n\n`)
  ctx.out(`DESCRIPTION:\n${describedAs(owner, path.at(-1), below, '     ')}`)
  if (!below || isOpaque(below)) return 0
  const one = ([name, f]: readonly [string, FieldSchema]): string => `   ${name}\t<${oldType(f.type)}>${below.required.includes(name) ? ' -required-' : ''}\n${described({ of: [[below.name, name]], indent: '     ', unwritten: '<empty>', unknown: '<empty>' })}\n`
  ctx.out(`\nFIELDS:\n${entries(below).map(one).join('')}`)
  return 0
}

const oldType = (type: TypeNode): string => (type.k === 'ref' ? 'Object' : type.k === 'list' ? `[]${oldType(type.of)}` : type.k === 'map' ? `map[string]${oldType(type.of)}` : typeText(type))

function resourceAndPath(word: string, apiVersion: string): { readonly kind: KindDefinition; readonly path: readonly string[] } {
  // A name with its group is a kind as it stands; with a version in it, it is read as a path.
  const named = discovery.resourceFor(word)
  const whole = named && !word.toLowerCase().includes(`.${named.version}.`) ? named : undefined
  const [first, ...rest] = whole ? [word] : word.split('.')
  const found = discovery.resourceFor(first!)
  const path = rest.filter((part, i) => part !== '' || i < rest.length - 1)
  const { group, version } = splitApiVersion(apiVersion)
  const kind = found && apiVersion ? discovery.kindFor({ group, version, kind: found.kind }) : found
  if (!found) throw new Failure(`the server doesn't have a resource type ${JSON.stringify(first)}`)
  if (!kind) return fail(`couldn't find resource for "${group}/${version}, Resource=${found.plural}"`)
  return { kind, path }
}

/** Scalars that the schema keeps as structures of their own. */
const isOpaque = (d: Definition): boolean => d.fields.size === 0

/** A structure of which nothing is known has its name in Go only. */
const fieldType = ({ type, goType }: FieldSchema): string => (type.k === 'map' && type.of.k === 'any' && goType ? goType.slice(goType.lastIndexOf('.') + 1) : typeText(type))

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

const line = (d: Definition, name: string, f: FieldSchema, indent: string): string => `${indent}${name}\t<${name === 'fieldsV1' ? 'FieldsV1' : fieldType(f)}>${d.required.includes(name) ? ' -required-' : ''}\n`

const fields = (d: Definition): string => entries(d).map(([name, f]) => `${line(d, name, f, '  ')}${f.enum ? `  enum: ${f.enum.join(', ')}\n` : ''}${described({ of: [[d.name, name]], indent: '    ', unwritten: '<no description>', unknown: '' })}\n`).join('')

function tree(d: Definition, indent: string, above: readonly string[]): string {
  return entries(d)
    .map(([name, f]) => {
      const below = definitionOf(f.type)
      const deeper = below && !isOpaque(below) && !above.includes(below.name)
      return line(d, name, f, indent) + (deeper ? tree(below, `${indent}  `, [...above, d.name]) : '')
    })
    .join('')
}

