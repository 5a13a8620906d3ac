import { deepEqual } from '../../api/deep.ts'
import { compileSelector } from '../../api/labels.ts'
import { controllerRef, uidOf } from '../../api/meta.ts'
import { podTemplateHash } from '../../api/pod-template-hash.ts'
import { revisionData } from '../../api/controller-revision-hash.ts'
import type { Pod } from '../../api/pod.ts'
import { isAlreadyExists, isStatus } from '../../api/status.ts'
import { claim } from '../../client/claim.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { must, Refused } from '../../client/must.ts'
import { CONTROLLER_REVISIONS, create, DAEMON_SETS, get, patch, PODS, remove, update } from '../../client/request.ts'
import type { ControllerRevision } from '../../kinds/controllerrevision/controllerrevision.ts'
import type { DaemonSet } from '../../kinds/daemonset/daemonset.ts'
import { REVISION_HASH } from './placement.ts'

/** The revision of the present template and all others (daemonset: update.go, constructHistory). */
export interface History {
  readonly current: ControllerRevision
  readonly old: readonly ControllerRevision[]
}

export const hashOf = (revision: ControllerRevision): string => revision.metadata.labels?.[REVISION_HASH] ?? ''

/** Claims the DaemonSet's revisions, makes the present one when it is missing, and numbers it highest. Throws Refused. */
export function constructHistory(ctx: ControllerContext, ds: DaemonSet): History {
  const lister = ctx.lister<ControllerRevision>('controllerrevisions')
  const candidates = [...lister.by('owner', uidOf(ds)), ...lister.by('orphan', ds.metadata.namespace ?? '')]
  const claimed = claim(ctx, { owner: ds, owners: DAEMON_SETS, resource: CONTROLLER_REVISIONS, selector: compileSelector(ds.spec.selector) }, candidates)
  const data = revisionData(ds.spec.template)
  const present = claimed.filter((revision) => deepEqual(revision.data, data))
  const old = claimed.filter((revision) => !present.includes(revision))
  const number = old.reduce((max, revision) => Math.max(max, revision.revision), 0) + 1
  if (present.length === 0) return { current: snapshot(ctx, ds, number), old }
  const current = dedup(ctx, ds, present)
  if (current.revision < number) must(ctx.call(update(CONTROLLER_REVISIONS, { ...current, revision: number } as ControllerRevision)))
  return { current, old }
}

function dedup(ctx: ControllerContext, ds: DaemonSet, present: readonly ControllerRevision[]): ControllerRevision {
  const keep = present.reduce((best, revision) => (revision.revision >= best.revision ? revision : best))
  if (present.length === 1) return keep
  for (const pod of ctx.lister<Pod>('pods').by('owner', uidOf(ds)))
    if (pod.metadata.labels?.[REVISION_HASH] !== hashOf(keep)) must(ctx.call(patch(PODS, pod, { metadata: { labels: { [REVISION_HASH]: hashOf(keep) } } }, 'merge')))
  for (const revision of present) if (revision !== keep) must(ctx.call(remove(CONTROLLER_REVISIONS, revision)))
  return keep
}

function snapshot(ctx: ControllerContext, ds: DaemonSet, revision: number): ControllerRevision {
  const hash = podTemplateHash(ds.spec.template, ds.status?.collisionCount)
  const name = `${ds.metadata.name}-${hash}`
  const { namespace, annotations } = ds.metadata
  const data = revisionData(ds.spec.template)
  const wish: ControllerRevision = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: { name, namespace, labels: { ...ds.spec.template.metadata?.labels, [REVISION_HASH]: hash }, ...(annotations ? { annotations } : {}), ownerReferences: [controllerRef(ds)] },
    data,
    revision,
  }
  ctx.note('daemonset.revision', { name: ds.metadata.name, revision, hash })
  const answer = ctx.call<ControllerRevision>(create(CONTROLLER_REVISIONS, namespace, wish))
  if (!isStatus(answer)) return answer
  if (!isAlreadyExists(answer)) throw new Refused(answer)
  const existing = must(ctx.call<ControllerRevision>(get(CONTROLLER_REVISIONS, namespace, name)))
  if (deepEqual(existing.data, data)) return existing
  const fresh = must(ctx.call<DaemonSet>(get(DAEMON_SETS, namespace, ds.metadata.name)))
  // Another template with the same hash: count the collision, so that the next try hashes differently.
  if ((fresh.status?.collisionCount ?? 0) === (ds.status?.collisionCount ?? 0)) {
    const status = { ...fresh.status!, collisionCount: (fresh.status?.collisionCount ?? 0) + 1 }
    must(ctx.call(update(DAEMON_SETS, { ...fresh, status }, 'status')))
  }
  throw new Refused(answer)
}

/** Deletes the oldest revisions beyond the limit that no pod is of. */
export function cleanupHistory(ctx: ControllerContext, ds: DaemonSet, old: readonly ControllerRevision[], pods: readonly Pod[]): void {
  let surplus = old.length - (ds.spec.revisionHistoryLimit ?? 10)
  if (surplus <= 0) return
  const live = new Set(pods.map((pod) => pod.metadata.labels?.[REVISION_HASH]))
  for (const revision of old.slice().sort((a, b) => a.revision - b.revision)) {
    if (surplus <= 0) return
    if (live.has(hashOf(revision))) continue
    must(ctx.call(remove(CONTROLLER_REVISIONS, revision)))
    surplus--
  }
}
