import { failed } from '../errno.ts'
import { existing, mountOf } from '../files.ts'
import { directory, normalize } from '../fs.ts'
import type { Task } from '../kernel.ts'
import type { Mount, View } from '../machine.ts'
import { NAMESPACES, type NamespaceKind } from '../namespaces.ts'
import { hostPid, seenSelf, spaceOf, type Seen } from '../processes.ts'
import { startProgram } from '../programs.ts'
import type { Branch } from '../union.ts'
import { uidSeen, type IdRange } from '../user-namespaces.ts'
import { visible } from './ps.ts'
import { options, type Tool, type ToolContext } from './context.ts'

const SYS_CHROOT = 18
const SYS_ADMIN = 21

/** Has the process a capability (its number in linux/capability.h) over a namespace of a kind? In a user namespace of its own only over those that belong to it. */
export function may(c: ToolContext, capability: number, kind?: NamespaceKind): boolean {
  const users = c.task.view?.users
  if (users) return uidSeen(users, c.task.user.uid) === 0 && (kind === undefined || users.owns.includes(kind))
  return c.task.user.uid === 0 && Math.floor(seenSelf(c.kernel, c.task).capabilities / 2 ** capability) % 2 === 1
}

const LETTERS: Readonly<Record<string, NamespaceKind>> = { m: 'mnt', u: 'uts', i: 'ipc', n: 'net', p: 'pid', C: 'cgroup', U: 'user', T: 'time' }
const LONG: Readonly<Record<string, NamespaceKind>> = { mount: 'mnt', uts: 'uts', ipc: 'ipc', net: 'net', pid: 'pid', cgroup: 'cgroup', user: 'user', time: 'time' }

interface Wanted {
  readonly kinds: ReadonlySet<NamespaceKind>
  readonly flags: ReadonlySet<string>
  readonly target?: number
  readonly command: readonly string[]
}

function wantedOf(args: readonly string[]): Wanted | string {
  const kinds = new Set<NamespaceKind>()
  const flags = new Set<string>()
  let target: number | undefined
  let i = 0
  for (; i < args.length; i++) {
    const word = args[i]!
    if (word === '--') {
      i++
      break
    }
    if (!word.startsWith('-')) break
    if (word.startsWith('--')) {
      const [name = '', value] = word.slice(2).split(/=(.*)/s)
      if (name === 'target') target = Number(value ?? args[++i])
      else if (name === 'all') flags.add('a')
      else if (LONG[name]) kinds.add(LONG[name])
      else flags.add(name)
      continue
    }
    for (let j = 1; j < word.length; j++) {
      const letter = word[j]!
      if (letter === 't') {
        target = Number(word.slice(j + 1) || args[++i])
        break
      }
      if (LETTERS[letter]) kinds.add(LETTERS[letter])
      else if ('afrcFwS'.includes(letter)) flags.add(letter)
      else return `invalid option -- '${letter}'`
    }
  }
  return { kinds, flags, ...(target === undefined ? {} : { target }), command: args.slice(i) }
}

/** Runs the command in the place of this process, or, where a pid namespace is new to it, as a child. */
function go(c: ToolContext, view: View, command: readonly string[], fork: boolean): number | undefined {
  c.task.view = view
  const argv = command.length > 0 ? command : [c.task.env['SHELL'] ?? '/bin/sh']
  const program = startProgram(c.kernel, c.task, argv, c.task.env)
  if (typeof program === 'string') return c.fail(`can't execute '${argv[0] ?? ''}': ${program.endsWith('not found') ? 'No such file or directory' : 'Permission denied'}`, 127)
  if (!fork) {
    Object.assign(c.task, { argv: program.argv, comm: program.comm, program: program.program })
    return undefined
  }
  const { container, user, cwd, env, fds, session } = c.task
  const made = c.kernel.spawn(c.task, { container, user, cwd, env, fds, ...program, at: c.now, ...(session === undefined ? {} : { session }) })
  if (!made) return c.fail("can't fork: Resource temporarily unavailable")
  c.keep({ child: made.id })
  return c.wait({ for: 'child', ids: [made.id] })
}

