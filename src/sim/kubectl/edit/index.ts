import { deepEqual } from '../../api/deep.ts'
import type { JsonObject, KubeObject } from '../../api/meta.ts'
import { createMergePatch } from '../../api/patch/merge-patch.ts'
import { threeWayStrategic } from '../../api/patch/three-way.ts'
import { schemaOf } from '../../api/schema/schema.ts'
import { isStatus, type Status } from '../../api/status.ts'
import { choose, endWith } from '../chosen.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { EDIT_HEADER, editFormat, editObjects, type Editable } from '../editing.ts'
import { fail, refuse } from '../failure.ts'
import { getTarget, objectName, patchTarget } from '../resources.ts'
import { validationOf } from '../validation.ts'

export const editVerb: Verb = {
  name: 'edit',
  summary: 'Change an object in the editor',
  usage: ['kubectl edit deploy web', 'kubectl edit configmap c'],
  run: edit,
}

function edit(ctx: KubectlContext, inv: Invocation): number {
  const format = editFormat(inv)
  const { chosen, problems } = choose(ctx, inv, { bare: 'all' })
  if (problems.length > 0) endWith(problems)
  if (chosen.length === 0) fail('edit cancelled, no objects found')
  const subresource = inv.flags.text('subresource')
  const items = subresource ? chosen.map(({ target }) => ({ target, object: part(ctx, target, subresource) })) : chosen
  return editObjects(ctx, items, { header: EDIT_HEADER, format, save: (one, edited) => save(ctx, inv, one, edited, subresource) })
}

function part(ctx: KubectlContext, target: Editable['target'], subresource: string): KubeObject {
  const found = ctx.call({ ...getTarget(target), subresource }) as KubeObject | Status
  return isStatus(found) ? refuse(found) : found
}

/** Sends the difference as a patch; gives the refusal. */
function save(ctx: KubectlContext, inv: Invocation, { target, object }: Editable, edited: KubeObject, subresource: string): Status | undefined {
  const { managedFields: _hidden, ...metadata } = object.metadata
  const shown = { ...object, metadata }
  if (edited.apiVersion !== object.apiVersion || edited.kind !== object.kind || edited.metadata?.name !== object.metadata.name) fail('At least one of apiVersion, kind and name was changed')
  if (deepEqual(shown, edited)) {
    ctx.out(`${objectName(target.kind, target.name!)} skipped\n`)
    return undefined
  }
  const schema = schemaOf(target.kind)
  const [before, after] = [shown as unknown as JsonObject, edited as unknown as JsonObject]
  const patch = schema ? threeWayStrategic(before, after, before, schema) : ((createMergePatch(before, after) ?? {}) as JsonObject)
  const answer = ctx.call(patchTarget(target, patch, schema ? 'strategic' : 'merge', { fieldManager: inv.flags.text('field-manager') || 'kubectl-edit', fieldValidation: validationOf(inv) }, subresource || undefined)) as KubeObject | Status
  if (isStatus(answer)) return answer
  ctx.out(`${objectName(target.kind, target.name!)} edited\n`)
  return undefined
}
