import type { Engine } from '../../engine/engine.ts'
import type { Table } from '../../engine/table.ts'

/**
 * A disk or share of a storage system: what a volume's data lies on, wherever it is attached. `tree` is the immutable root of the file
 * system that a node made on it, null before the first mount; copying it is sharing it.
 */
export interface Disk {
  /** The volume handle: "vol-3f2a…"; of an NFS export "server:/path". */
  readonly id: string
  readonly driver: string
  /** The name that the maker gave, e.g. "pvc-<uid>". */
  readonly name: string
  readonly bytes: number
  /** What the file system on it has grown to; 0 before it is made. */
  readonly formatted: number
  readonly zone?: string
  /** Nodes to which it is attached. */
  readonly attached: readonly string[]
  readonly tree: unknown
}

/** All disks by id; a kernel mounts file system "disk:<id>" from here and writes its root back. */
export const diskTable = (engine: Engine): Table<Disk> => engine.table<Disk>('csi/disks')
/** The name of a disk's file system in a node's mount table. */
export const diskFileSystem = (id: string): string => `disk:${id}`
export const diskOfFileSystem = (fs: string): string | undefined => (fs.startsWith('disk:') ? fs.slice('disk:'.length) : undefined)
