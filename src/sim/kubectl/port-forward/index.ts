import type { Pod } from '../../api/pod.ts'
import type { KubeObject } from '../../api/meta.ts'
import { isStatus, type Status } from '../../api/status.ts'
import type { Service } from '../../kinds/service/service.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { fail, Failure, statusText, usage } from '../failure.ts'
import { podsBehind } from '../pods-behind.ts'
import { getTarget, kindOf, targetsOf, type Target } from '../resources.ts'

export const portForwardVerb: Verb = {
  name: 'port-forward',
  summary: 'Lead a local port to a port of a pod, until interrupted',
  usage: ['kubectl port-forward web-1 8080:80', 'kubectl port-forward svc/web 8080:http &'],
  run: portForward,
}

/** "8080:80" apart; a single number stands for both sides. */
const split = (text: string): readonly [string, string] => {
  const parts = text.split(':')
  return parts.length === 2 ? [parts[0]!, parts[1]!] : [parts[0]!, parts[0]!]
}
const isNumber = (text: string): boolean => /^[+-]?\d+$/.test(text)

/** kubectl: portforward.go; programs of the same terminal can connect. */
function portForward(ctx: KubectlContext, inv: Invocation): number {
  const { args, flags } = inv
  if (args.length < 2) usage('port-forward', 'TYPE/NAME and list of ports are required for port-forward')
  const target: Target = args[0]!.includes('/') ? targetsOf([args[0]!], inv.namespace).targets[0]! : { kind: kindOf('pods'), name: args[0]!, namespace: inv.namespace }
  const found = ctx.call(getTarget(target)) as KubeObject | Status
  if (isStatus(found)) throw new Failure(statusText(found))
  const pod = podsBehind(ctx, inv, target, true)[0]!
  const service = target.kind.kind === 'Service' ? (found as Service) : undefined
  const pairs = args.slice(1).map((text) => (service ? throughService(text, service, pod) : intoPod(text, pod)))
  if (pod.status?.phase !== 'Running') fail(`unable to forward port because pod is not running. Current status=${pod.status?.phase ?? ''}`)
  const addresses = flags.list('address').flatMap(parseAddress)
  if (addresses.length === 0) fail('you must specify at least 1 address')
  const ports = pairs.map(parsePorts)
  const taken = ports.filter((pair) => !listens(ctx, pod, pair, addresses))
  if (taken.length === ports.length) fail(`unable to listen on any of the requested ports: [${ports.map(([local, remote]) => `{${local} ${remote}}`).join(' ')}]`)
  waitForEnd(ctx, pod)
  return fail('lost connection to pod')
}

/** Listens at a port of each address; says on stderr what is taken. All addresses of a name count together. */
function listens(ctx: KubectlContext, pod: Pod, [local, remote]: readonly [number, number], addresses: readonly string[]): boolean {
  const chosen = local || 32768 + ctx.random(28000)
  const { namespace = 'default', name, uid = '' } = pod.metadata
  const errors: string[] = []
  for (const address of addresses) {
    const isV6 = address.includes(':')
    const shown = `${isV6 ? `[${address}]` : address}:${chosen}`
    if (ctx.listen(chosen, address, { to: 'pod', namespace, pod: name, uid, remote })) ctx.out(`Forwarding from ${shown} -> ${remote}\n`)
    else errors.push(`unable to create listener: Error listen tcp${isV6 ? 6 : 4} ${shown}: bind: address already in use`)
  }
  if (errors.length > 0) ctx.err(`Unable to listen on port ${chosen}: Listeners failed to create with the following errors: [${errors.join(' ')}]\n`)
  return errors.length === 0
}

function waitForEnd(ctx: KubectlContext, pod: Pod): void {
  const { name, namespace, resourceVersion } = pod.metadata
  const ended = (p: Pod): boolean => p.status?.phase === 'Succeeded' || p.status?.phase === 'Failed'
  ctx.follow<null, true>({ group: '', version: 'v1', resource: 'pods', namespace, fieldSelector: `metadata.name=${name}`, resourceVersion }, null, (_state, event) =>
    event.type === 'DELETED' || (event.object && ended(event.object as Pod)) ? { done: true } : { state: null },
  )
}

function containerPort(pod: Pod, name: string): number {
  for (const { ports = [] } of [...(pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always'), ...pod.spec.containers])
    for (const port of ports) if (port.name === name) return port.containerPort
  return fail(`Pod '${pod.metadata.name}' does not have a named port '${name}'`)
}

function throughService(text: string, service: Service, pod: Pod): readonly [string, string] {
  const [local, remote] = split(text)
  const { name } = service.metadata
  const ports = service.spec.ports ?? []
  const number = isNumber(remote) ? Number(remote) : (ports.find((p) => p.name === remote)?.port ?? fail(`Service '${name}' does not have a named port '${remote}'`))
  if (ports.some((p) => p.port === number) && ports.filter((p) => p.port === number).every((p) => p.protocol === 'UDP')) fail(`UDP protocol is not supported for ${remote}`)
  const port = ports.find((p) => p.port === number)
  if (!port) return fail(`Service ${name} does not have a service port ${number}`)
  const here = local === remote ? `${number}` : local
  if (service.spec.clusterIP === 'None') return [here, `${number}`]
  const { targetPort } = port
  const there = typeof targetPort === 'string' && !isNumber(targetPort) ? containerPort(pod, targetPort) : Number(targetPort ?? 0) || number
  return [here, `${there}`]
}

function intoPod(text: string, pod: Pod): readonly [string, string] {
  const [local, remote] = split(text)
  if (remote === '') fail('remote port cannot be empty')
  const port = isNumber(remote) ? remote : `${containerPort(pod, remote)}`
  const uses = pod.spec.containers.flatMap((c) => c.ports ?? []).filter((p) => `${p.containerPort}` === port)
  if (uses.length > 0 && uses.every((p) => p.protocol === 'UDP')) fail(`UDP protocol is not supported for ${remote}`)
  return [local === remote ? port : local, port]
}

function parseAddress(text: string): readonly string[] {
  if (text === 'localhost') return ['127.0.0.1', '::1']
  if (/^\d+(\.\d+){3}$/.test(text) || /^[0-9a-f:]*:[0-9a-f:]*$/i.test(text)) return [text]
  return fail(`${text} is not a valid IP`)
}

function parsePorts([local, remote]: readonly [string, string]): readonly [number, number] {
  const parse = (text: string, side: string): number => {
    const problem = !/^\d+$/.test(text) ? 'invalid syntax' : Number(text) > 65535 ? 'value out of range' : ''
    return problem ? fail(`error parsing ${side} port '${text}': strconv.ParseUint: parsing ${JSON.stringify(text)}: ${problem}`) : Number(text)
  }
  const here = parse(local || '0', 'local')
  const there = parse(remote, 'remote')
  return there === 0 ? fail('remote port must be > 0') : [here, there]
}
