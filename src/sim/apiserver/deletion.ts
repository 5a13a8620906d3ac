import type { KubeObject } from '../api/meta.ts'
import { draftMeta } from '../api/meta-copy.ts'
import type { Pod } from '../api/pod.ts'
import { conflict, notFound, success, type Status } from '../api/status.ts'
import { formatTime, parseTime, seconds } from '../engine/time.ts'
import { objectKey } from './keys.ts'
import { refuseDeletion } from './admission/index.ts'
import type { CustomResourceDefinition } from '../kinds/customresourcedefinition/customresourcedefinition.ts'
import { CRDS, terminating } from './custom/establishing.ts'
import { commit, commitRemoval } from './committing.ts'
import type { Execution, Outcome } from './execution.ts'

const FOREGROUND = 'foregroundDeletion'
const ORPHAN = 'orphan'

/**
 * DELETE (registry/generic: Store.Delete, rest/delete.go). Pods go gracefully; what has finalizers or dependents to wait
 * for is marked; the rest goes at once. Answers with the marked object, or a Status of success.
 */
export function deleteObject(exec: Execution): Outcome {
  const { kind, namespace, name } = exec
  const key = objectKey(kind, namespace, name)
  const old = exec.store.get(key)
  const gr = { group: kind.group, resource: kind.plural }
  if (!old) return notFound(gr, name)
  const refused = checkPreconditions(exec, old) ?? refuseDeletion(exec, old)
  if (refused) return refused
  warnOfOrphans(exec)
  const finalizers = finalizersAfter(exec, old)
  if (kind.plural === 'namespaces') return deleteNamespace(exec, key, old)
  if (kind.plural === CRDS && kind.group === 'apiextensions.k8s.io') return old.metadata.deletionTimestamp ? old : commit(exec, key, terminating(old as CustomResourceDefinition, exec.now), old)
  const grace = kind.plural === 'pods' ? podGrace(exec, old as Pod) : 0
  if (grace > 0) return markGraceful(exec, key, old, finalizers, grace)
  if (finalizers.length > 0) return mark(exec, key, old, finalizers, 0)
  // Pods go gracefully even when they get no time: the mark is written down before the object goes.
  const last = kind.plural === 'pods' && old.metadata.deletionGracePeriodSeconds !== 0 ? mark(exec, key, old, finalizers, 0) : old
  commitRemoval(exec, key, last)
  return ANSWERED_WITH.has(`${kind.group}/${kind.plural}`) ? last : success(gr, name, old.metadata.uid)
}

/** Does the client mean the object that is stored (registry/rest: BeforeDelete)? */
function checkPreconditions({ kind, name, options }: Execution, old: KubeObject): Status | undefined {
  const { uid, resourceVersion } = options.preconditions ?? {}
  const gr = { group: kind.group, resource: kind.kind }
  if (uid && uid !== old.metadata.uid)
    return conflict(gr, name, `the UID in the precondition (${uid}) does not match the UID in record (${old.metadata.uid}). The object might have been deleted and then recreated`)
  if (resourceVersion && resourceVersion !== old.metadata.resourceVersion)
    return conflict(gr, name, `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${old.metadata.resourceVersion}). The object might have been modified`)
  return undefined
}

/** Resources whose deletion answers with the object that is gone (storage.go: ReturnDeletedObject). */
const ANSWERED_WITH: ReadonlySet<string> = new Set([
  '/persistentvolumes', '/persistentvolumeclaims', '/pods', '/podtemplates', '/resourcequotas', '/services', '/serviceaccounts',
  'resource.k8s.io/deviceclasses', 'resource.k8s.io/resourceclaims', 'resource.k8s.io/resourceclaimtemplates', 'resource.k8s.io/resourceslices',
  'storage.k8s.io/csidrivers', 'storage.k8s.io/csinodes', 'storage.k8s.io/storageclasses', 'storage.k8s.io/volumeattachments', 'storage.k8s.io/volumeattributesclasses',
])

/** Resources whose dependents are orphaned unless the client says otherwise (strategy.go: DefaultGarbageCollectionPolicy). */
const ORPHANS: ReadonlySet<string> = new Set(['batch/jobs', '/replicationcontrollers'])
const orphansByDefault = ({ kind }: Execution): boolean => ORPHANS.has(`${kind.group}/${kind.plural}`)

const JOB_WARNING =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning'

function warnOfOrphans(exec: Execution): void {
  const { kind, options, warnings } = exec
  if (kind.group === 'batch' && kind.plural === 'jobs' && options.propagationPolicy === undefined) warnings.push(JOB_WARNING)
}

