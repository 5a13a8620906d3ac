import { gvkOf, type GroupVersionKind, type JsonValue, type KubeObject } from '../meta.ts'
import { badRequest, type Status } from '../status.ts'
import { decode } from './decode.ts'
import { schemaOf } from './schema.ts'
import { goQuote } from '../field.ts'

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore'

export interface StructureResult {
  /** The object in canonical form, unknown members dropped. */
  readonly object: KubeObject
  /** Warnings about unknown members under Warn. */
  readonly warnings: readonly string[]
}

/** The complaints of strict decoding, e.g. `unknown field "spec.foo"`. */
export const strictComplaints = (unknown: readonly string[]): readonly string[] => unknown.map((path) => `unknown field ${goQuote(path)}`)

/**
 * Decodes the body of a POST or PUT against its kind's schema and puts refusals in the API server's words. Kinds
 * without a schema (custom resources) pass as they are. `earlier`: what strict reading of the text complained about;
 * `remember`: see decode; `gvk`: what the object says that it is, for callers that know.
 */
export function validateStructure(obj: KubeObject, mode: FieldValidation = 'Strict', earlier: readonly string[] = [], remember = false, gvk: GroupVersionKind = gvkOf(obj)): StructureResult | Status {
  const def = schemaOf(gvk)
  if (!def) return { object: obj, warnings: earlier }
  const { value, error, unknown } = decode(def, obj as unknown as JsonValue, remember)
  const refuse = (why: string): Status =>
    badRequest(`${gvk.kind} in version ${goQuote(gvk.version)} cannot be handled as a ${gvk.kind}: ${why}`)
  if (error) return refuse(error)
  const complaints = mode === 'Ignore' ? [] : [...earlier, ...strictComplaints(unknown)]
  if (mode === 'Strict' && complaints.length) return refuse(`strict decoding error: ${complaints.join(', ')}`)
  return { object: value as unknown as KubeObject, warnings: complaints }
}
