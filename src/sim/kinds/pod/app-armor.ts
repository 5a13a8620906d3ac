import type { Container } from '../../api/container.ts'
import { deepEqual } from '../../api/deep.ts'
import type { StringMap } from '../../api/meta.ts'
import type { PodSpec } from '../../api/pod-spec.ts'
import { assignSame, mapSame } from '../../api/share.ts'
import { APPARMOR, appArmorOfAnnotation } from '../../api/validate/pod-warnings.ts'

const isUsed = (annotations: StringMap | undefined): boolean => {
  for (const key in annotations) if (key.startsWith(APPARMOR)) return true
  return false
}

/** The profile that a container's old annotation asks for, where its field is empty and the pod does not ask for the same. */
function asked(c: Container, spec: PodSpec, annotations: StringMap): { readonly warn: boolean; readonly profile: ReturnType<typeof appArmorOfAnnotation> } {
  const text = annotations[APPARMOR + c.name]
  if (text === undefined || c.securityContext?.appArmorProfile) return { warn: false, profile: undefined }
  const profile = appArmorOfAnnotation(text)
  if (!profile) return { warn: true, profile }
  return deepEqual(profile, spec.securityContext?.appArmorProfile) ? { warn: false, profile: undefined } : { warn: true, profile }
}

/** AppArmor annotations of old become fields (registry/core/pod: applyAppArmorVersionSkew). The same spec without them. */
export function withAppArmor(spec: PodSpec, annotations: StringMap | undefined): PodSpec {
  if (!annotations || spec.os?.name === 'windows' || !isUsed(annotations)) return spec
  const fill = <T extends Container>(c: T): T => {
    const { profile } = asked(c, spec, annotations)
    return profile ? (assignSame<Container>(c, { securityContext: { ...c.securityContext, appArmorProfile: profile } }) as T) : c
  }
  return assignSame(spec, { initContainers: mapSame(spec.initContainers, fill), containers: mapSame(spec.containers, fill) ?? [] })
}

/** Warnings about such annotations; `spec` has the fields already. */
export function appArmorWarnings(spec: PodSpec, annotations: StringMap | undefined): readonly string[] {
  if (!annotations || spec.os?.name === 'windows' || !isUsed(annotations)) return []
  const out: string[] = []
  for (const c of [...(spec.initContainers ?? []), ...spec.containers]) {
    const key = APPARMOR + c.name
    const text = annotations[key]
    if (text === undefined) continue
    const profile = appArmorOfAnnotation(text)
    const field = c.securityContext?.appArmorProfile
    // A field of its own that says the same was made from the annotation just now.
    if (profile ? field !== undefined && deepEqual(field, profile) : field === undefined) {
      out.push(`metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`)
    }
  }
  return out
}