/** The end of a child that was waited for; undefined where there is none yet. */
function childEnded(c: ToolContext): number | undefined {
  const child = c.state['child'] as number | undefined
  return child === undefined ? undefined : (c.kernel.reap(child) ?? 0)
}

function nsenter(c: ToolContext): number | undefined {
  const ended = childEnded(c)
  if (ended !== undefined) return ended
  const wanted = wantedOf(c.args)
  if (typeof wanted === 'string') return c.fail(wanted)
  const kinds = wanted.flags.has('a') ? new Set<NamespaceKind>(NAMESPACES) : wanted.kinds
  if (wanted.target === undefined) return c.fail('no target PID specified')
  const target = visible(c).find((p) => p.pid === wanted.target)
  if (!target) return c.fail(`can't open '/proc/${wanted.target}/ns/${[...kinds][0] ?? 'mnt'}': No such file or directory`)
  for (const kind of kinds) if (!may(c, SYS_ADMIN) && target.ns(kind) !== seenSelf(c.kernel, c.task).ns(kind)) return c.fail(`can't reassociate to namespace 'ns/${kind}': Operation not permitted`)
  return go(c, enter(c, target, kinds), wanted.command, kinds.has('pid') && !wanted.flags.has('F'))
}

/** What a process becomes that enters namespaces of another one. */
function enter(c: ToolContext, target: Seen, kinds: ReadonlySet<NamespaceKind>): View {
  const { task } = c
  let view: View = { ...task.view, ns: { ...task.view?.ns, ...Object.fromEntries([...kinds].map((kind) => [kind, target.ns(kind)])) } }
  if (kinds.has('mnt')) {
    view = { ...view, mounts: target.mounts }
    task.cwd = '/'
  }
  if (kinds.has('uts')) view = { ...view, hostname: target.hostname }
  if (kinds.has('net')) view = { ...view, network: target.network }
  if (kinds.has('user')) {
    const { users: _left, capabilities: _had, ...rest } = view
    view = target.users ? { ...rest, users: target.users, capabilities: target.capabilities } : rest
  }
  if (kinds.has('cgroup')) view = { ...view, cgroup: target.cgroup }
  if (kinds.has('pid')) view = { ...view, spaceForChildren: target.space }
  return view
}

function unshare(c: ToolContext): number | undefined {
  const ended = childEnded(c)
  if (ended !== undefined) return ended
  const wanted = wantedOf(c.args)
  if (typeof wanted === 'string') return c.fail(wanted)
  const { kinds, flags, command } = wanted
  const isUser = kinds.has('user') || flags.has('r') || flags.has('map-root-user') || flags.has('c') || flags.has('map-current-user')
  const mountProc = [...flags].some((f) => f.startsWith('mount-proc'))
  // A user namespace asks for nothing, but the seccomp profile of container runtimes keeps it from containers.
  if (isUser ? seenSelf(c.kernel, c.task).seccomp && !may(c, SYS_ADMIN) : kinds.size > 0 && !may(c, SYS_ADMIN)) return c.fail('unshare failed: Operation not permitted')
  const all = new Set<NamespaceKind>([...kinds, ...(isUser ? (['user'] as const) : []), ...(mountProc ? (['mnt'] as const) : [])])
  const base = 4_026_540_000 + (hostPid(c.kernel.machine, c.task.id) % 100_000) * NAMESPACES.length
  const own = seenSelf(c.kernel, c.task)
  let view: View = { ...c.task.view, ns: { ...c.task.view?.ns, ...Object.fromEntries([...all].map((kind) => [kind, base + NAMESPACES.indexOf(kind)])) } }
  if (kinds.has('pid')) view = { ...view, spaceForChildren: `new ${c.task.id}` }
  if (kinds.has('net')) view = { ...view, network: { kind: 'empty', ip: '' } }
  if (all.has('mnt')) view = { ...view, mounts: mountProc ? own.mounts.map((m) => (m.type === 'proc' && m.at === '/proc' && kinds.has('pid') ? { ...m, space: `new ${c.task.id}` } : m)) : own.mounts }
  view = isUser ? { ...view, ...newUsers(c, flags, all) } : view.users ? { ...view, users: { ...view.users, owns: [...new Set([...view.users.owns, ...all])] } } : view
  return go(c, view, command, flags.has('f') || flags.has('fork'))
}

