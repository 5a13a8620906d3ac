import type { KubeObject, StringMap } from '../../api/meta.ts'
import { milliValue, value } from '../../api/quantity.ts'
import { isStatus, type Status } from '../../api/status.ts'
import { get, list, NODES, PODS } from '../../client/request.ts'
import { parseTime, seconds } from '../../engine/time.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { fail, refuse } from '../failure.ts'
import { alignTabs } from '../tab-writer.ts'

interface Usage {
  readonly cpu?: string
  readonly memory?: string
}

interface PodMetrics extends KubeObject {
  readonly containers: readonly { readonly name: string; readonly usage: Usage }[]
}

interface NodeMetrics extends KubeObject {
  readonly usage: Usage
}

interface Measured {
  readonly cpu: number
  readonly memory: number
}

const METRICS = { group: 'metrics.k8s.io', version: 'v1beta1' }
/** A pod that is older than this should have metrics (top_pod.go: metricsCreationDelay). */
const DELAY = seconds(120)
const MEBI = 1024 ** 2

export const topVerb: Verb = {
  name: 'top',
  summary: 'Show the use of CPU and memory (needs a metrics server)',
  usage: ['kubectl top pods', 'kubectl top pods --containers --sort-by=memory', 'kubectl top nodes'],
  run(ctx, inv) {
    const what = inv.path[1]
    if (!what) {
      ctx.err('Show the use of CPU and memory.\n\nUsage:\n  kubectl top [flags] [options]\n')
      return 1
    }
    if (inv.args.length > 1) fail(what === 'pod' ? 'pod [NAME | -l label]' : 'node [NAME | -l label]')
    const sort = inv.flags.text('sort-by')
    if (sort !== '' && sort !== 'cpu' && sort !== 'memory') fail('--sort-by accepts only cpu or memory')
    if (inv.args.length > 0 && inv.flags.text('selector')) fail('only one of NAME or selector can be provided')
    if (!knowsMetrics(ctx)) fail('Metrics API not available')
    return what === 'pod' ? topPods(ctx, inv) : topNodes(ctx, inv)
  },
}

/** Does discovery tell of the group? */
function knowsMetrics(ctx: KubectlContext): boolean {
  const answer = ctx.call<never>({ verb: 'get', group: '', version: '', resource: '', raw: { method: 'GET', path: '/apis' } }) as unknown as { readonly groups?: readonly { readonly name: string }[] } | Status
  if (isStatus(answer)) refuse(answer)
  return answer.groups?.some(({ name }) => name === METRICS.group) ?? false
}

/** The answer of the metrics API, or the end of the command. */
function asked<T>(answer: T | Status): T {
  if (!isStatus(answer)) return answer
  refuse(answer)
}

const measured = ({ cpu, memory }: Usage): Measured => ({ cpu: milliValue(cpu ?? '0'), memory: value(memory ?? '0') })
const sum = (list: readonly Measured[]): Measured => list.reduce((a, b) => ({ cpu: a.cpu + b.cpu, memory: a.memory + b.memory }), { cpu: 0, memory: 0 })
const total = (pod: PodMetrics): Measured => sum(pod.containers.map((c) => measured(c.usage)))
const amounts = ({ cpu, memory }: Measured): readonly string[] => [`${Math.ceil(cpu)}m`, `${Math.floor(memory / MEBI)}Mi`]

/** By use, the most first, or by name. */
function sorted<T>(items: readonly T[], by: string, use: (item: T) => Measured, name: (item: T) => string): readonly T[] {
  return [...items].sort((a, b) => (by === 'cpu' || by === 'memory' ? use(b)[by] - use(a)[by] : name(a) < name(b) ? -1 : 1))
}

const print = (ctx: KubectlContext, rows: readonly (readonly string[])[]): void => ctx.out(`${alignTabs(rows.map((row) => `${row.join('\t')}\t`).join('\n'), 3, 6)}\n`)

