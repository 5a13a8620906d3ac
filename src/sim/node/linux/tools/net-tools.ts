import { seconds, type Micros } from '../../../engine/time.ts'
import { failed } from '../errno.ts'
import { existing } from '../files.ts'
import type { Kernel, Task } from '../kernel.ts'
import type { Answer } from '../machine.ts'
import { seenSelf } from '../processes.ts'
import { options, type Tool, type ToolContext } from './context.ts'
import { duration } from './process-tools.ts'

const addressOf = (kernel: Kernel, task: Task): string => task.view?.network?.ip ?? kernel.machine.ip

/** The process that listens on a port of an address of this machine: the pod's, unless another one is named. */
export function listener(kernel: Kernel, port: number, ip = kernel.machine.ip): Task | undefined {
  for (const task of kernel.tasks.values()) if (task.exit === undefined && task.listens.includes(port) && addressOf(kernel, task) === ip) return task
  return undefined
}

/** The address of another container of docker by its name, as the resolver of a network that somebody made knows it (not the default bridge). */
function neighbour(kernel: Kernel, task: Task, name: string): string | undefined {
  const own = Object.values(kernel.docker).find((d) => d.container === task.container)
  if (!own || !kernel.dockerNetworks[own.network]) return undefined
  return Object.values(kernel.docker).find((d) => d.network === own.network && (d.name === name || d.id.slice(0, 12) === name) && kernel.containers[d.container]?.main !== 0 && !kernel.containers[d.container]?.ended)?.ip
}

/** Where on this machine a connection of a process ends: in its own network, at a container of docker, or at a port that one publishes. */
function target(kernel: Kernel, task: Task, host: string, port: number): { readonly ip: string; readonly port: number } | undefined {
  const own = addressOf(kernel, task)
  const containers = Object.values(kernel.docker)
  if (containers.some((d) => d.ip === host)) return { ip: host, port }
  if (host !== 'localhost' && !host.startsWith('127.') && host !== own && host !== (task.view?.hostname ?? kernel.machine.hostname)) return undefined
  const published = own === kernel.machine.ip && !listener(kernel, port) ? containers.find((d) => d.ports.some((p) => p.host === port)) : undefined
  return published ? { ip: published.ip, port: published.ports.find((p) => p.host === port)!.container } : { ip: own, port }
}

/** What a process of this pod answers to an HTTP request; undefined: nobody listens there. "hang": it accepts and says nothing. */
export function serve(kernel: Kernel, port: number, path: string, ip?: string): Answer | 'hang' | undefined {
  const task = listener(kernel, port, ip)
  if (!task || task.program.kind !== 'tool') return undefined
  const { name } = task.program
  const state = (task.program.state ?? {}) as Readonly<Record<string, unknown>>
  if (name === 'nc') return 'hang'
  const plain = path.split('?')[0]!
  if (name === 'httpd' || (name === 'runtime' && state['home'] !== undefined)) return serveFile(kernel, task, String(state['home'] ?? '/'), plain)
  if (typeof state['root'] === 'string') {
    const served = serveFile(kernel, task, state['root'], plain)
    if (served.ok && served.status === 200) return served
  }
  const paths = state['paths'] as readonly string[] | undefined
  const known = paths === undefined || paths.includes(plain)
  return known ? { ok: true, status: 200, body: String(state['body'] ?? 'ok\n') } : { ok: false, status: 404, body: '404 Not Found\n' }
}

/** busybox httpd: files under its home, index.html, programs in cgi-bin. */
function serveFile(kernel: Kernel, task: Task, home: string, path: string): Answer {
  const world = kernel.files(task)
  const place = existing(world, `${home}${path.endsWith('/') ? `${path}index.html` : path}`)
  if (failed(place)) return { ok: false, status: 404, body: '<HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD>\n' }
  if (place.node.t === 'd') return { ok: true, status: 302, body: '' }
  const text = place.node.t === 'f' ? place.node.data : ''
  if (!path.startsWith('/cgi-bin/')) return { ok: true, status: 200, body: text }
  // The only thing of a program's answer that others see is its status line and its text.
  const status = /Status:\s*(\d+)/.exec(text)
  const code = status ? Number(status[1]) : 200
  return { ok: code < 400, status: code, body: /echo\s+([^;]*)$/.exec(text.trim())?.[1] ?? '' }
}

