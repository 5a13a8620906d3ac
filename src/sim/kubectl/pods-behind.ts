import { compileSelector, selectorText, type LabelSelector } from '../api/labels.ts'
import type { KubeList, KubeObject, StringMap } from '../api/meta.ts'
import { isPodReady, type Pod } from '../api/pod.ts'
import { isNotFound, isStatus, type Status } from '../api/status.ts'
import { list, PODS } from '../client/request.ts'
import { seconds } from '../engine/time.ts'
import type { Invocation, KubectlContext } from './context.ts'
import { fail, Failure, statusText } from './failure.ts'
import { getTarget, type Target } from './resources.ts'

/** The pods that an object stands for: itself, or those that its selector picks (kubectl: polymorphichelpers). */
export function podsBehind(ctx: KubectlContext, inv: Invocation, target: Target, attach = false): readonly Pod[] {
  const found = ctx.call(getTarget(target)) as KubeObject | Status
  if (isStatus(found)) {
    if (isNotFound(found) && !attach) return fail(`error from server (NotFound): ${found.message} in namespace ${JSON.stringify(target.namespace ?? '')}`)
    throw new Failure(statusText(found))
  }
  if (target.kind.kind === 'Pod') return [found as Pod]
  const selector = selectorOf(found, attach)
  const end = ctx.now + (inv.flags.duration('pod-running-timeout') || seconds(20))
  for (;;) {
    const answer = ctx.call(list(PODS, target.namespace, { labelSelector: selector })) as unknown
    if (isStatus(answer)) throw new Failure(statusText(answer))
    const pods = (answer as KubeList).items as readonly Pod[]
    if (pods.length > 0) return [...pods].sort(byUsefulness)
    if (ctx.now >= end) return fail('timed out waiting for the condition')
    ctx.sleep(seconds(1))
  }
}

function selectorOf(object: KubeObject, attach: boolean): string {
  const verb = attach ? 'cannot attach to' : 'cannot get the logs from'
  const type = `*v1.${object.kind}`
  const spec = object.spec as { readonly selector?: LabelSelector | StringMap } | undefined
  switch (object.kind) {
    case 'Service':
    case 'ReplicationController': {
      const map = (spec?.selector ?? {}) as StringMap
      if (Object.keys(map).length === 0) return fail(`${verb} ${type}: invalid service '${object.metadata.name}': Service is defined without a selector`)
      return Object.keys(map).sort().map((k) => `${k}=${map[k]!}`).join(',')
    }
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Job':
      return selectorText(compileSelector(spec?.selector as LabelSelector))
    default:
      return fail(`${verb} ${type}: selector for ${type} not implemented`)
  }
}

/** Ready ones first, then running ones, then by name (podutils.ByLogging, shortened). */
function byUsefulness(a: Pod, b: Pod): number {
  const rank = (p: Pod): number => (isPodReady(p) ? 0 : p.status?.phase === 'Running' ? 1 : 2)
  return rank(a) - rank(b) || (a.metadata.name < b.metadata.name ? -1 : 1)
}

const listed = ({ spec: { containers, initContainers = [], ephemeralContainers = [] } }: Pod): string =>
  [...containers.map((c) => c.name), ...initContainers.map((c) => `${c.name} (init)`), ...ephemeralContainers.map((c) => `${c.name} (ephem)`)].join(', ')

/** What is said of a container's name that the pod does not have (kubectl: podcmd). */
export function notValid(pod: Pod, name: string): string | undefined {
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec
  if ([...containers, ...initContainers, ...ephemeralContainers].some((c) => c.name === name)) return undefined
  return `container ${name} is not valid for pod ${pod.metadata.name} out of: ${listed(pod)}`
}

/** The container that is meant: the named one, the annotated default, or the first. Fails for a name that is not there. */
export function containerOf(ctx: KubectlContext, pod: Pod, name: string, quiet = false): string {
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec
  const all = [...containers, ...initContainers, ...ephemeralContainers]
  if (name) {
    const problem = notValid(pod, name)
    return problem ? fail(problem) : name
  }
  const annotated = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container']
  if (annotated && all.some((c) => c.name === annotated)) return annotated
  if (all.length > 1 && !quiet) ctx.err(`Defaulted container ${JSON.stringify(containers[0]!.name)} out of: ${listed(pod)}\n`)
  return containers[0]!.name
}
