import type { KubeObject } from '../../api/meta.ts'
import { isPodReady, type Pod } from '../../api/pod.ts'
import { isNotFound, isStatus, type Status } from '../../api/status.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import { attachTo } from '../attaching.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { dryRunOf } from '../dry-run.ts'
import { fail, Failure, refuse, usage } from '../failure.ts'
import { overridden } from '../overrides.ts'
import { Report } from '../report.ts'
import { containerOf } from '../pods-behind.ts'
import { createTarget, deleteTarget, kindOf, type Target } from '../resources.ts'
import { isOver, logOf, podWhen } from '../running.ts'

export const runVerb: Verb = {
  name: 'run',
  summary: 'Start one pod from an image',
  usage: ['kubectl run nginx --image=nginx', 'kubectl run nginx --image=nginx --port=80 --labels=app=web', 'kubectl run shell --image=busybox -it --rm -- sh', 'kubectl run pi --image=perl --restart=Never -- perl -e "print 1"'],
  run,
}

function run(ctx: KubectlContext, inv: Invocation): number {
  const { flags, args, dash } = inv
  if (args.length === 0 || dash === 0) usage('run', 'NAME is required for run')
  const stdin = flags.bool('stdin')
  const attach = flags.given('attach') ? flags.bool('attach') : stdin
  if (flags.bool('tty') && !stdin) usage('run', '-i/--stdin is required for containers with -t/--tty=true')
  const restart = flags.text('restart') || 'Always'
  if (!['Always', 'OnFailure', 'Never'].includes(restart)) usage('run', `invalid restart policy: ${restart}`)
  const name = args[0]!
  if (!attach && flags.bool('rm')) usage('run', '--rm should only be used for attached containers')
  const dryRun = dryRunOf(ctx, inv)
  if (attach && dryRun !== 'none') usage('run', "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)")
  const report = new Report(ctx, inv, dryRun, dryRun === 'client')
  const kind = kindOf('pods')
  const target: Target = { kind, name, namespace: inv.namespace }
  const pod = overridden(podOf(inv, name, args.slice(1), restart), flags.text('overrides'))
  const answer = dryRun === 'client' ? pod : (ctx.call(createTarget(target, pod, { fieldManager: 'kubectl-run', ...(dryRun === 'server' ? { dryRun: true } : {}) })) as KubeObject | Status)
  if (isStatus(answer)) refuse(answer)
  if (attach) return attached(ctx, inv, answer as Pod, restart)
  report.done(target, 'created', answer as KubeObject)
  return report.end()
}

/** Waits for the pod, joins its container, and ends as that does (kubectl: run.go, handleAttachPod and what follows). */
function attached(ctx: KubectlContext, inv: Invocation, pod: Pod, restart: string): number {
  const ended = outcome(() => {
    join(ctx, inv, pod)
    return !inv.flags.bool('leave-stdin-open') && restart !== 'Always' ? exitCodeOf(ctx, inv, pod, restart) : 0
  })
  // Also after a failure the pod goes.
  if (inv.flags.bool('rm')) removed(ctx, inv, pod)
  if (typeof ended !== 'number') throw ended
  return ended
}

function outcome(body: () => number): number | Failure {
  try {
    return body()
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown
    throw thrown
  }
}

const patience = ({ flags }: Invocation): Micros => flags.duration('pod-running-timeout') || seconds(60)

function join(ctx: KubectlContext, inv: Invocation, { metadata: { namespace, name } }: Pod): void {
  const { flags } = inv
  const pod = podWhen(ctx, namespace, name, (p) => isOver(p) || (p.status?.phase === 'Running' && isPodReady(p)), patience(inv))
  if (!pod) return fail('timed out waiting for the condition')
  const container = containerOf(ctx, pod, '', flags.bool('quiet'))
  ctx.out(logOf(ctx, pod, container))
  if (isOver(pod)) return
  const failed = outcome(() => (attachTo(ctx, pod, container, { stdin: flags.bool('stdin'), tty: flags.bool('tty'), quiet: flags.bool('quiet') }), 0))
  if (typeof failed === 'number') return
  ctx.err(`warning: couldn't attach to pod/${name}, falling back to streaming logs: ${failed.text.replace(/^error: /, '')}\n`)
  ctx.out(logOf(ctx, pod, container))
}

/** The container's exit code, once the pod has come to its end. */
function exitCodeOf(ctx: KubectlContext, inv: Invocation, { metadata: { namespace, name } }: Pod, restart: string): number {
  const pod = podWhen(ctx, namespace, name, (p) => p.status?.phase === 'Succeeded' || (restart === 'Never' && p.status?.phase === 'Failed'), patience(inv))
  if (!pod) return fail('timed out waiting for the condition')
  if (pod.status?.phase === 'Succeeded') return 0
  const ended = pod.status?.containerStatuses?.[0]?.state?.terminated
  if (!ended?.exitCode) return fail(`pod ${namespace}/${name} failed with unknown exit code`)
  throw new Failure(`pod ${namespace}/${name} terminated (${ended.reason ?? ''})\n${ended.message ?? ''}`, ended.exitCode)
}

function removed(ctx: KubectlContext, { flags }: Invocation, { metadata: { namespace, name } }: Pod): void {
  const answer = ctx.call(deleteTarget({ kind: kindOf('pods'), name, namespace }, {})) as unknown
  if (isStatus(answer) && !isNotFound(answer)) refuse(answer)
  if (!flags.bool('quiet') && !(isStatus(answer) && isNotFound(answer))) ctx.out(`pod "${name}" deleted from ${namespace} namespace\n`)
}

function podOf({ flags, namespaceGiven, namespace }: Invocation, name: string, words: readonly string[], restart: string): KubeObject {
  const labels = flags.text('labels') ? Object.fromEntries(flags.text('labels').split(',').map((p) => [p.split('=')[0]!, p.slice(p.indexOf('=') + 1)])) : { run: name }
  const annotations = Object.fromEntries(flags.list('annotations').map((p) => [p.split('=')[0]!, p.slice(p.indexOf('=') + 1)]))
  const env = flags.list('env').map((e) => ({ name: e.split('=')[0]!, value: e.slice(e.indexOf('=') + 1) }))
  const port = flags.text('port')
  const container = {
    name, image: flags.text('image'),
    ...(words.length > 0 ? (flags.bool('command') ? { command: words } : { args: words }) : {}),
    ...(port ? { ports: [{ containerPort: Number(port) }] } : {}),
    ...(env.length > 0 ? { env } : {}),
    resources: {},
    ...(flags.bool('stdin') ? { stdin: true, ...(flags.bool('leave-stdin-open') ? {} : { stdinOnce: true }) } : {}),
    ...(flags.bool('tty') ? { tty: true } : {}),
    ...(flags.text('image-pull-policy') ? { imagePullPolicy: flags.text('image-pull-policy') } : {}),
    ...(flags.bool('privileged') ? { securityContext: { privileged: true } } : {}),
  }
  return {
    kind: 'Pod', apiVersion: 'v1',
    metadata: { name, ...(namespaceGiven ? { namespace } : {}), labels, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: { containers: [container], restartPolicy: restart, dnsPolicy: 'ClusterFirst' },
    status: {},
  } as unknown as KubeObject
}
