import { canonicalQuantity, parseQuantity } from '../../api/quantity.ts'
import type { KubeObject } from '../../api/meta.ts'
import { isStatus, type Status } from '../../api/status.ts'
import { choose } from '../chosen.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { dryRunOf, type DryRun } from '../dry-run.ts'
import { fail, statusText } from '../failure.ts'
import { withLastApplied } from '../last-applied.ts'
import { Report } from '../report.ts'
import { apiVersionOf, createTarget, kindOf, type Target } from '../resources.ts'
import { discovery } from '../discovery.ts'

export const autoscaleVerb: Verb = {
  name: 'autoscale',
  summary: 'Make a HorizontalPodAutoscaler for a workload',
  usage: ['kubectl autoscale deploy web --min=2 --max=5 --cpu=70%', 'kubectl autoscale rs/web --max=3 --memory=500Mi'],
  run: autoscale,
}

/** What a metric aims at: a share of the requests, or an amount a pod. */
type Goal = { readonly type: 'Utilization'; readonly averageUtilization: number } | { readonly type: 'AverageValue'; readonly averageValue: string }

/** "70%", "500m" or a bare number in the unit usual for the resource (kubectl: autoscale.go, parseResourceInput). */
function goalOf(input: string, resource: 'cpu' | 'memory'): Goal {
  const text = input.trim()
  if (text === '') fail('empty input')
  if (text.endsWith('%')) {
    const number = text.slice(0, -1)
    if (!/^\+?\d+$/.test(number)) fail(`invalid percentage value: ${number}`)
    return { type: 'Utilization', averageUtilization: Number(number) }
  }
  const amount = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? `${Number(text)}${resource === 'cpu' ? 'm' : 'Mi'}` : text
  if (typeof parseQuantity(amount) === 'string') fail(`invalid resource ${resource} value: ${input}`)
  return { type: 'AverageValue', averageValue: canonicalQuantity(amount) }
}

function autoscale(ctx: KubectlContext, inv: Invocation): number {
  const { flags } = inv
  const dryRun = dryRunOf(ctx, inv)
  const [min, max] = [flags.int('min'), flags.int('max')]
  if (max < 1) fail(`--max=MAXPODS is required and must be at least 1, max: ${max}`)
  if (max < min) fail(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`)
  const percent = flags.given('cpu-percent') ? flags.int('cpu-percent') : -1
  const [cpu, memory] = [flags.text('cpu'), flags.text('memory')]
  if (percent > 0 && cpu) fail('--cpu-percent and --cpu are mutually exclusive')
  const goals: readonly (readonly [string, Goal])[] = [
    ...(percent > 0 ? [['cpu', { type: 'Utilization', averageUtilization: percent }] as const] : []),
    ...(cpu ? [['cpu', goalOf(cpu, 'cpu')] as const] : []), ...(memory ? [['memory', goalOf(memory, 'memory')] as const] : []),
  ]
  const { chosen, problems } = choose(ctx, inv)
  const report = new Report(ctx, inv, dryRun, dryRun === 'client')
  for (const { target } of chosen) autoscaleOne(ctx, inv, target, goals, dryRun, report)
  for (const problem of problems) report.problem(problem)
  if (chosen.length === 0 && problems.length === 0) fail('no objects passed to autoscale')
  return report.end()
}

function autoscaleOne(ctx: KubectlContext, inv: Invocation, target: Target, goals: readonly (readonly [string, Goal])[], dryRun: DryRun, report: Report): void {
  const { kind, name } = target
  const { flags, namespace, namespaceGiven } = inv
  if (!kind.subresources.includes('scale')) return report.problem(`error: cannot autoscale a ${kind.kind}: could not find scale subresource for ${kind.group}/${kind.version}, Resource=${kind.plural} in discovery information`)
  const metrics = goals.map(([resource, goal]) => ({ type: 'Resource', resource: { name: resource, target: goal } }))
  const object = {
    kind: 'HorizontalPodAutoscaler', apiVersion: 'autoscaling/v2',
    metadata: { name: flags.text('name') || name!, ...(namespaceGiven ? { namespace } : {}) },
    spec: {
      scaleTargetRef: { kind: kind.kind, name: name!, apiVersion: apiVersionOf(kind) }, ...(flags.int('min') > 0 ? { minReplicas: flags.int('min') } : {}),
      maxReplicas: flags.int('max'), ...(metrics.length > 0 ? { metrics } : {}),
    },
    status: { desiredReplicas: 0, currentMetrics: null },
  } as unknown as KubeObject
  const hpa = discovery.kindFor({ group: 'autoscaling', version: 'v2', kind: 'HorizontalPodAutoscaler' }) ?? kindOf('hpa')
  const at: Target = { kind: hpa, name: object.metadata.name, namespace }
  if (dryRun === 'client') return report.done(at, 'created', object)
  const options = { fieldManager: flags.text('field-manager') || 'kubectl-autoscale', ...(dryRun === 'server' ? { dryRun: true } : {}) }
  const answer = ctx.call(createTarget(at, flags.bool('save-config') ? withLastApplied(object) : object, options)) as KubeObject | Status
  if (!isStatus(answer)) return report.done(at, 'autoscaled', answer)
  report.problem(fallback(flags.text('cpu'), flags.text('memory'), answer))
}

/** kubectl would try the old version of the kind, for which it wants a share of the CPU; the server would refuse that in the same words. */
function fallback(cpu: string, memory: string, refused: Status): string {
  const head = 'error: failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: '
  if (cpu === '') return `${head}empty input`
  return memory || !cpu.trim().endsWith('%') ? `${head}%!w(<nil>)` : statusText(refused)
}
