import type { JsonObject, JsonValue, KubeObject } from '../../api/meta.ts'
import { parseManifest } from '../../manifest/parse.ts'
import type { KubectlContext } from '../context.ts'
import { fail, Failure } from '../failure.ts'
import { hashSuffix } from '../hash-suffix.ts'
import { generated } from './generators.ts'
import { withImage } from './images.ts'
import { OLD, REFUSED, unknownField, type Kustomization, type Patch, type Replacement, type Selector } from './kustomization.ts'
import { withAnnotations, withLabels } from './labels.ts'
import { merged, mergedByName, operated, patchesIn, selects } from './patches.ts'
import { inOrder } from './order.ts'
import { withReferences } from './references.ts'
import { withReplacement } from './replacements.ts'
import { misfit, notAResource, replacementMisfit } from './shapes.ts'
import { changed, idOf, isNamespaced, resourceOf, type Resource } from './resource.ts'

const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']
const NEVER_RENAMED: ReadonlySet<string> = new Set(['Namespace', 'CustomResourceDefinition', 'APIService'])
const SCALED: ReadonlySet<string> = new Set(['Deployment', 'ReplicaSet', 'ReplicationController', 'StatefulSet'])

/** Where a build stands: the folder, and how to read files from it. */
interface Place {
  readonly ctx: Source
  /** Relative to the working directory; '' for itself. */
  readonly folder: string
}

const cwdOf = (ctx: Source): string => ctx.env.PWD ?? ctx.env.HOME ?? '/home/learner'
const absolute = (ctx: Source, path: string): string => (path.startsWith('/') ? path : path === '' ? cwdOf(ctx) : `${cwdOf(ctx)}/${path}`)

/** "base/../over/./x" → "over/x". */
function joined(folder: string, path: string): string {
  const out: string[] = []
  for (const part of `${folder}/${path}`.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && out.length > 0 && out.at(-1) !== '..') out.pop()
    else out.push(part)
  }
  return `${path.startsWith('/') ? '/' : ''}${out.join('/')}`
}

const isFolder = (ctx: Source, path: string): boolean => path === '' || Object.keys(ctx.files).some((f) => f.startsWith(`${path}/`))
const missing = (ctx: Source, shown: string, path: string): string => `evalsymlink failure on '${shown}' : lstat ${absolute(ctx, path)}: no such file or directory`

/** The objects that a folder with a kustomization makes (kustomize: krusty, target/kusttarget.go). Warnings go to stderr. */
export function buildKustomization(ctx: KubectlContext, path: string): readonly KubeObject[] {
  let known = built.get(ctx.files)
  if (!known) built.set(ctx.files, (known = new Map<string, Built>()))
  let result = known.get(path)
  if (!result) {
    const warnings: string[] = []
    result = { objects: build({ files: ctx.files, env: ctx.env, err: (text) => warnings.push(text) }, path, () => ctx.err(warnings.join(''))), warnings }
    known.set(path, result)
  }
  ctx.err(result.warnings.join(''))
  return result.objects
}

interface Built {
  readonly objects: readonly KubeObject[]
  readonly warnings: readonly string[]
}

/** A command that resumes builds again, from the same files. */
const built = new WeakMap<object, Map<string, Built>>()

/** What a build needs of its command. */
interface Source {
  readonly files: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
  err(text: string): void
}

function build(ctx: Source, path: string, failing: () => void): readonly KubeObject[] {
  try {
    return buildOnce(ctx, path)
  } catch (thrown) {
    failing()
    throw thrown
  }
}

function buildOnce(ctx: Source, path: string): readonly KubeObject[] {
  if (/^(https?:\/\/|git@|github\.com\/)/.test(path)) fail(`unable to fetch ${JSON.stringify(path)}: this cluster has no internet`)
  const folder = joined('', path)
  if (!isFolder(ctx, folder)) fail(`must build at directory: not a valid directory: ${ctx.files[folder] === undefined ? missing(ctx, path, folder) : `'${absolute(ctx, folder)}' is not a directory`}`)
  const { resources, kustomization } = accumulated({ ctx, folder }, [], [])
  const hashed = resources.map((r) => (r.hash ? changed(r, { ...r.object, metadata: { ...r.object.metadata, name: `${r.object.metadata.name}-${hashSuffix(r.object, 'kustomize')}` } }) : r))
  const done = withReferences(hashed)
  return (kustomization.sortOptions?.order === 'fifo' ? done : inOrder(done)).map((r) => r.object)
}

