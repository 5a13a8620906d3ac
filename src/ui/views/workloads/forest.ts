import type { ApiObject } from '../../../workers/protocol.ts'
import { at, controllerOf } from '../../kinds/access.ts'
import type { TreeItem } from '../../graph/tree-layout.ts'
import { keyByUid, revisionOf } from '../../kinds/revision.ts'
import type { Mirror } from '../../store/mirror.ts'

/** An object of the workloads view, or a folded group of pods. */
export interface ForestItem extends TreeItem {
  readonly children: readonly ForestItem[]
  readonly via: 'root' | 'owner'
  /** For a folded group: the pods in it. */
  readonly pods?: readonly string[]
  /** Its pods were unfolded and can be folded again. */
  readonly foldable?: boolean
}

export interface ForestOptions {
  readonly system: boolean
  readonly filter: string
  /** Owners whose pods are shown one by one although there are many. */
  readonly open: ReadonlySet<string>
}

/** More children than this are folded into one card. */
export const MOST_CHILDREN = 10
const OBJECT_HEIGHT = 52
const GROUP_HEIGHT = 110
const ROOT_KINDS = ['Service', 'Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Job', 'ReplicaSet', 'Pod'] as const

/** Everything that nobody owns, with what it owns below it. Workloads by kind and name, each followed by its Services. */
export function buildForest(state: Mirror, options: ForestOptions): readonly ForestItem[] {
  const words = options.filter.trim().toLowerCase()
  const roots = ROOT_KINDS.flatMap((kind) => state.indexes.list('kind', kind))
    .filter((key) => isRoot(state, key, options.system))
    .map((key) => itemOf(state, key, options, 0))
  return besideTheirPods(state, roots).filter((item) => words === '' || mentions(item, words))
}

const flatten = (item: ForestItem): readonly ForestItem[] => [item, ...item.children.flatMap(flatten)]

/** Puts each Service right below the workload whose pods it selects, so that its arrows cross nothing. */
function besideTheirPods(state: Mirror, roots: readonly ForestItem[]): readonly ForestItem[] {
  const services = roots.filter(({ key }) => key.startsWith('services/'))
  const rest = roots.filter(({ key }) => !key.startsWith('services/'))
  const placed = new Set<string>()
  const ordered = rest.flatMap((root) => {
    const own = services.filter((service) => !placed.has(service.key) && selections(state, [service, ...flatten(root)]).length > 0)
    for (const { key } of own) placed.add(key)
    return [root, ...own]
  })
  return [...ordered, ...services.filter(({ key }) => !placed.has(key))]
}

function isRoot(state: Mirror, key: string, system: boolean): boolean {
  const object = state.records.get(key)
  if (object === undefined || (!system && object.metadata.namespace === 'kube-system')) return false
  if (object.kind === 'Service' && object.metadata.name === 'kubernetes' && !system) return false
  return keyByUid(state, controllerOf(object)?.uid) === undefined
}

const mentions = (item: ForestItem, words: string): boolean => item.key.includes(words) || item.children.some((child) => mentions(child, words))

function itemOf(state: Mirror, key: string, options: ForestOptions, depth: number): ForestItem {
  const uid = state.records.get(key)?.metadata.uid
  const owned = uid === undefined || depth > 5 ? [] : state.indexes.list('owner', uid).filter((child) => isDrawn(state.records.get(child)))
  const pods = owned.filter((child) => child.startsWith('pods/'))
  const others = owned.filter((child) => !child.startsWith('pods/')).sort((a, b) => newestFirst(state, a, b))
  const folded = pods.length > MOST_CHILDREN && !options.open.has(`${key}#pods`)
  const children = others.map((child) => itemOf(state, child, options, depth + 1))
  if (folded) children.push({ key: `${key}#pods`, height: GROUP_HEIGHT, children: [], via: 'owner', pods })
  else children.push(...pods.map((child): ForestItem => ({ key: child, height: OBJECT_HEIGHT, children: [], via: 'owner' })))
  return { key, height: OBJECT_HEIGHT, children, via: depth === 0 ? 'root' : 'owner', ...(pods.length > MOST_CHILDREN && !folded && { foldable: true }) }
}

const isDrawn = (object: ApiObject | undefined): boolean => object !== undefined && object.kind !== 'EndpointSlice' && object.kind !== 'ControllerRevision' && object.kind !== 'Event'

/** The current ReplicaSet stands first, so that an update appears above the old ones in a place of its own. */
function newestFirst(state: Mirror, a: string, b: string): number {
  const revision = (key: string): number => Number(revisionOf(state.records.get(key)) || 0)
  return revision(b) - revision(a) || (a < b ? -1 : 1)
}

/** Service → pods that it selects, among what is drawn; a folded group counts once. */
export function selections(state: Mirror, items: readonly ForestItem[]): readonly (readonly [string, string])[] {
  const services = items.filter(({ key }) => key.startsWith('services/'))
  const pairs: (readonly [string, string])[] = []
  for (const { key } of services) {
    const service = state.records.get(key)
    const selector = Object.entries((at(service, 'spec', 'selector') ?? {}) as Readonly<Record<string, string>>)
    if (selector.length === 0) continue
    for (const item of items) {
      const pod = state.records.get(item.pods?.[0] ?? item.key)
      if (pod?.kind !== 'Pod' || pod.metadata.namespace !== service?.metadata.namespace) continue
      const labels = (pod.metadata['labels'] ?? {}) as Readonly<Record<string, string>>
      if (selector.every(([name, value]) => labels[name] === value)) pairs.push([key, item.key])
    }
  }
  return pairs
}
