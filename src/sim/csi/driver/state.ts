import type { RpcError } from '../../client/storage/csi-wire.ts'
import { diskFiles, diskFileSystem, diskTable, type Disk } from '../../client/storage/disks.ts'
import type { Engine } from '../../engine/engine.ts'
import type { Table } from '../../engine/table.ts'
import type { Micros } from '../../engine/time.ts'

/** A picture of a disk's data at an instant; the files are shared with the disk until one of them changes. */
export interface SnapshotData {
  readonly id: string
  readonly driver: string
  readonly name: string
  readonly disk: string
  readonly bytes: number
  readonly formatted: number
  /** The files at that instant; undefined for a disk on which there was no file system. */
  readonly files: unknown
  readonly at: Micros
}

/** One call, as it is kept for whoever wants to see the conversation. */
export interface CallRecord {
  readonly at: Micros
  readonly driver: string
  readonly method: string
  readonly from: string
  readonly about: string
  /** 'OK' or the error's code. */
  readonly code: string
}

/** What a person made a driver do wrong: every call of a method is answered with this, `left` times or for ever. */
export interface Fault extends RpcError {
  readonly left?: number
}

/** A zone's room, by "<driver>/<zone>". */
export interface Pool {
  readonly bytes: number
}

const KEPT_CALLS = 200

/** The tables of all modelled storage systems. */
export class StorageState {
  readonly disks: Table<Disk>
  readonly files: Table<unknown>
  readonly snapshots: Table<SnapshotData>
  /** "<driver>/<node>" → the zone in which the node said it is. */
  readonly nodes: Table<string>
  readonly pools: Table<Pool>
  /** "<driver> <method>" */
  readonly faults: Table<Fault>
  readonly calls: Table<CallRecord>
  /** "<driver>/<node>/<disk>" → where the node has it: staged, and published for which pods. */
  readonly mounts: Table<readonly string[]>
  readonly #counters: Table<number>

  constructor(engine: Engine) {
    this.disks = diskTable(engine)
    this.files = diskFiles(engine)
    this.snapshots = engine.table('csi/snapshots')
    this.nodes = engine.table('csi/nodes')
    this.pools = engine.table('csi/pools')
    this.faults = engine.table('csi/faults')
    this.calls = engine.table('csi/calls')
    this.mounts = engine.table('csi/mounts')
    this.#counters = engine.table('csi/counters')
  }

  filesOf(disk: string): unknown {
    return this.files.get(diskFileSystem(disk))
  }

  setFiles(disk: string, files: unknown): void {
    if (files !== undefined) this.files.set(diskFileSystem(disk), files)
    else if (this.files.has(diskFileSystem(disk))) this.files.delete(diskFileSystem(disk))
  }

  /** Bytes that are left in a zone. */
  free(driver: string, zone: string): number {
    let left = this.pools.get(`${driver}/${zone}`)?.bytes ?? 0
    for (const disk of this.disks.values()) if (disk.driver === driver && disk.zone === zone) left -= disk.bytes
    return left
  }

  zones(driver: string): readonly string[] {
    return this.pools.keys().filter((key) => key.startsWith(`${driver}/`)).map((key) => key.slice(driver.length + 1))
  }

  record(call: CallRecord): void {
    const n = (this.#counters.get('calls') ?? 0) + 1
    this.#counters.set('calls', n)
    this.calls.set(`${n}`.padStart(9, '0'), call)
    const old = `${n - KEPT_CALLS}`.padStart(9, '0')
    if (n > KEPT_CALLS) this.calls.delete(old)
  }

  /** The fault that a call runs into, used up by one. */
  fault(driver: string, method: string): RpcError | undefined {
    const key = `${driver} ${method}`
    const fault = this.faults.get(key)
    if (!fault) return undefined
    if (fault.left !== undefined) {
      if (fault.left <= 1) this.faults.delete(key)
      else this.faults.set(key, { ...fault, left: fault.left - 1 })
    }
    return { code: fault.code, desc: fault.desc }
  }
}
