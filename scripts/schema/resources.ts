import { existsSync, readFileSync } from 'node:fs'
import { shortName, type OpenApiSchemas } from './compact.ts'

interface Operation {
  readonly action?: string
  readonly gvk?: { readonly group: string; readonly version: string; readonly kind: string }
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation | readonly string[]>>>>

export interface CompactSubresource {
  readonly name: string
  readonly verbs: readonly string[]
  readonly kind: string
  readonly apiVersion: string
}

/** One served resource: what the discovery document says of it, plus the definition of its objects. */
export interface CompactResource {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly subresources: readonly CompactSubresource[]
  readonly definition: string
}

/** Short names that the recorded discovery documents at hand may not show (registry/…/storage.go: ShortNames). */
const SHORT_NAMES: Readonly<Record<string, readonly string[]>> = {
  componentstatuses: ['cs'], configmaps: ['cm'], endpoints: ['ep'], events: ['ev'], limitranges: ['limits'], namespaces: ['ns'],
  nodes: ['no'], persistentvolumeclaims: ['pvc'], persistentvolumes: ['pv'], pods: ['po'], replicationcontrollers: ['rc'],
  resourcequotas: ['quota'], serviceaccounts: ['sa'], services: ['svc'], customresourcedefinitions: ['crd', 'crds'],
  daemonsets: ['ds'], deployments: ['deploy'], replicasets: ['rs'], statefulsets: ['sts'], horizontalpodautoscalers: ['hpa'],
  cronjobs: ['cj'], certificatesigningrequests: ['csr'], ingresses: ['ing'], ipaddresses: ['ip'], networkpolicies: ['netpol'],
  poddisruptionbudgets: ['pdb'], priorityclasses: ['pc'], storageclasses: ['sc'], volumeattributesclasses: ['vac'],
}
const CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  pods: ['all'], replicationcontrollers: ['all'], services: ['all'], daemonsets: ['all'], deployments: ['all'], replicasets: ['all'],
  statefulsets: ['all'], horizontalpodautoscalers: ['all'], cronjobs: ['all'], jobs: ['all'],
  mutatingwebhookconfigurations: ['api-extensions'], validatingwebhookconfigurations: ['api-extensions'],
  mutatingadmissionpolicies: ['api-extensions'], mutatingadmissionpolicybindings: ['api-extensions'],
  validatingadmissionpolicies: ['api-extensions'], validatingadmissionpolicybindings: ['api-extensions'],
  customresourcedefinitions: ['api-extensions'], apiservices: ['api-extensions'],
}
const VERBS: Readonly<Record<string, readonly string[]>> = {
  list: ['list', 'watch'], post: ['create'], deletecollection: ['deletecollection'], get: ['get'], put: ['update'], patch: ['patch'],
  delete: ['delete'],
}
/** Proxies pass any method on; the others that connect take two. */
const CONNECT: Readonly<Record<string, string>> = { get: 'get', post: 'create', put: 'update', patch: 'patch', delete: 'delete' }
/** Lists that cannot be watched, though their documents show the parameters. */
const UNWATCHED: ReadonlySet<string> = new Set(['componentstatuses'])
const METHODS = ['get', 'post', 'put', 'patch', 'delete']

interface Discovered {
  readonly name: string
  readonly singularName: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
}

/** Discovery documents among the recordings, by "groupVersion/name". */
function discovered(folder: string): ReadonlyMap<string, Discovered> {
  const out = new Map<string, Discovered>()
  const file = `${folder}/requests/discovery/documents.jsonl`
  if (!existsSync(file)) return out
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (!line) continue
    const body = (JSON.parse(line) as { response: { body?: { kind?: string; groupVersion?: string; resources?: readonly Discovered[] } } }).response.body
    if (body?.kind === 'APIResourceList') for (const r of body.resources ?? []) out.set(`${body.groupVersion}/${r.name}`, r)
  }
  return out
}

const PATH = /^\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))\/(?:(namespaces\/\{namespace\})\/)?([a-z]+)(?:\/\{name\}(?:\/([a-z]+))?)?$/

/** Every resource that the recorded paths serve, in the order of group, version and name. */
export function compactResources(paths: Paths, schemas: OpenApiSchemas, folder: string): readonly CompactResource[] {
  const documents = discovered(folder)
  const definitions = new Map<string, string>()
  for (const full of Object.keys(schemas)) {
    for (const gvk of schemas[full]!['x-kubernetes-group-version-kind'] ?? []) definitions.set(`${gvk.group}/${gvk.version}/${gvk.kind}`, shortName(full))
  }
  type Building = { -readonly [K in keyof CompactResource]: CompactResource[K] } & { verbSet: Set<string>; subs: Map<string, { kind: string; apiVersion: string; verbs: Set<string> }> }
  const all = new Map<string, Building>()
  for (const path of Object.keys(paths)) {
    // Namespaces themselves look like a namespaced path: /api/v1/namespaces/{name}.
    const m = PATH.exec(path)
    if (!m) continue
    const group = m[2] ?? ''
    const version = m[1] ?? m[3]!
    const [, , , , inNamespace, plural, sub] = m
    for (const method of METHODS) {
      const op = paths[path]![method] as Operation | undefined
      if (!op?.gvk || !op.action) continue
      const key = `${group}/${version}/${plural}`
      let r = all.get(key)
      if (!r) {
        const name = `${group ? `${group}/` : ''}${version}/${plural}`
        const doc = documents.get(name)
        const { kind } = op.gvk
        r = {
          group, version, kind, plural: plural!, singular: doc?.singularName ?? kind.toLowerCase(),
          shortNames: doc?.shortNames ?? SHORT_NAMES[plural!] ?? [], categories: doc?.categories ?? CATEGORIES[plural!] ?? [],
          namespaced: false, verbs: [], subresources: [], definition: '', verbSet: new Set(), subs: new Map(),
        }
        all.set(key, r)
      }
      if (inNamespace) r.namespaced = true
      if (sub) {
        const s = r.subs.get(sub) ?? { kind: op.gvk.kind, apiVersion: op.gvk.group ? `${op.gvk.group}/${op.gvk.version}` : op.gvk.version, verbs: new Set<string>() }
        for (const v of op.action === 'connect' ? [CONNECT[method]!] : (VERBS[op.action] ?? [])) s.verbs.add(v)
        r.subs.set(sub, s)
      } else {
        r.kind = op.gvk.kind
        for (const v of VERBS[op.action] ?? []) if (v !== 'watch' || !UNWATCHED.has(plural!)) r.verbSet.add(v)
        r.definition = definitions.get(`${op.gvk.group}/${op.gvk.version}/${op.gvk.kind}`) ?? r.definition
      }
    }
  }
  return [...all.values()]
    .filter((r) => r.verbSet.size > 0)
    .sort((a, b) => (a.group < b.group ? -1 : a.group > b.group ? 1 : a.version < b.version ? 1 : a.version > b.version ? -1 : a.plural < b.plural ? -1 : 1))
    .map(({ verbSet, subs, ...r }) => ({
      ...r,
      verbs: [...verbSet].sort(),
      subresources: [...subs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, s]) => ({ name, verbs: [...s.verbs].sort(), kind: s.kind, apiVersion: s.apiVersion })),
    }))
}
