import type { KubeObject } from '../../api/meta.ts'
import { objectKey } from '../keys.ts'
import type { Execution, Outcome } from '../execution.ts'
import type { Table } from '../reading.ts'
import { likelyManagers } from './unaccounted.ts'

interface Listed {
  readonly items: readonly KubeObject[]
}

/** An answer with `managedFields` in its objects: the object itself, the items of a list, the rows of a table. */
export function withManagers(exec: Execution, answer: Outcome): Outcome {
  if (typeof answer !== 'object' || answer === null) return answer
  const { kind } = answer as { readonly kind?: string }
  if (kind === 'Table') {
    const table = answer as Table
    return { ...table, rows: table.rows.map((row) => ({ ...row, object: shown(exec, row.object) })) }
  }
  if (Array.isArray((answer as Partial<Listed>).items)) return { ...answer, items: (answer as Listed).items.map((object) => shown(exec, object)) }
  if (kind !== exec.kind.kind) return answer
  const object = answer as KubeObject
  const { ownership } = exec.means
  return exec.trail.managers ? ownership.shown(exec.kind, object, exec.trail.managers) : shown(exec, object)
}

function shown(exec: Execution, object: KubeObject): KubeObject {
  const { ownership } = exec.means
  const managers = ownership.table.get(objectKey(exec.kind, exec.kind.namespaced ? object.metadata.namespace : undefined, object.metadata.name))
  if (managers) return ownership.shown(exec.kind, object, managers)
  const managedFields = object.metadata.managedFields ? [] : likelyManagers(exec.kind, object)
  return managedFields.length === 0 ? object : { ...object, metadata: { ...object.metadata, managedFields } }
}
