import { at, duplicate, invalidValue, notSupported, required, type FieldError } from '../../api/field.ts'
import { legacyIp, parseIp } from '../../api/validate/ip.ts'
import { isHeadless } from './needs.ts'
import type { ServiceSpec } from './service.ts'

const FAMILIES = ['IPv4', 'IPv6']
const POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack']
const IPS = 'spec.clusterIPs'
const ONCE = 'may not change once set'

function families({ ipFamilies = [], ipFamilyPolicy: policy }: ServiceSpec, out: FieldError[]): void {
  ipFamilies.forEach((f, i) => {
    if (!FAMILIES.includes(f)) out.push(notSupported(at('spec.ipFamilies', i), f, FAMILIES))
    if (ipFamilies.indexOf(f) < i) out.push(duplicate(at('spec.ipFamilies', i), f))
  })
  if (policy !== undefined && !POLICIES.includes(policy)) out.push(notSupported('spec.ipFamilyPolicy', policy, POLICIES))
}

function paired({ clusterIP = '', clusterIPs = [] }: ServiceSpec, out: FieldError[]): void {
  if (clusterIP === '') {
    if (clusterIPs.length > 0) out.push(invalidValue(IPS, clusterIPs, 'must be empty when `clusterIP` is not specified'))
  } else if (clusterIPs.length === 0) out.push(required(IPS))
  else if (clusterIPs[0] !== clusterIP) out.push(invalidValue(IPS, clusterIPs, 'first value must match `clusterIP`'))
}

/** Are all addresses addresses? */
function addresses(ips: readonly string[], had: readonly string[], out: FieldError[]): boolean {
  const before = out.length
  ips.forEach((ip, i) => {
    if (i > 0 || ip !== 'None') out.push(...legacyIp(ip, at(IPS, i), had))
    else if (ips.length > 1) out.push(invalidValue(IPS, ips, "'None' must be the first and only value"))
  })
  const isSound = out.length === before
  if (ips.length > 2) out.push(invalidValue(IPS, ips, 'may only hold up to 2 values'))
  return isSound
}

/** core/validation: ValidateServiceClusterIPsRelatedFields. */
export function validateAddressing(spec: ServiceSpec, old: ServiceSpec | undefined, out: FieldError[]): void {
  if (spec.type === 'ExternalName') return
  const ips = spec.clusterIPs ?? []
  paired(spec, out)
  families(spec, out)
  if (!addresses(ips, old?.clusterIPs ?? [], out)) return
  const kinds = ips.map((ip) => (parseIp(ip)?.family === 6 ? 'IPv6' : 'IPv4'))
  if (ips.length > 1 && new Set(kinds).size < 2) out.push(invalidValue(IPS, ips, 'may specify no more than one IP for each IP family'))
  if (isHeadless(spec)) return
  ips.forEach((ip, i) => {
    const wanted = spec.ipFamilies?.[i]
    if (wanted && FAMILIES.includes(wanted) && wanted !== kinds[i]) out.push(invalidValue(at(IPS, i), ip, `expected an ${wanted} value as indicated by \`ipFamilies[${i}]\``))
  })
}

function clusterIpsUpdate(spec: ServiceSpec, old: ServiceSpec, out: FieldError[]): void {
  const [ips, was] = [spec.clusterIPs ?? [], old.clusterIPs ?? []]
  if (was.length === ips.length) {
    was.forEach((ip, i) => void (ip !== ips[i] && out.push(invalidValue(at(IPS, i), ips, ONCE))))
    return
  }
  if (was.length > ips.length && ips.length === 0) out.push(invalidValue(at(IPS, 0), spec.clusterIPs ?? null, 'primary clusterIP can not be unset'))
  if (was.length > 0 && ips.length > 0 && ips[0] !== was[0]) out.push(invalidValue(at(IPS, 0), ips, ONCE))
  if (was.length > ips.length && ips.length === 1 && spec.ipFamilyPolicy !== 'SingleStack') {
    out.push(invalidValue('spec.ipFamilyPolicy', spec.ipFamilyPolicy ?? null, "must be set to 'SingleStack' when releasing the secondary clusterIP"))
  }
}

function familiesUpdate(spec: ServiceSpec, old: ServiceSpec, out: FieldError[]): void {
  const first = at('spec.ipFamilies', 0)
  const [now, was] = [spec.ipFamilies ?? [], old.ipFamilies ?? []]
  if (was.length === now.length) {
    was.forEach((f, i) => void (f !== now[i] && out.push(invalidValue(first, now, ONCE))))
    return
  }
  if (was.length > now.length && (spec.clusterIPs ?? []).length === 0) out.push(invalidValue(first, spec.ipFamilies ?? null, 'primary ipFamily can not be unset'))
  if (was.length > 0 && now.length > 0 && now[0] !== was[0]) out.push(invalidValue(first, spec.clusterIPs ?? null, ONCE))
  if (was.length > now.length && now.length === 1 && spec.ipFamilyPolicy !== 'SingleStack') {
    out.push(invalidValue('spec.ipFamilyPolicy', spec.ipFamilyPolicy ?? null, "must be set to 'SingleStack' when releasing the secondary ipFamily"))
  }
}

/** Addresses and families may be added and given back, but not changed (validateUpgradeDowngrade…). */
export function validateAddressingUpdate(spec: ServiceSpec, old: ServiceSpec, out: FieldError[]): void {
  if (old.type === 'ExternalName' || spec.type === 'ExternalName') return
  const [now, was] = [isHeadless(spec), isHeadless(old)]
  if (!now || !was) clusterIpsUpdate(spec, old, out)
  if (!now && !was) familiesUpdate(spec, old, out)
}
