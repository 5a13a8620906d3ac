import type { Container } from '../container.ts'
import { at, child, forbiddenField, goQuote, invalidValue, type Path } from '../field.ts'
import type { StringMap } from '../meta.ts'
import type { PodSpec } from '../pod-spec.ts'
import { descendingPath } from './paths.ts'
import { APPARMOR } from './pod-warnings.ts'
import type { Errors } from './simple.ts'

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod'
const SECCOMP = 'container.seccomp.security.alpha.kubernetes.io/'
const LOCALHOST = 'localhost/'

type Profile = { readonly type: string; readonly localhostProfile?: string } | undefined

const isProfileKey = (key: string): boolean => key === SECCOMP_POD || key.startsWith(SECCOMP) || key.startsWith(APPARMOR)

/** Every container with its path, init containers first (core/pods: VisitContainersWithPath). */
function* visited(spec: PodSpec, path: Path): Generator<readonly [Pick<Container, 'name' | 'securityContext'>, Path]> {
  for (const list of ['initContainers', 'containers', 'ephemeralContainers'] as const) {
    for (const [i, c] of (spec[list] ?? []).entries()) yield [c as Container, at(child(path, list), i)]
  }
}

function seccompText(text: string, path: Path, out: Errors): void {
  if (text === 'runtime/default' || text === 'docker/default' || text === 'unconfined') return
  if (text.startsWith(LOCALHOST)) descendingPath(text.slice(LOCALHOST.length), path, out)
  else out.push(invalidValue(path, text, 'must be a valid seccomp profile'))
}

/** core/validation: ValidateSeccompPodAnnotations and ValidateAppArmorPodAnnotations. Go's order of keys is any; here it is sorted. */
export function profileAnnotations(annotations: StringMap, spec: PodSpec, path: Path, out: Errors): void {
  const keys = Object.keys(annotations).filter(isProfileKey).sort()
  if (keys.length === 0) return
  if (annotations[SECCOMP_POD] !== undefined) seccompText(annotations[SECCOMP_POD], child(path, SECCOMP_POD), out)
  for (const key of keys) if (key.startsWith(SECCOMP)) seccompText(annotations[key]!, child(path, key), out)
  for (const key of keys) {
    if (!key.startsWith(APPARMOR)) continue
    const name = key.slice(APPARMOR.length)
    const text = annotations[key]!
    if (![...visited(spec, '')].some(([c]) => c.name === name)) out.push(invalidValue(at(path, key), name, 'container not found'))
    if (text !== '' && text !== 'runtime/default' && text !== 'unconfined' && !text.startsWith(LOCALHOST)) out.push(invalidValue(at(path, key), text, `invalid AppArmor profile name: ${goQuote(text)}`))
  }
}

const DEFAULTS: readonly string[] = ['runtime/default']
const SECCOMP_DEFAULTS: readonly string[] = ['runtime/default', 'docker/default']

/** What an annotation says must be what the field says, where both are there. */
function same(text: string | undefined, profile: Profile, kind: 'apparmor' | 'seccomp', path: Path, out: Errors): void {
  if (text === undefined || !profile) return
  const differs = (): void => void out.push(forbiddenField(child(path, 'type'), `${kind} type in annotation and field must match`))
  if (profile.type === 'Unconfined' && text !== 'unconfined') differs()
  if (profile.type === 'RuntimeDefault' && !(kind === 'seccomp' ? SECCOMP_DEFAULTS : DEFAULTS).includes(text)) differs()
  if (profile.type !== 'Localhost') return
  if (!text.startsWith(LOCALHOST)) differs()
  else if (profile.localhostProfile !== text.slice(LOCALHOST.length)) out.push(forbiddenField(child(path, 'localhostProfile'), `${kind} profile in annotation and field must match`))
}

/** core/validation: validateSeccompAnnotationsAndFields and validateAppArmorAnnotationsAndFieldsMatchOnCreate. */
export function profilesMatch(annotations: StringMap | undefined, spec: PodSpec, path: Path, out: Errors): void {
  if (!annotations || !Object.keys(annotations).some(isProfileKey)) return
  same(annotations[SECCOMP_POD], spec.securityContext?.seccompProfile, 'seccomp', child(path, 'securityContext.seccompProfile'), out)
  for (const [c, here] of visited(spec, path)) same(annotations[SECCOMP + c.name], c.securityContext?.seccompProfile, 'seccomp', child(here, 'securityContext.seccompProfile'), out)
  if (spec.os?.name === 'windows') return
  for (const [c, here] of visited(spec, path)) {
    const profile = c.securityContext?.appArmorProfile ?? spec.securityContext?.appArmorProfile
    same(annotations[APPARMOR + c.name], profile, 'apparmor', child(here, 'securityContext.appArmorProfile'), out)
  }
}
