import type { JsonValue } from '../../api/meta.ts'
import { isNotFound, isStatus } from '../../api/status.ts'
import type { Controller, HandlerContext } from '../../client/controller.ts'
import { patch } from '../../client/request.ts'
import { CRDS } from '../../client/resources.ts'
import type { ValidatingPolicy } from '../../kinds/admission-types.ts'
import type { CustomResourceDefinition } from '../../kinds/customresourcedefinition/customresourcedefinition.ts'
import { expressionWarnings } from './type-checker.ts'

const POLICIES = { group: 'admissionregistration.k8s.io', version: 'v1', resource: 'validatingadmissionpolicies' } as const
const FORCED = { fieldManager: 'validatingadmissionpolicy-status', force: true } as const

const isChecked = ({ metadata, status }: ValidatingPolicy): boolean => (metadata.generation ?? 0) <= (status?.observedGeneration ?? 0)
const look = (ctx: HandlerContext, policy: ValidatingPolicy): void => {
  if (!isChecked(policy)) ctx.enqueue(policy.metadata.name)
}

/** Tells in a policy's status what in its expressions does not fit the kinds that it names (kube-controller-manager: validatingadmissionpolicystatus). */
export const policyStatusController: Controller = {
  name: 'validatingadmissionpolicy-status-controller',
  workers: 5,
  watches: [{ resource: POLICIES, onAdd: look, onUpdate: (ctx, _old: ValidatingPolicy, policy: ValidatingPolicy) => look(ctx, policy) }, { resource: CRDS }],
  reconcile(ctx, name) {
    const policy = ctx.lister<ValidatingPolicy>(POLICIES.resource).get(undefined, name)
    if (!policy || isChecked(policy)) return undefined
    const definitions = ctx.lister<CustomResourceDefinition>(CRDS.resource).list()
    const warnings = expressionWarnings(policy, definitions)
    ctx.note('policystatus.checked', { name, count: warnings.length })
    const status = { observedGeneration: policy.metadata.generation ?? 0, typeChecking: warnings.length > 0 ? { expressionWarnings: warnings } : {} }
    const body = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name }, status } as unknown as JsonValue
    const answer = ctx.call({ ...patch(POLICIES, policy, body, 'apply', 'status'), options: FORCED })
    return isStatus(answer) && !isNotFound(answer) ? { retry: answer.message ?? '' } : undefined
  },
}
