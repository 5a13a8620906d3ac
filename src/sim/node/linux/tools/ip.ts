import { netnsOf, vethOf } from '../host.ts'
import { seenSelf } from '../processes.ts'
import { startProgram } from '../programs.ts'
import { may } from './namespace-tools.ts'
import { options, type Tool, type ToolContext } from './context.ts'

/** The address of a link that belongs to an IPv4 address, as the bridge plugin makes it. */
export const macOf = (address: string): string => `0a:58:${address.split('.').map((n) => Number(n).toString(16).padStart(2, '0')).join(':')}`

interface Device {
  readonly index: number
  readonly name: string
  readonly flags: string
  readonly rest: string
  readonly mac: string
  readonly ip?: string
  readonly more?: string
}

/** The links of the network namespace that the process is in. */
function devicesOf(c: ToolContext): readonly Device[] {
  const { network } = seenSelf(c.kernel, c.task)
  if (network.kind === 'empty') return []
  const peer = network.kind === 'own' ? `@if${linkOf(c, network.ip)}` : ''
  const eth0: Device = { index: 2, name: `eth0${peer}`, flags: `BROADCAST,MULTICAST,UP,LOWER_UP${peer ? ',M-DOWN' : ''}`, rest: 'mtu 1500 qdisc noqueue ', mac: macOf(network.ip), ip: network.ip }
  const pods = network.kind === 'host' ? (c.kernel.host?.pods ?? []).filter((p) => p.ready && !p.hostNetwork) : []
  if (pods.length === 0) return [eth0]
  const gateway = pods[0]!.ip.replace(/\.\d+$/, '.1')
  return [
    eth0, { index: 3, name: 'cni0', flags: 'BROADCAST,MULTICAST,UP,LOWER_UP', rest: 'mtu 1500 qdisc noqueue ', mac: macOf(gateway), ip: gateway },
    ...pods.map((p): Device => ({ index: p.link, name: `${vethOf(p.id)}@if2`, flags: 'BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN', rest: 'mtu 1500 qdisc noqueue master cni0 ', mac: macOf(p.ip).replace(/^0a:58/, '2e:58'), more: ` link-netns ${netnsOf(p.id)}` })),
  ]
}

/** The number of the node's end of this pod's link. */
const linkOf = (c: ToolContext, ip: string): number => c.kernel.host?.pods.find((p) => p.ip === ip)?.link ?? c.kernel.setting.namespaces['link'] ?? 5

function show(c: ToolContext, address: boolean, only: string | undefined): number {
  const isEmpty = seenSelf(c.kernel, c.task).network.kind === 'empty'
  const devices = devicesOf(c)
  if (only !== undefined && only !== 'lo' && !devices.some((d) => d.name.split('@')[0] === only)) return c.fail(`can't find device '${only}'`)
  if (only === undefined || only === 'lo') {
    c.out(`1: lo: <LOOPBACK${isEmpty ? '' : ',UP,LOWER_UP'}> mtu 65536 qdisc noop${isEmpty ? '' : ''} qlen 1000\n`.replace('qdisc noop', isEmpty ? 'qdisc noop' : 'qdisc noqueue'))
    c.out('    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n')
    if (address && !isEmpty) c.out('    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n    inet6 ::1/128 scope host \n       valid_lft forever preferred_lft forever\n')
  }
  for (const d of devices) {
    if (only !== undefined && d.name.split('@')[0] !== only) continue
    c.out(`${d.index}: ${d.name}: <${d.flags}> ${d.rest}\n    link/ether ${d.mac} brd ff:ff:ff:ff:ff:ff${d.more ?? ''}\n`)
    if (address && d.ip) c.out(`    inet ${d.ip}/24 brd ${d.ip.replace(/\.\d+$/, '.255')} scope global ${d.name.split('@')[0]}\n       valid_lft forever preferred_lft forever\n`)
  }
  return 0
}

function routes(c: ToolContext): number {
  const { network } = seenSelf(c.kernel, c.task)
  const net = (ip: string): string => ip.replace(/\.\d+$/, '.0')
  if (network.kind === 'own') c.out(`default via ${network.ip.replace(/\.\d+$/, '.1')} dev eth0 \n${net(network.ip)}/24 dev eth0 scope link  src ${network.ip} \n`)
  if (network.kind === 'host' && c.kernel.host) {
    c.out(`default via ${network.ip.replace(/\.\d+$/, '.1')} dev eth0 \n`)
    const bridge = devicesOf(c).find((d) => d.name === 'cni0')
    if (bridge?.ip) c.out(`${net(bridge.ip)}/24 dev cni0 scope link  src ${bridge.ip} \n`)
    c.out(`${net(network.ip)}/24 dev eth0 scope link  src ${network.ip} \n`)
  }
  return 0
}

