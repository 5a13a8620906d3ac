import { failed } from '../errno.ts'
import { mountOf, resolve } from '../files.ts'
import { processesIn, procSpace, stateOf, type Seen } from '../processes.ts'
import { userSeen } from '../user-namespaces.ts'
import { USERS } from '../users.ts'
import { clockText } from './clock.ts'
import { options, type Tool, type ToolContext } from './context.ts'

export const nameOf = (uid: number): string => USERS[uid] ?? String(uid)

/** The processes that /proc shows here; nothing where it is not mounted. */
export function visible(c: ToolContext): readonly Seen[] {
  const place = resolve(c.files, '/proc')
  const mount = failed(place) ? undefined : place.mount.type === 'proc' ? place.mount : mountOf(c.files.mounts, '/proc')
  const all = mount?.type === 'proc' ? processesIn(c.kernel, procSpace(c.kernel, c.task, mount)) : []
  const users = c.task.view?.users
  return users ? all.map((p) => ({ ...p, user: userSeen(users, p.user) })) : all
}

/** What ps prints: scripts under an interpreter have their own name in braces. */
const commandOf = (t: Pick<Seen, 'argv' | 'comm'>): string => {
  const first = (t.argv[0] ?? '').split('/').at(-1)!.slice(0, 15)
  return first.startsWith(t.comm) || t.argv.length === 0 || t.argv[0]!.startsWith('[') || t.comm === 'systemd' || t.comm === 'containerd-shim' ? t.argv.join(' ') : `{${t.comm}} ${t.argv.join(' ')}`
}

const COLUMNS: Readonly<Record<string, readonly [title: string, width: number, of: (p: Seen) => string]>> = {
  pid: ['PID', -5, (p) => String(p.pid)], ppid: ['PPID', -5, (p) => String(p.ppid)], user: ['USER', 8, (p) => nameOf(p.user.uid)], group: ['GROUP', 8, (p) => nameOf(p.user.gid)], comm: ['COMMAND', 16, (p) => p.comm],
  args: ['COMMAND', 0, commandOf], time: ['TIME', 5, () => '0:00'], stat: ['STAT', 4, stateOf], vsz: ['VSZ', 6, (p) => String(Math.ceil(p.memory / 1024) * 4)], rss: ['RSS', 6, (p) => String(Math.ceil(p.memory / 1024))], nice: ['NI', 5, () => '0'],
  cmd: ['CMD', 0, commandOf], uid: ['UID', -5, (p) => String(p.user.uid)], command: ['COMMAND', 0, commandOf], pidns: ['PIDNS', -10, (p) => String(p.ns('pid'))], netns: ['NETNS', -10, (p) => String(p.ns('net'))], mntns: ['MNTNS', -10, (p) => String(p.ns('mnt'))], utsns: ['UTSNS', -10, (p) => String(p.ns('uts'))], ipcns: ['IPCNS', -10, (p) => String(p.ns('ipc'))], cgroup: ['CGROUP', 27, (p) => `0::${p.cgroup}`],
}
const BUSYBOX = 'user,group,comm,args,pid,ppid,time'

/** ps of busybox, and on nodes the one of procps (`aux`, `-ef`). */
export function ps(c: ToolContext): number {
  const isFull = c.state['procps'] === true
  const { values, rest } = options(c.args, 'oTp')
  const wanted = values.get('o')
  let rows = visible(c)
  if (rows.length === 0) return c.fail("can't open '/proc': No such file or directory")
  const letters = c.args.filter((word) => !word.includes(',') && !word.startsWith('--')).join('')
  if (isFull && values.get('p')) rows = rows.filter((p) => values.get('p')!.split(',').includes(String(p.pid)))
  else if (isFull && !/[eaAx]/.test(letters)) rows = rows.filter((p) => p.task?.session !== undefined && p.task.session === c.task.session)
  void rest
  if (wanted !== undefined) {
    const columns = wanted.split(',').map((name) => name.split('=')[0]!)
    const bad = columns.find((name) => !Object.hasOwn(COLUMNS, name) || (!isFull && !BUSYBOX.split(',').includes(name)))
    if (bad) return c.fail(isFull ? `error: unknown user-defined format specifier "${bad}"` : `bad -o argument '${bad}', supported arguments: ${BUSYBOX}`)
    return table(c, columns, rows)
  }
  if (!isFull) {
    c.out('PID   USER     COMMAND\n')
    for (const p of rows) c.out(`${String(p.pid).padStart(5)} ${nameOf(p.user.uid).padEnd(8)} ${commandOf(p)}\n`)
    return 0
  }
  if (/^-?[a-z]*u/.test(letters)) {
    c.out('USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n')
    const total = c.kernel.setting.memory
    for (const p of rows) c.out(`${nameOf(p.user.uid).padEnd(8)} ${String(p.pid).padStart(7)}  0.0 ${((100 * p.memory) / total).toFixed(1).padStart(4)} ${String(Math.ceil(p.memory / 1024) * 4).padStart(6)} ${String(Math.ceil(p.memory / 1024)).padStart(5)} ${ttyOf(p).padEnd(8)} ${{ R: 'R+', S: 'Ss', T: 'T' }[stateOf(p)].padEnd(4)} ${clockText(p.startedAt, '%H:%M')}   0:00 ${p.argv.join(' ')}\n`)
  } else if (letters.includes('f')) {
    c.out('UID          PID    PPID  C STIME TTY          TIME CMD\n')
    for (const p of rows) c.out(`${nameOf(p.user.uid).padEnd(8)} ${String(p.pid).padStart(7)} ${String(p.ppid).padStart(7)}  0 ${clockText(p.startedAt, '%H:%M')} ${ttyOf(p).padEnd(8)} 00:00:00 ${p.argv.join(' ')}\n`)
  } else {
    c.out('    PID TTY          TIME CMD\n')
    for (const p of rows) c.out(`${String(p.pid).padStart(7)} ${ttyOf(p).padEnd(8)} 00:00:00 ${p.comm}\n`)
  }
  return 0
}