/** A new user namespace: nobody has a number in it, or (-r) its maker is root, or (-c) keeps the own number. */
function newUsers(c: ToolContext, flags: ReadonlySet<string>, owns: ReadonlySet<NamespaceKind>): Pick<View, 'users' | 'capabilities'> {
  const { uid, gid } = c.task.user
  const isRoot = flags.has('r') || flags.has('map-root-user')
  const keeps = flags.has('c') || flags.has('map-current-user')
  const range = (outside: number, inside: number): readonly IdRange[] => (isRoot || keeps ? [{ inside, outside, count: 1 }] : [])
  return { users: { uids: range(uid, isRoot ? 0 : uid), gids: range(gid, isRoot ? 0 : gid), setgroups: isRoot || keeps ? 'deny' : 'allow', owns: [...owns] }, capabilities: 2 ** 41 - 1 }
}

/** The mounts that are left when `root` becomes the root folder. */
export function rerooted(mounts: readonly Mount[], root: string, node: readonly Mount[] | undefined): readonly Mount[] {
  if (root === '/') return mounts
  const cover = mountOf(mounts, root)
  const rest = cover.at === '/' ? root : root.slice(cover.at.length)
  const from = normalize(`${cover.from}/${rest}`)
  const below = (list: readonly Mount[], at: string): readonly Mount[] => list.filter((m) => m.at.startsWith(at === '/' ? '/' : `${at}/`) && m.at !== '/').map((m) => ({ ...m, at: at === '/' ? m.at : m.at.slice(at.length) }))
  return [{ ...cover, at: '/', from }, ...(cover.fs === 'host' && node ? below(node, from) : []), ...below(mounts, root)]
}

function chroot(c: ToolContext): number | undefined {
  const [root = '', ...command] = options(c.args.slice(0, 1)).rest.concat(c.args.slice(1))
  if (root === '') return c.fail('missing operand')
  const place = existing(c.files, root)
  if (failed(place)) return c.fail(`can't change root directory to '${root}': ${place.text}`)
  if (place.node.t !== 'd') return c.fail(`can't change root directory to '${root}': Not a directory`)
  if (!may(c, SYS_CHROOT)) return c.fail(`can't change root directory to '${root}': Operation not permitted`)
  const mounts = rerooted(c.files.mounts, place.path, c.files.nodeMounts?.())
  c.task.cwd = '/'
  return go(c, { ...c.task.view, mounts }, command.length > 0 ? command : [c.task.env['SHELL'] ?? '/bin/sh', '-i'], false)
}

// ---- mounts

/** Changes the mounts of the process's mount namespace: all who are in it see that. */
function setMounts(c: ToolContext, mounts: readonly Mount[]): void {
  const own = seenSelf(c.kernel, c.task)
  const isView = c.task.view?.mounts !== undefined
  for (const task of c.kernel.tasks.values()) if (task.view?.mounts !== undefined && sameNamespace(c, task, own)) task.view = { ...task.view, mounts }
  if (isView) c.task.view = { ...c.task.view, mounts }
  else c.kernel.containers[c.task.container] = { ...c.kernel.containers[c.task.container]!, mounts }
}

const sameNamespace = (c: ToolContext, task: Task, own: Seen): boolean => seenSelf(c.kernel, task).ns('mnt') === own.ns('mnt')

const TYPES = new Set(['proc', 'tmpfs', 'sysfs', 'devpts', 'mqueue'])