function httpd(c: ToolContext): number | undefined {
  if (c.state['port'] !== undefined) return c.wait({ for: 'ever' })
  const { values, flags } = options(c.args, 'phcrdu')
  const port = Number((values.get('p') ?? '80').split(':').at(-1))
  if (listener(c.kernel, port, addressOf(c.kernel, c.task))) return c.fail('bind: Address in use')
  if (port < 1024 && c.task.user.uid !== 0 && (c.kernel.containers[c.task.container]!.capabilities & (1 << 10)) === 0) return c.fail('bind: Permission denied')
  c.keep({ port, home: values.get('h') ?? c.task.cwd })
  c.task.listens = [port]
  // Without -f it goes on as a daemon; the process that was started ends.
  if (!flags.has('f')) {
    const { container, argv, comm, user, cwd, env, fds, program } = c.task
    const parent = c.kernel.tasks.get(c.kernel.containers[container]!.main)
    const made = c.kernel.spawn(parent, { container, argv, comm, user, cwd, env, fds: { ...fds, 0: { k: 'null' } }, program, at: c.now })
    if (made) made.listens = [port]
    c.task.listens = []
    return 0
  }
  return c.wait({ for: 'ever' })
}

function nc(c: ToolContext): number | undefined {
  const { flags, values, rest } = options(c.args, 'pwe')
  if (flags.has('l')) {
    const port = Number(values.get('p') ?? rest.at(-1) ?? 0)
    if (!c.task.listens.includes(port) && listener(c.kernel, port, addressOf(c.kernel, c.task))) return c.fail('bind: Address already in use')
    c.task.listens = [port]
    return c.wait({ for: 'ever' })
  }
  const [host = '', port = ''] = rest
  const answer = ask(c, host, Number(port), 'tcp', '', values.has('w') ? duration(values.get('w')!) : undefined)
  if (!answer) return undefined
  if (!answer.ok) return flags.has('v') || flags.has('z') || answer.error !== 'timed out' ? c.fail(`can't connect to remote host (${host}): ${answer.error === 'timed out' ? 'Connection timed out' : answer.error === 'bad address' ? 'bad address' : 'Connection refused'}`) : 1
  if (flags.has('v')) c.err(`${host} (${host}:${port}) open\n`)
  return 0
}

/** Asks somebody in this pod at once, or the world outside; undefined while waiting. */
export function ask(c: ToolContext, host: string, port: number, what: 'tcp' | 'http' | 'dns', path: string, patience?: Micros): Answer | undefined {
  const { answer, askedAt } = c.state as { answer?: Answer; askedAt?: Micros }
  if (answer) return answer
  if (askedAt !== undefined) return patience !== undefined && c.now >= askedAt + patience ? { ok: false, status: 0, body: '', error: 'timed out' } : undefined
  const outside = (address: string): undefined => {
    c.kernel.ask(c.task, { host: address, port, what, path })
    c.keep({ askedAt: c.now })
    return patience === undefined ? undefined : c.wait({ for: 'answer', until: c.now + patience })
  }
  const network = c.task.view?.network
  if (network?.kind === 'empty') return { ok: false, status: 0, body: '', error: what === 'dns' ? 'bad address' : 'Network is unreachable' }
  const known = neighbour(c.kernel, c.task, host)
  if (known !== undefined && what === 'dns') return { ok: true, status: 0, body: known }
  const here = what === 'dns' ? undefined : target(c.kernel, c.task, known ?? host, port)
  if (here && (here.ip === c.kernel.machine.ip || Object.values(c.kernel.docker).some((d) => d.ip === here.ip) || !network)) {
    if (what === 'tcp') return listener(c.kernel, here.port, here.ip) ? { ok: true, status: 0, body: '' } : { ok: false, status: 0, body: '', error: 'Connection refused' }
    const served = serve(c.kernel, here.port, path, here.ip)
    if (served === 'hang') return { ok: false, status: 0, body: '', error: 'timed out' }
    return served ?? { ok: false, status: 0, body: '', error: 'Connection refused' }
  }
  // In another pod's network namespace: what listens there.
  return outside(here ? here.ip : host)
}