function topPods(ctx: KubectlContext, { args, flags, namespace }: Invocation): number {
  const [name] = args
  const labelSelector = flags.text('selector') || undefined
  const fieldSelector = flags.text('field-selector') || undefined
  if (name && (labelSelector ?? fieldSelector)) fail('only one of NAME or selector can be provided')
  const everywhere = flags.bool('all-namespaces')
  const where = everywhere ? undefined : namespace
  const resource = { ...METRICS, resource: 'pods' }
  const items = name
    ? [asked(ctx.call<PodMetrics>(get(resource, where, name)))]
    : asked(ctx.call<{ readonly items: readonly PodMetrics[] }>(list(resource, where, { labelSelector, fieldSelector }))).items
  if (items.length === 0) {
    whyNone(ctx, namespace, labelSelector, fieldSelector)
    ctx.err(everywhere ? 'No resources found\n' : `No resources found in ${namespace} namespace.\n`)
    return 0
  }
  const byContainer = flags.bool('containers')
  const key = ({ metadata }: PodMetrics): string => (everywhere ? `${metadata.namespace}/${metadata.name}` : metadata.name)
  const rows = sorted(items, flags.text('sort-by'), total, key).flatMap((pod) => {
    const first = everywhere ? [pod.metadata.namespace ?? ''] : []
    if (!byContainer) return [[...first, pod.metadata.name, ...amounts(total(pod))]]
    return sorted(pod.containers, flags.text('sort-by'), (c) => measured(c.usage), (c) => c.name).map((c) => [...first, pod.metadata.name, c.name, ...amounts(measured(c.usage))])
  })
  const columns = [...(everywhere ? ['NAMESPACE'] : []), ...(byContainer ? ['POD'] : []), 'NAME', 'CPU(cores)', 'MEMORY(bytes)']
  const blank = columns.slice(2).map(() => '')
  const last = flags.bool('sum') ? [[...blank, '________', '________'], [...blank.slice(1), '', ...amounts(sum(items.map(total)))]] : []
  print(ctx, [...(flags.bool('no-headers') ? [] : [columns]), ...rows, ...last])
  return 0
}

/** No metrics: there are no such pods, or theirs are not there yet (top_pod.go: verifyEmptyMetrics). */
function whyNone(ctx: KubectlContext, namespace: string, labelSelector: string | undefined, fieldSelector: string | undefined): void {
  const pods = ctx.call<{ readonly items: readonly KubeObject[] }>(list(PODS, namespace, { labelSelector, fieldSelector }))
  if (isStatus(pods)) refuse(pods)
  if (pods.items.length === 0) return
  for (const { metadata } of pods.items) {
    const age = ctx.now - (parseTime(metadata.creationTimestamp) ?? ctx.now)
    if (age > DELAY) fail(`Metrics not available for pod ${metadata.namespace}/${metadata.name}, age: ${ageText(age)}`)
  }
  fail('metrics not available yet')
}

/** A Go duration: "2m3.5s". */
function ageText(age: number): string {
  const total = age / 1_000_000
  const [hours, minutes] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60)]
  const rest = Math.round((total % 60) * 1e6) / 1e6
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${rest}s`
}

interface Node extends KubeObject {
  readonly status?: { readonly allocatable?: StringMap; readonly capacity?: StringMap }
}

function topNodes(ctx: KubectlContext, { args, flags }: Invocation): number {
  const [name] = args
  const labelSelector = flags.text('selector') || undefined
  if (name && labelSelector) fail('only one of NAME or --selector can be provided')
  const resource = { ...METRICS, resource: 'nodes' }
  const items = name
    ? [asked(ctx.call<NodeMetrics>(get(resource, undefined, name)))]
    : asked(ctx.call<{ readonly items: readonly NodeMetrics[] }>(list(resource, undefined, { labelSelector }))).items
  if (items.length === 0) fail('metrics not available yet')
  const found = name ? ctx.call<Node>(get(NODES, undefined, name)) : ctx.call<{ readonly items: readonly Node[] }>(list(NODES, undefined, { labelSelector }))
  if (isStatus(found)) refuse(found)
  const nodes = 'items' in found ? (found as { readonly items: readonly Node[] }).items : [found as Node]
  const has = new Map(nodes.map((node) => [node.metadata.name, (flags.bool('show-capacity') ? node.status?.capacity : node.status?.allocatable) ?? {}]))
  const percent = (used: number, of: number): string => `${of === 0 ? 0 : Math.floor((used / of) * 100)}%`
  const rows = sorted(items, flags.text('sort-by'), (n) => measured(n.usage), (n) => n.metadata.name).map(({ metadata, usage }) => {
    const use = measured(usage)
    const all = has.get(metadata.name)
    const [cpu, memory] = amounts(use)
    return all ? [metadata.name, cpu!, percent(use.cpu, milliValue(all['cpu'] ?? '0')), memory!, percent(use.memory, value(all['memory'] ?? '0'))] : [metadata.name, cpu!, memory!]
  })
  const unknown = nodes.filter((node) => !items.some((n) => n.metadata.name === node.metadata.name)).map((node) => [node.metadata.name, ...Array<string>(4).fill('<unknown>')])
  print(ctx, [...(flags.bool('no-headers') ? [] : [['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)']]), ...rows, ...unknown])
  return 0
}
