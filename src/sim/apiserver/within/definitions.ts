import { findCondition } from '../../api/conditions.ts'
import { deepEqual } from '../../api/deep.ts'
import type { EventContext } from '../../engine/engine.ts'
import { formatTime, ms, parseTime, seconds } from '../../engine/time.ts'
import type { CustomResourceDefinition } from '../../kinds/customresourcedefinition/customresourcedefinition.ts'
import { cleanedUp, CRDS, established, withTerminating } from '../custom/establishing.ts'
import type { CustomKind } from '../custom/kind.ts'
import { collectionOf } from '../keys.ts'
import { ownKind, type InnerController, type Inside } from './inner.ts'

const kind = ownKind('apiextensions.k8s.io', 'v1', CRDS)
/** How often a definition that is being deleted is asked whether its objects are gone. */
const POLL = seconds(5)

/**
 * Names, establishes and takes away what CustomResourceDefinitions make (apiextensions-apiserver: pkg/controller/status,
 * establish, finalizer).
 */
export const definitions: InnerController = {
  name: 'definitions',
  wakes: { [CRDS]: ({ type, object }) => (type === 'DELETED' ? [] : [object.metadata.name]) },
  delay: () => ms(20),
  sync(inside, ctx, name) {
    const crd = inside.store.get(`${CRDS}/${name}`) as CustomResourceDefinition | undefined
    if (!crd) return
    if (crd.metadata.deletionTimestamp) return finalize(inside, ctx, crd)
    const next = established(inside.store, crd, ctx.now)
    if (deepEqual(next, crd)) return
    ctx.note('apiserver.established', { name })
    inside.put(ctx, kind, next)
  },
}

/** The last object of a definition that is being deleted has gone: the finalizer's next poll sees it. */
export const definitionsEmptied: InnerController = {
  name: 'definitions-emptied',
  wakes: {
    custom: ({ resource }, { store }) => {
      const crd = store.get(`${CRDS}/${resource}`)
      return crd?.metadata.deletionTimestamp && store.count(resource) === 0 ? [resource] : []
    },
  },
  delay: (now) => POLL - (now % POLL),
  sync: (inside, ctx, name) => definitions.sync(inside, ctx, name),
}

/** Objects go first, those with finalizers in their own time; then the definition may go (crd_finalizer.go: sync). */
function finalize(inside: Inside, ctx: EventContext, crd: CustomResourceDefinition): void {
  const { name } = crd.metadata
  const served = versionOf(inside, crd)
  if (!served) return release(inside, ctx, crd, 'NeverEstablished', 'resource was never established')
  if (findCondition(crd.status?.conditions ?? [], 'Terminating')?.reason !== 'InstanceDeletionInProgress') {
    ctx.note('apiserver.definitionEnds', { name, count: inside.store.count(collectionOf(served)) })
    inside.put(ctx, kind, withTerminating(crd, 'True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress', ctx.now))
  }
  deleteInstances(inside, ctx, served)
  const latest = inside.store.get(`${CRDS}/${name}`) as CustomResourceDefinition
  if (inside.store.count(collectionOf(served)) === 0) release(inside, ctx, latest, 'InstanceDeletionCompleted', 'removed all instances')
}

const versionOf = ({ custom }: Inside, { spec }: CustomResourceDefinition): CustomKind | undefined =>
  spec.versions?.map((v) => custom.kind(spec.group, v.name, spec.names.plural)).find((found) => found !== undefined)

function deleteInstances(inside: Inside, ctx: EventContext, served: CustomKind): void {
  for (const key of inside.store.keys(collectionOf(served))) {
    const object = inside.store.get(key)!
    if (!object.metadata.finalizers?.length) inside.erase(ctx, served, key)
    else if (parseTime(object.metadata.deletionTimestamp) === undefined) {
      inside.put(ctx, served, { ...object, metadata: { ...object.metadata, deletionTimestamp: formatTime(ctx.now), deletionGracePeriodSeconds: 0, ...(object.metadata.generation ? { generation: object.metadata.generation + 1 } : {}) } })
    }
  }
}

function release(inside: Inside, ctx: EventContext, crd: CustomResourceDefinition, reason: string, message: string): void {
  const left = cleanedUp(withTerminating(crd, 'False', reason, message, ctx.now))
  if (left.metadata.finalizers) inside.put(ctx, kind, left)
  else inside.erase(ctx, kind, `${CRDS}/${crd.metadata.name}`, left)
}
