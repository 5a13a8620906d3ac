import type { KubeObject } from '../api/meta.ts'
import { generatedName } from '../api/name-suffix.ts'
import type { Random } from '../engine/random.ts'
import { formatTime } from '../engine/time.ts'
import {
  alreadyExists, badRequest, conflict, invalid, isStatus, notFound, OPTIMISTIC_LOCK, type GroupResource,
} from '../api/status.ts'
import { storeKey } from '../store/store.ts'
import { admit } from './admission/index.ts'
import { chargeQuotas } from './admission/quota.ts'
import { allocate } from './allocators.ts'
import { finishDeletion } from './deletion.ts'
import type { Execution, Outcome } from './execution.ts'
import { commit } from './committing.ts'

export const groupResource = (exec: Execution): GroupResource => ({ group: exec.kind.group, resource: exec.kind.plural })

const HEX: readonly string[] = Array.from({ length: 0x10000 }, (_, n) => n.toString(16).padStart(4, '0'))

/** A random UUID, version 4, from the server's own stream. */
export function newUid(random: Random): string {
  const [a, b, c, d] = random.several(4, 0x1_0000_0000) as [number, number, number, number]
  const variant = 0x8000 | (c >>> 18)
  return `${HEX[a >>> 16]}${HEX[a & 0xffff]}-${HEX[b >>> 16]}-${HEX[0x4000 | (b & 0xfff)]}-${HEX[variant]}-${HEX[c & 0xffff]}${HEX[d >>> 16]}${HEX[d & 0xffff]}`
}

/** POST: names, stamps, defaults, admits, validates and stores a new object (registry/generic: Store.Create). */
export function createObject(exec: Execution, sent: KubeObject): Outcome<KubeObject> {
  const named = nameFor(exec, sent)
  if (isStatus(named)) return named
  const { kind, namespace } = exec
  const key = storeKey(kind.plural, namespace, named)
  const { resourceVersion: _rv, deletionTimestamp: _dt, deletionGracePeriodSeconds: _dg, selfLink: _sl, ...meta } = sent.metadata
  if (sent.metadata.resourceVersion && sent.metadata.resourceVersion !== '0') return badRequest('resourceVersion should not be set on objects to be created')
  const stamped: KubeObject = {
    ...sent,
    metadata: { ...meta, name: named, ...(namespace ? { namespace } : {}), uid: newUid(exec.means.uids), creationTimestamp: formatTime(exec.now) },
  }
  const complete = kind.defaults(stamped)
  const admitted = admit(exec, complete)
  if (isStatus(admitted)) return admitted
  const prepared = kind.prepareCreate(admitted.object)
  const allocated = allocate(exec, prepared, undefined)
  if (isStatus(allocated)) return allocated
  const like = admitted.keptValid ? complete : undefined
  const errors = kind.validateCreate(allocated, like)
  if (errors.length > 0) return invalid({ group: kind.group, kind: kind.kind }, named, errors)
  if (exec.store.get(key)) return alreadyExists(groupResource(exec), named)
  const refused = chargeQuotas(exec, allocated)
  if (refused) return refused
  exec.warnings.push(...(kind.warnings?.(allocated, undefined, like) ?? []))
  return commit(exec, key, allocated)
}

function nameFor(exec: Execution, sent: KubeObject): Outcome<string> {
  const { name, generateName } = sent.metadata
  if (name || !generateName) return name
  for (let attempt = 0; attempt < 8; attempt++) {
    const candidate = generatedName(generateName, exec.means.names)
    if (!exec.store.get(storeKey(exec.kind.plural, exec.namespace, candidate))) return candidate
  }
  return alreadyExists(groupResource(exec), generateName)
}

/**
 * PUT and PATCH: what `change` makes of the stored object goes through admission and validation and is stored unless
 * somebody else was faster (registry/generic: Store.Update). `subresource` 'status' keeps everything else.
 */
export function updateObject(exec: Execution, change: (old: KubeObject) => Outcome<KubeObject>): Outcome<KubeObject> {
  const { kind, namespace, name } = exec
  const key = storeKey(kind.plural, namespace, name)
  const old = exec.store.get(key)
  if (!old) return notFound(groupResource(exec), name)
  const sent = change(old)
  if (isStatus(sent)) return sent
  const { resourceVersion, uid } = sent.metadata
  if (uid && uid !== old.metadata.uid)
    return conflict(groupResource(exec), name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`)
  if (resourceVersion && resourceVersion !== old.metadata.resourceVersion) return conflict(groupResource(exec), name, OPTIMISTIC_LOCK)
  if (!resourceVersion && kind.unconditionalUpdate === false)
    return invalid({ group: kind.group, kind: kind.kind }, name, [
      { type: 'FieldValueInvalid', field: 'metadata.resourceVersion', body: 'Invalid value: 0: must be specified for an update' },
    ])
  const full = keepServerFields(sent, old)
  const isStatusUpdate = exec.subresource === 'status'
  const defaulted = kind.defaults(full)
  const prepared = isStatusUpdate ? kind.prepareStatusUpdate(defaulted, old) : kind.prepareUpdate(defaulted, old)
  const admitted = isStatusUpdate ? { object: prepared } : admit(exec, prepared, old)
  if (isStatus(admitted)) return admitted
  const allocated = isStatusUpdate ? prepared : allocate(exec, admitted.object, old)
  if (isStatus(allocated)) return allocated
  const errors = isStatusUpdate ? kind.validateStatusUpdate(allocated, old) : kind.validateUpdate(allocated, old)
  if (errors.length > 0) return invalid({ group: kind.group, kind: kind.kind }, name, errors)
  if (!isStatusUpdate) exec.warnings.push(...(kind.warnings?.(allocated, old) ?? []))
  return finishDeletion(exec, key, allocated) ?? commit(exec, key, allocated, old)
}

/** Fields that only the server writes survive whatever the client sent (registry/rest: BeforeUpdate). */
function keepServerFields(sent: KubeObject, old: KubeObject): KubeObject {
  const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, namespace, generation, resourceVersion } = old.metadata
  const { deletionTimestamp: _a, deletionGracePeriodSeconds: _b, generation: _c, selfLink: _d, ...rest } = sent.metadata
  return {
    ...sent,
    metadata: {
      ...rest,
      ...(namespace ? { namespace } : {}),
      uid,
      // An unconditional update takes over the stored version.
      resourceVersion: rest.resourceVersion || resourceVersion,
      creationTimestamp,
      ...(generation === undefined ? {} : { generation }),
      ...(deletionTimestamp ? { deletionTimestamp, deletionGracePeriodSeconds } : {}),
    },
  }
}
