import { controllerRevisionHash, revisionData } from '../../api/controller-revision-hash.ts'
import { deepEqual } from '../../api/deep.ts'
import { compileSelector } from '../../api/labels.ts'
import { controllerRef, uidOf } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { isAlreadyExists, isStatus } from '../../api/status.ts'
import { claim } from '../../client/claim.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { must, Refused } from '../../client/must.ts'
import { CONTROLLER_REVISIONS, create, get, remove, update } from '../../client/request.ts'
import type { ControllerRevision } from '../../kinds/controllerrevision/controllerrevision.ts'
import type { StatefulSet } from '../../kinds/statefulset/statefulset.ts'
import { revisionOf } from './identity.ts'

export const STATEFUL_SETS = { group: 'apps', version: 'v1', resource: 'statefulsets' } as const
const HASH = 'controller.kubernetes.io/hash'

/** The revision that pods have by and large, the one that they shall have, and all, oldest first. */
export interface Revisions {
  readonly current: ControllerRevision
  readonly update: ControllerRevision
  readonly all: readonly ControllerRevision[]
  readonly collisions: number
}

const older = (a: ControllerRevision, b: ControllerRevision): number =>
  a.revision - b.revision || ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1) || (a.metadata.name < b.metadata.name ? -1 : 1)

/** Finds or makes the revision of the present template (stateful_set_control.go: getStatefulSetRevisions). Throws Refused. */
export function revisionsOf(ctx: ControllerContext, set: StatefulSet): Revisions {
  const lister = ctx.lister<ControllerRevision>('controllerrevisions')
  const candidates = [...lister.by('owner', uidOf(set)), ...lister.by('orphan', set.metadata.namespace ?? '')]
  const claimed = claim(ctx, { owner: set, owners: STATEFUL_SETS, resource: CONTROLLER_REVISIONS, selector: compileSelector(set.spec.selector) }, candidates)
  const all = claimed.slice().sort(older)
  const data = revisionData(set.spec.template)
  const equal = all.filter((revision) => deepEqual(revision.data, data)).at(-1)
  const newest = all.at(-1)
  const next = (newest?.revision ?? 0) + 1
  let collisions = set.status?.collisionCount ?? 0
  let present: ControllerRevision
  if (equal && equal === newest) present = equal
  else if (equal) present = must(ctx.call<ControllerRevision>(update(CONTROLLER_REVISIONS, { ...equal, revision: next } as ControllerRevision)))
  else [present, collisions] = snapshot(ctx, set, next, collisions)
  const current = all.find((revision) => revision.metadata.name === set.status?.currentRevision) ?? present
  return { current, update: present, all, collisions }
}

/** Writes a new revision; a name that another template has already is hashed again with a higher collision count. */
function snapshot(ctx: ControllerContext, set: StatefulSet, revision: number, collisions: number): [ControllerRevision, number] {
  const data = revisionData(set.spec.template)
  const { namespace, annotations } = set.metadata
  for (let count = collisions; ; count++) {
    const hash = controllerRevisionHash(data, count)
    const name = `${set.metadata.name}-${hash}`
    const metadata = { name, namespace, labels: { ...set.spec.template.metadata?.labels, [HASH]: hash }, ...(annotations ? { annotations } : {}), ownerReferences: [controllerRef(set)] }
    ctx.note('statefulset.revision', { name: set.metadata.name, revision, hash })
    const answer = ctx.call<ControllerRevision>(create(CONTROLLER_REVISIONS, namespace, { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata, data, revision } as ControllerRevision))
    if (!isStatus(answer)) return [answer, count]
    if (!isAlreadyExists(answer)) throw new Refused(answer)
    const existing = must(ctx.call<ControllerRevision>(get(CONTROLLER_REVISIONS, namespace, name)))
    if (deepEqual(existing.data, data)) return [existing, count]
  }
}

/** Deletes the oldest revisions beyond the limit that nothing is of (truncateHistory). */
export function truncateHistory(ctx: ControllerContext, set: StatefulSet, pods: readonly Pod[], { all, current, update: present }: Revisions): void {
  const live = new Set([current.metadata.name, present.metadata.name, ...pods.map(revisionOf)])
  const idle = all.filter((revision) => !live.has(revision.metadata.name))
  const limit = set.spec.revisionHistoryLimit ?? 10
  const surplus = limit < 0 ? 0 : idle.length - limit
  for (const revision of idle.slice(0, Math.max(0, surplus))) must(ctx.call(remove(CONTROLLER_REVISIONS, revision)))
}
