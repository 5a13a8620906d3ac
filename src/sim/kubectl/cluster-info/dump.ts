import { inGoOrder } from '../../api/go-order.ts'
import type { JsonObject, JsonValue, KubeList, KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { isStatus } from '../../api/status.ts'
import { EVENTS, list, NODES, PODS, SERVICES, type Request } from '../../client/request.ts'
import type { Invocation, KubectlContext } from '../context.ts'
import { refuse } from '../failure.ts'
import { prettyJson } from '../print-json.ts'
import { printerOf } from '../printer.ts'

type Resource = Pick<Request, 'group' | 'version' | 'resource'>

const NAMESPACES: Resource = { group: '', version: 'v1', resource: 'namespaces' }
const apps = (resource: string): Resource => ({ group: 'apps', version: 'v1', resource })

/** What is written of each namespace, by the name of its file (kubectl: clusterinfo_dump.go). */
const PARTS: readonly (readonly [file: string, resource: Resource, kind: string])[] = [
  ['events', EVENTS, 'EventList'], ['replication-controllers', { group: '', version: 'v1', resource: 'replicationcontrollers' }, 'ReplicationControllerList'], ['services', SERVICES, 'ServiceList'],
  ['daemonsets', apps('daemonsets'), 'DaemonSetList'], ['deployments', apps('deployments'), 'DeploymentList'], ['replicasets', apps('replicasets'), 'ReplicaSetList'], ['pods', PODS, 'PodList'],
]

/** Writes to stdout, or into files of a folder. */
class Sink {
  readonly #ctx: KubectlContext
  readonly #dir: string
  constructor(ctx: KubectlContext, dir: string) {
    this.#ctx = ctx
    this.#dir = dir
  }
  write(file: string, text: string): void {
    if (this.#dir === '' || this.#dir === '-') this.#ctx.out(text)
    else this.#ctx.saveFile(`${this.#dir.replace(/\/+$/, '')}/${file}`, text)
  }
}

/** Everything that helps to find out what is wrong: objects and logs. */
export function dump(ctx: KubectlContext, inv: Invocation): number {
  const { flags } = inv
  const dir = flags.text('output-directory')
  const sink = new Sink(ctx, dir)
  const printer = printerOf(ctx, inv)
  const ending = !printer || printer.format === 'json' ? '.json' : printer.format === 'yaml' ? '.yaml' : '.txt'
  const print = (file: string, kind: string, found: KubeList): void => {
    const typed = typedList(kind, found)
    sink.write(`${file}${ending}`, printer && printer.format !== 'json' ? printer.one(typed as unknown as KubeObject) : `${prettyJson(typed, '    ', '', false)}\n`)
  }
  print('nodes', 'NodeList', listed(ctx, list(NODES)))
  for (const namespace of spacesOf(ctx, inv)) {
    for (const [file, resource, kind] of PARTS) {
      const found = listed(ctx, list(resource, namespace))
      print(`${namespace}/${file}`, kind, found)
      if (kind === 'PodList') for (const pod of found.items as readonly Pod[]) sink.write(`${namespace}/${pod.metadata.name}/logs.txt`, logsOf(ctx, pod))
    }
  }
  if (dir !== '' && dir !== '-') ctx.out(`Cluster info dumped to ${dir}\n`)
  return 0
}

function listed(ctx: KubectlContext, request: Request): KubeList {
  const answer = ctx.call(request) as unknown
  return isStatus(answer) ? refuse(answer) : (answer as KubeList)
}

function spacesOf(ctx: KubectlContext, { flags, namespace }: Invocation): readonly string[] {
  if (flags.bool('all-namespaces')) return listed(ctx, list(NAMESPACES)).items.map((item) => item.metadata.name)
  const named = flags.list('namespaces')
  return named.length > 0 ? named : ['kube-system', namespace]
}

/** A list as the typed client has it: its items do not say what they are. */
function typedList(kind: string, { apiVersion, metadata, items }: KubeList): JsonValue {
  const { resourceVersion } = metadata as { readonly resourceVersion?: string }
  const whole = inGoOrder({ kind, apiVersion, metadata: { resourceVersion: resourceVersion ?? '' }, items } as unknown as JsonValue) as { readonly items: readonly JsonObject[] }
  return { ...whole, items: whole.items.map(({ kind: _kind, apiVersion: _version, ...item }) => item) } as unknown as JsonValue
}

function logsOf(ctx: KubectlContext, pod: Pod): string {
  const { namespace, name } = pod.metadata
  let text = ''
  for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
    const request: Request = { verb: 'get', ...PODS, namespace, name, subresource: 'log', options: { container: container.name } as Request['options'] }
    const answer = ctx.call(request) as unknown
    const of = `logs for container ${container.name} of pod ${namespace}/${name} ====\n`
    text += `==== START ${of}${isStatus(answer) ? `Request log error: ${answer.message ?? ''}\n` : String(answer)}==== END ${of}`
  }
  return text
}
