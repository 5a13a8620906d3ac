import { differences } from '../fs.ts'
import { parseImageName } from '../../../api/image-name.ts'
import { formatMicroTime } from '../../../engine/time.ts'
import type { HostState } from '../host.ts'
import type { DockerContainer } from '../machine.ts'
import { ago, columns, duration, megabytes } from './crictl.ts'
import { copy, load, login, logout, push, save } from './docker-archive.ts'
import { build } from './docker-build.ts'
import { network, networkNamed } from './docker-network.ts'
import { prune, usage, volume } from './docker-volume.ts'
import { freeze, logs, stats, top, wait } from './docker-watch.ts'
import { daemonSays, digestOf, dockerContainers, containerNamed, familiar, needed, statusOf } from './docker-state.ts'
import { dropContainer, exec, run, runOptions, start } from './docker-run.ts'
import { nodeOf } from './node-tools.ts'
import { options, type ToolContext } from './context.ts'

type DockerVerb = (c: ToolContext, host: HostState, args: readonly string[]) => number | undefined

/** docker as the texts use it: containers of the node beside its pods; images are those that the kubelet has. */
export function docker(c: ToolContext): number | undefined {
  const host = nodeOf(c, 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?')
  if (typeof host === 'number') return host
  let [verb = 'help', ...args] = c.args
  if (['container', 'image', 'system'].includes(verb)) [verb = 'help', ...args] = verb === 'image' ? [({ ls: 'images', rm: 'rmi' } as Record<string, string>)[args[0] ?? ''] ?? args[0] ?? 'help', ...args.slice(1)] : [args[0] === 'ls' ? 'ps' : (args[0] ?? 'help'), ...args.slice(1)]
  if (UNMODELLED.has(verb)) return daemonSays(c, `docker ${verb} is not modelled here`)
  const known = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined
  if (known) return known(c, host, args)
  if (['help', '--help'].includes(verb)) {
    c.out(`Usage:  docker [OPTIONS] COMMAND\n\nA self-sufficient runtime for containers\n\nCommands:\n  ${Object.keys(VERBS).sort().join('\n  ')}\n`)
    return 0
  }
  c.err(`docker: unknown command: docker ${verb}\n\nRun 'docker --help' for more information\n`)
  return 1
}

/** Verbs of docker that are known and refused. */
const UNMODELLED = new Set(['attach', 'buildx', 'checkpoint', 'compose', 'context', 'events', 'export', 'import', 'manifest', 'plugin', 'search', 'secret', 'service', 'stack', 'swarm', 'trust', 'update'])

const each = (c: ToolContext, args: readonly string[], body: (d: DockerContainer) => number | undefined): number => {
  let status = 0
  const { rest } = options(args, 'tsn')
  if (rest.length === 0) return needsOne(c)
  for (const word of rest) {
    const d = needed(c, word)
    if (typeof d === 'number') status = d
    else {
      const code = body(d)
      if (code === undefined) c.out(`${word}\n`)
      else status = code
    }
  }
  return status
}

function ps(c: ToolContext, args: readonly string[]): number {
  const { flags } = options(args.map((word) => (word === '--all' ? '-a' : word === '--quiet' ? '-q' : word)), 'fn')
  const rows = dockerContainers(c).filter((d) => flags.has('a') || flags.has('l') || statusOf(c, d).state === 'running')
  if (flags.has('q')) {
    for (const d of rows) c.out(`${flags.has('no-trunc') ? d.id : d.id.slice(0, 12)}\n`)
    return 0
  }
  c.out(columns([['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES'], ...rows.map((d) => {
    const s = statusOf(c, d)
    const isPaused = [...c.kernel.tasks.values()].some((t) => t.container === d.container && t.stopped === 'FREEZE')
    const status = s.state === 'running' ? `Up ${duration(c.now - d.startedAt!)}${isPaused ? ' (Paused)' : ''}` : s.state === 'exited' ? `Exited (${s.code}) ${ago(c, s.endedAt!)}` : 'Created'
    const command = d.argv.join(' ')
    return [d.id.slice(0, 12), familiar(d.image), `"${command.length > 20 && !flags.has('no-trunc') ? `${command.slice(0, 19)}…` : command}"`, ago(c, d.createdAt), status, s.state === 'running' ? d.ports.map((p) => `0.0.0.0:${p.host}->${p.container}/${p.protocol}`).join(', ') : '', d.name]
  })], 0))
  return 0
}

function images(c: ToolContext, host: HostState, args: readonly string[]): number {
  const { flags, rest } = options(args)
  const rows = [...host.images].filter((i) => !rest[0] || familiar(i.reference).split(':')[0] === rest[0].split(':')[0]).sort((a, b) => (a.reference < b.reference ? -1 : 1))
  const id = (digest: string): string => digest.replace('sha256:', '').slice(0, 12)
  if (flags.has('q')) for (const i of rows) c.out(`${id(i.digest)}\n`)
  else c.out(columns([['REPOSITORY', 'TAG', 'IMAGE ID', 'CREATED', 'SIZE'], ...rows.map((i) => [familiar(i.reference.replace(/[:@][^/]*$/, '')), /:([^/:@]+)$/.exec(i.reference)?.[1] ?? '<none>', id(i.digest), ago(c, host.image(i.reference)?.history.at(-1)?.at ?? 0), megabytes(i.size)])], 0))
  return 0
}

/** The object that `docker inspect` shows of a container or an image. */
function inspected(c: ToolContext, host: HostState, word: string): unknown {
  const d = containerNamed(c, word)
  if (d) {
    const s = statusOf(c, d)
    const inner = c.kernel.containers[d.container]
    return {
      Id: d.id, Created: formatMicroTime(d.createdAt), Path: d.argv[0], Args: d.argv.slice(1), Name: `/${d.name}`, Image: d.digest,
      State: { Status: s.state, Running: s.state === 'running', Paused: false, OOMKilled: inner?.oomKilled ?? false, Pid: s.pid, ExitCode: s.code, StartedAt: d.startedAt === undefined ? '0001-01-01T00:00:00Z' : formatMicroTime(d.startedAt), FinishedAt: s.endedAt === undefined ? '0001-01-01T00:00:00Z' : formatMicroTime(s.endedAt) },
      HostConfig: { Binds: d.binds.length > 0 ? d.binds : null, NetworkMode: d.network, Memory: inner?.memoryLimit ?? 0, CpuShares: inner?.cpu.cpuShares ?? 0, CpuQuota: inner?.cpu.cpuQuota ?? 0, CpuPeriod: inner?.cpu.cpuQuota ? inner.cpu.cpuPeriod : 0, PortBindings: Object.fromEntries(d.ports.map((p) => [`${p.container}/${p.protocol}`, [{ HostIp: '', HostPort: String(p.host) }]])) },
      GraphDriver: { Name: 'overlay2', Data: overlayOf(inner?.mounts[0]?.options ?? '') }, Mounts: d.binds.map((b) => ({ Type: b.startsWith('/') ? 'bind' : 'volume', Source: b.split(':')[0], Destination: b.split(':')[1], RW: !b.endsWith(':ro') })),
      Config: { Hostname: inner?.env['HOSTNAME'] ?? '', Env: Object.entries(inner?.env ?? {}).filter(([k]) => k !== 'HOSTNAME' && k !== 'HOME').map(([k, v]) => `${k}=${v}`), Cmd: d.cmd, Entrypoint: d.entrypoint.length > 0 ? d.entrypoint : null, Image: familiar(d.image), WorkingDir: d.workingDir, Labels: d.labels },
      NetworkSettings: { IPAddress: d.network === 'bridge' ? d.ip : '', Gateway: d.network === 'bridge' ? '172.17.0.1' : '', Networks: /^(container:|host|none)/.test(d.network) ? {} : { [d.network]: { NetworkID: networkNamed(c, d.network)?.id ?? '', Gateway: `${networkNamed(c, d.network)?.subnet ?? ''}.0.1`, IPAddress: d.ip, IPPrefixLen: 16 } }, SandboxKey: `/var/run/docker/netns/${d.id.slice(0, 12)}` },
    }
  }
  const image = host.image(word)
  if (!image) return undefined
  const { config } = image
  return {
    Id: image.digest, RepoTags: [familiar(image.reference).includes(':') ? familiar(image.reference) : `${familiar(image.reference)}:latest`], Created: formatMicroTime(image.history.at(-1)?.at ?? 0), Size: image.size, Architecture: 'amd64', Os: 'linux',
    Config: { Env: config.env ?? [], Cmd: config.cmd ?? null, Entrypoint: config.entrypoint ?? null, WorkingDir: config.workingDir ?? '', User: config.user ?? '', Labels: config.labels ?? null, ExposedPorts: Object.fromEntries((config.exposedPorts ?? []).map((p) => [p, {}])), Volumes: config.volumes ? Object.fromEntries(config.volumes.map((v) => [v, {}])) : null },
    RootFS: { Type: 'layers', Layers: image.history.filter((h) => h.size > 0).map((h, i) => `sha256:${digestOf(`${image.reference} ${h.createdBy} ${i}`)}`) },
  }
}

const overlayOf = (text: string): Readonly<Record<string, string>> => Object.fromEntries(text.split(',').filter((o) => /^(lower|upper|work)dir=/.test(o)).map((o) => [`${o[0]!.toUpperCase()}${o.slice(1, o.indexOf('=')).replace('dir', 'Dir')}`, o.slice(o.indexOf('=') + 1)]))

function inspect(c: ToolContext, host: HostState, args: readonly string[]): number {
  const { values, rest } = options(args.flatMap((word) => (word.startsWith('--format=') ? ['-f', word.slice(9)] : word === '--format' ? ['-f'] : [word])), 'f')
  const found: unknown[] = []
  let status = 0
  for (const word of rest) {
    const one = inspected(c, host, word)
    if (one !== undefined) found.push(one)
    else {
      c.err(`error: no such object: ${word}\n`)
      status = 1
    }
  }
  const format = values.get('f')
  if (format === undefined) c.out(`${JSON.stringify(found, null, 4)}\n`)
  else for (const one of found) {
    const text = formatted(format, one)
    if (text === undefined) {
      c.err(`template parsing error: only fields and json are modelled in docker's templates: ${format}\n`)
      return 64
    }
    c.out(`${text}\n`)
  }
  return status
}

/** A Go template of fields: {{.State.Pid}}, {{json .Config}}. */
function formatted(template: string, data: unknown): string | undefined {
  let failed = false
  const text = template.replace(/\{\{\s*(json\s+)?\.([\w.]*)\s*\}\}/g, (_all, json: string | undefined, path: string) => {
    let value = data
    for (const name of path.split('.').filter(Boolean)) value = typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined
    return json || typeof value === 'object' ? JSON.stringify(value) : value === undefined ? '<no value>' : String(value)
  })
  failed = text.includes('{{')
  return failed ? undefined : text
}

const STOP_GRACE = 10_000_000

/** docker stop and kill: TERM and, after ten seconds, KILL; it waits for the ends. */
function stop(c: ToolContext, args: readonly string[], signal: 'TERM' | 'KILL'): number | undefined {
  const since = c.state['since'] as number | undefined
  const { rest } = options(args, 'tsn')
  if (since === undefined) {
    for (const word of rest) {
      const d = needed(c, word)
      if (typeof d === 'number') return d
      if (statusOf(c, d).state === 'running') c.kernel.signal(c.kernel.containers[d.container]!.main, signal)
      else if (signal === 'KILL') return daemonSays(c, `cannot kill container: ${word}: container ${d.id} is not running`)
    }
    c.keep({ since: c.now })
    return c.sleepUntil(c.now + 20_000)
  }
  const left = rest.map((word) => containerNamed(c, word)).filter((d) => d && statusOf(c, d).state === 'running')
  if (left.length > 0) {
    if (c.now - since > STOP_GRACE) for (const d of left) c.kernel.signal(c.kernel.containers[d!.container]!.main, 'KILL')
    return c.sleepUntil(c.now + 50_000)
  }
  for (const word of rest) c.out(`${word}\n`)
  return rest.length > 0 ? 0 : needsOne(c)
}

const needsOne = (c: ToolContext): number => {
  c.err(`docker: 'docker ${c.args[0] ?? ''}' requires at least 1 argument\n`)
  return 1
}

/** docker commit: what a container has changed as one more layer of its image. */
function commit(c: ToolContext, host: HostState, args: readonly string[]): number {
  const { rest, values } = options(args, 'amc')
  const d = needed(c, rest[0] ?? '')
  if (typeof d === 'number') return d
  const base = host.image(d.image)
  const root = c.kernel.roots[`root:${d.container}`]!
  const size = differences(base?.root, root).filter((x) => x.kind !== 'D').length * 512
  const name = rest[1] ?? `<none>:${d.id.slice(0, 12)}`
  const parsed = parseImageName(name)
  if (!parsed) return daemonSays(c, 'invalid reference format')
  const digest = `sha256:${digestOf(`${d.id} ${c.now}`)}`
  const fs = `image:${digest.slice(7, 19)}`
  c.kernel.roots[fs] = root
  const history = [...(base?.history ?? []), { createdBy: values.get('m') ?? d.argv.join(' '), size: Math.max(size, 1), at: c.now }]
  c.kernel.tell(c.task, { do: 'store-image', reference: `${parsed.repository}:${parsed.tag}`, digest, fs, config: { ...base?.config, cmd: d.cmd, entrypoint: d.entrypoint }, history })
  c.out(`${digest}\n`)
  return 0
}

function history(c: ToolContext, host: HostState, args: readonly string[]): number {
  const { rest, flags } = options(args)
  const image = host.image(rest[0] ?? '')
  if (!image) return daemonSays(c, `No such image: ${rest[0] ?? ''}${(rest[0] ?? '').includes(':') ? '' : ':latest'}`)
  const rows = [...image.history].reverse()
  c.out(columns([['IMAGE', 'CREATED', 'CREATED BY', 'SIZE', 'COMMENT'], ...rows.map((h, i) => [i === 0 ? image.digest.replace('sha256:', '').slice(0, 12) : '<missing>', ago(c, h.at), h.createdBy.length > 45 && !flags.has('no-trunc') ? `${h.createdBy.slice(0, 44)}…` : h.createdBy, megabytes(h.size), h.createdBy.includes('buildkit') ? 'buildkit.dockerfile.v0' : ''])], 0))
  return 0
}

function tag(c: ToolContext, host: HostState, args: readonly string[]): number {
  const image = host.image(args[0] ?? '')
  const parsed = parseImageName(args[1] ?? '')
  if (!image) return daemonSays(c, `No such image: ${args[0] ?? ''}`)
  if (!parsed) return daemonSays(c, 'invalid reference format')
  const fs = `image:${image.digest.slice(7, 19)}`
  c.kernel.roots[fs] = image.root
  c.kernel.tell(c.task, { do: 'store-image', reference: `${parsed.repository}:${parsed.tag}`, digest: image.digest, fs, config: image.config, history: image.history })
  return 0
}

const VERBS: Readonly<Record<string, DockerVerb>> = {
  run: (c, host, args) => run(c, host, args, 'run'),
  create: (c, host, args) => run(c, host, args, 'create'),
  exec: (c, _host, args) => exec(c, args),
  ps: (c, _host, args) => ps(c, args),
  images, inspect, commit, history, tag, build,
  stop: (c, _host, args) => stop(c, args, 'TERM'),
  kill: (c, _host, args) => stop(c, args, 'KILL'),
  start: (c, _host, args) => {
    if (c.state['docker'] !== undefined) return statusOf(c, c.kernel.docker[c.state['docker'] as string]!).code
    const wanted = runOptions(args.filter((word) => word !== '-a' && word !== '-ai' && word !== '-i'))
    const d = typeof wanted === 'string' ? daemonSays(c, wanted) : needed(c, wanted.image)
    if (typeof d === 'number') return d
    if (statusOf(c, d).state === 'running') return 0
    return start(c, d, args.some((word) => /^-a/.test(word)), false, false, args.some((word) => /i/.test(word) && word.startsWith('-')))
  },
  restart: (c, _host, args) => each(c, args, (d) => {
    if (statusOf(c, d).state === 'running') return daemonSays(c, 'restart of a running container is not modelled here: stop it, then start it')
    start(c, d, false, false, false, false)
    return undefined
  }),
  rm: (c, _host, args) => each(c, args, (d) => {
    if (statusOf(c, d).state === 'running' && !args.some((word) => /^-\w*f|^--force/.test(word))) return daemonSays(c, `cannot remove container "/${d.name}": container is running: stop the container before removing or force remove`)
    dropContainer(c, d)
    return undefined
  }),
  rmi: (c, host, args) => {
    if (c.state['removed']) return 0
    for (const word of options(args).rest) {
      const image = host.image(word)
      if (!image) return daemonSays(c, `No such image: ${word.includes(':') ? word : `${word}:latest`}`)
      const user = dockerContainers(c).find((d) => d.image === image.reference)
      if (user && !args.includes('-f')) return daemonSays(c, `conflict: unable to remove repository reference "${word}" (must force) - container ${user.id.slice(0, 12)} is using its referenced image ${image.digest.slice(7, 19)}`)
      c.kernel.tell(c.task, { do: 'remove-image', image: image.reference })
      c.out(`Untagged: ${familiar(image.reference)}\nDeleted: ${image.digest}\n`)
    }
    // It is over when the node shows it.
    c.keep({ removed: true })
    return c.sleepUntil(c.now + 250_000)
  },
  logs: (c, _host, args) => logs(c, args),
  network: (c, _host, args) => network(c, args),
  volume: (c, _host, args) => volume(c, args),
  stats: (c, _host, args) => stats(c, args),
  top: (c, _host, args) => top(c, args),
  wait: (c, _host, args) => wait(c, args),
  pause: (c, _host, args) => freeze(c, args, 'pause'),
  unpause: (c, _host, args) => freeze(c, args, 'unpause'),
  cp: (c, _host, args) => copy(c, args),
  load: (c, _host, args) => load(c, args),
  login: (c, _host, args) => login(c, args),
  logout: (c, _host, args) => logout(c, args),
  save, push,
  prune: (c) => prune(c),
  df: (c, host) => usage(c, host),
  port: (c, _host, args) => {
    const d = needed(c, args[0] ?? '')
    if (typeof d === 'number') return d
    for (const p of d.ports) if (args[1] === undefined || args[1] === String(p.container) || args[1] === `${p.container}/${p.protocol}`) c.out(args[1] === undefined ? `${p.container}/${p.protocol} -> 0.0.0.0:${p.host}\n` : `0.0.0.0:${p.host}\n`)
    return 0
  },
  rename: (c, _host, args) => {
    const d = needed(c, args[0] ?? '')
    if (typeof d === 'number') return d
    const name = args[1] ?? ''
    if (!/^[a-zA-Z0-9][\w.-]+$/.test(name)) return daemonSays(c, `Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`)
    const taken = containerNamed(c, name)
    if (taken) return daemonSays(c, `Conflict. The container name "/${name}" is already in use by container "${taken.id}". You have to remove (or rename) that container to be able to reuse that name.`)
    c.kernel.docker[d.id] = { ...d, name }
    return 0
  },
  pull: (c, _host, args) => {
    const answer = c.askNode({ do: 'pull', image: args.at(-1) ?? '' })
    if (!answer) return undefined
    if (!answer.ok) return daemonSays(c, answer.body)
    c.out(`Digest: ${answer.body.slice(answer.body.indexOf('@') + 1)}\nStatus: Image is up to date for ${args.at(-1)!}\n${answer.body.split('@')[0]!}\n`)
    return 0
  },
  diff: (c, host, args) => {
    const d = needed(c, args[0] ?? '')
    if (typeof d === 'number') return d
    for (const x of differences(host.image(d.image)?.root, c.kernel.roots[`root:${d.container}`])) c.out(`${x.kind} ${x.path}\n`)
    return 0
  },
  version: (c) => {
    c.out('Client: Docker Engine - Community\n Version:           29.0.1\n API version:       1.52\n\nServer: Docker Engine - Community\n Engine:\n  Version:          29.0.1\n containerd:\n  Version:          v2.1.4\n')
    return 0
  },
  info: (c, host) => {
    const all = dockerContainers(c)
    const running = all.filter((d) => statusOf(c, d).state === 'running').length
    c.out(`Server:\n Containers: ${all.length}\n  Running: ${running}\n  Paused: 0\n  Stopped: ${all.length - running}\n Images: ${host.images.length}\n Server Version: 29.0.1\n Storage Driver: overlay2\n Cgroup Driver: systemd\n Cgroup Version: ${host.cgroups === 'v2' ? 2 : 1}\n Kernel Version: ${c.kernel.setting.release}\n Operating System: Debian GNU/Linux 13 (trixie)\n Name: ${host.name}\n`)
    return 0
  },
}
