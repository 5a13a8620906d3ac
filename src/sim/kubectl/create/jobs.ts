import { isStatus, type Status } from '../../api/status.ts'
import type { KubeObject, StringMap } from '../../api/meta.ts'
import type { Invocation, KubectlContext } from '../context.ts'
import { fail, refuse } from '../failure.ts'
import { getTarget, targetsOf } from '../resources.ts'
import { objectOf, type Generator } from './generator.ts'

const template = (name: string, image: string, command: readonly string[], restartPolicy: string): object => ({
  template: { metadata: {}, spec: { containers: [{ name, image, ...(command.length > 0 ? { command } : {}), resources: {} }], restartPolicy } },
})

export const job: Generator = {
  failed: 'failed to create job: ',
  command: true,
  make(ctx, inv, name) {
    const [image, from] = [inv.flags.text('image'), inv.flags.text('from')]
    const command = inv.args.slice(1)
    if ((image === '') === (from === '')) fail('either --image or --from must be specified')
    if (from && command.length > 0) fail('cannot specify --from and command')
    if (from) return fromCronJob(ctx, inv, name, from)
    return objectOf('Job', 'batch/v1', { metadata: { name }, spec: template(name, image, command, 'Never'), status: {} })
  },
}

interface CronJob extends KubeObject {
  readonly spec: { readonly jobTemplate: { readonly metadata?: { readonly labels?: StringMap; readonly annotations?: StringMap }; readonly spec: object } }
}

/** A run by hand of a CronJob (kubectl: createJobFromCronJob). */
function fromCronJob(ctx: KubectlContext, inv: Invocation, name: string, from: string): KubeObject {
  const { targets } = targetsOf([from], inv.namespace)
  if (targets.length !== 1 || !targets[0]!.name) fail('from must be an existing cronjob')
  const found = ctx.call(getTarget(targets[0]!)) as KubeObject | Status
  if (isStatus(found)) refuse(found)
  if (targets[0]!.kind.kind !== 'CronJob') fail(`unknown object type *v1.${targets[0]!.kind.kind}`)
  const { metadata, spec } = found as CronJob
  const { labels, annotations } = spec.jobTemplate.metadata ?? {}
  return objectOf('Job', 'batch/v1', {
    metadata: {
      name, ...(labels ? { labels } : {}), annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...annotations },
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: metadata.name, uid: metadata.uid, controller: true }],
    },
    spec: spec.jobTemplate.spec, status: {},
  })
}

export const cronJob: Generator = {
  failed: 'failed to create cronjob: ',
  command: true,
  make(_ctx, inv, name) {
    const spec = template(name, inv.flags.text('image'), inv.args.slice(1), inv.flags.text('restart') || 'OnFailure')
    return objectOf('CronJob', 'batch/v1', { metadata: { name }, spec: { schedule: inv.flags.text('schedule'), jobTemplate: { metadata: { name }, spec } }, status: {} })
  },
}
