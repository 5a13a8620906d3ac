import type { KubeObject } from '../../api/meta.ts'
import { isStatus, type Status } from '../../api/status.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { dryRunOf } from '../dry-run.ts'
import { fail, refuse, usage } from '../failure.ts'
import { overridden } from '../overrides.ts'
import { Report } from '../report.ts'
import { createTarget, kindOf, type Target } from '../resources.ts'

export const runVerb: Verb = {
  name: 'run',
  summary: 'Start one pod from an image',
  usage: ['kubectl run nginx --image=nginx', 'kubectl run nginx --image=nginx --port=80 --labels=app=web', 'kubectl run pi --image=perl --restart=Never -- perl -e "print 1"'],
  run,
}

function run(ctx: KubectlContext, inv: Invocation): number {
  const { flags, args, dash } = inv
  if (args.length === 0 || dash === 0) usage('run', 'NAME is required for run')
  if (flags.bool('stdin') || flags.bool('tty') || flags.bool('attach') || flags.bool('rm')) fail('running attached (-i, -t, --attach, --rm) is not modelled here; run the pod and read its logs')
  const restart = flags.text('restart') || 'Always'
  if (!['Always', 'OnFailure', 'Never'].includes(restart)) usage('run', `invalid restart policy: ${restart}`)
  const name = args[0]!
  const dryRun = dryRunOf(ctx, inv)
  const report = new Report(ctx, inv, dryRun, dryRun === 'client')
  const kind = kindOf('pods')
  const target: Target = { kind, name, namespace: inv.namespace }
  const pod = overridden(podOf(inv, name, args.slice(1), restart), flags.text('overrides'))
  const answer = dryRun === 'client' ? pod : (ctx.call(createTarget(target, pod, { fieldManager: 'kubectl-run', ...(dryRun === 'server' ? { dryRun: true } : {}) })) as KubeObject | Status)
  if (isStatus(answer)) refuse(answer)
  report.done(target, 'created', answer as KubeObject)
  return report.end()
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
