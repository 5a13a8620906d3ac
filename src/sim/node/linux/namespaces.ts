export const NAMESPACES = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'] as const
export type NamespaceKind = (typeof NAMESPACES)[number]

/** Inode numbers of the namespaces that a node's first process is in (include/linux/proc_ns.h). */
export const HOST_NAMESPACES: Readonly<Record<NamespaceKind, number>> = {
  cgroup: 4_026_531_835, ipc: 4_026_531_839, mnt: 4_026_531_841, net: 4_026_531_840, pid: 4_026_531_836, time: 4_026_531_834, user: 4_026_531_837, uts: 4_026_531_838,
}
