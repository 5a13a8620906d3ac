import type { JsonValue } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { badRequest, isStatus, notFound, type Status } from '../../api/status.ts'
import type { Micros } from '../../engine/time.ts'
import { storeKey } from '../../store/store.ts'
import { streamOptions, type StreamOptions } from '../admission/connect.ts'
import type { ApiServer } from '../server.ts'
import { checkContainer, meantContainer } from '../streams.ts'
import { assume, authenticate } from './identity.ts'
import type { HttpRequest } from './message.ts'
import { readPath } from './path.ts'
import { first, parseQuery, type Query } from './query.ts'

export type StreamKind = 'exec' | 'attach' | 'portforward'

/** What a connection that was upgraded is for (core/v1: PodExecOptions, PodAttachOptions, PodPortForwardOptions). */
export interface GrantedStream {
  readonly kind: StreamKind
  readonly pod: Pod
  readonly container: string
  readonly command: readonly string[]
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly tty: boolean
  readonly ports: readonly number[]
}

const KINDS: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward'])

/**
 * What the API server checks before it hands a connection over to the kubelet: who it is, whether he may (an upgraded GET needs
 * `create` too: AuthorizePodWebsocketUpgradeCreatePermission), the pod and its container, the options. A Status refuses.
 */
export function grantStream(server: ApiServer, request: HttpRequest, now: Micros, portsComeLater = false): GrantedStream | Status {
  const path = readPath(request.path)
  const query = parseQuery(request.query)
  const verb = request.method === 'GET' ? 'get' : 'create'
  const sender = authenticate(request, server, now)
  if (isStatus(sender)) return sender
  const user = assume(server.authorizer, request.impersonate, server.attributes(sender, verb, path))
  if (isStatus(user)) return user
  const forbidden = server.authorize(user, verb, path) ?? (verb === 'get' ? server.authorize(user, 'create', path) : undefined)
  if (forbidden) return forbidden
  if (path.group !== '' || path.resource !== 'pods' || !KINDS.has(path.subresource)) return badRequest('Upgrade request required for exec, attach and portforward of pods only')
  const kind = path.subresource as StreamKind
  const pod = server.store.get(storeKey('pods', path.namespace, path.name)) as Pod | undefined
  if (!pod) return notFound({ group: '', resource: 'pods' }, path.name)
  const wrong = kind === 'portforward' ? undefined : checkContainer(pod, first(query, 'container'))
  if (wrong) return wrong
  if (!pod.spec.nodeName) return badRequest(`pod ${path.name} does not have a host assigned`)
  const granted = optionsOf(kind, pod, query, portsComeLater)
  if (isStatus(granted)) return granted
  const { options } = server.connect(user, { namespace: path.namespace, name: path.name, subresource: kind }, streamOptions(kind, { ...granted, container: first(query, 'container') }), now)
  if (isStatus(options)) return options
  const { container = granted.container, command = granted.command } = options as StreamOptions
  return { ...granted, container, command }
}

function optionsOf(kind: StreamKind, pod: Pod, query: Query, portsComeLater: boolean): GrantedStream | Status {
  const is = (name: string): boolean => ['true', '1'].includes(first(query, name) ?? '')
  const [stdin, stdout, stderr, tty] = [is('stdin'), is('stdout'), is('stderr'), is('tty')]
  const ports = (query.get('ports') ?? []).flatMap((text) => text.split(',')).map(Number)
  const command = query.get('command') ?? []
  if (kind === 'portforward') {
    if (ports.length === 0 && !portsComeLater) return badRequest('query parameter "port" is required')
    const wrong = ports.find((port) => !(port >= 1 && port <= 65535))
    if (wrong !== undefined) return badRequest(`unable to parse ${wrong} as a port`)
  } else {
    if (!stdin && !stdout && !stderr) return badRequest('you must specify at least 1 of stdin, stdout, stderr')
    if (tty && stderr && !stdout) return badRequest('tty and stderr cannot both be true')
    if (kind === 'exec' && command.length === 0) return badRequest('you must specify at least one command for the container')
  }
  return { kind, pod, container: kind === 'portforward' ? '' : meantContainer(pod, first(query, 'container')), command, stdin, stdout, stderr, tty, ports }
}

/** The Status that an exec's error channel ends with (apimachinery: remotecommand, v4 and later). */
export function endStatus(code: number): JsonValue {
  if (code === 0) return { metadata: {}, status: 'Success' }
  const message = `command terminated with non-zero exit code: command terminated with exit code ${code}`
  return { metadata: {}, status: 'Failure', message, reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: `${code}` }] } }
}
