import { controllerOf, type KubeList, type KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { isNotFound, isStatus, type Status } from '../../api/status.ts'
import { list, PODS, type Request } from '../../client/request.ts'
import { seconds } from '../../engine/time.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { drySuffix, dryRunOf, type DryRun } from '../dry-run.ts'
import { goDuration } from '../go-duration.ts'
import { Failure, statusText } from '../failure.ts'
import { nodesOf, setSchedulable } from '../node-cordon.ts'
import { kindOf } from '../resources.ts'
import { waitUntilGone } from '../wait-gone.ts'

export const drainVerb: Verb = {
  name: 'drain',
  summary: 'Empty a node, for instance before maintenance',
  usage: ['kubectl drain node-1 --ignore-daemonsets', 'kubectl drain node-1 --ignore-daemonsets --delete-emptydir-data --force'],
  run: drain,
}

const MIRROR = 'kubernetes.io/config.mirror'

function drain(ctx: KubectlContext, inv: Invocation): number {
  const dryRun = dryRunOf(ctx, inv)
  const { nodes, problems } = nodesOf(ctx, inv, 'drain')
  if (problems.length > 0) throw new Failure(problems.join('\n'))
  for (const { target, object } of nodes) {
    const refused = setSchedulable(ctx, target, object, false, dryRun)
    if (refused) throw new Failure(refused)
  }
  const left: string[] = []
  const troubles: string[] = []
  for (const { target } of nodes) {
    const trouble = drainOne(ctx, inv, target.name!, dryRun)
    if (!trouble) {
      ctx.out(`node/${target.name} drained${drySuffix(dryRun)}\n`)
      continue
    }
    left.push(target.name!)
    troubles.push(...trouble)
    ctx.err(`error: unable to drain node ${JSON.stringify(target.name)} due to error: ${together(trouble)}, continuing command...\n`)
  }
  if (left.length === 0) return 0
  throw new Failure(`There are pending nodes to be drained:\n${left.map((name) => ` ${name}\n`).join('')}${troubles.join('\n')}`)
}

/** Several errors as Go writes them in one. */
const together = (texts: readonly string[]): string => (texts.length > 1 ? `[${texts.join(', ')}]` : texts[0]!)

interface Sorted {
  readonly evict: readonly Pod[]
  readonly fatal: readonly string[]
  readonly warnings: readonly string[]
}

function drainOne(ctx: KubectlContext, inv: Invocation, node: string, dryRun: DryRun): readonly string[] | undefined {
  const answer = ctx.call(list(PODS, undefined, { fieldSelector: `spec.nodeName=${node}`, labelSelector: inv.flags.text('pod-selector') || undefined })) as unknown
  if (isStatus(answer)) return [statusText(answer)]
  const { evict, fatal, warnings } = sort(inv, (answer as KubeList).items as readonly Pod[])
  if (fatal.length > 0) return fatal
  if (warnings.length > 0) ctx.err(`Warning: ${warnings.join('; ')}\n`)
  if (dryRun === 'client') {
    for (const pod of evict) ctx.out(`evicting pod ${pod.metadata.namespace}/${pod.metadata.name} (dry run)\n`)
    return undefined
  }
  const stuck = evictAll(ctx, inv, evict, dryRun)
  if (!stuck) return undefined
  ctx.err(`There are pending pods in node ${JSON.stringify(node)} when an error occurred: ${together(stuck.problems)}\n${stuck.pods.map((pod) => `pod/${pod.metadata.name}\n`).join('')}`)
  return stuck.problems
}

/** Which pods go, and what speaks against it (kubectl: pkg/drain, filters.go). */
function sort(inv: Invocation, pods: readonly Pod[]): Sorted {
  const { flags } = inv
  const bare: string[] = []
  const daemons: string[] = []
  const local: string[] = []
  const evict: Pod[] = []
  for (const pod of pods) {
    if (pod.metadata.annotations?.[MIRROR]) continue
    const name = `${pod.metadata.namespace}/${pod.metadata.name}`
    const done = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
    const owner = controllerOf(pod)
    if (owner?.kind === 'DaemonSet') {
      daemons.push(name)
      continue
    }
    if (!done && (pod.spec.volumes ?? []).some((v) => v.emptyDir)) local.push(name)
    if (!done && !owner) bare.push(name)
    evict.push(pod)
  }
  const fatal: string[] = []
  const warnings: string[] = []
  if (daemons.length > 0) (flags.bool('ignore-daemonsets') ? warnings : fatal).push(flags.bool('ignore-daemonsets') ? `ignoring DaemonSet-managed Pods: ${daemons.join(', ')}` : `cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): ${daemons.join(', ')}`)
  if (local.length > 0 && !flags.bool('delete-emptydir-data')) fatal.push(`cannot delete Pods with local storage (use --delete-emptydir-data to override): ${local.join(', ')}`)
  if (bare.length > 0) {
    if (flags.bool('force')) warnings.push(`deleting Pods that declare no controller: ${bare.join(', ')}`)
    else fatal.unshift(`cannot delete Pods that declare no controller (use --force to override): ${bare.join(', ')}`)
  }
  return { evict, fatal, warnings }
}

const RETRY = seconds(5)

interface Stuck {
  readonly problems: readonly string[]
  readonly pods: readonly Pod[]
}

/** Asks for each pod's end until all have gone or the time is over, which is looked at before each attempt. */
function evictAll(ctx: KubectlContext, inv: Invocation, pods: readonly Pod[], dryRun: DryRun): Stuck | undefined {
  const timeout = inv.flags.duration('timeout')
  const end = timeout > 0 ? ctx.now + timeout : Infinity
  let left = pods
  while (left.length > 0) {
    if (!inv.flags.bool('disable-eviction')) for (const pod of left) ctx.out(`evicting pod ${pod.metadata.namespace}/${pod.metadata.name}${drySuffix(dryRun)}\n`)
    if (ctx.now >= end) return { problems: left.map((pod) => `error when evicting pods/${JSON.stringify(pod.metadata.name)} -n ${JSON.stringify(pod.metadata.namespace)}: global timeout reached: ${goDuration(timeout)}`), pods: left }
    const answers = ctx.all<KubeObject>(left.map((pod) => eviction(inv, pod, dryRun))) as readonly unknown[]
    const again: Pod[] = []
    left.forEach((pod, i) => {
      const answer = answers[i]
      if (!isStatus(answer) || isNotFound(answer)) return
      if ((answer as Status).code !== 429) throw new Failure(`error: error when evicting pods/${JSON.stringify(pod.metadata.name)} -n ${JSON.stringify(pod.metadata.namespace)}: ${(answer as Status).message}`)
      ctx.err(`error when evicting pods/${JSON.stringify(pod.metadata.name)} -n ${JSON.stringify(pod.metadata.namespace)} (will retry after 5s): ${(answer as Status).message}\n`)
      again.push(pod)
    })
    if (dryRun === 'none') for (const pod of left) if (!again.includes(pod)) awaitEnd(ctx, pod, end, inv.flags.bool('disable-eviction') ? 'deleted' : 'evicted')
    left = again
    if (left.length === 0) return undefined
    ctx.sleep(RETRY)
  }
  return undefined
}

function eviction(inv: Invocation, pod: Pod, dryRun: DryRun): Request {
  const grace = inv.flags.int('grace-period')
  const deleteOptions = grace >= 0 ? { gracePeriodSeconds: grace } : {}
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod.metadata.name, namespace: pod.metadata.namespace }, deleteOptions } as unknown as KubeObject
  const place = { ...PODS, namespace: pod.metadata.namespace, name: pod.metadata.name }
  if (inv.flags.bool('disable-eviction')) return { verb: 'delete', ...place, options: { ...deleteOptions, ...(dryRun === 'server' ? { dryRun: true } : {}) } }
  return { verb: 'create', ...place, subresource: 'eviction', body, options: dryRun === 'server' ? { dryRun: true } : undefined }
}

function awaitEnd(ctx: KubectlContext, pod: Pod, end: number, word: string): void {
  const target = { kind: kindOf('pods'), name: pod.metadata.name, namespace: pod.metadata.namespace }
  if (waitUntilGone(ctx, target, pod.metadata.uid ?? '', end === Infinity ? 0 : Math.max(1, end - ctx.now))) ctx.out(`pod/${pod.metadata.name} ${word}\n`)
}
