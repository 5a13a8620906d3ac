import { matches, compileSelector, selectorText } from '../../api/labels.ts'
import { strategicMerge } from '../../api/patch/strategic-merge.ts'
import { schemaOf } from '../../api/schema/schema.ts'
import { gvkOf, isControlledBy, type JsonValue, type KubeList, type KubeObject } from '../../api/meta.ts'
import type { PodTemplateSpec } from '../../api/pod-spec.ts'
import { isStatus, type Status } from '../../api/status.ts'
import { CONTROLLER_REVISIONS, REPLICA_SETS, list } from '../../client/request.ts'
import type { Chosen } from '../chosen.ts'
import type { KubectlContext } from '../context.ts'
import { refuse } from '../failure.ts'
import { CHANGE_CAUSE, REVISION, type Workload } from './workload.ts'

/** One revision in a workload's history: the object that keeps it, and its template. */
export interface Revision {
  readonly number: number
  readonly cause: string
  readonly keeper: KubeObject
  readonly template: PodTemplateSpec
}

interface ControllerRevision extends KubeObject {
  readonly revision: number
  readonly data?: JsonValue
}

/** All revisions of a Deployment (its ReplicaSets), StatefulSet or DaemonSet (its ControllerRevisions), oldest first. */
export function revisionsOf(ctx: KubectlContext, { target, object }: Chosen): readonly Revision[] {
  const workload = object as Workload
  const selector = compileSelector(workload.spec.selector)
  const from = target.kind.kind === 'Deployment' ? REPLICA_SETS : CONTROLLER_REVISIONS
  const answer = ctx.call(list(from, target.namespace, { labelSelector: selectorText(selector) })) as unknown
  if (isStatus(answer)) refuse(answer as Status)
  const keepers = (answer as KubeList).items.filter((o) => isControlledBy(o, object) && matches(selector, o.metadata.labels))
  const all = keepers.map((keeper) => (target.kind.kind === 'Deployment' ? ofReplicaSet(keeper as Workload) : ofRevision(keeper as ControllerRevision, workload)))
  return [...all].sort((a, b) => a.number - b.number)
}

const cause = (o: KubeObject): string => o.metadata.annotations?.[CHANGE_CAUSE] || '<none>'

const ofReplicaSet = (set: Workload): Revision => ({
  number: Number(set.metadata.annotations?.[REVISION] ?? 0),
  cause: cause(set),
  keeper: { ...set, apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  template: set.spec.template,
})

/** A ControllerRevision keeps a patch of the template. */
function ofRevision(keeper: ControllerRevision, workload: Workload): Revision {
  const patched = strategicMerge(workload as unknown as JsonValue, keeper.data ?? {}, schemaOf(gvkOf(workload))) as unknown as Workload
  return { number: keeper.revision, cause: cause(keeper), keeper: patched, template: patched.spec.template }
}