/** `ip netns`: the names under /run/netns, and a command in one of them. */
function netns(c: ToolContext, words: readonly string[]): number | undefined {
  const pods = (c.kernel.host?.pods ?? []).filter((p) => p.ready && !p.hostNetwork)
  const [verb = 'list', name = '', ...command] = words
  if (verb === 'list' || verb === 'show') {
    pods.forEach((p, i) => c.out(`${netnsOf(p.id)} (id: ${i})\n`))
    return 0
  }
  if (verb !== 'exec') return c.fail('only "netns list" and "netns exec" are modelled here')
  const pod = pods.find((p) => netnsOf(p.id) === name)
  if (!pod) return c.fail(`Cannot open network namespace "${name}": No such file or directory`)
  if (!may(c, 21)) return c.fail(`setting the network namespace "${name}" failed: Operation not permitted`)
  c.task.view = { ...c.task.view, network: { kind: 'own', ip: pod.ip }, ns: { ...c.task.view?.ns, net: pod.ns.net } }
  const program = startProgram(c.kernel, c.task, command, c.task.env)
  if (typeof program === 'string') return c.fail(`exec of "${command[0] ?? ''}" failed: No such file or directory`)
  Object.assign(c.task, { argv: program.argv, comm: program.comm, program: program.program })
  return undefined
}

function ip(c: ToolContext): number | undefined {
  const words = c.args.filter((word) => !/^-/.test(word))
  const what = words[0] ?? ''
  if (what.startsWith('n')) return netns(c, c.args.slice(c.args.indexOf(what) + 1))
  if (what.startsWith('r')) return routes(c)
  if (!what.startsWith('a') && !what.startsWith('l')) return c.fail('only address, link, route and netns are modelled here')
  const named = words.slice(1).filter((word) => !['show', 'list', 'ls', 'dev'].includes(word))
  if (['add', 'del', 'set', 'delete', 'change'].includes(words[1] ?? '')) return c.fail('links and addresses cannot be changed here')
  return show(c, what.startsWith('a'), named[0])
}

function ifconfig(c: ToolContext): number {
  for (const d of devicesOf(c)) {
    if (!d.ip) continue
    c.out(`${d.name.split('@')[0]!.padEnd(9)} Link encap:Ethernet  HWaddr ${d.mac.toUpperCase()}  \n          inet addr:${d.ip}  Bcast:${d.ip.replace(/\.\d+$/, '.255')}  Mask:255.255.255.0\n          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1\n\n`)
  }
  c.out('lo        Link encap:Local Loopback  \n          inet addr:127.0.0.1  Mask:255.0.0.0\n          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n\n')
  return 0
}

/** Changes or tells the host name of the UTS namespace. */
function hostname(c: ToolContext): number {
  const { flags, rest } = options(c.args)
  const own = seenSelf(c.kernel, c.task)
  const wanted = rest[0]
  if (wanted !== undefined) {
    // The name of the container's own namespace is the pod's and stays.
    if (!may(c, 21, 'uts') || c.task.view?.ns?.['uts'] === undefined) return c.fail('sethostname: Operation not permitted')
    for (const task of c.kernel.tasks.values()) if (seenSelf(c.kernel, task).ns('uts') === own.ns('uts')) task.view = { ...task.view, hostname: wanted }
    return 0
  }
  const hosts = c.readFile('/etc/hosts') ?? ''
  const known = hosts.split('\n').find((line) => line.startsWith(`${own.network.ip}\t`))?.split(/\s+/).slice(1) ?? []
  if (flags.has('i')) c.out(`${own.network.ip}\n`)
  else if (flags.has('f')) c.out(`${known[0] ?? own.hostname}\n`)
  else c.out(`${flags.has('s') ? own.hostname.split('.')[0]! : own.hostname}\n`)
  return 0
}

export const ipTools: Readonly<Record<string, Tool>> = { ip, ifconfig, hostname }
