import type { JsonValue, KubeObject } from '../../api/meta.ts'
import { isStatus, type Status } from '../../api/status.ts'
import { formatTime } from '../../engine/time.ts'
import { choose, type Chosen } from '../chosen.ts'
import { checkTyped } from '../typed-only.ts'
import type { Invocation, KubectlContext } from '../context.ts'
import { statusText } from '../failure.ts'
import { Report } from '../report.ts'
import { patchTarget, resourceName } from '../resources.ts'
import { NOTHING, type Workload } from './workload.ts'

/** A patch, or the complaint that there is nothing to do. */
type Change = JsonValue | { readonly problem: string }

const isProblem = (change: Change): change is { readonly problem: string } => typeof change === 'object' && change !== null && 'problem' in change

function run(ctx: KubectlContext, inv: Invocation, action: string, change: (one: Chosen) => Change): number {
  const { chosen, problems } = choose(ctx, inv, { bare: 'all', nothing: NOTHING })
  for (const { target } of chosen) checkTyped(target.kind)
  const report = new Report(ctx, inv, 'none')
  for (const one of chosen) {
    const patch = change(one)
    if (isProblem(patch)) {
      report.problem(`error: ${patch.problem}`)
      continue
    }
    const answer = ctx.call(patchTarget(one.target, patch!, 'strategic', { fieldManager: 'kubectl-rollout' })) as KubeObject | Status
    if (isStatus(answer)) report.problem(statusText(answer))
    else report.done(one.target, action, answer)
  }
  for (const problem of problems) report.problem(problem)
  return report.end()
}

const called = ({ target }: Chosen): string => `${resourceName(target.kind)} ${JSON.stringify(target.name)}`

export const pause = (ctx: KubectlContext, inv: Invocation): number =>
  run(ctx, inv, 'paused', (one) => {
    if (one.target.kind.kind !== 'Deployment') return { problem: `${called(one)} pausing is not supported` }
    return (one.object as Workload).spec.paused ? { problem: `${called(one)} is already paused` } : { spec: { paused: true } }
  })

export const resume = (ctx: KubectlContext, inv: Invocation): number =>
  run(ctx, inv, 'resumed', (one) => {
    if (one.target.kind.kind !== 'Deployment') return { problem: `${called(one)} resuming is not supported` }
    return (one.object as Workload).spec.paused ? { spec: { paused: null } } : { problem: `${called(one)} is not paused` }
  })

/** `rollout restart`: an annotation of the template with the time makes a new revision. */
export function restart(ctx: KubectlContext, inv: Invocation): number {
  const now = formatTime(ctx.now)
  return run(ctx, inv, 'restarted', (one) => {
    const { kind } = one.target.kind
    if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind)) return { problem: `${called(one)} restarting is not supported` }
    if ((one.object as Workload).spec.paused) return { problem: `${called(one)} can't restart paused deployment (run rollout resume first)` }
    return { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': now } } } } }
  })
}
