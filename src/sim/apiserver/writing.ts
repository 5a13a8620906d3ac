import type { KubeObject } from '../api/meta.ts'
import { createdMeta, updatedMeta, withMetadata } from '../api/meta-copy.ts'
import { generatedName } from '../api/name-suffix.ts'
import { metaUpdateErrors } from '../api/validate-meta.ts'
import { formatTime } from '../engine/time.ts'
import { goQuote, invalidValue } from '../api/field.ts'
import {
  alreadyExists, conflict, generateNameConflict, invalid, isStatus, notFound, OPTIMISTIC_LOCK, unknownError, type GroupResource, type Status,
} from '../api/status.ts'
import { etcdKey } from '../store/etcd-key.ts'
import { objectKey } from './keys.ts'
import { admit, validateAdmission } from './admission/index.ts'
import { settle } from './admission/quota.ts'
import { allocate } from './allocators.ts'
import { settleAddresses } from './cluster-addresses.ts'
import { refuseEscalation } from './authorization/escalation.ts'
import { finishDeletion } from './deletion.ts'
import type { Execution, Outcome } from './execution.ts'
import type { Applied } from './apply/applying.ts'
import { commit } from './committing.ts'
import { commitOwned } from './owned-writes.ts'
import { newUid } from './uid.ts'

export const groupResource = (exec: Execution): GroupResource => ({ group: exec.kind.group, resource: exec.kind.plural })

/** POST: names, stamps, defaults, admits, validates and stores a new object (registry/generic: Store.Create). */
export function createObject(exec: Execution, sent: KubeObject, applied?: Applied): Outcome<KubeObject> {
  const named = nameFor(exec, sent)
  if (isStatus(named)) return named
  const { kind, namespace } = exec
  const complete = kind.defaults(withMetadata(sent, createdMeta(sent.metadata, named, namespace, newUid(exec.means.uids), formatTime(exec.now))))
  const admitted = admit(exec, complete)
  if (isStatus(admitted)) return admitted
  const beyond = escalation(exec, admitted.object, undefined)
  if (beyond) return beyond
  const allocated = allocate(exec, admitted.object, undefined)
  if (isStatus(allocated)) return allocated
  const prepared = kind.prepareCreate(allocated, exec.who)
  const { name } = prepared.metadata
  const key = objectKey(kind, namespace, name)
  const like = admitted.keptValid ? complete : undefined
  const errors = kind.validateCreate(prepared, like)
  if (errors.length > 0) return invalid({ group: kind.errorGroup, kind: kind.kind }, name, errors)
  warn(exec, kind.warnings?.(prepared, undefined, like))
  const charges = validateAdmission(exec, prepared)
  if (isStatus(charges)) return charges
  if (Number(sent.metadata.resourceVersion) > 0 && !exec.options.dryRun) return unknownError('resourceVersion should not be set on objects to be created')
  const there = exec.store.get(key)
  if (there) return existsAlready(exec, sent, there)
  settle(exec, charges)
  exec.trail.created = true
  const managers = applied ? applied.managers : exec.means.ownership.created(exec, complete)
  if (managers) exec.means.ownership.keep(exec, key, managers)
  settleAddresses(exec, prepared, undefined)
  return commit(exec, key, kind.readBack?.(prepared) ?? prepared)
}

function warn({ warnings }: Execution, texts: readonly string[] | undefined): void {
  if (texts) for (const text of texts) warnings.push(text)
}

/** Roles and bindings may not give what their writer does not hold. */
function escalation(exec: Execution, object: KubeObject, old: KubeObject | undefined): Status | undefined {
  if (exec.kind.group !== 'rbac.authorization.k8s.io') return undefined
  const { store, authorizer, who: user, kind, namespace = '', name } = exec
  return refuseEscalation({ store, authorizer, user, resource: kind.plural, namespace, name }, object, old)
}

function nameFor(exec: Execution, sent: KubeObject): Outcome<string> {
  const { name, generateName } = sent.metadata
  if (name || !generateName) return name
  for (let attempt = 0; attempt < 8; attempt++) {
    const candidate = generatedName(generateName, exec.means.names)
    if (!exec.store.get(objectKey(exec.kind, exec.namespace, candidate))) return candidate
  }
  return alreadyExists(groupResource(exec), generateName)
}

