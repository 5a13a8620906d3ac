import type { JsonValue } from './meta.ts'
import { assignSame, mapSame } from './share.ts'

/** What a claim asks of devices (resource.k8s.io/v1). */
export interface DeviceClaim {
  readonly requests?: readonly DeviceRequest[]
  readonly constraints?: readonly DeviceConstraint[]
  readonly config?: readonly DeviceClaimConfiguration[]
}

export interface DeviceSelector {
  readonly cel?: { readonly expression: string }
}

export interface DeviceToleration {
  readonly key?: string
  readonly operator?: string
  readonly value?: string
  readonly effect?: string
  readonly tolerationSeconds?: number
}

export interface ExactDeviceRequest {
  readonly deviceClassName?: string
  readonly selectors?: readonly DeviceSelector[]
  readonly allocationMode?: string
  readonly count?: number
  readonly adminAccess?: boolean
  readonly tolerations?: readonly DeviceToleration[]
}

export interface DeviceSubRequest extends ExactDeviceRequest {
  readonly name: string
}

export interface DeviceRequest {
  readonly name: string
  readonly exactly?: ExactDeviceRequest
  readonly firstAvailable?: readonly DeviceSubRequest[]
}

export interface DeviceConstraint {
  readonly requests?: readonly string[]
  readonly matchAttribute?: string
  readonly distinctAttribute?: string
}

export interface DeviceConfiguration {
  readonly opaque?: { readonly driver: string; readonly parameters?: JsonValue }
}

export interface DeviceClaimConfiguration extends DeviceConfiguration {
  readonly requests?: readonly string[]
}

export interface ResourceClaimSpec {
  readonly devices?: DeviceClaim
}

const counted = <T extends ExactDeviceRequest>(r: T): T => {
  const allocationMode = r.allocationMode || 'ExactCount'
  const tolerations = mapSame(r.tolerations, (t) => assignSame(t, { operator: t.operator || 'Equal' }))
  return assignSame<ExactDeviceRequest>(r, { allocationMode, count: allocationMode === 'ExactCount' ? r.count || 1 : r.count, tolerations }) as T
}

/** Defaults of a claim: one device, exactly counted (SetDefaults_ExactDeviceRequest, SetDefaults_DeviceSubRequest). */
export function defaultClaimSpec(spec: ResourceClaimSpec): ResourceClaimSpec {
  const devices = spec.devices ?? {}
  const requests = mapSame(devices.requests, (r) => assignSame(r, { exactly: r.exactly && counted(r.exactly), firstAvailable: mapSame(r.firstAvailable, counted) }))
  return assignSame(spec, { devices: assignSame(devices, { requests }) })
}
