import { child, forbiddenField, invalidValue, notSupported, required, tooLong, tooMany, type FieldError, type Path } from '../../api/field.ts'
import { goEqual } from '../../api/go-equal.ts'
import { goInternal } from '../../api/go-internal.ts'
import { isDns1123Label } from '../../api/names.ts'
import { nodeSelector } from '../../api/validate/affinity.ts'
import { requestNames, requestReference } from '../device-claim.ts'
import { bindingConditions, configuration, each, eachOnce, poolName, rawObject } from '../device-parts.ts'
import { formatIp, parseCidr } from '../../api/validate/ip.ts'
import { named } from '../../api/validate/simple.ts'
import { csiDriverName } from '../../api/validate/storage-names.ts'
import type { AllocatedDevice, AllocationResult, DeviceResult, ResourceClaim } from './resourceclaim.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const deviceId = (d: { readonly driver: string; readonly pool: string; readonly device: string; readonly shareID?: string }): string => `${d.driver}/${d.pool}/${d.device}${d.shareID ? `/${d.shareID}` : ''}`

function shareId(id: string | undefined, path: Path, out: FieldError[]): void {
  if (id !== undefined && !UUID.test(id)) out.push(invalidValue(path, id, 'uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters'))
}

function result(r: DeviceResult, known: ReadonlySet<string>, path: Path, out: FieldError[]): void {
  requestReference(r.request, known, child(path, 'request'), out)
  csiDriverName(r.driver, child(path, 'driver'), out)
  poolName(r.pool, child(path, 'pool'), out)
  named(isDns1123Label, r.device, child(path, 'device'), out)
  bindingConditions(r.bindingConditions, r.bindingFailureConditions, path, out)
  shareId(r.shareID, child(path, 'shareID'), out)
}

function allocation(a: AllocationResult, known: ReadonlySet<string>, path: Path, out: FieldError[]): void {
  const devices = child(path, 'devices')
  each(a.devices?.results, 32, child(devices, 'results'), out, (r, here) => result(r, known, here, out))
  each(a.devices?.config, 64, child(devices, 'config'), out, (c, here) => {
    if (!c.source) out.push(required(child(here, 'source')))
    else if (c.source !== 'FromClaim' && c.source !== 'FromClass') out.push(notSupported(child(here, 'source'), c.source, ['FromClaim', 'FromClass']))
    eachOnce(c.requests, 32, (n) => n, child(here, 'requests'), out, (n, p) => requestReference(n, known, p, out))
    configuration(c, here, out)
  })
  if (a.nodeSelector) nodeSelector(a.nodeSelector, false, child(path, 'nodeSelector'), out)
}

function network(d: NonNullable<AllocatedDevice['networkData']>, path: Path, out: FieldError[]): void {
  if ((d.interfaceName ?? '').length > 256) out.push(tooLong(child(path, 'interfaceName'), 256))
  if ((d.hardwareAddress ?? '').length > 128) out.push(tooLong(child(path, 'hardwareAddress'), 128))
  eachOnce(d.ips, 16, (ip) => ip, child(path, 'ips'), out, (text, here) => {
    const c = parseCidr(text)
    if (!c) out.push(invalidValue(here, text, 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)'))
    else if (`${formatIp(c.ip)}/${c.bits}` !== text) out.push(invalidValue(here, text, `must be in canonical form ("${formatIp(c.ip)}/${c.bits}")`))
  })
}

function device(d: AllocatedDevice, allocated: ReadonlySet<string>, path: Path, out: FieldError[]): void {
  csiDriverName(d.driver, child(path, 'driver'), out)
  poolName(d.pool, child(path, 'pool'), out)
  named(isDns1123Label, d.device, child(path, 'device'), out)
  shareId(d.shareID, child(path, 'shareID'), out)
  if (!allocated.has(deviceId(d))) out.push(invalidValue(path, { Driver: d.driver, Pool: d.pool, Device: d.device, ShareID: d.shareID ?? '' }, 'must be an allocated device in the claim'))
  if ((d.conditions?.length ?? 0) > 8) out.push(tooMany(child(path, 'conditions'), d.conditions!.length, 8))
  if (d.data !== undefined) rawObject(d.data, 10 * 1024, child(path, 'data'), out)
  if (d.networkData) network(d.networkData, child(path, 'networkData'), out)
}

/** resource/validation: validateResourceClaimStatusUpdate. */
export function validateClaimStatus(claim: ResourceClaim, old: ResourceClaim): readonly FieldError[] {
  const out: FieldError[] = []
  const [status, was] = [claim.status ?? {}, old.status ?? {}]
  eachOnce(status.reservedFor, 256, (r) => r.uid, 'status.reservedFor', out, (r, here) => {
    for (const key of ['resource', 'name', 'uid'] as const) if (!r[key]) out.push(required(child(here, key)))
  })
  const allocated = new Set((status.allocation?.devices?.results ?? []).map(deviceId))
  eachOnce(status.devices, -1, deviceId, 'status.devices', out, (d, here) => device(d, allocated, here, out))
  if (status.reservedFor?.length && !status.allocation) out.push(forbiddenField('status.reservedFor', 'may not be specified when `allocated` is not set'))
  else if (status.reservedFor?.length && claim.metadata.deletionTimestamp) {
    const had = new Set((was.reservedFor ?? []).map((r) => r.uid))
    if (status.reservedFor.some((r) => !had.has(r.uid))) {
      out.push(forbiddenField('status.reservedFor', 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set'))
    }
  }
  if (!status.allocation) return out
  if (!was.allocation) allocation(status.allocation, requestNames(claim.spec.devices), 'status.allocation', out)
  else if (!goEqual('resource.AllocationResult', status.allocation, was.allocation)) {
    out.push(invalidValue('status.allocation', goInternal('resource.AllocationResult', status.allocation), 'field is immutable'))
  }
  return out
}

/** Devices that are no longer allocated lose their status (dropDeallocatedStatusDevices). */
export function withoutDeallocated(claim: ResourceClaim, old: ResourceClaim): ResourceClaim {
  const gone = new Set((old.status?.allocation?.devices?.results ?? []).map(deviceId))
  for (const r of claim.status?.allocation?.devices?.results ?? []) gone.delete(deviceId(r))
  const devices = claim.status?.devices
  if (!devices?.some((d) => gone.has(deviceId(d)))) return claim
  const kept = devices.filter((d) => !gone.has(deviceId(d)))
  const { devices: _dropped, ...rest } = claim.status!
  return { ...claim, status: kept.length ? { ...rest, devices: kept } : rest }
}
