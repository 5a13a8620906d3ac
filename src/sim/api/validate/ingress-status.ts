import { at, child, invalidValue, type Path } from '../field.ts'
import { isDns1123Subdomain } from '../names.ts'
import { legacyIp, parseIp } from './ip.ts'
import { named, type Errors } from './simple.ts'

export interface StatusIngress {
  readonly ip?: string
  readonly hostname?: string
}

/** The host name of a point of entry: a DNS name and no address. */
export function entryHostname(name: string | undefined, path: Path, out: Errors): void {
  if (!name) return
  named(isDns1123Subdomain, name, path, out)
  if (parseIp(name)) out.push(invalidValue(path, name, 'must be a DNS name, not an IP address'))
}

/** networking/validation: ValidateIngressLoadBalancerStatus. */
export function ingressStatus(list: readonly StatusIngress[] | undefined, old: readonly StatusIngress[] | undefined, path: Path, out: Errors): void {
  const had = (old ?? []).flatMap((i) => (i.ip ? [i.ip] : []))
  ;(list ?? []).forEach((ingress, i) => {
    const here = at(path, i)
    if (ingress.ip) out.push(...legacyIp(ingress.ip, child(here, 'ip'), had))
    entryHostname(ingress.hostname, child(here, 'hostname'), out)
  })
}
