import type { KubeObject } from '../api/meta.ts'
import { expired, isStatus, notFound } from '../api/status.ts'
import type { Cell } from '../kinds/definition.ts'
import { storeKey } from '../store/store.ts'
import type { Execution, Outcome } from './execution.ts'
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
  const found = exec.store.get(storeKey(kind.plural, namespace, name))
  if (!found) return notFound({ group: kind.group, resource: kind.plural }, name)
  const object = exec.means.overlay(kind.plural, found, exec.now)
  return exec.options.asTable ? tableOf(exec, [object], { resourceVersion: object.metadata.resourceVersion }) : object
}

/** The objects that the request selects, in etcd's order. */
export function selectObjects(exec: Execution): Outcome<readonly KubeObject[]> {
  const { kind, namespace, options, store } = exec
  const wrong = checkSelectors(kind, options.labelSelector, options.fieldSelector)
  if (wrong) return wrong
  const wanted = matcher(kind, undefined, options.labelSelector, options.fieldSelector)
  const found: KubeObject[] = []
  for (const key of store.keys(kind.plural, namespace)) {
    const object = store.get(key)!
    if (wanted(object)) found.push(exec.means.overlay(kind.plural, object, exec.now))
  }
  return found
}

export function listObjects(exec: Execution): Outcome {
  const { kind, options } = exec
  const all = selectObjects(exec)
  if (isStatus(all)) return all
  const revision = options.continue ? Number(options.continue.split(':')[0]) : exec.store.revision
  if (options.continue && !(revision >= exec.store.compacted)) return expired('The provided continue parameter is too old to display a consistent list result.')
  const start = options.continue ? after(all, options.continue.slice(options.continue.indexOf(':') + 1)) : 0
  const page = options.limit ? all.slice(start, start + options.limit) : all.slice(start)
  const left = all.length - start - page.length
  const last = page.at(-1)
  const metadata = {
    resourceVersion: `${revision}`,
    ...(left > 0 && last ? { continue: `${revision}:${place(last)}`, remainingItemCount: left } : {}),
  }
  if (options.asTable) return tableOf(exec, page, metadata)
  const apiVersion = kind.group ? `${kind.group}/${kind.version}` : kind.version
  return { kind: `${kind.kind}List`, apiVersion, metadata, items: page }
}

const place = (object: KubeObject): string => `${object.metadata.namespace ?? ''}/${object.metadata.name}`

function after(all: readonly KubeObject[], mark: string): number {
  const next = all.findIndex((object) => place(object) > mark)
  return next < 0 ? all.length : next
}

function tableOf(exec: Execution, objects: readonly KubeObject[], metadata: Table['metadata']): Table {
  const { columns } = exec.kind
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map((c) => ({
      name: c.name, type: c.type, format: c.format ?? '', description: c.description ?? '', priority: c.priority ?? 0,
    })),
    rows: objects.map((object) => ({ cells: columns.map((c) => c.cell(object, exec.now)), object })),
  }
}

