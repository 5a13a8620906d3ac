import type { KubeObject } from '../api/meta.ts'
import type { Micros } from '../engine/time.ts'
import type { KindDefinition } from '../kinds/definition.ts'

/** meta.k8s.io/v1 Table as far as kubectl looks at it. */
export interface ServerTable {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number; readonly type?: string }[]
  readonly rows: readonly { readonly cells: readonly (string | number | boolean)[]; readonly object: KubeObject }[]
}

/** The table that the server would send for an object, e.g. one that came through a watch. */
export function tableOf(kind: KindDefinition, objects: readonly KubeObject[], now: Micros): ServerTable {
  return {
    columnDefinitions: kind.columns.map((c) => ({ name: c.name, priority: c.priority ?? 0, type: c.type })),
    rows: objects.map((object) => ({ cells: kind.columns.map((c) => c.cell(object, now)), object })),
  }
}
