import { deepEqual } from '../deep.ts'
import { at, child, invalidValue, type FieldError, type Path } from '../field.ts'
import { itemSchema, propertyNames, type JsonSchema } from './json-schema.ts'
import { prune } from './prune.ts'
import { validateValue } from './validate-value.ts'

const IDENTITY: readonly string[] = ['metadata', 'apiVersion', 'kind']

/**
 * Defaults in a schema must themselves fit it and have no unknown fields (apiextensions-apiserver:
 * pkg/apiserver/schema/defaulting, validation.go). Defaults below additionalProperties are forbidden elsewhere.
 */
export function validateDefaults(s: JsonSchema, path: Path, mustBePruned: boolean, out: FieldError[], insideMeta = false, isRoot = true): void {
  const embedded = isRoot || s['x-kubernetes-embedded-resource'] === true
  const inside = embedded ? false : insideMeta
  if (s.default !== undefined && s.default !== null) {
    const here = child(path, 'default')
    if (!inside && mustBePruned && !deepEqual(prune(s.default, s, s['x-kubernetes-embedded-resource'] === true), s.default)) {
      out.push(invalidValue(here, s.default, 'must not have unknown fields'))
    }
    out.push(...validateValue(s.default, s, here))
  }
  const items = itemSchema(s)
  if (items) validateDefaults(items, child(path, 'items'), mustBePruned, out, inside, false)
  for (const name of propertyNames(s.properties)) {
    validateDefaults(s.properties![name]!, at(child(path, 'properties'), name), mustBePruned, out, inside || (embedded && IDENTITY.includes(name)), false)
  }
}

/** Does a default of a stored schema have fields that would be dropped? */
export function hasUnprunedDefaults(s: JsonSchema | undefined): boolean {
  if (!s) return false
  if (s.default !== undefined && !deepEqual(prune(s.default, s, s['x-kubernetes-embedded-resource'] === true), s.default)) return true
  const items = itemSchema(s)
  return hasUnprunedDefaults(items) || propertyNames(s.properties).some((name) => hasUnprunedDefaults(s.properties![name]))
}
