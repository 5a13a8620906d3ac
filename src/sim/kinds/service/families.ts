import { at, invalidValue, type FieldError } from '../../api/field.ts'
import { assignSame } from '../../api/share.ts'
import { parseIp } from '../../api/validate/ip.ts'
import { sameFamilies, sameList } from './needs.ts'
import type { Service, ServiceSpec } from './service.ts'
import { validateAddressing } from './validate-addressing.ts'

type Family = 'IPv4' | 'IPv6'
const POLICY = 'spec.ipFamilyPolicy'

/** The spec with its families, or why it cannot have them. */
export type WithFamilies = { readonly spec: ServiceSpec } | { readonly errors: readonly FieldError[] }

/** Both prefer two families and say the same of them: nothing is added or taken away (isMatchingPreferDualStackClusterIPFields). */
export function keepsPreference(spec: ServiceSpec, was: ServiceSpec | undefined): boolean {
  if (!was || was.type !== spec.type || spec.type === 'ExternalName' || spec.ipFamilyPolicy !== 'PreferDualStack') return false
  if (was.ipFamilyPolicy !== undefined && was.ipFamilyPolicy !== 'PreferDualStack') return false
  return sameList(was.clusterIPs, spec.clusterIPs) && sameFamilies(was, spec)
}

const isBare = (spec: ServiceSpec): boolean => spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0

function withPolicy(spec: ServiceSpec, was: ServiceSpec | undefined): ServiceSpec {
  if (spec.ipFamilyPolicy !== undefined) return spec
  return { ...spec, ipFamilyPolicy: was?.ipFamilyPolicy ?? (isBare(spec) ? 'RequireDualStack' : 'SingleStack') }
}

/** An update to one family keeps the first; any other policy must not lose one. */
function reduced(spec: ServiceSpec, was: ServiceSpec, errors: FieldError[]): ServiceSpec {
  const [ips, families] = [spec.clusterIPs ?? [], spec.ipFamilies ?? []]
  if (spec.ipFamilyPolicy === 'SingleStack') {
    return assignSame(spec, {
      ...(ips.length > 1 && sameList(was.clusterIPs, ips) ? { clusterIPs: ips.slice(0, 1) } : {}),
      ...(families.length > 1 && sameFamilies(was, spec) ? { ipFamilies: families.slice(0, 1) } : {}),
    })
  }
  const lost = (now: readonly unknown[], before: readonly unknown[] | undefined): boolean => now.length > 0 && now.length < (before?.length ?? 0)
  if (lost(ips, was.clusterIPs)) errors.push(invalidValue(POLICY, spec.ipFamilyPolicy, "must be 'SingleStack' to release the secondary cluster IP"))
  if (lost(families, was.ipFamilies)) errors.push(invalidValue(POLICY, spec.ipFamilyPolicy, "must be 'SingleStack' to release the secondary IP family"))
  return spec
}

function inferred(spec: ServiceSpec, served: readonly Family[], errors: FieldError[]): ServiceSpec {
  const families = [...(spec.ipFamilies ?? [])]
  const ips = spec.clusterIPs ?? []
  if (spec.ipFamilyPolicy === 'SingleStack') {
    if (ips.length === 2) errors.push(invalidValue(POLICY, spec.ipFamilyPolicy, "must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified"))
    if (families.length === 2) errors.push(invalidValue(POLICY, spec.ipFamilyPolicy, "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified"))
  }
  for (const [i, ip] of ips.entries()) {
    if (ip === 'None') break
    if (i < families.length) continue
    const family: Family = parseIp(ip)?.family === 6 ? 'IPv6' : 'IPv4'
    if (served.includes(family)) families.push(family)
    else errors.push(invalidValue(at('spec.clusterIPs', i), ips, `${family} is not configured on this cluster`))
  }
  return families.length === (spec.ipFamilies ?? []).length ? spec : { ...spec, ipFamilies: families }
}

const other = (family: string | undefined): Family => (family === 'IPv4' ? 'IPv6' : 'IPv4')

function completed(spec: ServiceSpec, served: readonly Family[], errors: FieldError[]): ServiceSpec {
  const first = spec.ipFamilies?.length ? spec.ipFamilies : [served[0]!]
  const wantsTwo = spec.ipFamilyPolicy !== 'SingleStack' && first.length < 2
  if (isBare(spec)) return assignSame(spec, { ipFamilies: wantsTwo ? [first[0]!, other(first[0])] : first })
  if (spec.ipFamilyPolicy === 'RequireDualStack' && served.length < 2) errors.push(invalidValue(POLICY, spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'))
  spec.ipFamilies?.forEach((f, i) => void (!served.includes(f as Family) && errors.push(invalidValue(at('spec.ipFamilies', i), f, 'not configured on this cluster'))))
  return assignSame(spec, { ipFamilies: wantsTwo && served.length === 2 ? [first[0]!, other(first[0])] : first })
}

/**
 * Families and their policy, by what is asked for, what there was and what the cluster serves, the default first
 * (registry/core/service/storage: initIPFamilyFields).
 */
export function withFamilies(service: Service, old: Service | undefined, served: readonly Family[]): WithFamilies {
  const { spec } = service
  const was = old?.spec
  if (spec.type === 'ExternalName' || keepsPreference(spec, was)) return { spec }
  const asked = withPolicy(spec, was)
  const errors: FieldError[] = []
  validateAddressing(asked, was, errors)
  if (errors.length > 0) return { errors }
  const kept = inferred(was ? reduced(asked, was, errors) : asked, served, errors)
  if (errors.length > 0) return { errors }
  const whole = completed(kept, served, errors)
  return errors.length > 0 ? { errors } : { spec: whole }
}
