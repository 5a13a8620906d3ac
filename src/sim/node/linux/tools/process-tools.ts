import { seconds, type Micros } from '../../../engine/time.ts'
import { signalName } from '../machine.ts'
import { startProgram } from '../programs.ts'
import { uidSeen, userSeen } from '../user-namespaces.ts'
import { GROUPS, USERS } from '../users.ts'
import { familyOf } from '../shell/family.ts'
import { formatted } from './printf.ts'
import { testExpression } from './test-command.ts'
import { options, type Tool, type ToolContext } from './context.ts'
import { failed } from '../errno.ts'
import { existing } from '../files.ts'
import { clockText, dateOf } from './clock.ts'
import { xargs } from './xargs.ts'
import { nameOf, visible } from './ps.ts'

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 }
const FOREVER = seconds(1e9)

/** "5", "1.5", "2m", "infinity" as sleep reads them. */
export function duration(text: string): Micros | undefined {
  if (/^inf(inity)?$/.test(text)) return FOREVER
  const m = /^(\d+(?:\.\d*)?|\.\d+)([smhd]?)$/.exec(text)
  return m ? Math.min(seconds(Number(m[1]) * UNITS[m[2]!]!), FOREVER) : undefined
}

function sleep(c: ToolContext): number | undefined {
  const until = c.state['until'] as number | undefined
  if (until !== undefined) return c.now >= until ? 0 : c.sleepUntil(until)
  if (c.args.length === 0) {
    c.err('BusyBox v1.35.0 multi-call binary.\n\nUsage: sleep [N]...\n')
    return 1
  }
  let sum = 0
  for (const word of c.args) {
    const time = duration(word)
    if (time === undefined) return c.fail(`invalid number '${word}'`)
    sum += time
  }
  c.keep({ until: c.now + sum })
  return c.sleepUntil(c.now + sum)
}

function id(c: ToolContext): number {
  const { flags } = options(c.args)
  const { uid, gid, groups } = userSeen(c.task.view?.users, c.task.user)
  // busybox shows the groups as the kernel has them, in order of their numbers; coreutils put the primary one first.
  const all = [...new Set(familyOf(c.kernel, c.task) === 'ash' && groups.includes(gid) ? groups : [gid, ...groups])]
  const named = (n: number, names: Readonly<Record<number, string>>): string => (names[n] === undefined ? String(n) : `${n}(${names[n]})`)
  if (flags.has('u')) c.out(`${flags.has('n') ? nameOf(uid) : uid}\n`)
  else if (flags.has('g')) c.out(`${flags.has('n') ? (GROUPS[gid] ?? gid) : gid}\n`)
  else if (flags.has('G')) c.out(`${all.join(' ')}\n`)
  else c.out(`uid=${named(uid, USERS)} gid=${named(gid, GROUPS)} groups=${all.map((g) => named(g, GROUPS)).join(',')}\n`)
  return 0
}

function kill(c: ToolContext): number {
  let signal = 'TERM'
  let status = 0
  for (let i = 0; i < c.args.length; i++) {
    const word = c.args[i]!
    if (/^-[A-Za-z0-9]+$/.test(word) && word !== '-s') {
      signal = word === '-0' ? '0' : (signalName(word.slice(1)) ?? 'TERM')
      continue
    }
    if (word === '-s') {
      signal = signalName(c.args[++i] ?? '') ?? 'TERM'
      continue
    }
    const victim = c.kernel.byPid(c.task, Number(word))
    if (!victim) status = c.fail(`can't kill pid ${word}: No such process`)
    else if (signal !== '0') c.kernel.signalTo(c.task, victim, signal)
  }
  return status
}

