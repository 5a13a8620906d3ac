import { at, forbiddenField, invalidValue, type FieldError } from '../../api/field.ts'
import { isDns1123Subdomain } from '../../api/names.ts'
import type { Pod } from '../../api/pod.ts'
import { immutable } from '../../api/validate-meta.ts'
import { legacyIp, parseIp } from '../../api/validate/ip.ts'
import { named } from '../../api/validate/simple.ts'

/** core/validation: ValidatePodStatusUpdate. */
export function validatePodStatusUpdate(pod: Pod, old: Pod): readonly FieldError[] {
  const out: FieldError[] = []
  const status = pod.status ?? {}
  const was = old.status ?? {}
  if (pod.spec.nodeName !== old.spec.nodeName) out.push(forbiddenField('status.nodeName', 'may not be changed directly'))
  if (status.nominatedNodeName && status.nominatedNodeName !== was.nominatedNodeName) {
    named(isDns1123Subdomain, status.nominatedNodeName, 'status.nominatedNodeName', out)
  }
  if ((status.observedGeneration ?? 0) < 0) out.push(invalidValue('status.observedGeneration', status.observedGeneration, 'must be a non-negative integer'))
  immutable(status.qosClass, was.qosClass, 'status.qosClass', out)
  const ips = status.podIPs ?? []
  if (ips === was.podIPs) return out
  ips.forEach((p, i) => out.push(...legacyIp(p.ip, at('status.podIPs', i))))
  if (ips.length > 1 && (ips.length > 2 || new Set(ips.map((p) => parseIp(p.ip)?.family)).size < 2)) {
    out.push(invalidValue('status.podIPs', ips.map((p) => ({ IP: p.ip })), 'may specify no more than one IP for each IP family'))
  }
  return out
}
