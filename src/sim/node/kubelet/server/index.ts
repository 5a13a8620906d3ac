import { inGoOrder } from '../../../api/go-order.ts'
import type { JsonValue, KubeObject } from '../../../api/meta.ts'
import { isStatus } from '../../../api/status.ts'
import { parseTime, type Micros } from '../../../engine/time.ts'
import { containerLog } from '../logs.ts'
import { lookOnNode } from '../on-node.ts'
import type { PodRow } from '../state.ts'
import type { KubeletWorld } from '../world.ts'
import { configz } from './configz.ts'
import { exposition } from './exposition.ts'
import { cadvisorMetrics, kubeletMetrics, resourceMetrics } from './metrics.ts'
import { podsOn, statsSummary } from './stats-summary.ts'

/** What a kubelet answers on port 10250. */
export interface KubeletAnswer {
  readonly code: number
  readonly body: string
  readonly contentType: string
}

const METRICS = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'
const text = (body: string, code = 200): KubeletAnswer => ({ code, body, contentType: 'text/plain; charset=utf-8' })
const json = (body: string): KubeletAnswer => ({ code: 200, body, contentType: 'application/json' })
const notFound = text('404: Page Not Found', 404)
const isOk = text('ok')
const HEALTH = ['ping', 'log', 'syncloop']
/** Paths that a kubelet has and this one has not: they need a stream, or figures that nobody counts. */
const REFUSED: ReadonlySet<string> = new Set(['run', 'exec', 'attach', 'portForward', 'debug', 'checkpoint', 'flagz', 'statusz'])

type Query = ReadonlyMap<string, readonly string[]>

/** What a kubelet answers to a GET, or why nobody does. */
export function askKubelet(world: KubeletWorld, node: string, path: string, query: Query, now: Micros): KubeletAnswer | string {
  const row = world.nodes.get(node)
  if (!row?.up) return `dial tcp ${row?.address ?? node}:10250: connect: no route to host`
  if (row.kubelet) return kubeletAnswer(world, node, path, query, now)
  return row.fault ? `dial tcp ${row.address}:10250: i/o timeout` : `dial tcp ${row.address}:10250: connect: connection refused`
}

/** A GET request to a kubelet's own server (pkg/kubelet/server, server.go). */
function kubeletAnswer(world: KubeletWorld, node: string, path: string, query: Query, now: Micros): KubeletAnswer {
  const [first = '', ...rest] = path.split('/').filter((part) => part !== '')
  switch (first) {
    case 'healthz':
      return healthz(rest, query)
    case 'pods':
      return rest.length > 0 ? notFound : json(podList(world.byNode.keys(node).map((key) => world.pods.get(key)!).map(withStatus)))
    case 'runningpods':
      return rest.length > 0 ? notFound : json(podList(podsOn(world, node).flatMap(running)))
    case 'stats':
      return rest.join('/') === 'summary' ? json(JSON.stringify(statsSummary(world, node, now), null, 1)) : notFound
    case 'metrics':
      return metrics(world, node, rest.join('/'), now)
    case 'configz':
      return json(JSON.stringify(configz(world.flags, world.cgroups, world.clusterDNS)))
    case 'containerLogs':
      return logs(world, node, rest, query, now)
    case 'logs':
      return files(world, node, rest, now)
    default:
      return REFUSED.has(first) ? text(`/${first} of a kubelet is not modelled here\n`, 501) : notFound
  }
}

function healthz(names: readonly string[], query: Query): KubeletAnswer {
  if (names.length > 0) return names.length === 1 && HEALTH.includes(names[0]!) ? isOk : notFound
  return query.has('verbose') ? text(`${HEALTH.map((name) => `[+]${name} ok\n`).join('')}healthz check passed\n`) : isOk
}

function metrics(world: KubeletWorld, node: string, which: string, now: Micros): KubeletAnswer {
  const made = { '': kubeletMetrics, resource: resourceMetrics, cadvisor: cadvisorMetrics }
  if (which === 'probes' || which === 'slis') return text(`/metrics/${which} of a kubelet is not modelled here: attempts of probes are not counted\n`, 501)
  return Object.hasOwn(made, which) ? { code: 200, body: exposition(made[which as keyof typeof made](world, node, now)), contentType: METRICS } : notFound
}

/** The pod with the status that the kubelet has made last, whether the API server has it or not. */
const withStatus = (row: PodRow): KubeObject => ({ ...row.pod, status: row.wanted ?? row.pod.status ?? {} }) as KubeObject

/** A pod as the runtime knows it: names and images only (kubecontainer: ToAPIPod). */
function running(row: PodRow): readonly KubeObject[] {
  const { name, namespace, uid } = row.pod.metadata
  const containers = Object.values(row.containers).filter((c) => c.run?.state === 'running').map((c) => ({ name: c.name, image: c.run!.imageID, resources: {} }))
  return containers.length > 0 ? [{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, uid }, spec: { containers }, status: {} }] : []
}

function podList(pods: readonly KubeObject[]): string {
  const items = pods.map(({ kind: _kind, apiVersion: _version, ...rest }) => rest)
  return `${JSON.stringify(inGoOrder({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items } as unknown as JsonValue))}\n`
}

/** /containerLogs/<namespace>/<pod>/<container>. */
function logs(world: KubeletWorld, node: string, parts: readonly string[], query: Query, now: Micros): KubeletAnswer {
  const [namespace, name, container] = parts
  if (!namespace || !name || !container || parts.length > 3) return notFound
  const row = world.find(node, `${namespace}/${name}`)
  if (!row) return text(`pod "${name}" does not exist\n`, 404)
  const number = (key: string): number | undefined => (query.get(key)?.[0] ? Number(query.get(key)![0]) : undefined)
  const [tailLines, sinceSeconds, limitBytes, sinceTime] = [number('tailLines'), number('sinceSeconds'), number('limitBytes'), query.get('sinceTime')?.[0]]
  const log = containerLog(world, row.pod, row, {
    container, previous: query.get('previous')?.[0] === 'true', timestamps: query.get('timestamps')?.[0] === 'true', ...(tailLines === undefined ? {} : { tailLines }), ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(limitBytes === undefined ? {} : { limitBytes }), ...(sinceTime === undefined || parseTime(sinceTime) === undefined ? {} : { sinceTime }),
  }, now)
  return isStatus(log) ? text(`${log.message}\n`, log.code) : text(log)
}

/** /logs/…: the files of /var/log, folders as a list of links (net/http: FileServer). */
function files(world: KubeletWorld, node: string, parts: readonly string[], now: Micros): KubeletAnswer {
  if (parts.includes('..')) return text('invalid URL path\n', 400)
  const path = `/var/log/${parts.join('/')}`
  const listed = lookOnNode(world, node, ['ls', '-1Ap', path], now)
  if (listed.code !== 0) return text('404 page not found\n', 404)
  const read = lookOnNode(world, node, ['cat', path], now)
  if (read.code === 0) return text(read.stdout)
  const names = listed.stdout.split('\n').filter((name) => name !== '')
  return { code: 200, contentType: 'text/html; charset=utf-8', body: `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${names.map((name) => `<a href="${encodeURI(name)}">${name.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</a>\n`).join('')}</pre>\n` }
}