const ttyOf = (p: Seen): string => (p.task?.session === undefined ? '?' : 'pts/0')

function table(c: ToolContext, columns: readonly string[], rows: readonly Seen[]): number {
  const cells = (of: (name: string) => string): string => columns.map((name) => {
    const width = COLUMNS[name]![1]
    return width < 0 ? of(name).padStart(-width) : of(name).padEnd(width)
  }).join(' ').trimEnd()
  c.out(`${columns.map((name) => COLUMNS[name]![0].padEnd(Math.abs(COLUMNS[name]![1]))).join(' ').trimEnd()}\n`)
  for (const p of rows) c.out(`${cells((name) => COLUMNS[name]![2](p))}\n`)
  return 0
}

/** The tree of processes, as pstree of psmisc draws it without a terminal of its own. */
function pstree(c: ToolContext): number {
  const { flags, rest } = options(c.args)
  const all = visible(c)
  const label = (p: Seen): string => (flags.has('p') ? `${p.comm}(${p.pid})` : p.comm)
  const draw = (p: Seen, indent: string): string => {
    const own = label(p)
    const children = all.filter((o) => o.ppid === p.pid)
    const inner = `${indent}${' '.repeat(own.length)}`
    return own + children.map((child, i) => {
      const isLast = i === children.length - 1
      const stem = i === 0 ? (isLast ? '---' : '-+-') : `${inner} ${isLast ? '`-' : '|-'}`
      return stem + draw(child, `${inner} ${isLast ? '  ' : '| '}`)
    }).join('\n')
  }
  const from = rest[0] ? all.filter((p) => String(p.pid) === rest[0]) : all.filter((p) => !all.some((o) => o.pid === p.ppid))
  for (const p of from.filter((q) => q.comm !== 'kthreadd')) c.out(`${draw(p, '')}\n`)
  return 0
}

/** Namespaces with the first process that is in each (util-linux: lsns). */
function lsns(c: ToolContext): number {
  const { values } = options(c.args, 'tpo')
  const all = visible(c)
  const rows = new Map<string, { ns: number; kind: string; members: Seen[] }>()
  for (const p of all) for (const kind of KINDS) {
    const ns = p.ns(kind)
    const row = rows.get(`${ns}`) ?? { ns, kind, members: [] }
    row.members.push(p)
    rows.set(`${ns}`, row)
  }
  const pid = values.get('p')
  const chosen = [...rows.values()].filter((r) => (!values.has('t') || r.kind === values.get('t')) && (!pid || r.members.some((p) => String(p.pid) === pid))).sort((a, b) => a.ns - b.ns)
  const wanted = (values.get('o') ?? 'NS,TYPE,NPROCS,PID,USER,COMMAND').split(',')
  const width = Math.max(3, ...chosen.map((r) => String(r.members[0]!.pid).length))
  const of: Readonly<Record<string, (r: (typeof chosen)[number] | undefined) => string>> = {
    NS: (r) => String(r?.ns ?? 'NS').padStart(10), TYPE: (r) => (r?.kind ?? 'TYPE').padEnd(6), NPROCS: (r) => String(r?.members.length ?? 'NPROCS').padStart(6), PID: (r) => String(r?.members[0]!.pid ?? 'PID').padStart(width),
    USER: (r) => (r ? nameOf(r.members[0]!.user.uid) : 'USER').padEnd(5), COMMAND: (r) => r?.members[0]!.argv.join(' ') ?? 'COMMAND', PPID: (r) => String(r?.members[0]!.ppid ?? 'PPID').padStart(width), UID: (r) => String(r?.members[0]!.user.uid ?? 'UID').padStart(5),
  }
  const bad = wanted.find((name) => !Object.hasOwn(of, name))
  if (bad !== undefined) return c.fail(`unknown column: ${bad}`)
  for (const row of [undefined, ...chosen]) c.out(`${wanted.map((name) => of[name]!(row)).join(' ')}\n`)
  return 0
}

const KINDS = ['time', 'cgroup', 'pid', 'user', 'uts', 'ipc', 'net', 'mnt'] as const

export const psTools: Readonly<Record<string, Tool>> = { ps, pstree, lsns }
