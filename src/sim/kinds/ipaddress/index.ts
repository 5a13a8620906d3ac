import { child, invalidValue, required, type FieldError, type Path } from '../../api/field.ts'
import { goEqual } from '../../api/go-equal.ts'
import { goInternal } from '../../api/go-internal.ts'
import type { KubeObject } from '../../api/meta.ts'
import { isDns1123Subdomain, isPathSegmentName } from '../../api/names.ts'
import { strictIp } from '../../api/validate/ip.ts'
import { named } from '../../api/validate/simple.ts'
import { defineKind, nameColumn, textColumn } from '../define.ts'

/** networking.k8s.io/v1 IPAddress: an address of a service range that is given away, named after itself. */
export interface IPAddress extends KubeObject<{ readonly parentRef?: ParentReference }> {
  readonly spec: { readonly parentRef?: ParentReference }
}

export interface ParentReference {
  readonly group?: string
  readonly resource?: string
  readonly namespace?: string
  readonly name?: string
}

const parentWords = (name: string): readonly string[] => strictIp(name, '').map((e) => e.body.slice(e.body.indexOf(': must') + 2))

function parent(ref: ParentReference | undefined, path: Path, out: FieldError[]): void {
  if (!ref) return void out.push(required(path))
  if (ref.group) named(isDns1123Subdomain, ref.group, child(path, 'group'), out)
  for (const key of ['resource', 'name'] as const) {
    if (!ref[key]) out.push(required(child(path, key)))
    else named(isPathSegmentName, ref[key], child(path, key), out)
  }
  if (ref.namespace) named(isPathSegmentName, ref.namespace, child(path, 'namespace'), out)
}

function validate(a: IPAddress): FieldError[] {
  const out: FieldError[] = []
  parent(a.spec.parentRef, 'spec.parentRef', out)
  return out
}

function validateUpdate(a: IPAddress, old: IPAddress): readonly FieldError[] {
  const out = validate(a)
  const [next, was] = [a.spec.parentRef, old.spec.parentRef]
  const same = next && was ? goEqual('networking.ParentReference', next, was) : next === was
  if (!same) out.push(invalidValue('spec.parentRef', next ? goInternal('networking.ParentReference', next) : null, 'field is immutable'))
  return out
}

function parentText(a: IPAddress): string {
  const ref = a.spec.parentRef
  if (!ref) return '<none>'
  const resource = (ref.group ? `${ref.resource}.${ref.group}` : (ref.resource ?? '')).toLowerCase()
  return `${resource}${ref.namespace ? `/${ref.namespace}` : ''}/${ref.name}`
}

/** networking.k8s.io/v1 IPAddress (registry/networking/ipaddress: strategy.go). */
export const ipAddressKind = defineKind<IPAddress>('networking.k8s.io', 'v1', 'IPAddress', {
  name: parentWords,
  defaults: (a) => (a.spec ? a : { ...a, spec: {} }),
  validate,
  validateUpdate,
  columns: [nameColumn, textColumn('ParentRef', parentText)],
  selectableFields(a): Readonly<Record<string, string>> {
    const ref = a.spec?.parentRef
    return ref
      ? { 'spec.parentRef.group': ref.group ?? '', 'spec.parentRef.resource': ref.resource ?? '', 'spec.parentRef.namespace': ref.namespace ?? '', 'spec.parentRef.name': ref.name ?? '' }
      : {}
  },
})