function wget(c: ToolContext): number | undefined {
  const { flags, values, rest } = options(c.args.map((a) => (a === '-qO-' ? '-qO-' : a)), 'OTtUP')
  const url = /^(?:https?:\/\/)?([^/:]+)(?::(\d+))?(\/.*)?$/.exec(rest[0] ?? '')
  if (!url) return c.fail(`bad address '${rest[0] ?? ''}'`)
  const [, host = '', portText, path = '/'] = url
  const port = Number(portText ?? (rest[0]!.startsWith('https') ? 443 : 80))
  const limit = values.get('T') ?? values.get('timeout')
  const answer = ask(c, host, port, 'http', path, limit === undefined ? undefined : duration(limit))
  if (!answer) return undefined
  if (!flags.has('q') && answer.error !== 'bad address') c.err(`Connecting to ${host}${portText ? `:${port}` : ''} (${host}:${port})\n`)
  if (answer.error === 'bad address') return c.fail(`bad address '${host}'`)
  if (answer.error === 'timed out') return c.fail('download timed out')
  if (answer.error) return c.fail(`can't connect to remote host (${host}): ${answer.error}`)
  if (!answer.ok) return c.fail(`server returned error: HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? ''}`.trimEnd())
  if (flags.has('spider')) {
    if (!flags.has('q')) c.err('remote file exists\n')
    return 0
  }
  const target = values.get('O')
  if (target === '-') c.out(answer.body)
  else {
    const name = target ?? (path.split('/').at(-1) || 'index.html')
    const opened = c.kernel.openFile(c.task, name, 'w')
    if (failed(opened)) return c.fail(`can't open '${name}': ${opened.text}`)
    c.task.fds = { ...c.task.fds, 98: opened }
    c.kernel.write(c.task, 98, answer.body)
    if (!flags.has('q')) c.err(`'${name}' saved\n`)
  }
  return 0
}

