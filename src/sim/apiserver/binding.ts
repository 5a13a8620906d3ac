import { withCondition } from '../api/conditions.ts'
import { ErrorList, notSupported, required, type FieldError } from '../api/field.ts'
import type { KubeObject } from '../api/meta.ts'
import { draftMeta } from '../api/meta-copy.ts'
import type { Pod } from '../api/pod.ts'
import type { PodCondition, PodStatus } from '../api/pod-status.ts'
import { extended } from '../api/share.ts'
import { badRequest, conflict, notFound, type Status } from '../api/status.ts'
import { formatTime } from '../engine/time.ts'
import { topologyLabels, withTopology } from './admission/pod-topology-labels.ts'
import { commit } from './committing.ts'
import { accepted, type Execution, type Outcome } from './execution.ts'
import { objectKey } from './keys.ts'

interface Binding extends KubeObject {
  readonly target?: { readonly kind?: string; readonly name?: string }
}

/** POST pods/binding: the scheduler's word (registry/core/pod: BindingREST). Topology labels of the node come along. */
export function bindPod(exec: Execution, body: Binding): Outcome {
  const { name, namespace, store, now } = exec
  const said = body.metadata?.name
  if (said !== undefined && said !== name) return badRequest('name in URL does not match name in Binding object')
  const errors = checkTarget(body)
  if (errors.length > 0) return plainError(errors)
  const node = body.target!.name!
  const key = objectKey(exec.kind, namespace, name)
  const pod = store.get(key) as Pod | undefined
  if (!pod) return notFound({ group: '', resource: 'pods' }, name)
  const refused = whyNot(pod)
  if (refused) return conflict({ group: '', resource: 'pods/binding' }, name, refused)
  const labels = topologyLabels(exec, node)
  const annotations = body.metadata?.annotations
  const metadata = draftMeta(pod.metadata)
  if (labels) metadata.labels = withTopology(metadata.labels, labels)
  if (annotations) metadata.annotations = { ...metadata.annotations, ...annotations }
  const bound: Pod = { ...pod, metadata, spec: extended(pod.spec, { nodeName: node }), status: scheduled(pod.status, formatTime(now)) }
  commit(exec, key, bound, pod)
  return accepted
}

/** The status of a pod that has found its node; nobody is nominated any more. */
function scheduled(before: PodStatus = {}, lastTransitionTime: string): PodStatus {
  const conditions = withCondition(before.conditions, { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime } as unknown as PodCondition)
  if (before.nominatedNodeName === undefined) return before.conditions ? { ...before, conditions } : extended(before, { conditions })
  const { nominatedNodeName: _served, ...status } = before
  return { ...status, conditions }
}

/** A list of field errors that no kind is named for is an error of the server. */
const plainError = (errors: readonly FieldError[]): Status => ({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: ErrorList.text(errors), code: 500 })

function checkTarget({ target }: Binding): readonly FieldError[] {
  const errors: FieldError[] = []
  if (target?.kind && target.kind !== 'Node') errors.push(notSupported('target.kind', target.kind, ['Node', '<empty>']))
  if (!target?.name) errors.push(required('target.name', ''))
  return errors
}

function whyNot(pod: Pod): string | undefined {
  const { name, deletionTimestamp } = pod.metadata
  if (deletionTimestamp) return `pod ${name} is being deleted, cannot be assigned to a host`
  if (pod.spec.nodeName) return `pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`
  return pod.spec.schedulingGates?.length ? `pod ${name} has non-empty .spec.schedulingGates` : undefined
}
