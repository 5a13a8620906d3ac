import { at, child, duplicate, invalidValue, required, tooLong, type Path } from '../field.ts'
import { isDns1123Label, isDns1123Subdomain, isQualifiedName } from '../names.ts'
import type { SecretReference } from '../persistent-volume.ts'
import { named, type Errors } from './simple.ts'

/** core/validation: ValidateCSIDriverName. Capital letters are allowed. */
export function csiDriverName(name: string | undefined, path: Path, out: Errors): void {
  if (!name) return void out.push(required(path))
  if (name.length > 63) out.push(tooLong(path, 63))
  for (const m of isDns1123Subdomain(name.toLowerCase())) out.push(invalidValue(path, name, m))
}

/** core/validation: validatePVSecretReference. */
export function secretReference(ref: SecretReference, path: Path, out: Errors): void {
  if (!ref.name) out.push(required(child(path, 'name')))
  else named(isDns1123Subdomain, ref.name, child(path, 'name'), out)
  if (!ref.namespace) out.push(required(child(path, 'namespace')))
  else named(isDns1123Label, ref.namespace, child(path, 'namespace'), out)
}

/** A provisioner or driver of a class: a qualified name, in small letters (storage/validation: validateProvisioner). */
export function provisionerName(name: string | undefined, path: Path, out: Errors): void {
  if (!name) out.push(required(path))
  else named(isQualifiedName, name.toLowerCase(), path, out)
}

const MOST_BYTES = 256 * 1024
const MOST_PARAMETERS = 512

/** storage/validation: validateParameters. */
export function classParameters(parameters: Readonly<Record<string, string>> | undefined, allowEmpty: boolean, path: Path, out: Errors): void {
  const keys = Object.keys(parameters ?? {}).sort()
  if (keys.length > MOST_PARAMETERS) return void out.push(tooLong(path, MOST_PARAMETERS))
  let size = 0
  for (const key of keys) {
    if (!key) out.push(invalidValue(path, key, 'field can not be empty.'))
    size += key.length + parameters![key]!.length
  }
  if (size > MOST_BYTES) out.push(tooLong(path, MOST_BYTES))
  if (!allowEmpty && keys.length === 0) out.push(required(path, 'must contain at least one key/value pair'))
}

export interface TopologySelectorTerm {
  readonly matchLabelExpressions?: readonly { readonly key: string; readonly values?: readonly string[] }[]
}

/** A term as the set that it means, for comparing terms: keys and values sorted. */
const raw = (term: TopologySelectorTerm): string =>
  JSON.stringify([...new Map((term.matchLabelExpressions ?? []).map((e) => [e.key, [...new Set(e.values)].sort()]))].sort(([a], [b]) => (a < b ? -1 : 1)))

/** storage/validation: validateAllowedTopologies. A term without expressions equals the empty ones Kubernetes starts with, one for each term. */
export function allowedTopologies(terms: readonly TopologySelectorTerm[] | undefined, path: Path, out: Errors): void {
  const list = terms ?? []
  const seen: string[] = list.map(() => '[]')
  list.forEach((term, i) => {
    const expressions = child(at(path, i), 'matchLabelExpressions')
    const keys = new Set<string>()
    ;(term.matchLabelExpressions ?? []).forEach((e, j) => {
      const here = at(expressions, j)
      const values = e.values ?? []
      if (values.length === 0) out.push(required(child(here, 'values')))
      values.forEach((v, k) => {
        if (values.indexOf(v) < k) out.push(duplicate(at(child(here, 'values'), k), v))
      })
      named(isQualifiedName, e.key, child(here, 'key'), out)
      if (keys.has(e.key)) out.push(duplicate(child(here, 'key'), e.key))
      keys.add(e.key)
    })
    const text = raw(term)
    for (const other of seen) if (other === text) out.push(duplicate(expressions, ''))
    seen.push(text)
  })
}