export const REASONS: Readonly<Record<number, string>> = { 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found', 500: 'Internal Server Error', 502: 'Bad Gateway', 503: 'Service Unavailable' }

function nslookup(c: ToolContext): number | undefined {
  const name = options(c.args).rest[0] ?? ''
  const answer = ask(c, name, 53, 'dns', '')
  if (!answer) return undefined
  const server = c.readFile('/etc/resolv.conf')?.match(/nameserver (\S+)/)?.[1] ?? '127.0.0.1'
  c.out(`Server:\t\t${server}\nAddress:\t${server}:53\n\n`)
  if (!answer.ok) {
    c.out(`** server can't find ${name}: NXDOMAIN\n\n`)
    return 1
  }
  for (const ip of answer.body.split(' ')) c.out(`Name:\t${name}\nAddress: ${ip}\n`)
  c.out('\n')
  return 0
}

/** dig NAME [+short]: what the cluster's DNS answers. */
function dig(c: ToolContext): number | undefined {
  const name = c.args.find((word) => !/^[-+@]/.test(word) && word !== 'A' && word !== 'SRV') ?? ''
  const answer = ask(c, name, 53, 'dns', '')
  if (!answer) return undefined
  const server = c.args.find((word) => word.startsWith('@'))?.slice(1) ?? c.readFile('/etc/resolv.conf')?.match(/nameserver (\S+)/)?.[1] ?? '127.0.0.1'
  const addresses = answer.ok ? answer.body.split(' ') : []
  if (c.args.includes('+short')) {
    for (const ip of addresses) c.out(`${ip}\n`)
    return 0
  }
  c.out(`\n; <<>> DiG 9.18.28 <<>> ${c.args.join(' ')}\n;; global options: +cmd\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: ${answer.ok ? 'NOERROR' : 'NXDOMAIN'}, id: 4242\n;; flags: qr aa rd; QUERY: 1, ANSWER: ${addresses.length}, AUTHORITY: 0, ADDITIONAL: 1\n\n;; QUESTION SECTION:\n;${name.replace(/\.?$/, '.')}\t\tIN\tA\n\n`)
  if (addresses.length > 0) c.out(`;; ANSWER SECTION:\n${addresses.map((ip) => `${name.replace(/\.?$/, '.')}\t30\tIN\tA\t${ip}\n`).join('')}\n`)
  c.out(`;; Query time: 1 msec\n;; SERVER: ${server}#53(${server}) (UDP)\n\n`)
  return 0
}

/** stress and stress-ng: --vm takes memory, --timeout ends it; processor time is what the pod's declared load says. */
function stress(c: ToolContext): number | undefined {
  const value = (...names: readonly string[]): string | undefined => {
    for (const name of names) {
      const at = c.args.findIndex((word) => word === name || word.startsWith(`${name}=`))
      if (at >= 0) return c.args[at]!.includes('=') ? c.args[at]!.split('=')[1] : c.args[at + 1]
    }
    return undefined
  }
  const m = /^(\d+)([bkmgBKMG]?)$/.exec(value('--vm-bytes') ?? '256M')
  const workers = Math.min(Number(value('--vm', '-m') ?? 0) || 0, 64)
  const limit = value('--timeout', '-t')
  const until = c.state['until'] as number | undefined
  if (until === undefined) {
    const cpus = Number(value('--cpu', '-c') ?? 0) || 0
    c.out(`stress: info: [${c.task.pid}] dispatching hogs: ${cpus} cpu, ${Number(value('--io', '-i') ?? 0) || 0} io, ${workers} vm, 0 hdd\n`)
    const bytes = m ? Number(m[1]) * { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[m[2]!.toLowerCase() as '']! : 0
    c.task.memory = 1_048_576 + workers * bytes
    const end = limit === undefined ? Number.MAX_SAFE_INTEGER : c.now + (duration(limit) ?? seconds(60))
    c.keep({ until: end })
    return limit === undefined ? c.sleepUntil(c.now + seconds(3600)) : c.sleepUntil(end)
  }
  if (c.now < until) return c.sleepUntil(Math.min(until, c.now + seconds(3600)))
  c.out(`stress: info: [${c.task.pid}] successful run completed in ${Math.round((until - c.task.startedAt) / 1e6)}s\n`)
  return 0
}

function ping(c: ToolContext): number | undefined {
  const { values, rest } = options(c.args, 'cWwi')
  const host = rest[0] ?? ''
  if ((c.kernel.containers[c.task.container]!.capabilities & (1 << 13)) === 0) {
    c.out(`PING ${host} (${host}): 56 data bytes\n`)
    return c.fail('permission denied (are you root?)')
  }
  const local = host === 'localhost' || host.startsWith('127.') || host === c.kernel.machine.ip
  const answer = local ? { ok: true, status: 0, body: host } : ask(c, host, 0, 'dns', '')
  if (!answer) return undefined
  if (!answer.ok) return c.fail(`bad address '${host}'`)
  const address = answer.body.split(' ')[0]!
  const count = Math.min(Number(values.get('c') ?? 4), 100)
  c.out(`PING ${host} (${address}): 56 data bytes\n`)
  for (let i = 0; i < count; i++) c.out(`64 bytes from ${address}: seq=${i} ttl=64 time=0.050 ms\n`)
  c.out(`\n--- ${host} ping statistics ---\n${count} packets transmitted, ${count} packets received, 0% packet loss\nround-trip min/avg/max = 0.050/0.050/0.050 ms\n`)
  return 0
}

function netstat(c: ToolContext): number {
  const net = seenSelf(c.kernel, c.task).ns('net')
  const own = [...c.kernel.tasks.values()].filter((t) => t.exit === undefined && seenSelf(c.kernel, t).ns('net') === net).flatMap((t) => t.listens)
  const others = (c.kernel.host?.processes ?? []).filter((p) => p.ns.net === net).flatMap((p) => p.listens)
  const ports = [...own, ...others].sort((a, b) => a - b)
  if (c.name === 'ss') {
    c.out('State      Recv-Q Send-Q        Local Address:Port          Peer Address:Port\n')
    for (const port of ports) c.out(`LISTEN     0      9                         *:${port}                         *:*    \n`)
    return 0
  }
  c.out('Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address           Foreign Address         State       \n')
  for (const port of ports) c.out(`tcp        0      0 ${`:::${port}`.padEnd(23)} ${':::*'.padEnd(23)} LISTEN      \n`)
  return 0
}

/** The program of an image that serves: ports from `startsIn` on, ends `stopsIn` after TERM. */
function server(c: ToolContext): number | undefined {
  const { ports = [], startsIn = 0, log = [], up, stopAt } = c.state as { ports?: readonly number[]; startsIn?: number; log?: readonly string[]; up?: boolean; stopAt?: number }
  if (stopAt !== undefined) return c.now >= stopAt ? 0 : c.sleepUntil(stopAt)
  if (up) return c.wait({ for: 'ever' })
  if (c.now < c.task.startedAt + startsIn) return c.sleepUntil(c.task.startedAt + startsIn)
  c.keep({ up: true })
  c.task.listens = ports
  for (const line of log) c.out(`${line}\n`)
  return c.wait({ for: 'ever' })
}

export function onServerSignal(c: ToolContext, signal: string): boolean {
  if (!['TERM', 'INT', 'QUIT'].includes(signal)) return signal === 'HUP' || signal === 'USR1'
  const { stopsIn = 0, stopAt } = c.state as { stopsIn?: number; stopAt?: number }
  if (stopAt === undefined) {
    c.keep({ stopAt: c.now + stopsIn })
    c.sleepUntil(c.now + stopsIn)
  }
  return true
}

export const netTools: Readonly<Record<string, Tool>> = {
  httpd, nc, wget, nslookup, dig, stress, 'stress-ng': stress, ping, netstat, ss: netstat, server,
  needs: (c) => {
    for (const line of (c.state['log'] as readonly string[] | undefined) ?? []) c.err(`${line}\n`)
    return 1
  },
  pause: (c) => c.wait({ for: 'ever' }),
}