function timeout(c: ToolContext): number | undefined {
  const child = c.state['child'] as number | undefined
  if (child !== undefined) {
    const task = c.kernel.tasks.get(child)
    if (task && task.exit === undefined) {
      c.kernel.signal(child, (c.state['signal'] as string | undefined) ?? 'TERM')
      c.keep({ timedOut: true })
      return c.wait({ for: 'child', ids: [child], until: c.now + seconds(60) })
    }
    const code = c.kernel.reap(child) ?? 0
    return c.state['timedOut'] ? 143 : code
  }
  const { values, rest } = options(c.args, 'sk')
  const limit = duration(rest[0] ?? '')
  if (limit === undefined) return c.fail(`invalid number '${rest[0] ?? ''}'`)
  const program = startProgram(c.kernel, c.task, rest.slice(1), c.task.env)
  if (typeof program === 'string') return c.fail(`can't execute '${rest[1] ?? ''}': No such file or directory`, 127)
  const { container, user, cwd, env, fds, session } = c.task
  const made = c.kernel.spawn(c.task, { container, user, cwd, env, fds, ...program, at: c.now, ...(session === undefined ? {} : { session }) })
  if (!made) return c.fail("can't fork: Resource temporarily unavailable")
  c.keep({ child: made.id, signal: signalName(values.get('s') ?? 'TERM') ?? 'TERM' })
  return c.wait({ for: 'child', ids: [made.id], until: c.now + limit })
}

/** Runs another program in the place of this one. */
function become(c: ToolContext, argv: readonly string[], env: Readonly<Record<string, string>>): number | undefined {
  const program = startProgram(c.kernel, c.task, argv, env)
  if (typeof program === 'string') return c.fail(`can't execute '${argv[0] ?? ''}': ${program.endsWith('not found') ? 'No such file or directory' : 'Permission denied'}`, 127)
  Object.assign(c.task, { argv: program.argv, comm: program.comm, env, program: program.program })
  return undefined
}

function env(c: ToolContext): number | undefined {
  let variables: Record<string, string> = { ...c.task.env }
  let i = 0
  for (; i < c.args.length; i++) {
    const word = c.args[i]!
    if (word === '-i') variables = {}
    else if (word === '-u') delete variables[c.args[++i] ?? '']
    else if (word.includes('=')) variables[word.slice(0, word.indexOf('='))] = word.slice(word.indexOf('=') + 1)
    else break
  }
  if (i < c.args.length) return become(c, c.args.slice(i), variables)
  for (const [name, value] of Object.entries(variables)) c.out(`${name}=${value}\n`)
  return 0
}

const ONE_MIB = 1024 * 1024

/** "64M", "1k", "512" in bytes. */
const bytes = (text: string | undefined, otherwise: number): number => {
  const m = /^(\d+)([cwbkKMG]?)$/.exec(text ?? '')
  return m ? Number(m[1]) * { '': 1, c: 1, w: 2, b: 512, k: 1024, K: 1024, M: ONE_MIB, G: 1024 * ONE_MIB }[m[2] as '']! : otherwise
}

function dd(c: ToolContext): number | undefined {
  const words = Object.fromEntries(c.args.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]))
  const size = bytes(words['bs'], 512)
  const count = words['count'] === undefined ? Infinity : Number(words['count'])
  // The buffer is touched by the first read; the kernel looks at it when this step is over.
  if (c.task.memory < size) {
    c.task.memory = size + 300_000
    return c.sleepUntil(c.now + 2_000)
  }
  const input = words['if']
  const output = words['of']
  if (input === '/dev/zero') {
    if (count === Infinity && (output === undefined || output === '/dev/null')) return c.wait({ for: 'ever' })
    const total = Math.min(count, 1e6) * size
    const written = output === undefined || output === '/dev/null' ? total : c.kernel.fill(c.task, output, total)
    if (typeof written === 'string') return c.fail(`can't open '${output}': ${written}`)
    const records = Math.floor(written / size)
    if (written < total) c.err(`dd: error writing '${output}': No space left on device\n`)
    c.err(`${records + (written < total ? 1 : 0)}+0 records in\n${records}+0 records out\n`)
    if (written === total) c.err(`${written} bytes (${(written / ONE_MIB).toFixed(1)}MB) copied, ${(written / 2e9).toFixed(6)} seconds, ${(2e9 / ONE_MIB / 1024).toFixed(1)}GB/s\n`)
    return written < total ? 1 : 0
  }
  const text = input === undefined ? c.input() : c.readFile(input)
  if (text === null) return undefined
  if (text === undefined) return 1
  const taken = text.slice(0, count === Infinity ? undefined : count * size)
  if (output === undefined) c.out(taken)
  else {
    const opened = c.kernel.openFile(c.task, output, 'w')
    if ('errno' in opened) return c.fail(`can't open '${output}': ${opened.text}`)
    c.task.fds = { ...c.task.fds, 98: opened }
    c.kernel.write(c.task, 98, taken)
  }
  const records = Math.ceil(taken.length / size)
  c.err(`${Math.floor(taken.length / size)}+${records - Math.floor(taken.length / size)} records in\n${Math.floor(taken.length / size)}+${records - Math.floor(taken.length / size)} records out\n`)
  return 0
}

