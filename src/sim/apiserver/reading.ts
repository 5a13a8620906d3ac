import type { KubeObject } from '../api/meta.ts'
import { columnsOf } from '../api/schema/schema.ts'
import { expired, isStatus, notFound } from '../api/status.ts'
import type { Cell } from '../kinds/definition.ts'
import { collectionOf, objectKey } from './keys.ts'
import type { Execution, Outcome } from './execution.ts'
import { checkRevision, continueToken, placeIn, readToken } from './paging.ts'
import { checkSelectors, matcher } from './selection.ts'

/** meta.k8s.io/v1 Table: what kubectl prints. Rows carry their object. */
export interface Table {
  readonly kind: 'Table'
  readonly apiVersion: 'meta.k8s.io/v1'
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string; readonly remainingItemCount?: number }
  readonly columnDefinitions: readonly {
    readonly name: string
    readonly type: string
    readonly format: string
    readonly description: string
    readonly priority: number
  }[]
  readonly rows: readonly { readonly cells: readonly Cell[]; readonly object: KubeObject }[]
}

export function getObject(exec: Execution): Outcome {
  const { kind, namespace, name } = exec
  const stale = checkRevision(exec, false)
  if (stale) return stale
  const found = exec.store.get(objectKey(kind, namespace, name))
  if (!found) return notFound({ group: kind.group, resource: kind.plural }, name)
  const object = exec.means.overlay(kind.plural, found, exec.now)
  return exec.options.asTable ? tableOf(exec, [object], { resourceVersion: object.metadata.resourceVersion }) : object
}

/** The objects that the request selects, in etcd's order; those of an older revision where one is given. */
export function selectObjects(exec: Execution, revision?: number): Outcome<readonly KubeObject[]> {
  const { kind, namespace, options, store } = exec
  const wrong = checkSelectors(kind, options.labelSelector, options.fieldSelector)
  if (wrong) return wrong
  const wanted = matcher(kind, undefined, options.labelSelector, options.fieldSelector)
  const found: KubeObject[] = []
  const past = revision === undefined || revision >= store.revision ? undefined : store.objectsAt(collectionOf(kind), revision, namespace)
  for (const object of past ?? store.keys(collectionOf(kind), namespace).map((key) => store.get(key)!)) {
    if (wanted(object)) found.push(exec.means.overlay(kind.plural, object, exec.now))
  }
  return found
}

/** LIST, page by page: later pages show the collection as it was at the revision of the first. */
export function listObjects(exec: Execution): Outcome {
  const { kind, options, store } = exec
  const stale = checkRevision(exec, true)
  if (stale) return stale
  const from = options.continue ? readToken(options.continue) : undefined
  if (isStatus(from)) return from
  if (from && from.revision < store.compacted) return expired('The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.')
  const exact = options.resourceVersionMatch === 'Exact' ? Number(options.resourceVersion) : undefined
  const revision = from?.revision ?? exact ?? store.revision
  const all = selectObjects(exec, from || exact !== undefined ? revision : undefined)
  if (isStatus(all)) return all
  const start = from ? after(exec, all, from.after) : 0
  const page = options.limit ? all.slice(start, start + options.limit) : all.slice(start)
  const left = all.length - start - page.length
  const last = page.at(-1)
  // How many remain is not counted where objects are filtered.
  const isFiltered = options.labelSelector !== undefined || options.fieldSelector !== undefined
  const metadata = {
    ...(kind.custom ? { continue: '' } : {}),
    resourceVersion: `${revision}`,
    ...(left > 0 && last ? { continue: continueToken(revision, placeIn(exec, last)), ...(isFiltered ? {} : { remainingItemCount: left }) } : {}),
  }
  if (options.asTable) return tableOf(exec, page, metadata.continue === '' ? { resourceVersion: metadata.resourceVersion } : metadata)
  const apiVersion = kind.group ? `${kind.group}/${kind.version}` : kind.version
  return { kind: `${kind.kind}List`, apiVersion, metadata, items: page }
}

function after(exec: Execution, all: readonly KubeObject[], mark: string): number {
  const next = all.findIndex((object) => placeIn(exec, object) > mark)
  return next < 0 ? all.length : next
}

type Shown = Pick<Execution, 'kind' | 'means' | 'now'>

const inRowOrder = ({ kind }: Shown, objects: readonly KubeObject[]): readonly KubeObject[] => (kind.rowOrder && objects.length > 1 ? [...objects].sort((a, b) => kind.rowOrder!(a, b)) : objects)

/** Objects as the rows that kubectl prints (apiserver: registry/rest, TableConvertor). */
export function tableOf(exec: Shown, objects: readonly KubeObject[], metadata: Table['metadata']): Table {
  const { columns, group, plural } = exec.kind
  const texts = exec.kind.custom ? exec.means.columnTexts('', 'configmaps').slice(0, 1) : exec.means.columnTexts(group, plural)
  const types = new Map(exec.kind.custom ? [] : columnsOf(group, plural).map((column) => [column.name, column.type]))
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map((c, i) => ({
      name: c.name, type: types.get(c.name) ?? c.type, format: c.format ?? '', description: c.description || texts[i] || '', priority: c.priority ?? 0,
    })),
    rows: inRowOrder(exec, objects).map((object) => ({ cells: columns.map((c) => c.cell(object, exec.now)), object })),
  }
}
