import { componentOfFile, fileProblems, isStatus, parseManifest, schemaDefinition, scheme, threeWayMerge, threeWayStrategic, type Cluster, type JsonObject, type KubeObject, type ManifestObject, type Status } from '../sim/index.ts'
import { explain, fixesOf, fixFragment, fixUnreadable, placeOfMessage, type Finding } from './fixes/index.ts'
import type { ApplyResult, ManifestProblem } from './protocol.ts'
import type { OfferedFile } from './protocol-settings.ts'
import { yamlText } from './yaml-text.ts'

type Files = readonly { readonly name: string; readonly text: string }[]

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
const LIMIT = 200_000

/**
 * Applies the editor's files as `kubectl apply -f` does. Nothing is sent unless every file parses. The answer is there at
 * once even when paused, because the command is run ahead to see how it ends.
 */
export function applyFiles(cluster: Cluster, files: Files): ApplyResult {
  const unparsed = files.flatMap(({ name, text }) => parseManifest(name, text).problems.filter((p) => p.severity === 'error'))
  if (unparsed.length > 0) return { lines: unparsed.map((p) => ({ text: `error: ${p.file}:${p.line}:${p.column}: ${p.message}`, ok: false })), problems: unparsed }
  const problems = checkFiles(cluster, files)
  const { sent, offers } = apart(files)
  if (sent.length === 0 && offers.length > 0) return { lines: [], problems, offers }
  const argv = ['apply', ...sent.flatMap(({ name }) => ['-f', name])]
  const pid = cluster.runKubectl({ argv, files: Object.fromEntries(sent.map(({ name, text }) => [name, text])) })
  const { kubectl, timeline } = cluster
  const ended = timeline.peek(LIMIT, () =>
    kubectl.processes.get(pid)?.exit === undefined ? undefined : { out: kubectl.textOf(pid, 'stdout'), err: kubectl.textOf(pid, 'stderr') },
  )
  if (!ended) return { lines: [{ text: 'error: the command did not end', ok: false }], problems }
  return { lines: [...linesOf(ended.out, true), ...linesOf(ended.err, false)], problems, ...(offers.length > 0 && { offers }) }
}

/** What goes to the API server, and the documents that are files of components, which it does not know. */
function apart(files: Files): { readonly sent: Files; readonly offers: readonly OfferedFile[] } {
  const offers: OfferedFile[] = []
  const sent = files.flatMap(({ name, text }) => {
    const { objects } = parseManifest(name, text)
    const own = objects.map(({ value }) => componentOfFile(value))
    if (own.every((found) => found === undefined)) return [{ name, text }]
    objects.forEach(({ value }, i) => own[i] && offers.push({ ...own[i], text: yamlText(value) }))
    const rest = objects.filter((_, i) => own[i] === undefined)
    return rest.length === 0 ? [] : [{ name, text: rest.map(({ value }) => yamlText(value)).join('---\n') }]
  })
  return { sent, offers }
}

const linesOf = (text: string, ok: boolean): ApplyResult['lines'] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ text: line, ok }))

/** What the server would say to the files, placed at the lines that its answers name. Nothing changes. */
export function checkFiles(cluster: Cluster, files: Files): ManifestProblem[] {
  const manifests = files.map(({ name, text }) => ({ text, ...parseManifest(name, text) }))
  const made = new Set(manifests.flatMap((m) => m.objects.map((o) => o.value as unknown as KubeObject)).filter((o) => o?.kind === 'Namespace').map((o) => o.metadata?.name))
  return manifests.flatMap(({ text, objects, problems }) => [
    ...problems.map((problem) => (problem.severity === 'error' ? { ...problem, fixes: fixUnreadable(text) } : problem)),
    ...objects.flatMap((object) => checkObject(cluster, text, object, made)),
  ])
}

const MOST_MENDED = 60

/** Applies the first fix of the first error that has one, and again, until none has. `count`: how many were applied. */
export function mendFile(cluster: Cluster, { name, text }: Files[number]): { readonly text: string; readonly count: number } {
  let mended = text
  const seen = new Set<string>()
  for (let count = 0; count < MOST_MENDED; count++) {
    seen.add(mended)
    const next = checkFiles(cluster, [{ name, text: mended }]).find(({ severity, fixes }) => severity === 'error' && fixes?.length)?.fixes?.[0]?.text
    if (next === undefined || seen.has(next)) return { text: mended, count }
    mended = next
  }
  return { text: mended, count: MOST_MENDED }
}

function checkObject(cluster: Cluster, text: string, source: ManifestObject, namespacesInFiles: ReadonlySet<string | undefined>): ManifestProblem[] {
  const object = source.value as unknown as KubeObject
  const { line } = source.positionOf('')
  const plain = (path: string, message: string, severity: ManifestProblem['severity'] = 'error'): ManifestProblem => ({ file: source.file, ...source.positionOf(path), message, severity })
  const problem = (path: string, message: string): ManifestProblem => {
    const place = path === '' ? placeOfMessage(text, line, message) : path
    const finding: Finding = { text, line, object, path: place, message }
    const fixes = fixesOf(finding)
    const explained = explain(finding)
    return { ...plain(place, message), ...(explained && { explain: explained }), ...(fixes.length > 0 && { fixes }) }
  }
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return [plain('', 'a manifest is a mapping with apiVersion, kind and metadata')]
  const own = componentOfFile(source.value)
  if (own) return fileProblems(cluster, own.component, source.value as JsonObject).map(({ path, message, severity }) => plain(path, message, severity))
  const around = fixFragment(text, object)
  if (!object.apiVersion) return [{ ...plain('', 'apiVersion not set'), ...(around && { fixes: [around] }) }]
  if (!object.kind) return [plain('', 'kind not set')]
  const kind = kindOf(cluster, object)
  if (!kind) return [problem('kind', unknownKind(object))]
  const namespace = kind.namespaced ? (object.metadata?.namespace ?? 'default') : undefined
  const answer = dryRun(cluster, object, namespace)
  if (!isStatus(answer)) return kind.modelled ? [] : [plain('kind', `${object.kind} is stored, defaulted and validated, but nothing acts upon it yet`, 'warning')]
  if (answer.reason === 'AlreadyExists') return []
  if (answer.reason === 'NotFound' && answer.details?.kind === 'namespaces' && namespacesInFiles.has(namespace)) return []
  return placeStatus(answer).map(({ path, message }) => problem(path, message))
}

