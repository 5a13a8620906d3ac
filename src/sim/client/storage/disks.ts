import type { Engine } from '../../engine/engine.ts'
import type { Table } from '../../engine/table.ts'

/** A disk or share of a storage system: what a volume's data lies on, wherever it is attached. */
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
}

/** All disks by id. */
export const diskTable = (engine: Engine): Table<Disk> => engine.table<Disk>('csi/disks')

/**
 * The trees of files on disks and hosts, by file system. Values are the immutable roots of node/linux, so that copying one is sharing
 * it; a storage system only copies and drops them, and knows nothing of what is in them.
 */
export const diskFiles = (engine: Engine): Table<unknown> => engine.table<unknown>('kubelet/disks')
/** The name of a disk's file system, in that table and in mount tables. */
export const diskFileSystem = (id: string): string => `disk/${id}`
export const diskOf = (fs: string): string | undefined => (fs.startsWith('disk/') ? fs.slice('disk/'.length) : undefined)

/** One volume of a pod as it is mounted on its node. */
export interface MountedVolume {
  /** The file system: "disk/<id>" or "host/<node>". */
  readonly fs: string
  /** Where in it: "/" of a disk, a directory of the host. */
  readonly path: string
  readonly readOnly: boolean
  /** Room on it; 0: that of the host or server. */
  readonly bytes: number
  /** Who put it there, for disks. */
  readonly driver?: string
}

/** What the volumes of a pod's claims have come to, by "<node> <namespace>/<pod>". */
export interface PodMounts {
  readonly uid: string
  /** By the name of the pod's volume; those that are missing are not mounted yet. */
  readonly volumes: Readonly<Record<string, MountedVolume>>
  /** Why the next one is not: the message of a FailedMount or FailedMapVolume event. */
  readonly problem?: string
  /** Failures in a row: the next try waits longer. */
  readonly tries?: number
}

/** Kubelets read here whether a pod's claims are mounted, and where. */
export const podMounts = (engine: Engine): Table<PodMounts> => engine.table<PodMounts>('volume-manager/mounted')
