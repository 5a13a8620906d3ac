import { formatMicroTime } from '../../../engine/time.ts'
import { directory, treeSize } from '../fs.ts'
import { columns, megabytes } from './crictl.ts'
import { options, type ToolContext } from './context.ts'
import { daemonSays, digestOf, dockerContainers, statusOf } from './docker-state.ts'
import { dropContainer } from './docker-run.ts'
import type { HostState } from '../host.ts'

const PREFIX = 'docker-volume:'
const volumes = (c: ToolContext): readonly string[] => Object.keys(c.kernel.roots).filter((fs) => fs.startsWith(PREFIX)).map((fs) => fs.slice(PREFIX.length)).sort()
const users = (c: ToolContext, name: string): readonly string[] => dockerContainers(c).filter((d) => c.kernel.containers[d.container]?.mounts.some((m) => m.fs === PREFIX + name)).map((d) => d.id)

/** docker volume ls, create, inspect, rm, prune. */
export function volume(c: ToolContext, args: readonly string[]): number {
  const [verb = 'help', ...given] = args
  const { flags, rest, values } = options(given, 'dfo')
  switch (verb) {
    case 'ls':
    case 'list':
      c.out(flags.has('q') ? volumes(c).map((name) => `${name}\n`).join('') : columns([['DRIVER', 'VOLUME NAME'], ...volumes(c).map((name) => ['local', name])], 0, 4))
      return 0
    case 'create': {
      if (values.has('d') && values.get('d') !== 'local') return daemonSays(c, `the volume driver ${values.get('d')} is not modelled here, only local`)
      const name = rest[0] ?? digestOf(`volume ${c.now} ${c.kernel.lastId++}`)
      c.kernel.roots[PREFIX + name] ??= directory({}, 0o755, c.now)
      c.out(`${name}\n`)
      return 0
    }
    case 'inspect': {
      const lost = rest.find((name) => !volumes(c).includes(name))
      c.out(`${JSON.stringify(rest.filter((name) => name !== lost).map((name) => ({ CreatedAt: formatMicroTime(c.kernel.roots[PREFIX + name]!.mtime), Driver: 'local', Labels: null, Mountpoint: `/var/lib/docker/volumes/${name}/_data`, Name: name, Options: null, Scope: 'local' })), null, 4)}\n`)
      return lost === undefined ? 0 : daemonSays(c, `get ${lost}: no such volume`)
    }
    case 'rm':
    case 'remove': {
      let status = 0
      for (const name of rest) {
        const used = users(c, name)
        if (!volumes(c).includes(name)) status = daemonSays(c, `get ${name}: no such volume`)
        else if (used.length > 0) status = daemonSays(c, `remove ${name}: volume is in use - [${used.join(', ')}]`)
        else {
          delete c.kernel.roots[PREFIX + name]
          c.out(`${name}\n`)
        }
      }
      return status
    }
    case 'prune': {
      const unused = volumes(c).filter((name) => users(c, name).length === 0)
      const size = unused.reduce((sum, name) => sum + treeSize(c.kernel.roots[PREFIX + name]!), 0)
      for (const name of unused) delete c.kernel.roots[PREFIX + name]
      c.out(`${unused.length > 0 ? `Deleted Volumes:\n${unused.map((name) => `${name}\n`).join('')}\n` : ''}Total reclaimed space: ${megabytes(size)}\n`)
      return 0
    }
    default:
      c.err(`docker: unknown command: docker volume ${verb}\n\nRun 'docker volume --help' for more information\n`)
      return 1
  }
}

/** docker container prune, docker system prune: containers that have ended go. */
export function prune(c: ToolContext): number {
  const ended = dockerContainers(c).filter((d) => statusOf(c, d).state !== 'running')
  const size = ended.length * 8192
  for (const d of ended) dropContainer(c, d)
  c.out(`${ended.length > 0 ? `Deleted Containers:\n${ended.map((d) => `${d.id}\n`).join('')}\n` : ''}Total reclaimed space: ${megabytes(size)}\n`)
  return 0
}

/** docker system df */
export function usage(c: ToolContext, host: HostState): number {
  const all = dockerContainers(c)
  const used = host.images.filter((i) => all.some((d) => d.image === i.reference))
  const sum = (images: HostState['images']): number => images.reduce((n, i) => n + i.size, 0)
  const volumeSize = volumes(c).reduce((n, name) => n + treeSize(c.kernel.roots[PREFIX + name]!), 0)
  const row = (type: string, total: number, active: number, size: number, free: number): readonly string[] => [type, String(total), String(active), megabytes(size), `${megabytes(free)}${size > 0 ? ` (${Math.round((100 * free) / size)}%)` : ''}`]
  c.out(columns([['TYPE', 'TOTAL', 'ACTIVE', 'SIZE', 'RECLAIMABLE'], row('Images', host.images.length, used.length, sum(host.images), sum(host.images) - sum(used)), row('Containers', all.length, all.filter((d) => statusOf(c, d).state === 'running').length, all.length * 8192, all.filter((d) => statusOf(c, d).state !== 'running').length * 8192), row('Local Volumes', volumes(c).length, volumes(c).filter((name) => users(c, name).length > 0).length, volumeSize, 0), row('Build Cache', 0, 0, 0, 0)], 0, 3))
  return 0
}
