import type { JsonValue, KubeObject } from '../api/meta.ts'
import { splitApiVersion } from '../api/meta.ts'
import { discovery } from './discovery.ts'
import { parseManifest, type Manifest } from '../manifest/parse.ts'
import type { Invocation, KubectlContext } from './context.ts'
import { fail, Failure } from './failure.ts'
import type { Flags } from './flags.ts'
import { buildKustomization } from './kustomize/build.ts'
import type { Target } from './resources.ts'

/** A file that -f names: what messages call it and what it holds. */
interface NamedText {
  readonly name: string
  readonly text: string
}

const EXTENSIONS = ['.json', '.yaml', '.yml']

/** The files that -f means: "-" is stdin, folders are read in order of name, -R goes deeper. */
export function filesOf(ctx: KubectlContext, names: readonly string[], recursive: boolean): readonly NamedText[] {
  return names.flatMap((name) => {
    if (name === '-') return [{ name: 'STDIN', text: ctx.stdin ?? '' }]
    const path = name.replace(/^\.\//, '')
    const text = ctx.files[path] ?? ctx.files[name]
    if (text !== undefined) return [{ name, text }]
    if (/^https?:\/\//.test(name)) return unreachable(name)
    const folder = path === '.' || path === '' ? '' : path.replace(/\/*$/, '/')
    const inside = Object.keys(ctx.files).sort().filter((f) => f.startsWith(folder) && (recursive || !f.slice(folder.length).includes('/')))
    if (inside.length === 0) return fail(`the path "${name}" does not exist`)
    return inside.filter((f) => EXTENSIONS.some((e) => f.endsWith(e))).map((f) => ({ name: folder === '' && name === '.' ? f : f, text: ctx.files[f]! }))
  })
}

/** Do -f or -k name the objects? */
export const namesFiles = (flags: Flags): boolean => flags.list('filename').length > 0 || flags.text('kustomize') !== ''

/** The simulated cluster has no internet, nor has its kubectl. */
function unreachable(url: string): never {
  const host = /^https?:\/\/([^/:]+)/.exec(url)?.[1]
  throw new Failure(`Unable to connect to the server: ${host ? `dial tcp: lookup ${host} on 10.96.0.10:53: no such host` : 'http: no Host in request URL'}`)
}

/** Files read lately: a command that resumes reads its files again, and they have not changed. */
const lately: { readonly name: string; readonly text: string; readonly manifest: Manifest }[] = []
const REMEMBERED = 16

function parsedOnce(name: string, text: string): Manifest {
  const known = lately.find((l) => l.name === name && l.text === text)
  if (known) return known.manifest
  const manifest = parseManifest(name, text)
  lately.push({ name, text, manifest })
  if (lately.length > REMEMBERED) lately.shift()
  return manifest
}

/** A document of a file: its object, or what is wrong with it (a line of stderr). */
export interface Entry {
  readonly target?: Target
  /** The object as it stands in the file. */
  readonly written?: KubeObject
  readonly problem?: string
}

/**
 * The objects of all files of the command, namespaces filled in. Ends the command where a file cannot be read or parsed, so
 * that nothing of it is applied; what is wrong with single objects comes as problems in their place.
 */
export function entriesOf(ctx: KubectlContext, inv: Invocation, validate = true): readonly Entry[] {
  const folder = inv.flags.text('kustomize')
  if (folder && inv.flags.list('filename').length > 0) fail('only one of -f or -k can be specified')
  if (folder) return buildKustomization(ctx, folder).map((object) => entryOf(folder, object as unknown as JsonValue, inv, validate))
  const files = filesOf(ctx, inv.flags.list('filename'), inv.flags.bool('recursive'))
  const parsed = files.map(({ name, text }) => ({ name, manifest: parsedOnce(name, text) }))
  const broken = parsed.flatMap(({ manifest }) => manifest.problems.filter((p) => p.severity === 'error'))
  if (broken.length > 0) throw new Failure(broken.map((p) => (p.message.startsWith('Error from server') ? p.message : `error: ${p.message}`)).join('\n'))
  // One file's are the same list each time: what is worked out for them is so once, however often a command goes on.
  return parsed.length === 1 ? entriesIn(parsed[0]!.manifest, parsed[0]!.name, inv, validate) : parsed.flatMap(({ name, manifest }) => entriesIn(manifest, name, inv, validate))
}

const entered = new WeakMap<Manifest, Map<string, readonly Entry[]>>()

/** The entries of a file, remembered for as long as the file is. */
function entriesIn(manifest: Manifest, name: string, inv: Invocation, validate: boolean): readonly Entry[] {
  const key = `${validate} ${inv.namespaceGiven} ${inv.namespace} ${discovery.custom.map((k) => `${k.group}/${k.version}/${k.kind}`).join()}`
  let known = entered.get(manifest)
  if (!known) entered.set(manifest, (known = new Map<string, readonly Entry[]>()))
  let entries = known.get(key)
  if (!entries) known.set(key, (entries = manifest.objects.map(({ value }) => entryOf(name, value, inv, validate))))
  return entries
}

function entryOf(source: string, value: JsonValue, inv: Invocation, validate: boolean): Entry {
  const invalid = (what: string): Entry => ({
    problem: validate
      ? `error: error validating "${source}": error validating data: ${what}; if you choose to ignore these errors, turn validation off with --validate=false`
      : `error: unable to decode "${source}": ${what}`,
  })
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return invalid('invalid object to validate')
  const object = value as unknown as KubeObject
  const missing = [object.apiVersion ? '' : 'apiVersion not set', object.kind ? '' : 'kind not set'].filter(Boolean)
  if (missing.length > 0) return invalid(missing.length > 1 ? `[${missing.join(', ')}]` : missing[0]!)
  const wrong = wrongMeta(object.metadata as unknown as JsonValue)
  if (wrong) return { problem: `error: unable to decode ${JSON.stringify(source)}: json: cannot unmarshal ${wrong}` }
  const { group, version } = splitApiVersion(String(object.apiVersion))
  const kind = discovery.kindFor({ group, version, kind: object.kind })
  const meta = (object.metadata ?? {}) as { readonly name?: string; readonly namespace?: string }
  if (!kind)
    return {
      problem: `error: resource mapping not found for name: "${meta.name ?? ''}" namespace: "${meta.namespace ?? ''}" from "${source}": no matches for kind "${object.kind}" in version "${object.apiVersion}"\nensure CRDs are installed first`,
    }
  if (kind.namespaced && meta.namespace && inv.namespaceGiven && meta.namespace !== inv.namespace)
    return {
      problem: `error: the namespace from the provided object "${meta.namespace}" does not match the namespace "${inv.namespace}". You must pass '--namespace=${meta.namespace}' to perform this operation.`,
    }
  const namespace = kind.namespaced ? (meta.namespace ?? inv.namespace) : undefined
  const full = { ...object, metadata: { ...meta, ...(namespace ? { namespace } : {}) } } as KubeObject
  return { target: { kind, name: meta.name ?? '', namespace, source, object: full }, written: object }
}

const jsonType = (value: JsonValue): string => (Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value)

/** What kubectl itself finds wrong in metadata, which is all that it decodes of an object ("bool into Go struct field …"). */
function wrongMeta(meta: JsonValue | undefined): string | undefined {
  if (typeof meta !== 'object' || meta === null || Array.isArray(meta)) return undefined
  const map = meta as Readonly<Record<string, JsonValue>>
  for (const field of ['name', 'generateName', 'namespace']) {
    const value = map[field]
    if (value !== undefined && value !== null && typeof value !== 'string') return `${jsonType(value)} into Go struct field ObjectMeta.metadata.${field} of type string`
  }
  for (const field of ['labels', 'annotations']) {
    const value = map[field]
    if (value === undefined || value === null) continue
    if (typeof value !== 'object' || Array.isArray(value)) return `${jsonType(value)} into Go struct field ObjectMeta.metadata.${field} of type map[string]string`
    const wrong = Object.values(value).find((v) => typeof v !== 'string' && v !== null)
    if (wrong !== undefined) return `${jsonType(wrong as JsonValue)} into Go struct field ObjectMeta.metadata.${field} of type string`
  }
  return undefined
}
