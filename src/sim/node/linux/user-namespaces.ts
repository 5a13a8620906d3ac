import type { Credentials } from './machine.ts'
import type { NamespaceKind } from './namespaces.ts'

/** A line of uid_map or gid_map: so many numbers from `inside` on stand for those from `outside` on. */
export interface IdRange {
  readonly inside: number
  readonly outside: number
  readonly count: number
}

/** A user namespace that a process has made: who its users are outside, and which namespaces belong to it (user_namespaces(7)). */
export interface UserNamespace {
  readonly uids: readonly IdRange[]
  readonly gids: readonly IdRange[]
  readonly setgroups: 'allow' | 'deny'
  readonly owns: readonly NamespaceKind[]
}

/** Who has no number inside is shown as this one (/proc/sys/kernel/overflowuid). */
const OVERFLOW = 65_534
const ALL: readonly IdRange[] = [{ inside: 0, outside: 0, count: 4_294_967_295 }]

/** The users of a pod with `hostUsers: false` on its node, from `base` on (pkg/kubelet/userns: 65,536 each). */
export const podRange = (base: number | undefined): readonly IdRange[] | undefined => (base === undefined ? undefined : [{ inside: 0, outside: base, count: USERS_OF_A_POD }])
export const USERS_OF_A_POD = 65_536

/** A number of the node's users as somebody in a user namespace sees it. */
export function idInside(ranges: readonly IdRange[], id: number): number {
  const range = ranges.find((r) => id >= r.outside && id < r.outside + r.count)
  return range ? range.inside + id - range.outside : OVERFLOW
}

export const uidSeen = (space: UserNamespace | undefined, uid: number): number => (space ? idInside(space.uids, uid) : uid)
export const gidSeen = (space: UserNamespace | undefined, gid: number): number => (space ? idInside(space.gids, gid) : gid)

/** Users and groups of a process as somebody sees them. */
export const userSeen = (space: UserNamespace | undefined, { uid, gid, groups }: Credentials): Credentials => (space ? { uid: uidSeen(space, uid), gid: gidSeen(space, gid), groups: groups.map((g) => gidSeen(space, g)) } : { uid, gid, groups })

/** The text of /proc/PID/uid_map or gid_map. */
export const mapText = (ranges: readonly IdRange[] | undefined): string => (ranges ?? ALL).map((r) => `${[r.inside, r.outside, r.count].map((n) => String(n).padStart(10)).join(' ')}\n`).join('')
