import type { KubeObject, OwnerReference } from '../api/meta.ts'
import { isDns1123Subdomain } from '../api/names.ts'
import type { Pod } from '../api/pod.ts'
import type { PodTemplateSpec } from '../api/pod-spec.ts'
import { isNamespaceTerminating, isNotFound, isStatus, type Status } from '../api/status.ts'
import type { Answer, ReconcileContext } from './reconcile-context.ts'
import { create, PODS, remove, type Request } from './request.ts'

/** `web-7d4b9c` gives pods `web-7d4b9c-…`; where that makes no valid prefix the bare name serves (GetPodsPrefix). */
export function podPrefix(owner: string): string {
  const prefix = `${owner}-`
  return isDns1123Subdomain(`${prefix}a`).length === 0 ? prefix : owner
}

/** A pod as a controller asks for it: the template's labels, annotations, finalizers and spec (GetPodFromTemplate). */
export function podFromTemplate(template: PodTemplateSpec | undefined, owner: KubeObject, ref: OwnerReference): Pod {
  const { labels, annotations, finalizers } = template?.metadata ?? {}
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: '',
      generateName: podPrefix(owner.metadata.name),
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ownerReferences: [ref],
      ...(finalizers ? { finalizers } : {}),
    },
    spec: template?.spec ?? { containers: [] },
  }
}

export const createPod = (owner: KubeObject, pod: Pod): Request => create(PODS, owner.metadata.namespace, pod)
export const deletePod = (pod: Pod): Request => remove(PODS, pod)

/** Says in an Event how a creation went; the refusal when it was refused. */
export function reportCreated(ctx: ReconcileContext, owner: KubeObject, answer: Answer<Pod>): Status | undefined {
  if (!isStatus(answer)) {
    ctx.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${answer.metadata.name}`)
    return undefined
  }
  if (!isNamespaceTerminating(answer)) ctx.event(owner, 'Warning', 'FailedCreate', `Error creating: ${answer.message}`)
  return answer
}

/** Says in an Event how a deletion went; the refusal when it was refused. A pod that is gone already is no event. */
export function reportDeleted(ctx: ReconcileContext, owner: KubeObject, name: string, answer: Answer<KubeObject>): Status | undefined {
  if (!isStatus(answer)) {
    ctx.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`)
    return undefined
  }
  if (!isNotFound(answer)) ctx.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${answer.message}`)
  return answer
}

/**
 * Sends `count` equal requests in batches of 1, 2, 4, … as long as a whole batch succeeds, so that a refusal (a quota)
 * does not cost hundreds of refused requests. `report` sees each answer and says whether it counts as a failure.
 */
export function slowStart<T>(
  ctx: ReconcileContext,
  count: number,
  request: (index: number) => Request,
  report: (answer: Answer<T>) => Status | undefined,
): { readonly successes: number; readonly failure: Status | undefined } {
  let successes = 0
  for (let sent = 0, batch = Math.min(1, count); batch > 0; ) {
    const answers = ctx.all<T>(Array.from({ length: batch }, (_, i) => request(sent + i)))
    let failure: Status | undefined
    for (const answer of answers) {
      const failed = report(answer)
      if (failed) failure ??= failed
      else successes++
    }
    if (failure) return { successes, failure }
    sent += batch
    batch = Math.min(2 * batch, count - sent)
  }
  return { successes, failure: undefined }
}