function readKustomization({ ctx, folder }: Place): Kustomization {
  const file = NAMES.map((n) => joined(folder, n)).find((f) => ctx.files[f] !== undefined)
  if (!file) return fail(`unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${absolute(ctx, folder)}'`)
  const { objects, problems } = parseManifest(file, ctx.files[file]!)
  const [wrong] = problems.filter((p) => p.severity === 'error')
  if (wrong) fail(`invalid Kustomization: ${wrong.message}`)
  const value = objects[0]?.value
  if (value === undefined || value === null) return fail('kustomization.yaml is empty')
  if (typeof value !== 'object' || Array.isArray(value)) return fail(`invalid Kustomization: json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type types.Kustomization`)
  const unknown = unknownField(value)
  if (unknown) fail(`invalid Kustomization: json: unknown field ${JSON.stringify(unknown)}`)
  const wrongType = misfit(value)
  if (wrongType) fail(`invalid Kustomization: ${wrongType}`)
  const given = Object.keys(value as object)
  const refused = given.find((k) => REFUSED.includes(k))
  if (refused) fail(`kustomize's ${refused} is not modelled here`)
  for (const [key, said] of Object.entries(OLD)) if (given.includes(key)) ctx.err(`# Warning: ${said} Run 'kustomize edit fix' to update your Kustomization automatically.\n`)
  return value as unknown as Kustomization
}

/** `above`: folders whose building led here; `start`: what a component is laid upon. */
function accumulated(place: Place, above: readonly string[], start: readonly Resource[]): { readonly resources: readonly Resource[]; readonly kustomization: Kustomization } {
  const { ctx, folder } = place
  if (above.includes(folder)) fail(`cycle detected: candidate root '${absolute(ctx, folder)}' contains visited root '${absolute(ctx, folder)}'`)
  const kustomization = readKustomization(place)
  const here = [...above, folder]
  let all = start
  for (const path of [...(kustomization.resources ?? []), ...(kustomization.bases ?? [])]) all = appended(all, path, read(place, path, here))
  for (const path of kustomization.components ?? []) {
    const inside = joined(folder, path)
    if (!isFolder(ctx, inside)) fail(`accumulating components: accumulateDirectory: "must build at directory: not a valid directory: ${missing(ctx, absolute(ctx, inside), inside)}"`)
    all = accumulated({ ctx, folder: inside }, here, all).resources
  }
  const text = (file: string): string => ctx.files[joined(folder, file)] ?? fail(`loading KV pairs: ${file.includes('.env') ? 'env' : 'file'} sources: [${file}]: ${missing(ctx, absolute(ctx, joined(folder, file)), joined(folder, file))}`)
  for (const args of kustomization.configMapGenerator ?? []) all = generated('ConfigMap', args, kustomization.generatorOptions ?? {}, text, all)
  for (const args of kustomization.secretGenerator ?? []) all = generated('Secret', args, kustomization.generatorOptions ?? {}, text, all)
  return { resources: transformed(place, kustomization, all), kustomization }
}

function appended(all: readonly Resource[], path: string, more: readonly Resource[]): readonly Resource[] {
  for (const { object } of more) {
    const id = idOf(object)
    if (all.some((r) => idOf(r.object) === id)) fail(`accumulating resources: accumulation err='merging resources from '${path}': may not add resource with an already registered id: ${id}': must build at directory: '${path}': file is not directory`)
  }
  return [...all, ...more]
}

function read({ ctx, folder }: Place, path: string, above: readonly string[]): readonly Resource[] {
  const file = joined(folder, path)
  const text = ctx.files[file]
  if (text !== undefined) {
    const { objects, problems } = parseManifest(file, text)
    const [wrong] = problems.filter((p) => p.severity === 'error')
    if (wrong) fail(`accumulating resources: accumulation err='accumulating resources from '${path}': ${wrong.message}': must build at directory: '${absolute(ctx, file)}': file is not directory`)
    return objects.filter((o) => o.value !== null).map(({ value }) => {
      const problem = notAResource(value)
      if (problem) fail(`accumulating resources: accumulation err='accumulating resources from '${path}': ${problem}': must build at directory: '${absolute(ctx, file)}': file is not directory`)
      return resourceOf(value as unknown as KubeObject)
    })
  }
  if (/^(https?:\/\/|git@|github\.com\/)/.test(path)) fail(`accumulating resources: ${JSON.stringify(path)} lies on the internet, which this cluster does not have`)
  if (isFolder(ctx, file)) return accumulated({ ctx, folder: file }, above, []).resources
  const gone = missing(ctx, absolute(ctx, file), file)
  throw new Failure(`error: accumulating resources: accumulation err='accumulating resources from '${path}': ${gone}': must build at directory: not a valid directory: ${gone}`)
}

const each = (all: readonly Resource[], change: (object: KubeObject) => KubeObject): readonly Resource[] => all.map((r) => changed(r, change(r.object)))

