import { deepEqual } from '../../api/deep.ts'
import type { KubeObject, ManagedFieldsEntry } from '../../api/meta.ts'
import type { Engine } from '../../engine/engine.ts'
import type { Table } from '../../engine/table.ts'
import { formatTime } from '../../engine/time.ts'
import type { KindDefinition } from '../../kinds/definition.ts'
import type { Execution } from '../execution.ts'
import { apiVersionOf, entriesOf, managedFieldsOf, ownersOf, type Managers, type PendingWrite } from './managers.ts'

/** So many writes are kept before they are turned into ownership. */
const MOST_PENDING = 8

/**
 * The account of who owns which fields, beside the objects: one row for each object that somebody outside the control
 * plane has made or applied. What components make for themselves (pods of a ReplicaSet …) has no account, which costs
 * nothing, until it is first applied.
 */
export class Ownership {
  readonly table: Table<Managers>

  constructor(engine: Engine) {
    this.table = engine.table<Managers>('etcd/managers')
  }

  /** The account of a new object; undefined for one of the control plane's own. */
  created(exec: Execution, to: KubeObject): Managers | undefined {
    if (exec.trusted) return undefined
    return { entries: [], pending: [writeOf(exec, undefined, to)] }
  }

  /** The account after an update; undefined where none is kept. `sent` is what the body said of it. */
  updated(exec: Execution, key: string, from: KubeObject, to: KubeObject, sent: readonly ManagedFieldsEntry[] | undefined): Managers | undefined {
    const known = this.table.get(key)
    if (sent?.length === 1 && Object.keys(sent[0]!).length === 0) return undefined
    const base = sent?.length ? this.#asSent(exec.kind, known, sent) : known
    if (!base) return undefined
    const next: Managers = { entries: base.entries, pending: [...base.pending, writeOf(exec, from, to)] }
    return next.pending.length > MOST_PENDING ? { entries: managedFieldsOf(exec.kind, next), pending: [] } : next
  }

  /** Clients may hand back what they read, or change it. */
  #asSent(kind: KindDefinition, known: Managers | undefined, sent: readonly ManagedFieldsEntry[]): Managers {
    return known && deepEqual(managedFieldsOf(kind, known), sent) ? known : { entries: entriesOf(ownersOf(sent)), pending: [] }
  }

  /** Writes an account down, or closes it. */
  keep(exec: Execution, key: string, managers: Managers | undefined): void {
    exec.trail.managers = managers
    if (exec.options.dryRun) return
    if (managers) this.table.set(key, managers)
    else this.table.delete(key)
  }

  /** The object with its `managedFields`, where there are any. */
  shown(kind: KindDefinition, object: KubeObject, managers: Managers | undefined): KubeObject {
    const managedFields = managers ? managedFieldsOf(kind, managers) : []
    return managedFields.length === 0 ? object : { ...object, metadata: { ...object.metadata, managedFields } }
  }
}

function writeOf(exec: Execution, from: KubeObject | undefined, to: KubeObject): PendingWrite {
  const write = { manager: managerOf(exec), apiVersion: apiVersionOf(exec.kind), subresource: exec.subresource, time: formatTime(exec.now), to }
  return from ? { ...write, from } : write
}

/** The field manager, or the first part of the user agent (endpoints/handlers: managerOrUserAgent). */
function managerOf({ options, userAgent, user, trusted }: Execution): string {
  if (options.fieldManager) return options.fieldManager
  if (userAgent !== undefined) return userAgent.split('/')[0]!.slice(0, 128) || 'unknown'
  if (!trusted) return 'unknown'
  if (user.startsWith('system:node:')) return 'kubelet'
  return user.startsWith('system:serviceaccount:kube-system:') ? 'kube-controller-manager' : user.slice('system:'.length)
}
