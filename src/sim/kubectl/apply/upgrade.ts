import { deepEqual } from '../../api/deep.ts'
import type { JsonObject, JsonValue, KubeObject } from '../../api/meta.ts'
import { isMap } from '../../api/patch/lists.ts'
import { isStatus, type Status } from '../../api/status.ts'
import type { RequestOptions } from '../../client/request.ts'
import type { KubectlContext } from '../context.ts'
import { LAST_APPLIED } from '../last-applied.ts'
import { patchTarget, type Target } from '../resources.ts'

/** An entry of metadata.managedFields. */
interface Managed {
  readonly manager?: string
  readonly operation?: string
  readonly apiVersion?: string
  readonly subresource?: string
  readonly fieldsV1?: JsonObject
}

const KEEPER = 'kubectl-last-applied'

const ownsAnnotation = ({ fieldsV1 }: Managed): boolean => {
  const meta = fieldsV1?.['f:metadata']
  const annotations = isMap(meta) ? meta['f:annotations'] : undefined
  return isMap(annotations) && annotations[`f:${LAST_APPLIED}`] !== undefined
}

/**
 * What kubectl does after the first server-side apply of an object that was applied by the client before: keeps the annotation as a
 * field of its own manager, and gives the client's fields to the new one (kubectl: apply.go; client-go: util/csaupgrade).
 */
export function upgraded(ctx: KubectlContext, target: Target, applied: KubeObject, options: RequestOptions): KubeObject {
  const kept = options.fieldManager === 'kubectl' ? keptAnnotation(ctx, target, applied, options) : applied
  const patch = handOver(kept, options.fieldManager ?? '')
  if (!patch) return kept
  const moved = ctx.call(patchTarget(target, patch, 'json', { fieldManager: options.fieldManager, managedFields: true, ...(options.dryRun ? { dryRun: true } : {}) })) as KubeObject | Status
  if (isStatus(moved)) return kept
  const again = ctx.call(patchTarget(target, target.object!, 'apply', options)) as KubeObject | Status
  return isStatus(again) ? moved : again
}

const managedBy = (object: KubeObject): readonly Managed[] => (object.metadata.managedFields ?? []) as readonly Managed[]

function keptAnnotation(ctx: KubectlContext, target: Target, object: KubeObject, options: RequestOptions): KubeObject {
  const text = object.metadata.annotations?.[LAST_APPLIED]
  if (text === undefined || managedBy(object).some((m) => m.operation === 'Apply' && ownsAnnotation(m))) return object
  const { name, namespace } = object.metadata
  const only = { apiVersion: object.apiVersion, kind: object.kind, metadata: { annotations: { [LAST_APPLIED]: text }, name, ...(namespace ? { namespace } : {}) } } as unknown as KubeObject
  const answer = ctx.call(patchTarget(target, only, 'apply', { ...options, fieldManager: KEEPER, force: undefined })) as KubeObject | Status
  return isStatus(answer) ? object : answer
}

/** The JSON patch that makes `manager` the owner of what client-side apply owned; undefined where there is nothing to move. */
function handOver(object: KubeObject, manager: string): JsonValue | undefined {
  const before = managedBy(object)
  const clients = [...new Set(before.filter((m) => m.operation === 'Update' && ownsAnnotation(m)).map((m) => m.manager ?? ''))]
  const after = clients.reduce((entries, client) => movedTo(entries, client, manager), before)
  if (deepEqual(before, after)) return undefined
  return [
    { op: 'replace', path: '/metadata/managedFields', value: after as unknown as JsonValue },
    { op: 'replace', path: '/metadata/resourceVersion', value: object.metadata.resourceVersion ?? '' },
  ]
}

function movedTo(entries: readonly Managed[], client: string, manager: string): readonly Managed[] {
  const isClient = (m: Managed): boolean => m.manager === client && m.operation === 'Update' && !m.subresource
  const own = entries.findIndex((m) => m.manager === manager && m.operation === 'Apply' && !m.subresource)
  const at = own >= 0 ? own : entries.findIndex(isClient)
  if (at < 0) return entries
  const target = { ...entries[at]!, manager, operation: 'Apply' }
  const source = entries.find((m) => isClient(m) && m.apiVersion === target.apiVersion)
  const joined = source ? { ...target, fieldsV1: union(target.fieldsV1 ?? {}, source.fieldsV1 ?? {}) } : target
  return entries.map((m, i) => (i === at ? joined : m)).filter((m, i) => i === at || !isClient(m))
}

function union(a: JsonObject, b: JsonObject): JsonObject {
  const out: Record<string, JsonValue | undefined> = { ...a }
  for (const key of Object.keys(b)) out[key] = isMap(out[key]) && isMap(b[key]) ? union(out[key] as JsonObject, b[key] as JsonObject) : (out[key] ?? b[key])
  return out as JsonObject
}
