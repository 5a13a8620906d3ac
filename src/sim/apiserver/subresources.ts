import { invalidValue } from '../api/field.ts'
import { compileSelector, selectorText, type LabelSelector } from '../api/labels.ts'
import type { JsonValue, KubeObject, StringMap } from '../api/meta.ts'
import { schemaOf } from '../api/schema/schema.ts'
import { invalid, isStatus, notFound, type Status } from '../api/status.ts'
import { storeKey } from '../store/store.ts'
import { objectKey } from './keys.ts'
import type { KindDefinition } from '../kinds/definition.ts'
import { commit } from './committing.ts'
import { valueAt, withValueAt } from './custom/json-path.ts'
import type { CustomKind } from './custom/kind.ts'
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
export function scaleOf(object: KubeObject, kind?: KindDefinition): KubeObject {
  if (kind?.custom) return customScale(object, kind as CustomKind)
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

/** The Scale of a custom resource: what stands at the paths that its definition names. */
function customScale(object: KubeObject, { scale }: CustomKind): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const number = (path: string | undefined): number => Number((path && valueAt(object, path)) || 0)
  const replicas = number(scale?.specReplicasPath)
  const selector = scale?.labelSelectorPath ? valueAt(object, scale.labelSelectorPath) : undefined
  return {
    apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name, namespace, uid, resourceVersion, creationTimestamp }, spec: replicas ? { replicas } : {},
    status: { replicas: number(scale?.statusReplicasPath), ...(typeof selector === 'string' ? { selector } : {}) },
  }
}

export function getScale(exec: Execution): Outcome {
  const found = exec.store.get(objectKey(exec.kind, exec.namespace, exec.name))
  return found ? scaleOf(found, exec.kind) : notFound(groupResource(exec), exec.name)
}

const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale' }

/** PUT or PATCH of …/scale: the Scale is read and checked as an object of its own; the workload gets its replicas. */
export function updateScale(exec: Execution, request: RestRequest): Outcome {
  const updated = updateObject(exec, (old) => {
    const changed = request.verb === 'patch' ? patchScale(scaleOf(old, exec.kind), request) : (request.body as KubeObject)
    if (isStatus(changed)) return changed
    const scale = decodeAs(exec, changed, SCALE, request.complaints)
    if (isStatus(scale)) return scale
    const wrong = checkIdentity(exec, scale) ?? checkScale(exec, scale)
    if (wrong) return wrong
    const { spec, metadata } = scale as Scale
    const path = exec.kind.custom ? (exec.kind as CustomKind).scale?.specReplicasPath : undefined
    if (path) return withValueAt({ ...old, metadata: { ...old.metadata, resourceVersion: metadata.resourceVersion ?? '' } } as never, path, spec?.replicas ?? 0) as never
    return { ...old, metadata: { ...old.metadata, resourceVersion: metadata.resourceVersion ?? '' }, spec: { ...(old as Scalable).spec, replicas: spec?.replicas ?? 0 } }
  })
  return isStatus(updated) ? updated : scaleOf(updated, exec.kind)
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
