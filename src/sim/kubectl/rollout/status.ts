import type { WatchDelivery } from '../../client/transport.ts'
import { choose, endWith, type Chosen } from '../chosen.ts'
import { checkTyped } from '../typed-only.ts'
import type { Invocation, KubectlContext } from '../context.ts'
import { fail } from '../failure.ts'
import { NOTHING, REVISION, type Workload } from './workload.ts'

/** What `rollout status` says of an object, and whether that is the end; `error` ends it with a failure. */
interface Progress {
  readonly text: string
  readonly done: boolean
  readonly error?: string
}

/** `rollout status`: says what is still missing until the rollout is through (kubectl: polymorphichelpers/rollout_status.go). */
export function status(ctx: KubectlContext, inv: Invocation): number {
  const { chosen, problems } = choose(ctx, inv, { bare: 'all', nothing: NOTHING })
  for (const { target } of chosen) checkTyped(target.kind)
  if (problems.length > 0) endWith(problems)
  for (const one of chosen) follow(ctx, inv, one)
  return 0
}

function follow(ctx: KubectlContext, inv: Invocation, { target, object }: Chosen): void {
  const { kind } = target
  const view = VIEWS[kind.kind]
  if (!view) fail(`no status viewer has been implemented for ${kind.kind}`)
  const revision = inv.flags.int('revision')
  const first = view!(object as Workload, revision)
  ctx.out(first.text)
  if (first.error) fail(first.error)
  if (first.done || !inv.flags.bool('watch')) return
  const timeout = inv.flags.duration('timeout')
  const end = ctx.follow<null, string>(
    { group: kind.group, version: kind.version, resource: kind.plural, namespace: target.namespace, fieldSelector: `metadata.name=${target.name}`, resourceVersion: object.metadata.resourceVersion },
    null,
    (_state, event: WatchDelivery) => {
      if (event.type === 'DELETED') return { done: 'object has been deleted' }
      if (!event.object) return { state: null }
      const now = view!(event.object as Workload, revision)
      ctx.out(now.text)
      return now.error ? { done: now.error } : now.done ? { done: '' } : { state: null }
    },
    timeout > 0 ? timeout : undefined,
  )
  if (end === undefined) fail('timed out waiting for the condition')
  if (end) fail(end)
}

const waiting = (text: string): Progress => ({ text: `${text}\n`, done: false })
const through = (text: string): Progress => ({ text: `${text}\n`, done: true })
const broken = (error: string): Progress => ({ text: '', done: true, error })

function deployment({ metadata, spec, status: seen = {} }: Workload, revision: number): Progress {
  const name = JSON.stringify(metadata.name)
  const running = Number(metadata.annotations?.[REVISION] ?? 0)
  if (revision > 0 && revision !== running) return broken(`desired revision (${revision}) is different from the running revision (${running})`)
  if ((metadata.generation ?? 0) > (seen.observedGeneration ?? 0)) return waiting('Waiting for deployment spec update to be observed...')
  if (seen.conditions?.some((c) => c.type === 'Progressing' && c.reason === 'ProgressDeadlineExceeded')) return broken(`deployment ${name} exceeded its progress deadline`)
  const [updated, total, available] = [seen.updatedReplicas ?? 0, seen.replicas ?? 0, seen.availableReplicas ?? 0]
  const start = `Waiting for deployment ${name} rollout to finish:`
  if (spec.replicas !== undefined && updated < spec.replicas) return waiting(`${start} ${updated} out of ${spec.replicas} new replicas have been updated...`)
  if (total > updated) return waiting(`${start} ${total - updated} old replicas are pending termination...`)
  if (available < updated) return waiting(`${start} ${available} of ${updated} updated replicas are available...`)
  return through(`deployment ${name} successfully rolled out`)
}

const rolling = (w: Workload): boolean => (w.spec.updateStrategy?.type ?? 'RollingUpdate') === 'RollingUpdate'
const NOT_ROLLING = 'rollout status is only available for RollingUpdate strategy type'

function daemonSet(set: Workload): Progress {
  const { metadata, status: seen = {} } = set
  if (!rolling(set)) return broken(NOT_ROLLING)
  const name = JSON.stringify(metadata.name)
  if ((metadata.generation ?? 0) > (seen.observedGeneration ?? 0)) return waiting('Waiting for daemon set spec update to be observed...')
  const [updated, wanted, available] = [seen.updatedNumberScheduled ?? 0, seen.desiredNumberScheduled ?? 0, seen.numberAvailable ?? 0]
  if (updated < wanted) return waiting(`Waiting for daemon set ${name} rollout to finish: ${updated} out of ${wanted} new pods have been updated...`)
  if (available < wanted) return waiting(`Waiting for daemon set ${name} rollout to finish: ${available} of ${wanted} updated pods are available...`)
  return through(`daemon set ${name} successfully rolled out`)
}

function statefulSet(set: Workload): Progress {
  const { metadata, spec, status: seen = {} } = set
  if (!rolling(set)) return broken(NOT_ROLLING)
  if (!seen.observedGeneration || (metadata.generation ?? 0) > seen.observedGeneration) return waiting('Waiting for statefulset spec update to be observed...')
  const replicas = spec.replicas ?? 1
  const updated = seen.updatedReplicas ?? 0
  if ((seen.readyReplicas ?? 0) < replicas) return waiting(`Waiting for ${replicas - (seen.readyReplicas ?? 0)} pods to be ready...`)
  const { rollingUpdate } = spec.updateStrategy ?? {}
  if (rollingUpdate) {
    const wanted = replicas - (rollingUpdate.partition ?? 0)
    if (updated < wanted) return waiting(`Waiting for partitioned roll out to finish: ${updated} out of ${wanted} new pods have been updated...`)
    return through(`partitioned roll out complete: ${updated} new pods have been updated...`)
  }
  if (seen.updateRevision !== seen.currentRevision) return waiting(`waiting for statefulset rolling update to complete ${updated} pods at revision ${seen.updateRevision}...`)
  return through(`statefulset rolling update complete ${seen.replicas ?? 0} pods at revision ${seen.currentRevision}...`)
}

const VIEWS: Readonly<Record<string, (w: Workload, revision: number) => Progress>> = { Deployment: deployment, DaemonSet: daemonSet, StatefulSet: statefulSet }
