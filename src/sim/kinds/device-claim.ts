import type { DeviceClaim, DeviceConstraint, DeviceRequest, ExactDeviceRequest, ResourceClaimSpec } from '../api/device-claim.ts'
import { child, invalidValue, notSupported, required, type Path } from '../api/field.ts'
import { isDns1123Label, isDns1123Subdomain } from '../api/names.ts'
import { configuration, deviceToleration, each, eachOnce, fullAttributeName, selectors } from './device-parts.ts'
import { named, type Errors } from '../api/validate/simple.ts'

const MOST_REQUESTS = 32

/** Names that constraints and configurations may speak of: requests, and `request/subrequest`. */
export function requestNames(claim: DeviceClaim | undefined): ReadonlySet<string> {
  const out = new Set<string>()
  for (const r of claim?.requests ?? []) {
    out.add(r.name)
    for (const sub of r.firstAvailable ?? []) out.add(`${r.name}/${sub.name}`)
  }
  return out
}

const NOT_A_REQUEST = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"

export function requestReference(name: string, known: ReadonlySet<string>, path: Path, out: Errors): void {
  const segments = name.split('/')
  if (segments.length > 2) return void out.push(invalidValue(path, name, NOT_A_REQUEST))
  for (const s of segments) named(isDns1123Label, s, path, out)
  if (!known.has(name)) out.push(invalidValue(path, name, NOT_A_REQUEST))
}

function wish(r: ExactDeviceRequest, path: Path, out: Errors): void {
  const className = child(path, 'deviceClassName')
  if (!r.deviceClassName) out.push(required(className))
  else named(isDns1123Subdomain, r.deviceClassName, className, out)
  selectors(r.selectors, child(path, 'selectors'), out)
  const count = r.count ?? 0
  if (r.allocationMode === 'All') {
    if (count !== 0) out.push(invalidValue(child(path, 'count'), count, "must not be specified when allocationMode is 'All'"))
  } else if (r.allocationMode === 'ExactCount') {
    if (count <= 0) out.push(invalidValue(child(path, 'count'), count, 'must be greater than zero'))
  } else out.push(notSupported(child(path, 'allocationMode'), r.allocationMode ?? '', ['All', 'ExactCount']))
  each(r.tolerations, -1, child(path, 'tolerations'), out, (t, here) => deviceToleration(t, here, out))
}

function request(r: DeviceRequest, path: Path, out: Errors): void {
  named(isDns1123Label, r.name, child(path, 'name'), out)
  const several = (r.firstAvailable?.length ?? 0) > 0
  if (!several && !r.exactly) out.push(required(path, 'exactly one of `exactly` or `firstAvailable` is required'))
  else if (several && r.exactly) out.push(invalidValue(path, null, 'exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set'))
  else if (r.exactly) wish(r.exactly, child(path, 'exactly'), out)
  else {
    eachOnce(r.firstAvailable, 8, (s) => s.name, child(path, 'firstAvailable'), out, (s, here) => {
      named(isDns1123Label, s.name, child(here, 'name'), out)
      wish(s, here, out)
    })
  }
}

function constraint(c: DeviceConstraint, known: ReadonlySet<string>, path: Path, out: Errors): void {
  eachOnce(c.requests, MOST_REQUESTS, (n) => n, child(path, 'requests'), out, (n, here) => requestReference(n, known, here, out))
  if (c.matchAttribute !== undefined) fullAttributeName(c.matchAttribute, child(path, 'matchAttribute'), out)
  else if (c.distinctAttribute !== undefined) fullAttributeName(c.distinctAttribute, child(path, 'distinctAttribute'), out)
  else out.push(required(path, 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set'))
}

/** resource/validation: validateResourceClaimSpec. */
export function resourceClaimSpec(spec: ResourceClaimSpec, path: Path, out: Errors): void {
  const claim = spec.devices ?? {}
  const here = child(path, 'devices')
  const known = requestNames(claim)
  eachOnce(claim.requests, MOST_REQUESTS, (r) => r.name, child(here, 'requests'), out, (r, p) => request(r, p, out))
  each(claim.constraints, 32, child(here, 'constraints'), out, (c, p) => constraint(c, known, p, out))
  each(claim.config, 32, child(here, 'config'), out, (c, p) => {
    eachOnce(c.requests, MOST_REQUESTS, (n) => n, child(p, 'requests'), out, (n, q) => requestReference(n, known, q, out))
    configuration(c, p, out)
  })
}