/** The clock is the node's, and has no namespace: nobody sets it from here. */
function date(c: ToolContext): number {
  const { flags, values, rest } = options(c.args.map((word) => word.replace(/^--date=/, '-d')), 'dsrD')
  if (flags.has('s')) return c.fail("can't set date: Operation not permitted")
  const file = values.has('r') ? existing(c.files, values.get('r')!) : undefined
  if (file && failed(file)) return c.failure(values.get('r')!, file)
  const at = file ? file.node.mtime : values.has('d') ? dateOf(values.get('d')!, c.now) : c.now
  if (at === undefined) return c.fail(`invalid date '${values.get('d')}'`)
  const format = rest.find((word) => word.startsWith('+'))
  if (rest.length > 0 && !format) return c.fail("can't set date: Operation not permitted")
  const iso = c.args.find((word) => /^-I/.test(word))
  const usual = flags.has('R') ? '%a, %d %b %Y %H:%M:%S +0000' : iso ? (iso.length > 2 && iso !== '-Id' && iso !== '-Idate' ? '%Y-%m-%dT%H:%M:%S+00:00' : '%Y-%m-%d') : '%a %b %e %H:%M:%S UTC %Y'
  c.out(`${clockText(at, format?.slice(1) ?? usual)}\n`)
  return 0
}

function uname(c: ToolContext): number {
  const { flags } = options(c.args)
  const parts = { s: 'Linux', n: c.task.view?.hostname ?? c.kernel.machine.hostname, r: c.kernel.setting.release, v: '#1 SMP', m: 'x86_64', o: 'GNU/Linux' }
  const order = ['s', 'n', 'r', 'v', 'm', 'o'] as const
  const wanted = order.filter((letter) => flags.has(letter) || flags.has('a'))
  c.out(`${(wanted.length > 0 ? wanted : ['s' as const]).map((letter) => parts[letter]).join(' ')}\n`)
  return 0
}

const ENDLESS = 16_384