/** The name is taken (registry/generic: Store.Create; rest.CheckGeneratedNameError). */
function existsAlready(exec: Execution, sent: KubeObject, there: KubeObject): Status {
  const { name } = there.metadata
  if (sent.metadata.generateName && !sent.metadata.name) return generateNameConflict(groupResource(exec), name, 1)
  const refusal = alreadyExists(groupResource(exec), name)
  return there.metadata.deletionTimestamp ? { ...refusal, message: `object is being deleted: ${refusal.message}` } : refusal
}

/**
 * PUT and PATCH: what `change` makes of the stored object goes through admission and validation and is stored unless
 * somebody else was faster (registry/generic: Store.Update). `subresource` 'status' keeps everything else; others may
 * have rules of their own.
 */
export function updateObject(exec: Execution, change: (old: KubeObject) => Outcome<KubeObject>, applied?: Applied): Outcome<KubeObject> {
  const { kind, namespace, name } = exec
  const key = objectKey(kind, namespace, name)
  const old = exec.store.get(key)
  if (!old) return notFound(groupResource(exec), name)
  const sent = change(old)
  if (isStatus(sent)) return sent
  const stale = checkVersion(exec, sent, old)
  if (stale) return stale
  // A patch of something else hands the stored metadata on as they are.
  const full = sent.metadata === old.metadata ? sent : withMetadata(sent, updatedMeta(sent.metadata, old.metadata))
  const isStatusUpdate = exec.subresource === 'status'
  const defaulted = kind.defaults(full, old)
  const admitted = admit(exec, defaulted, old)
  if (isStatus(admitted)) return admitted
  const beyond = escalation(exec, admitted.object, old)
  if (beyond) return beyond
  const rules = kind.updatesThrough?.[exec.subresource] ?? kind
  const allocated = isStatusUpdate ? admitted.object : allocate(exec, admitted.object, old)
  if (isStatus(allocated)) return allocated
  const now = formatTime(exec.now)
  const prepared = isStatusUpdate ? kind.prepareStatusUpdate(allocated, old, now) : rules.prepareUpdate(allocated, old, now)
  const own = isStatusUpdate ? kind.validateStatusUpdate(prepared, old) : rules.validateUpdate(prepared, old)
  const common = metaUpdateErrors(prepared.metadata, old.metadata, kind.namespaced)?.common ?? []
  if (common.length + own.length > 0) return invalid({ group: kind.errorGroup, kind: kind.kind }, name, [...common, ...own])
  if (!isStatusUpdate) warn(exec, kind.warnings?.(prepared, old))
  const charges = validateAdmission(exec, prepared, old)
  if (isStatus(charges)) return charges
  settle(exec, charges)
  const gone = finishDeletion(exec, key, prepared)
  if (gone) return gone
  settleAddresses(exec, prepared, old)
  return commitOwned(exec, key, prepared, old, { defaulted, sent: sent.metadata.managedFields, applied })
}

const UNSIGNED = /^\d+$/

/** Does the body speak of the version that is stored? */
function checkVersion(exec: Execution, sent: KubeObject, old: KubeObject): Status | undefined {
  const { kind, name } = exec
  const { resourceVersion } = sent.metadata
  if (resourceVersion === old.metadata.resourceVersion) return undefined
  if (resourceVersion && !UNSIGNED.test(resourceVersion)) return unknownError(`strconv.ParseUint: parsing ${goQuote(resourceVersion)}: invalid syntax`)
  if (resourceVersion && Number(resourceVersion) > 0) return conflict(groupResource(exec), name, OPTIMISTIC_LOCK)
  if (kind.unconditionalUpdate !== false) return undefined
  return invalid({ group: kind.group, kind: kind.plural }, name, [invalidValue('metadata.resourceVersion', 0, 'must be specified for an update')])
}

/** PUT: the whole object comes from outside; its uid must be that of the stored one, if it names any. */
export function putObject(exec: Execution, object: KubeObject): Outcome<KubeObject> {
  const { uid } = object.metadata
  return updateObject(exec, (old) => {
    if (!uid || uid === old.metadata.uid) return object
    const key = etcdKey(exec.kind.group, exec.kind.plural, exec.namespace, exec.name)
    return conflict(groupResource(exec), exec.name, `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`)
  })
}
