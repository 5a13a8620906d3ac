import { invalidValue } from '../api/field.ts'
import { compileSelector, selectorText, type LabelSelector } from '../api/labels.ts'
import type { JsonValue, KubeObject, StringMap } from '../api/meta.ts'
import { schemaOf } from '../api/schema/schema.ts'
import { invalid, isStatus, notFound, type Status } from '../api/status.ts'
import { storeKey } from '../store/store.ts'
import { commit } from './committing.ts'
import { checkIdentity, decodeAs } from './decoding.ts'
import { finishDeletion } from './deletion.ts'
import type { Execution, Outcome } from './execution.ts'
import { patchDocument } from './patching.ts'
import type { RestRequest } from './rest.ts'
import { groupResource, updateObject } from './writing.ts'

interface Scalable extends KubeObject {
  readonly spec: { readonly replicas?: number; readonly selector?: LabelSelector | StringMap }
  readonly status?: { readonly replicas?: number }
}

interface Scale extends KubeObject {
  readonly spec?: { readonly replicas?: number }
}

/** The selector as text; that of a ReplicationController is a plain map. */
function formatted(kind: string, selector: LabelSelector | StringMap | undefined): string {
  const full: LabelSelector = kind === 'ReplicationController' ? { matchLabels: selector as StringMap | undefined } : ((selector ?? {}) as LabelSelector)
  return selectorText(compileSelector(full))
}

/** autoscaling/v1 Scale of a workload (registry/apps: storage/storage.go). */
export function scaleOf(object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const { spec, status } = object as Scalable
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: spec.replicas ? { replicas: spec.replicas } : {},
    status: { replicas: status?.replicas ?? 0, selector: formatted(object.kind, spec.selector) },
  }
}

export function getScale(exec: Execution): Outcome {
  const found = exec.store.get(storeKey(exec.kind.plural, exec.namespace, exec.name))
  return found ? scaleOf(found) : notFound(groupResource(exec), exec.name)
}

const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale' }

/** PUT or PATCH of …/scale: the Scale is read and checked as an object of its own; the workload gets its replicas. */
export function updateScale(exec: Execution, request: RestRequest): Outcome {
  const updated = updateObject(exec, (old) => {
    const changed = request.verb === 'patch' ? patchScale(scaleOf(old), request) : (request.body as KubeObject)
    if (isStatus(changed)) return changed
    const scale = decodeAs(exec, changed, SCALE, request.complaints)
    if (isStatus(scale)) return scale
    const wrong = checkIdentity(exec, scale) ?? checkScale(exec, scale)
    if (wrong) return wrong
    const { spec, metadata } = scale as Scale
    return { ...old, metadata: { ...old.metadata, resourceVersion: metadata.resourceVersion ?? '' }, spec: { ...(old as Scalable).spec, replicas: spec?.replicas ?? 0 } }
  })
  return isStatus(updated) ? updated : scaleOf(updated)
}

function checkScale({ name }: Execution, scale: KubeObject): Status | undefined {
  const replicas = (scale as Scale).spec?.replicas ?? 0
  return replicas < 0 ? invalid({ group: 'autoscaling', kind: 'Scale' }, name, [invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')]) : undefined
}

function patchScale(old: KubeObject, { body, patchType }: RestRequest): Outcome<KubeObject> {
  const type = patchType === 'apply' || !patchType ? 'merge' : patchType
  return patchDocument(old as unknown as JsonValue, body as JsonValue, type, schemaOf(SCALE)) as Outcome<KubeObject>
}

/** PUT namespaces/finalize: takes spec.finalizers away, which may end the namespace. */
export function finalizeNamespace(exec: Execution, body: KubeObject): Outcome {
  const key = storeKey('namespaces', undefined, exec.name)
  const old = exec.store.get(key)
  if (!old) return notFound(groupResource(exec), exec.name)
  const next: KubeObject = { ...old, spec: { ...(old.spec as object), finalizers: (body.spec as { finalizers?: readonly string[] } | undefined)?.finalizers ?? [] } }
  return finishDeletion(exec, key, next) ?? commit(exec, key, next, old)
}