function dryRun(cluster: Cluster, object: KubeObject, namespace: string | undefined): unknown {
  const kind = kindOf(cluster, object)!
  const name = object.metadata?.name
  const where = { group: kind.group, version: kind.version, resource: kind.plural, namespace }
  const live = name ? cluster.objects.get(namespace ? `${kind.key}/${namespace}/${name}` : `${kind.key}/${name}`) : undefined
  if (!live) return cluster.dryRun({ verb: 'create', ...where, body: object, options: { fieldValidation: 'Strict' } })
  const original = JSON.parse(live.metadata.annotations?.[LAST_APPLIED] ?? '{}') as JsonObject
  const schema = schemaDefinition({ group: kind.group, version: kind.version, kind: object.kind })
  const [modified, current] = [object as unknown as JsonObject, live as unknown as JsonObject]
  const body = schema ? threeWayStrategic(original, modified, current, schema) : threeWayMerge(original, modified, current)
  return cluster.dryRun({ verb: 'patch', ...where, name, body, patchType: schema ? 'strategic' : 'merge', options: { fieldValidation: 'Strict' } })
}

/** The fields that a refusal names, each with its message; the whole document where it names none. */
function placeStatus(status: Status): { readonly path: string; readonly message: string }[] {
  const unknown = [...(status.message ?? '').matchAll(/unknown field "([^"]+)"/g)]
  if (unknown.length > 0) return unknown.map(([text, path]) => ({ path: path!, message: text }))
  const causes = status.details?.causes?.filter((cause) => cause.field)
  if (causes?.length) return causes.map((cause) => ({ path: cause.field!, message: cause.message ?? status.message ?? '' }))
  return [{ path: '', message: status.message ?? 'refused' }]
}

/** What the editor has to know of a kind. `key`: under which name its objects lie in the store. */
interface KnownKind {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly key: string
  readonly namespaced: boolean
  readonly modelled: boolean
}

interface Definition extends KubeObject {
  readonly spec: { readonly group: string; readonly scope: string; readonly names: { readonly kind: string; readonly plural: string }; readonly versions: readonly { readonly name: string; readonly served: boolean }[] }
}

/** The kind of an object: one of Kubernetes' own, or one that a CustomResourceDefinition of the cluster serves. */
function kindOf(cluster: Cluster, object: KubeObject): KnownKind | undefined {
  const slash = object.apiVersion.indexOf('/')
  const [group, version] = [slash < 0 ? '' : object.apiVersion.slice(0, slash), object.apiVersion.slice(slash + 1)]
  const known = scheme.kindFor({ group, version, kind: object.kind })
  if (known) return { group, version, plural: known.plural, key: known.plural, namespaced: known.namespaced, modelled: known.modelled }
  const custom = cluster.list<Definition>('customresourcedefinitions').find(({ spec }) => spec.group === group && spec.names.kind === object.kind && spec.versions.some((v) => v.name === version && v.served))?.spec
  return custom && { group, version, plural: custom.names.plural, key: `${custom.names.plural}.${group}`, namespaced: custom.scope === 'Namespaced', modelled: true }
}

function unknownKind(object: KubeObject): string {
  const known = scheme.resourceFor(object.kind)
  const hint = known && known.kind.toLowerCase() === object.kind.toLowerCase() ? `; did you mean ${known.kind} in ${known.group ? `${known.group}/` : ''}${known.version}?` : ''
  return `no matches for kind "${object.kind}" in version "${object.apiVersion}"${hint}`
}

/** The last applied text of each file's objects, for the diff before applying. */
export function liveTexts(cluster: Cluster, files: Files): { name: string; live: string }[] {
  return files.map(({ name, text }) => ({
    name,
    live: parseManifest(name, text)
      .objects.map((source) => lastApplied(cluster, source.value as unknown as KubeObject))
      .filter((part) => part !== '')
      .join('---\n'),
  }))
}

function lastApplied(cluster: Cluster, object: KubeObject): string {
  const kind = object?.apiVersion && object.kind ? kindOf(cluster, object) : undefined
  if (!kind || !object.metadata?.name) return ''
  const namespace = kind.namespaced ? (object.metadata.namespace ?? 'default') : undefined
  const live = cluster.objects.get(namespace ? `${kind.key}/${namespace}/${object.metadata.name}` : `${kind.key}/${object.metadata.name}`)
  const applied = live?.metadata.annotations?.[LAST_APPLIED]
  return applied ? yamlText(JSON.parse(applied)) : ''
}
