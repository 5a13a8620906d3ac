import { formatMicroTime } from '../../../engine/time.ts'
import type { DockerNetwork } from '../machine.ts'
import type { ToolContext } from './context.ts'
import { columns } from './crictl.ts'
import { daemonSays, digestOf, dockerContainers, statusOf } from './docker-state.ts'

/** The networks that docker has before anybody makes one. */
function builtIn(c: ToolContext): readonly DockerNetwork[] {
  const seed = c.kernel.setting.nodeName
  const at = c.kernel.setting.bootedAt
  return [
    { name: 'bridge', id: digestOf(`${seed} bridge`), driver: 'bridge', subnet: '172.17', createdAt: at },
    { name: 'host', id: digestOf(`${seed} host`), driver: 'host', subnet: '', createdAt: at },
    { name: 'none', id: digestOf(`${seed} none`), driver: 'null', subnet: '', createdAt: at },
  ]
}

export const networks = (c: ToolContext): readonly DockerNetwork[] => [...builtIn(c), ...Object.values(c.kernel.dockerNetworks)].sort((a, b) => (a.name < b.name ? -1 : 1))

export const networkNamed = (c: ToolContext, word: string): DockerNetwork | undefined => networks(c).find((n) => n.name === word) ?? (word.length >= 3 ? networks(c).find((n) => n.id.startsWith(word)) : undefined)

/** An address of a network that no container has. */
export function freeAddress(c: ToolContext, network: DockerNetwork): string {
  const used = new Set(dockerContainers(c).map((d) => d.ip))
  let n = 2
  while (used.has(`${network.subnet}.0.${n}`)) n++
  return `${network.subnet}.0.${n}`
}

/** What `docker network inspect` shows. */
function inspected(c: ToolContext, network: DockerNetwork): unknown {
  const members = dockerContainers(c).filter((d) => d.network === network.name && statusOf(c, d).state === 'running')
  return {
    Name: network.name, Id: network.id, Created: formatMicroTime(network.createdAt), Scope: 'local', Driver: network.driver, EnableIPv4: true, EnableIPv6: false,
    IPAM: { Driver: 'default', Options: null, Config: network.subnet ? [{ Subnet: `${network.subnet}.0.0/16`, Gateway: `${network.subnet}.0.1` }] : null },
    Internal: false, Attachable: false, Ingress: false, ConfigOnly: false,
    Containers: Object.fromEntries(members.map((d) => [d.id, { Name: d.name, EndpointID: digestOf(`${d.id} endpoint`), MacAddress: macOf(d.ip), IPv4Address: d.ip ? `${d.ip}/16` : '', IPv6Address: '' }])),
    Options: network.name === 'bridge' ? { 'com.docker.network.bridge.default_bridge': 'true', 'com.docker.network.bridge.enable_icc': 'true', 'com.docker.network.bridge.enable_ip_masquerade': 'true', 'com.docker.network.bridge.name': 'docker0', 'com.docker.network.driver.mtu': '1500' } : {}, Labels: {},
  }
}

const macOf = (ip: string): string => (ip === '' ? '' : `02:42:${ip.split('.').map((n) => Number(n).toString(16).padStart(2, '0')).join(':')}`)

