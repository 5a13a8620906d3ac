import type { JsonValue, KubeObject } from '../meta.ts'
import { gvkOf } from '../meta.ts'
import { badRequest, type Status } from '../status.ts'
import { decode } from './decode.ts'
import { schemaOf } from './schema.ts'
import { goQuote } from '../field.ts'

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore'

export interface StructureResult {
  /** The object in canonical form, unknown members dropped. */
  readonly value: KubeObject
  /** The refusal, if the structure is wrong (or has unknown members under Strict). */
  readonly refusal?: Status
  /** Warnings about unknown members under Warn. */
  readonly warnings: readonly string[]
}

/** The complaints of strict decoding, e.g. `unknown field "spec.foo"`. */
export const strictComplaints = (unknown: readonly string[]): readonly string[] => unknown.map((path) => `unknown field ${goQuote(path)}`)

/**
 * Decodes the body of a POST or PUT against its kind's schema and puts refusals in the API server's words. Kinds
 * without a schema (custom resources) pass as they are.
 */
export function validateStructure(obj: KubeObject, mode: FieldValidation = 'Strict'): StructureResult {
  const gvk = gvkOf(obj)
  const def = schemaOf(gvk)
  if (!def) return { value: obj, warnings: [] }
  const { value, error, unknown } = decode(def, obj as unknown as JsonValue)
  const refuse = (why: string): StructureResult => ({
    value: obj,
    refusal: badRequest(`${gvk.kind} in version ${goQuote(gvk.version)} cannot be handled as a ${gvk.kind}: ${why}`),
    warnings: [],
  })
  if (error) return refuse(error)
  const complaints = mode === 'Ignore' ? [] : strictComplaints(unknown)
  if (mode === 'Strict' && complaints.length) return refuse(`strict decoding error: ${complaints.join(', ')}`)
  return { value: value as unknown as KubeObject, warnings: complaints }
}