/** The finalizers that the propagation policy asks for (registry/generic: deletionFinalizersForGarbageCollection). */
function finalizersAfter(exec: Execution, old: KubeObject): readonly string[] {
  const finalizers = old.metadata.finalizers ?? []
  if (exec.kind.plural === 'events') return finalizers
  const kept = finalizers.filter((f) => f !== FOREGROUND && f !== ORPHAN)
  switch (exec.options.propagationPolicy) {
    case 'Foreground':
      return [...kept, FOREGROUND]
    case 'Orphan':
      return [...kept, ORPHAN]
    case 'Background':
      return kept
    default:
      if (finalizers.includes(ORPHAN) || (!finalizers.includes(FOREGROUND) && orphansByDefault(exec))) return [...kept, ORPHAN]
      return finalizers.includes(FOREGROUND) ? [...kept, FOREGROUND] : finalizers
  }
}

/** Seconds that the pod's containers get (registry/core/pod: CheckGracefulDelete). */
function podGrace(exec: Execution, pod: Pod): number {
  const asked = exec.options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30
  if (!pod.spec.nodeName) return 0
  const { phase } = pod.status ?? {}
  return phase === 'Failed' || phase === 'Succeeded' ? 0 : Math.max(0, asked)
}

function markGraceful(exec: Execution, key: string, old: KubeObject, finalizers: readonly string[], grace: number): KubeObject {
  const { deletionTimestamp, deletionGracePeriodSeconds } = old.metadata
  if (deletionTimestamp === undefined) return mark(exec, key, old, finalizers, grace)
  // Asked again: only a shorter grace period counts, from the first request on.
  if (deletionGracePeriodSeconds !== undefined && grace >= deletionGracePeriodSeconds) return old
  const since = parseTime(deletionTimestamp)! - seconds(deletionGracePeriodSeconds ?? 0)
  return commit(exec, key, marked(old, finalizers, formatTime(Math.max(since + seconds(grace), exec.now)), grace), old)
}

function mark(exec: Execution, key: string, old: KubeObject, finalizers: readonly string[], grace: number): KubeObject {
  if (old.metadata.deletionTimestamp && grace === 0) return commit(exec, key, marked(old, finalizers, old.metadata.deletionTimestamp, 0), old)
  return commit(exec, key, marked(old, finalizers, formatTime(exec.now + seconds(grace)), grace), old)
}

function marked(old: KubeObject, finalizers: readonly string[], deletionTimestamp: string, grace: number): KubeObject {
  const metadata = draftMeta(old.metadata)
  if (old.metadata.deletionTimestamp === undefined && metadata.generation) metadata.generation++
  metadata.deletionTimestamp = deletionTimestamp
  metadata.deletionGracePeriodSeconds = grace
  if (finalizers.length > 0) metadata.finalizers = finalizers
  else if (metadata.finalizers) delete metadata.finalizers
  return { ...old, metadata }
}

interface NamespaceObject extends KubeObject {
  readonly spec?: { readonly finalizers?: readonly string[] }
  readonly status?: { readonly phase?: string }
}

/** A namespace is first emptied by its controller: it stays Terminating until spec.finalizers are gone. */
function deleteNamespace(exec: Execution, key: string, old: KubeObject): Outcome {
  const namespace = old as NamespaceObject
  if (namespace.spec?.finalizers?.length || namespace.metadata.finalizers?.length) {
    if (namespace.metadata.deletionTimestamp) return namespace
    const doomed = marked(namespace, namespace.metadata.finalizers ?? [], formatTime(exec.now), 0)
    const { deletionGracePeriodSeconds: _unset, ...metadata } = doomed.metadata
    return commit(exec, key, { ...doomed, metadata, status: { ...namespace.status, phase: 'Terminating' } }, old)
  }
  commitRemoval(exec, key, old)
  return success({ group: '', resource: 'namespaces' }, namespace.metadata.name, namespace.metadata.uid)
}

/** An update that takes the last reason to wait away ends a marked object; undefined when it lives on. */
export function finishDeletion(exec: Execution, key: string, next: KubeObject): KubeObject | undefined {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = next.metadata
  if (!deletionTimestamp || finalizers?.length) return undefined
  if ((deletionGracePeriodSeconds ?? 0) > 0) return undefined
  if (exec.kind.plural === 'namespaces' && (next as NamespaceObject).spec?.finalizers?.length) return undefined
  // Nothing is written before the removal, so watchers see the object as it was stored, finalizer included.
  commitRemoval(exec, key, exec.store.get(key) ?? next)
  return next
}