/** The transformers in kustomize's order. */
function transformed(place: Place, k: Kustomization, start: readonly Resource[]): readonly Resource[] {
  const { ctx, folder } = place
  const text = (file: string): string => ctx.files[joined(folder, file)] ?? fail(`failed to get the patch file from path(${file}): ${missing(ctx, absolute(ctx, joined(folder, file)), joined(folder, file))}`)
  let all = start
  for (const entry of k.patchesStrategicMerge ?? []) for (const patch of patchesIn('patch', entry.includes('\n') ? entry : text(entry))) all = mergedByName(all, patch as JsonObject)
  for (const patch of k.patches ?? []) all = patched(all, patch, text)
  if (k.namespace) all = each(all, (o) => withNamespace(o, k.namespace!))
  if (k.namePrefix || k.nameSuffix) all = each(all, (o) => (NEVER_RENAMED.has(o.kind) ? o : { ...o, metadata: { ...o.metadata, name: `${k.namePrefix ?? ''}${o.metadata.name}${k.nameSuffix ?? ''}` } }))
  if (k.commonLabels) all = each(all, (o) => withLabels(o, { pairs: k.commonLabels, includeSelectors: true }))
  for (const setting of k.labels ?? []) all = each(all, (o) => withLabels(o, setting))
  if (k.commonAnnotations) all = each(all, (o) => withAnnotations(o, k.commonAnnotations!))
  for (const patch of k.patchesJson6902 ?? []) all = patched(all, patch, text)
  for (const { name, count } of k.replicas ?? []) {
    const fits = (r: Resource): boolean => SCALED.has(r.object.kind) && r.names.includes(name)
    if (!all.some(fits)) fail(`resource with name ${name} does not match a config with the following GVK [Deployment.v1.apps ReplicaSet.v1.apps ReplicationController.v1.[noGrp] StatefulSet.v1.apps]`)
    all = all.map((r) => (fits(r) ? changed(r, { ...r.object, spec: { ...(r.object.spec as object), replicas: count } }) : r))
  }
  for (const setting of [...(k.images ?? []), ...(k.imageTags ?? [])]) all = each(all, (o) => withImage(o, setting))
  for (const replacement of k.replacements ?? []) all = withReplacement(all, replacement.path ? replacementIn(text(replacement.path)) : replacement)
  if (k.buildMetadata?.includes('managedByLabel')) all = each(all, (o) => withLabels(o, { pairs: { 'app.kubernetes.io/managed-by': 'kustomize-v5.8.1' } }))
  return all
}

function replacementIn(text: string): Replacement {
  const [value = null] = patchesIn('replacement', text)
  const problem = replacementMisfit(value)
  return problem || typeof value !== 'object' || value === null ? fail(`invalid replacement: ${problem ?? text}`) : (value as unknown as Replacement)
}

function patched(all: readonly Resource[], { path, patch, target, options }: Patch, text: (file: string) => string): readonly Resource[] {
  if (path && patch) fail('patch and path can\'t be set at the same time')
  if (!path && !patch) fail('must specify one of patch and path in PatchTransformer')
  const fits = (selector: Selector) => (r: Resource): boolean => selects(selector, r)
  return patchesIn(path ?? 'patch', patch ?? text(path!)).reduce<readonly Resource[]>((now, value: JsonValue) => {
    if (Array.isArray(value)) {
      if (!target) return fail('must specify a target for JSON patch')
      return now.map((r) => (fits(target)(r) ? operated(r, value) : r))
    }
    if (typeof value !== 'object' || value === null) return fail(`unable to parse SM or JSON patch from [${JSON.stringify(value)}]`)
    if (!target) return mergedByName(now, value as JsonObject)
    return now.flatMap((r) => (fits(target)(r) ? (merged(r, value as JsonObject, !options?.allowNameChange) ?? []) : r))
  }, all)
}

function withNamespace(object: KubeObject, namespace: string): KubeObject {
  if (object.kind === 'Namespace' && object.apiVersion === 'v1') return { ...object, metadata: { ...object.metadata, name: namespace } }
  const moved = isNamespaced(object) ? { ...object, metadata: { ...object.metadata, namespace } } : object
  if (object.kind !== 'RoleBinding' && object.kind !== 'ClusterRoleBinding') return moved
  const { subjects: given } = moved as KubeObject & { readonly subjects?: unknown }
  const subjects = Array.isArray(given) ? (given as readonly { readonly kind: string; readonly name: string }[]) : []
  return { ...moved, subjects: subjects.map((s) => (s?.kind === 'ServiceAccount' && s.name === 'default' ? { ...s, namespace } : s)) } as KubeObject
}
