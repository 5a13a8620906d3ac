import type { JsonValue, KubeObject } from '../api/meta.ts'
import { JsonPatchError, jsonPatch } from '../api/patch/json-patch.ts'
import { mergePatch } from '../api/patch/merge-patch.ts'
import { strategicMerge, StrategicPatchError } from '../api/patch/strategic-merge.ts'
import { schemaOf } from '../api/schema/schema.ts'
import { badRequest, invalid, unsupportedMediaType } from '../api/status.ts'
import type { Execution, Outcome } from './execution.ts'
import type { RestRequest } from './rest.ts'

/** Applies a patch of any of the types to the stored object (apiserver: endpoints/handlers/patch.go). */
export function applyPatch(exec: Execution, old: KubeObject, patch: JsonValue, type: NonNullable<RestRequest['patchType']>): Outcome<JsonValue> {
  const document = old as unknown as JsonValue
  const { group, version, kind } = exec.kind
  try {
    switch (type) {
      case 'json':
        return jsonPatch(document, patch)
      case 'merge':
        return mergePatch(document, patch)
      case 'strategic':
        return strategicMerge(document, patch, schemaOf({ group, version, kind }))
      case 'apply':
        return unsupportedMediaType('server-side apply is not modelled yet: use client-side apply (kubectl apply without --server-side)')
    }
  } catch (reason) {
    if (reason instanceof JsonPatchError) {
      const failedTest = reason.message.startsWith('testing')
      return failedTest ? invalid({ group, kind }, exec.name, []) : badRequest(reason.message)
    }
    if (reason instanceof StrategicPatchError) return badRequest(reason.message)
    throw reason
  }
}
