import { at, invalidValue, required, type FieldError } from '../../api/field.ts'
import { goInternal } from '../../api/go-internal.ts'
import type { Condition, KubeObject } from '../../api/meta.ts'
import { strictCidr } from '../../api/validate/cidr.ts'
import { parseCidr } from '../../api/validate/ip.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'

/** networking.k8s.io/v1 ServiceCIDR: ranges of addresses for services. */
export interface ServiceCIDR extends KubeObject<{ readonly cidrs?: readonly string[] }, { readonly conditions?: readonly Condition[] }> {
  readonly spec: { readonly cidrs?: readonly string[] }
}

const IMMUTABLE = 'field is immutable'
const PATH = 'spec.cidrs'

function validate(c: ServiceCIDR): readonly FieldError[] {
  const cidrs = c.spec.cidrs ?? []
  if (cidrs.length === 0) return [required(PATH, 'at least one CIDR required')]
  if (cidrs.length > 2) return [invalidValue(PATH, goInternal('networking.ServiceCIDRSpec', c.spec), 'may only hold up to 2 values')]
  const out = cidrs.flatMap((cidr, i) => strictCidr(cidr, at(PATH, i)))
  const families = cidrs.map((cidr) => parseCidr(cidr)?.ip.family)
  if (cidrs.length === 2 && families[0] === families[1] && families[0] !== undefined) {
    out.push(invalidValue(PATH, cidrs, 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'))
  }
  return out
}

/** Ranges do not change, but a second family may be added. */
function validateUpdate(c: ServiceCIDR, old: ServiceCIDR): readonly FieldError[] {
  const [next, was] = [c.spec.cidrs ?? [], old.spec.cidrs ?? []]
  if (next.length === was.length) return was.flatMap((cidr, i) => (cidr === next[i] ? [] : [invalidValue(at(PATH, i), next[i], IMMUTABLE)]))
  if (was.length === 1 && next.length === 2) return [...(next[0] === was[0] ? [] : [invalidValue(at(PATH, 0), next[0], IMMUTABLE)]), ...validate(c)]
  return [invalidValue(PATH, goInternal('networking.ServiceCIDRSpec', c.spec)['CIDRs'], IMMUTABLE)]
}

/** networking.k8s.io/v1 ServiceCIDR (registry/networking/servicecidr: strategy.go). */
export const serviceCidrKind = defineKind<ServiceCIDR>('networking.k8s.io', 'v1', 'ServiceCIDR', {
  defaults: (c) => (c.spec ? c : { ...c, spec: {} }),
  prepareCreate: (c) => ({ ...c, status: {} }),
  validate,
  validateUpdate,
  columns: [nameColumn, textColumn('CIDRs', (c) => (c.spec.cidrs ?? []).join(',')), ageColumn],
})