function mount(c: ToolContext): number {
  const words = c.args.filter((word) => word !== '--bind' && word !== '--rbind' && !/^--make-/.test(word))
  const { values, rest } = options(words, 'to')
  const isBind = c.args.some((word) => word === '--bind' || word === '--rbind') || (values.get('o') ?? '').split(',').some((o) => o === 'bind' || o === 'rbind')
  if (rest.length === 0 && c.args.every((word) => !/^--make-/.test(word))) {
    for (const m of c.files.mounts) if (!m.hidden && (!values.has('t') || values.get('t')!.split(',').includes(m.type))) c.out(`${m.source} on ${m.at} type ${m.type} (${m.options})\n`)
    return 0
  }
  if (!may(c, SYS_ADMIN, 'mnt')) return c.fail('permission denied (are you root?)')
  if (rest.length === 0) return 0
  const [source = '', target = source] = rest
  const asked = (values.get('o') ?? '').split(',').filter(Boolean)
  const place = existing(c.files, target)
  if (failed(place)) return c.fail(`mounting ${source} on ${target} failed: ${place.text}`)
  const { mounts } = c.files
  if (asked.includes('remount')) {
    const mode = asked.includes('ro') ? 'ro' : 'rw'
    if (!mounts.some((m) => m.at === place.path)) return c.fail(`can't find ${target} in /proc/mounts`)
    setMounts(c, mounts.map((m) => (m.at === place.path ? { ...m, readOnly: mode === 'ro', options: m.options.replace(/^r[ow]/, mode) } : m)))
    return 0
  }
  const readOnly = asked.includes('ro')
  if (isBind) {
    const from = existing(c.files, source)
    if (failed(from)) return c.fail(`mounting ${source} on ${target} failed: ${from.text}`)
    setMounts(c, [...mounts, { ...from.mount, hidden: undefined, at: place.path, from: from.pseudo ? from.mount.from : `/${from.names.join('/')}`, readOnly: readOnly || from.mount.readOnly, options: readOnly ? from.mount.options.replace(/^rw/, 'ro') : from.mount.options } as Mount])
    return 0
  }
  const type = values.get('t') ?? ''
  if (type === 'overlay' || type === 'aufs') return mountUnion(c, type, source, target, place.path, asked, readOnly)
  if (!TYPES.has(type)) return c.fail(`mounting ${source} on ${target} failed: ${type === '' || type === 'auto' ? 'Invalid argument' : 'No such device'}`)
  const options_ = asked.filter((o) => !['ro', 'rw', 'defaults'].includes(o))
  const made: Mount = { at: place.path, fs: '', from: '/', readOnly, type, source, options: [readOnly ? 'ro' : 'rw', 'relatime', ...options_].join(','), ...(type === 'proc' ? { space: spaceOf(c.kernel, c.task) } : {}) }
  if (type !== 'tmpfs') {
    setMounts(c, [...mounts, made])
    return 0
  }
  const fs = `tmp:${++c.kernel.lastId}`
  c.kernel.roots[fs] = directory({}, 0o1777, c.now)
  setMounts(c, [...mounts, { ...made, fs }])
  return 0
}

/** mount -t overlay -o lowerdir=A:B[,upperdir=U,workdir=W], and aufs's `dirs=A:B` or `br=…`, whose first branch is the one that is written to. */
function mountUnion(c: ToolContext, type: string, source: string, target: string, at: string, asked: readonly string[], readOnly: boolean): number {
  const option = (name: string): string | undefined => asked.find((o) => o.startsWith(`${name}=`))?.slice(name.length + 1)
  const branches = (option('dirs') ?? option('br'))?.split(':').map((b) => b.replace(/=(?:rw|ro|rr).*$/, ''))
  const lowers = type === 'overlay' ? option('lowerdir')?.split(':') : branches?.slice(1)
  const upper = type === 'overlay' ? option('upperdir') : branches?.[0]
  const hasWork = type === 'aufs' || (upper === undefined) === (option('workdir') === undefined)
  if (!lowers || lowers.length === 0 || !hasWork) return c.fail(`mounting ${source} on ${target} failed: Invalid argument`)
  const found: Branch[] = []
  for (const path of [...lowers, ...(upper === undefined ? [] : [upper])]) {
    const folder = existing(c.files, path)
    if (failed(folder)) return c.fail(`mounting ${source} on ${target} failed: ${folder.text}`)
    if (folder.node.t !== 'd' || folder.pseudo) return c.fail(`mounting ${source} on ${target} failed: ${folder.pseudo ? 'Invalid argument' : 'Not a directory'}`)
    found.push({ fs: folder.mount.fs, names: folder.names })
  }
  const fs = `union:${++c.kernel.lastId}`
  c.kernel.unions[fs] = { lowers: found.slice(0, lowers.length), ...(upper === undefined ? {} : { upper: found.at(-1)! }) }
  const isReadOnly = readOnly || upper === undefined
  setMounts(c, [...c.files.mounts, { at, fs, from: '/', readOnly: isReadOnly, type, source, options: [isReadOnly ? 'ro' : 'rw', 'relatime', ...asked.filter((o) => !['ro', 'rw', 'defaults'].includes(o))].join(',') }])
  return 0
}

