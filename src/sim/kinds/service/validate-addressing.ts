import { at, forbiddenField, invalidValue, notSupported, duplicate, type FieldError } from '../../api/field.ts'
import { immutable } from '../../api/validate-meta.ts'
import { legacyIp, parseIp } from '../../api/validate/ip.ts'
import type { ServiceSpec } from './service.ts'

const FAMILIES = ['IPv4', 'IPv6']
const POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack']

function families(spec: ServiceSpec, out: FieldError[]): void {
  const seen = new Set<string>()
  ;(spec.ipFamilies ?? []).forEach((f, i) => {
    if (!FAMILIES.includes(f)) out.push(notSupported(at('spec.ipFamilies', i), f, FAMILIES))
    if (seen.has(f)) out.push(duplicate(at('spec.ipFamilies', i), f))
    seen.add(f)
  })
  if (spec.ipFamilyPolicy !== undefined && !POLICIES.includes(spec.ipFamilyPolicy)) out.push(notSupported('spec.ipFamilyPolicy', spec.ipFamilyPolicy, POLICIES))
}

/** core/validation: ValidateServiceClusterIPsRelatedFields. */
export function validateAddressing(spec: ServiceSpec, out: FieldError[]): void {
  const ips = spec.clusterIPs ?? []
  if (spec.type === 'ExternalName') {
    if (ips.length > 0) out.push(forbiddenField('spec.clusterIPs', 'may not be set for ExternalName services'))
    if (spec.ipFamilies?.length) out.push(forbiddenField('spec.ipFamilies', 'may not be set for ExternalName services'))
    if (spec.ipFamilyPolicy !== undefined) out.push(forbiddenField('spec.ipFamilyPolicy', 'may not be set for ExternalName services'))
    return
  }
  if (spec.clusterIP && ips.length === 0) return families(spec, out)
  if (spec.clusterIP && ips[0] !== spec.clusterIP) out.push(invalidValue('spec.clusterIPs', ips, 'first value must match `clusterIP`'))
  families(spec, out)
  ips.forEach((ip, i) => {
    if (i > 0 && ip === 'None') out.push(invalidValue(at('spec.clusterIPs', i), ip, 'must be empty'))
    else if (ip !== 'None') out.push(...legacyIp(ip, at('spec.clusterIPs', i)))
  })
  if (ips.length > 2) out.push(invalidValue('spec.clusterIPs', ips, 'may only hold up to 2 values'))
  if (ips.length === 2 && parseIp(ips[0]!)?.family === parseIp(ips[1]!)?.family) {
    out.push(invalidValue('spec.clusterIPs', ips, 'may specify no more than one IP for each IP family'))
  }
}

/** core/validation: ValidateServiceUpdate's rules for allocated addresses. */
export function validateAddressingUpdate(spec: ServiceSpec, old: ServiceSpec, out: FieldError[]): void {
  if (old.type === 'ExternalName' || spec.type === 'ExternalName') return
  if (old.clusterIP) {
    if (old.clusterIP !== spec.clusterIP) immutable(spec.clusterIPs?.[0] ?? spec.clusterIP, old.clusterIP, 'spec.clusterIPs[0]', out)
    if (old.ipFamilies?.[0] && spec.ipFamilies?.[0] && old.ipFamilies[0] !== spec.ipFamilies[0]) {
      out.push(invalidValue('spec.ipFamilies[0]', spec.ipFamilies, 'may not change once set'))
    }
  }
}