export const processTools: Readonly<Record<string, Tool>> = {
  sleep, id, kill, timeout, env, xargs, dd, date, uname,
  nohup: (c) => become(c, c.args, c.task.env),
  nice: (c) => become(c, options(c.args, 'n').rest, c.task.env),
  setsid: (c) => become(c, c.args, c.task.env),
  true: () => 0,
  false: () => 1,
  echo: (c) => {
    const plain = c.args[0] === '-n' ? c.args.slice(1) : c.args
    c.out(plain.join(' ') + (c.args[0] === '-n' ? '' : '\n'))
    return 0
  },
  printf: (c) => {
    const { text, error } = formatted(c.args[0] ?? '', c.args.slice(1))
    c.out(text)
    return error ? c.fail(error.replace(/^printf: /, '')) : 0
  },
  test: (c) => verdict(c, c.args),
  '[': (c) => (c.args.at(-1) === ']' ? verdict(c, c.args.slice(0, -1)) : c.fail('missing ]', 2)),
  printenv: (c) => {
    const names = c.args.length > 0 ? c.args : Object.keys(c.task.env)
    for (const name of names) if (c.task.env[name] !== undefined) c.out(c.args.length > 0 ? `${c.task.env[name]}\n` : `${name}=${c.task.env[name]}\n`)
    return names.every((name) => c.task.env[name] !== undefined) ? 0 : 1
  },
  whoami: (c) => {
    const uid = uidSeen(c.task.view?.users, c.task.user.uid)
    c.out(`${nameOf(uid)}\n`)
    return USERS[uid] ? 0 : 1
  },
  pwd: (c) => {
    c.out(`${c.task.cwd}\n`)
    return 0
  },
  which: (c) => {
    let status = 0
    for (const name of c.args) {
      if (typeof startProgram(c.kernel, c.task, [name], c.task.env) === 'string') status = 1
      else c.out(`${name.includes('/') ? name : `/bin/${name}`}\n`)
    }
    return status
  },
  pidof: (c) => {
    const pids = visible(c).filter((t) => c.args.includes(t.comm)).map((t) => t.pid).reverse()
    if (pids.length > 0) c.out(`${pids.join(' ')}\n`)
    return pids.length > 0 ? 0 : 1
  },
  pgrep: (c) => {
    const { rest, flags } = options(c.args)
    const found = visible(c).filter((t) => t.task !== c.task && (flags.has('f') ? t.argv.join(' ') : t.comm).includes(rest[0] ?? ''))
    for (const t of found) c.out(`${t.pid}${flags.has('l') || flags.has('a') ? ` ${t.argv.join(' ')}` : ''}\n`)
    return found.length > 0 ? 0 : 1
  },
  killall: (c) => {
    const { rest } = options(c.args.filter((a) => !/^-[A-Z0-9]+$/.test(a)))
    const signal = signalName(c.args.find((a) => /^-[A-Z0-9]+$/.test(a))?.slice(1) ?? 'TERM') ?? 'TERM'
    const found = visible(c).filter((t) => rest.includes(t.comm))
    for (const t of found) c.kernel.signalTo(c.task, t, signal)
    return found.length > 0 ? 0 : c.fail(`${rest[0] ?? ''}: no process killed`)
  },
  nproc: (c) => {
    c.out(`${c.kernel.setting.cpus}\n`)
    return 0
  },
  uptime: (c) => {
    const up = Math.floor((c.now - c.kernel.setting.bootedAt) / 60_000_000)
    c.out(` ${clockText(c.now, '%T')} up ${up >= 60 ? `${Math.floor(up / 60)}:${String(up % 60).padStart(2, '0')}` : `${up} min`},  load average: 0.00, 0.00, 0.00\n`)
    return 0
  },
  tty: (c) => {
    const isTty = c.kernel.isTty(c.task, 0)
    c.out(isTty ? '/dev/pts/0\n' : 'not a tty\n')
    return isTty ? 0 : 1
  },
  yes: (c) => {
    // It writes as long as somebody reads: one pipe full at a time.
    const word = `${c.args[0] ?? 'y'}\n`
    const d = c.task.fds[1]
    if (d?.k === 'file') {
      const failure = c.kernel.write(c.task, 1, word.repeat(Math.max(1, Math.floor(ENDLESS / word.length))))
      return failure ? c.fail(failure.text) : c.sleepUntil(c.now + 100)
    }
    if (d?.k !== 'pipe') return c.wait({ for: 'ever' })
    if ((c.kernel.pipes[d.id] ?? '') === '') c.out(word.repeat(Math.max(1, Math.floor(ENDLESS / word.length))))
    return c.sleepUntil(c.now + 100)
  },
  dmesg: (c) => c.fail('klogctl: Operation not permitted'),
  usleep: (c) => {
    if (c.state['until'] !== undefined) return 0
    c.keep({ until: 1 })
    return c.sleepUntil(c.now + Number(c.args[0] ?? 0))
  },
  clear: () => 0,
  fault: (c) => {
    c.err(c.state['text'] as string)
    return c.state['code'] as number
  },
}

function verdict(c: ToolContext, words: readonly string[]): number {
  const value = testExpression(c.kernel, c.task, words)
  return typeof value === 'string' ? c.fail(value, 2) : value ? 0 : 1
}