/** docker network ls, inspect, create, rm; connecting a container that exists is refused by name. */
export function network(c: ToolContext, args: readonly string[]): number {
  const [verb = 'help', ...rest] = args
  const words = rest.filter((word, i) => !word.startsWith('-') && !/^(?:-d|--driver|--subnet|--gateway|-f|--filter|--format)$/.test(rest[i - 1] ?? ''))
  const option = (name: string): string | undefined => rest.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? (rest.includes(name) ? rest[rest.indexOf(name) + 1] : undefined)
  switch (verb) {
    case 'ls':
    case 'list': {
      if (rest.includes('-q')) c.out(networks(c).map((n) => `${n.id.slice(0, 12)}\n`).join(''))
      else c.out(columns([['NETWORK ID', 'NAME', 'DRIVER', 'SCOPE'], ...networks(c).map((n) => [n.id.slice(0, 12), n.name, n.driver, 'local'])], 0, 3))
      return 0
    }
    case 'inspect': {
      let status = 0
      const found: unknown[] = []
      for (const word of words) {
        const one = networkNamed(c, word)
        if (one) found.push(inspected(c, one))
        else status = daemonSays(c, `network ${word} not found`)
      }
      c.out(`${JSON.stringify(found, null, 4)}\n`)
      return status
    }
    case 'create':
      return create(c, words[0], option('-d') ?? option('--driver') ?? 'bridge', option('--subnet'))
    case 'rm':
    case 'remove':
      return remove(c, words)
    case 'prune': {
      const unused = Object.values(c.kernel.dockerNetworks).filter((n) => !dockerContainers(c).some((d) => d.network === n.name))
      for (const n of unused) delete c.kernel.dockerNetworks[n.name]
      c.out(unused.length > 0 ? `Deleted Networks:\n${unused.map((n) => `${n.name}\n`).join('')}` : '')
      return 0
    }
    case 'connect':
    case 'disconnect':
      return daemonSays(c, `docker network ${verb} is not modelled here: choose the network when the container is made (--network)`)
    default:
      c.err(`docker: unknown command: docker network ${verb}\n\nRun 'docker network --help' for more information\n`)
      return 1
  }
}

function create(c: ToolContext, name: string | undefined, driver: string, subnet: string | undefined): number {
  if (name === undefined) {
    c.err("docker: 'docker network create' requires 1 argument\n")
    return 1
  }
  if (!/^[a-zA-Z0-9][\w.-]*$/.test(name)) return daemonSays(c, `Error response from daemon: ${name} is not a valid network name`)
  if (networkNamed(c, name)?.name === name) return daemonSays(c, `network with name ${name} already exists`)
  if (driver !== 'bridge') return daemonSays(c, `the network driver ${driver} is not modelled here, only bridge`)
  const wanted = subnet === undefined ? undefined : /^(\d+\.\d+)\.0\.0\/16$/.exec(subnet)?.[1]
  if (subnet !== undefined && wanted === undefined) return daemonSays(c, `only subnets of the form a.b.0.0/16 are modelled here, not ${subnet}`)
  const taken = new Set([...networks(c).map((n) => n.subnet), c.kernel.machine.ip.split('.').slice(0, 2).join('.')])
  if (wanted !== undefined && taken.has(wanted)) return daemonSays(c, 'invalid pool request: Pool overlaps with other one on this address space')
  let n = 18
  while (taken.has(`172.${n}`)) n++
  const made: DockerNetwork = { name, id: digestOf(`${c.kernel.setting.nodeName} ${name} ${c.now}`), driver, subnet: wanted ?? `172.${n}`, createdAt: c.now }
  c.kernel.dockerNetworks[name] = made
  c.out(`${made.id}\n`)
  return 0
}

function remove(c: ToolContext, words: readonly string[]): number {
  let status = words.length > 0 ? 0 : 1
  for (const word of words) {
    const one = networkNamed(c, word)
    if (!one) status = daemonSays(c, `network ${word} not found`)
    else if (!c.kernel.dockerNetworks[one.name]) status = daemonSays(c, `${one.name} is a pre-defined network and cannot be removed`, 1)
    else {
      const users = dockerContainers(c).filter((d) => d.network === one.name && statusOf(c, d).state === 'running')
      if (users.length > 0) status = daemonSays(c, `error while removing network: network ${one.name} has active endpoints (name:"${users[0]!.name}" id:"${users[0]!.id.slice(0, 12)}")`)
      else {
        delete c.kernel.dockerNetworks[one.name]
        c.out(`${word}\n`)
      }
    }
  }
  return status
}
