import type { KubeList } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { isStatus } from '../../api/status.ts'
import { list, PODS, type Request } from '../../client/request.ts'
import { parseTime, seconds } from '../../engine/time.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { fail, Failure, statusText, usage } from '../failure.ts'
import { containerOf, podsBehind } from '../pods-behind.ts'
import { kindOf, targetsOf } from '../resources.ts'

export const logsVerb: Verb = {
  name: 'logs',
  summary: 'Show what a container has written',
  usage: ['kubectl logs web-1', 'kubectl logs deploy/web -f', 'kubectl logs web-1 -c nginx --previous', 'kubectl logs -l app=web --tail=20'],
  run: logs,
}

/** One container whose log is wanted, with what stands before its lines. */
interface Source {
  readonly pod: Pod
  readonly container: string
  readonly prefix: string
}

function logs(ctx: KubectlContext, inv: Invocation): number {
  check(inv)
  const sources = sourcesOf(ctx, inv)
  if (sources === undefined) return 0
  const follow = inv.flags.bool('follow')
  const most = inv.flags.int('max-log-requests')
  if (follow && sources.length > most)
    fail(`you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${most}, use --max-log-requests to increase the limit`)
  for (const source of sources) print(ctx, inv, source)
  if (follow) followAll(ctx, inv, sources)
  return 0
}

function check({ flags, args }: Invocation): void {
  const selector = flags.text('selector')
  if (selector && args.length > 0) usage('logs', 'only a selector (-l) or a POD name is allowed')
  if (!selector && args.length === 0) usage('logs', "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command")
  if (args.length > 1 && flags.text('container')) fail('only one of -c or an inline [CONTAINER] arg is allowed')
  if (flags.bool('all-containers') && flags.text('container')) fail(`--all-containers=true should not be specified with container name ${flags.text('container')}`)
  if (flags.given('since') && flags.given('since-time')) fail('at most one of `sinceTime` or `sinceSeconds` may be specified')
  if (flags.given('since-time') && parseTime(flags.text('since-time')) === undefined)
    fail(`parsing time ${JSON.stringify(flags.text('since-time'))} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(flags.text('since-time'))} as "2006"`)
  if (flags.given('since') && flags.duration('since') <= 0) fail('--since must be greater than 0')
  if (flags.int('tail') < -1) fail('--tail must be greater than or equal to -1')
  if (flags.given('limit-bytes') && flags.int('limit-bytes') < 1) fail('--limit-bytes must be greater than 0')
}

/** The containers that are meant; undefined after "No resources found". */
function sourcesOf(ctx: KubectlContext, inv: Invocation): readonly Source[] | undefined {
  const { flags, args } = inv
  const selector = flags.text('selector')
  if (selector) {
    const answer = ctx.call(list(PODS, inv.namespace, { labelSelector: selector })) as unknown
    if (isStatus(answer)) throw new Failure(statusText(answer))
    const pods = (answer as KubeList).items as readonly Pod[]
    if (pods.length === 0) return ctx.err(`No resources found in ${inv.namespace} namespace.\n`), undefined
    return pods.flatMap((pod) => containersOf(ctx, inv, pod, flags.text('container'), true))
  }
  const target = args[0]!.includes('/') ? targetsOf([args[0]!], inv.namespace).targets[0]! : { kind: kindOf('pods'), name: args[0]!, namespace: inv.namespace }
  const pods = podsBehind(ctx, inv, target)
  const name = args[1] ?? flags.text('container')
  if (flags.bool('all-pods')) return pods.flatMap((pod) => containersOf(ctx, inv, pod, name, true))
  if (pods.length > 1) ctx.err(`Found ${pods.length} pods, using pod/${pods[0]!.metadata.name}\n`)
  return containersOf(ctx, inv, pods[0]!, name, false)
}

function containersOf(ctx: KubectlContext, inv: Invocation, pod: Pod, name: string, several: boolean): readonly Source[] {
  const { flags } = inv
  const at = (container: string): Source => ({ pod, container, prefix: flags.bool('prefix') ? `[pod/${pod.metadata.name}/${container}] ` : '' })
  if (flags.bool('all-containers')) return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map((c) => at(c.name))
  return [at(containerOf(ctx, pod, name, several))]
}

function request({ flags }: Invocation, { pod, container }: Source, tail: number): Request {
  return {
    verb: 'get', group: '', version: 'v1', resource: 'pods', namespace: pod.metadata.namespace, name: pod.metadata.name, subresource: 'log',
    options: {
      container, previous: flags.bool('previous'), timestamps: flags.bool('timestamps'),
      ...(tail >= 0 ? { tailLines: tail } : {}),
      ...(flags.given('since') ? { sinceSeconds: Math.ceil(flags.duration('since') / 1_000_000) } : {}),
    } as Request['options'],
  }
}

/** Log lines of a container, or the Failure's text that the kubelet's refusal makes. */
function fetch(ctx: KubectlContext, inv: Invocation, source: Source, tail: number): string {
  const answer = ctx.call(request(inv, source, tail)) as unknown
  if (isStatus(answer)) throw new Failure(statusText(answer))
  return String(answer)
}

const withPrefix = (text: string, prefix: string): string => (prefix === '' ? text : text.replace(/^(?=.)/gm, prefix))

function print(ctx: KubectlContext, inv: Invocation, source: Source): void {
  if (!source.pod.spec.nodeName) return
  const { flags } = inv
  const tail = flags.given('tail') ? flags.int('tail') : flags.text('selector') ? 10 : -1
  const text = fetch(ctx, inv, source, tail)
  const most = flags.int('limit-bytes')
  ctx.out(withPrefix(most > 0 ? text.slice(0, most) : text, source.prefix))
}

const POLL = seconds(1)

/**
 * `-f`: asks again each second for what is new. A real kubelet streams; the lines and their order are the same. Ends
 * when no container of these pods can write any more, or the pod is gone.
 */
function followAll(ctx: KubectlContext, inv: Invocation, sources: readonly Source[]): void {
  const start = sources.map((s) => (s.pod.spec.nodeName ? fetch(ctx, inv, s, -1).length : 0))
  ctx.loop<readonly number[], null>(start, (seen) => {
    ctx.sleep(POLL)
    const pods = sources.map((s) => ctx.call({ verb: 'get', ...PODS, namespace: s.pod.metadata.namespace, name: s.pod.metadata.name }) as unknown)
    if (pods.every((p) => isStatus(p) || ended(p as Pod))) return { done: null }
    const texts = sources.map((s, i) => (isStatus(pods[i]) ? '' : fetch(ctx, inv, s, -1)))
    texts.forEach((text, i) => {
      if (text.length > seen[i]!) ctx.out(withPrefix(text.slice(seen[i]!), sources[i]!.prefix))
    })
    return { state: texts.map((text, i) => text.length || seen[i]!) }
  })
}

const ended = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed'