function umount(c: ToolContext): number {
  const { rest } = options(c.args)
  let status = 0
  for (const name of rest) {
    const path = normalize(name, c.task.cwd)
    const { mounts } = c.files
    const last = mounts.map((m) => m.at).lastIndexOf(path)
    if (!may(c, SYS_ADMIN, 'mnt')) status = c.fail(`can't unmount ${name}: Operation not permitted`)
    else if (last < 0) status = c.fail(`can't unmount ${name}: Invalid argument`)
    else if (path === '/') status = c.fail(`can't unmount ${name}: Resource busy`)
    else setMounts(c, mounts.filter((_, i) => i !== last))
  }
  return status
}

/** findmnt: the mounts as a tree of where they lie. */
function findmnt(c: ToolContext): number {
  const { values, rest } = options(c.args.map((word) => (word === '--list' ? '-l' : word)), 'toT')
  const shown = c.files.mounts.filter((m) => !m.hidden)
  const target = values.get('T') ?? rest[0]
  const chosen = target === undefined ? shown.filter((m) => !values.has('t') || m.type === values.get('t')) : [values.has('T') ? mountOf(shown, normalize(target, c.task.cwd)) : shown.find((m) => m.at === normalize(target, c.task.cwd))].filter((m) => m !== undefined)
  if (chosen.length === 0) return 1
  const isTree = target === undefined && !values.has('t') && !c.args.includes('-l')
  const rows = isTree ? tree(chosen) : chosen.map((m): [string, Mount] => [m.at, m])
  const widths = [6, 6, 6].map((n, i) => Math.max(n, ...rows.map(([name, m]) => [name, m.source, m.type][i]!.length)))
  c.out(`${['TARGET', 'SOURCE', 'FSTYPE'].map((title, i) => title.padEnd(widths[i]!)).join(' ')} OPTIONS\n`)
  for (const [name, m] of rows) c.out(`${[name, m.source, m.type].map((text, i) => text.padEnd(widths[i]!)).join(' ')} ${m.options}\n`)
  return 0
}

function tree(mounts: readonly Mount[]): [string, Mount][] {
  const parentOf = (m: Mount): Mount | undefined => mounts.filter((p) => p !== m && (p.at === '/' ? m.at !== '/' : m.at.startsWith(`${p.at}/`))).sort((a, b) => b.at.length - a.at.length)[0]
  const rows: [string, Mount][] = []
  const visit = (m: Mount, stem: string, inner: string): void => {
    rows.push([`${stem}${m.at}`, m])
    const children = mounts.filter((o) => parentOf(o) === m)
    children.forEach((child, i) => {
      const isLast = i === children.length - 1
      visit(child, `${inner}${isLast ? '`-' : '|-'}`, `${inner}${isLast ? '  ' : '| '}`)
    })
  }
  for (const m of mounts) if (!parentOf(m)) visit(m, '', '')
  return rows
}

export const namespaceTools: Readonly<Record<string, Tool>> = { nsenter, unshare, chroot, mount, umount, findmnt }
