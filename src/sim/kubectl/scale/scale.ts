import type { KubeObject } from '../../api/meta.ts'
import { isStatus, type Status } from '../../api/status.ts'
import { seconds } from '../../engine/time.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { choose } from '../chosen.ts'
import { dryRunOf, type DryRun } from '../dry-run.ts'
import { fail, statusText } from '../failure.ts'
import { Report } from '../report.ts'
import { getTarget, patchTarget, type Target } from '../resources.ts'

export const scaleVerb: Verb = {
  name: 'scale',
  summary: 'Change how many replicas a workload has',
  usage: ['kubectl scale deploy web --replicas=5', 'kubectl scale deploy/web --current-replicas=3 --replicas=5'],
  run: scale,
}

interface Replicated extends KubeObject {
  readonly spec: { readonly replicas?: number }
}

function scale(ctx: KubectlContext, inv: Invocation): number {
  const { flags } = inv
  const replicas = flags.int('replicas')
  if (replicas < 0) fail('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0')
  const dryRun = dryRunOf(ctx, inv)
  const { chosen, problems } = choose(ctx, inv)
  const report = new Report(ctx, inv, dryRun)
  for (const { target, object } of chosen) scaleOne(ctx, inv, target, object as Replicated, replicas, dryRun, report)
  if (chosen.length === 0 && problems.length === 0) fail('no objects passed to scale')
  for (const problem of problems) report.problem(problem)
  return report.end()
}

function scaleOne(ctx: KubectlContext, inv: Invocation, target: Target, object: Replicated, replicas: number, dryRun: DryRun, report: Report): void {
  const { flags } = inv
  if (!target.kind.subresources.includes('scale')) return report.problem('Error from server (NotFound): the server could not find the requested resource')
  const now = object.spec.replicas ?? 0
  const expected = flags.int('current-replicas')
  if (expected >= 0 && expected !== now) return report.problem(`error: Expected replicas to be ${expected}, was ${now}`)
  const version = flags.text('resource-version')
  if (version && version !== object.metadata.resourceVersion) return report.problem(`error: Expected resource version to be ${version}, was ${object.metadata.resourceVersion ?? ''}`)
  if (dryRun === 'client') return report.done(target, 'scaled', object)
  const answer = ctx.call(patchTarget(target, { spec: { replicas } }, 'merge', dryRun === 'server' ? { dryRun: true } : undefined, 'scale')) as KubeObject | Status
  if (isStatus(answer)) return report.problem(statusText(answer))
  const timeout = flags.duration('timeout')
  if (timeout > 0 && !synced(ctx, target, replicas, timeout)) return report.problem(`error: timed out waiting for ${JSON.stringify(target.name)} to be synced`)
  report.done(target, 'scaled', { ...object, spec: { ...object.spec, replicas } })
}

/** Asks at once and then each second whether as many are there as wished for (kubectl: pkg/scale, WaitForScaleHasDesiredReplicas). */
function synced(ctx: KubectlContext, target: Target, replicas: number, timeout: number): boolean {
  const end = ctx.now + timeout
  return ctx.loop<null, boolean>(null, () => {
    const found = ctx.call(getTarget(target)) as { readonly status?: { readonly replicas?: number } }
    if (isStatus(found)) return { done: false }
    if ((found.status?.replicas ?? 0) === replicas) return { done: true }
    if (ctx.now + POLL >= end) return { done: false }
    ctx.sleep(POLL)
    return { state: null }
  })
}

const POLL = seconds(1)
