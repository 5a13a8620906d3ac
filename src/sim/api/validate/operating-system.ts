import { at, child, forbiddenField, notSupported, required, type Path } from '../field.ts'
import type { Container } from '../container.ts'
import type { PodSpec } from '../pod-spec.ts'
import type { Errors } from './simple.ts'

const NOT_WINDOWS = 'cannot be set for a windows pod'
const NOT_LINUX = 'windows options cannot be set for a linux pod'

/** Every container with its path: init, regular, ephemeral (VisitContainersWithPath). */
export function eachContainer(spec: PodSpec, path: Path, visit: (c: Container, path: Path) => void): void {
  spec.initContainers?.forEach((c, i) => visit(c, at(child(path, 'initContainers'), i)))
  spec.containers.forEach((c, i) => visit(c, at(child(path, 'containers'), i)))
  spec.ephemeralContainers?.forEach((c, i) => visit(c as Container, at(child(path, 'ephemeralContainers'), i)))
}

/** Is there a container, of whatever sort, of which `test` is true? */
export const someContainer = ({ containers, initContainers, ephemeralContainers }: PodSpec, test: (c: Container) => boolean): boolean =>
  containers.some(test) || initContainers?.some(test) === true || (ephemeralContainers as readonly Container[] | undefined)?.some(test) === true

const POD_FIELDS = ['fsGroup', 'fsGroupChangePolicy', 'sysctls'] as const
const POD_FIELDS_AFTER = ['runAsUser', 'runAsGroup', 'supplementalGroups', 'supplementalGroupsPolicy', 'seLinuxChangePolicy'] as const
const CONTAINER_FIELDS = [
  'appArmorProfile', 'seLinuxOptions', 'seccompProfile', 'capabilities', 'readOnlyRootFilesystem', 'privileged', 'allowPrivilegeEscalation', 'procMount',
  'runAsUser', 'runAsGroup',
] as const

function windows(spec: PodSpec, path: Path, out: Errors): void {
  const forbid = (name: string, isSet: boolean): void => void (isSet && out.push(forbiddenField(child(path, name), NOT_WINDOWS)))
  const sc = spec.securityContext
  forbid('securityContext.appArmorProfile', sc?.appArmorProfile !== undefined)
  forbid('securityContext.seLinuxOptions', sc?.seLinuxOptions !== undefined)
  forbid('hostUsers', spec.hostUsers !== undefined)
  forbid('hostPID', spec.hostPID === true)
  forbid('hostIPC', spec.hostIPC === true)
  forbid('securityContext.seccompProfile', sc?.seccompProfile !== undefined)
  for (const key of POD_FIELDS) forbid(`securityContext.${key}`, sc?.[key] !== undefined)
  forbid('shareProcessNamespace', spec.shareProcessNamespace !== undefined)
  for (const key of POD_FIELDS_AFTER) forbid(`securityContext.${key}`, sc?.[key] !== undefined)
  eachContainer(spec, path, (c, here) => {
    for (const key of CONTAINER_FIELDS) if (c.securityContext?.[key] !== undefined) out.push(forbiddenField(child(child(here, 'securityContext'), key), NOT_WINDOWS))
  })
}

function linux(spec: PodSpec, path: Path, out: Errors): void {
  if (spec.securityContext?.windowsOptions) out.push(forbiddenField(child(path, 'securityContext.windowsOptions'), NOT_LINUX))
  eachContainer(spec, path, (c, here) => {
    if (c.securityContext?.windowsOptions) out.push(forbiddenField(child(here, 'securityContext.windowsOptions'), NOT_LINUX))
  })
}

/** What spec.os rules out (validateOS, validateLinux, validateWindows). */
export function operatingSystem(spec: PodSpec, path: Path, out: Errors): void {
  if (!spec.os) return
  const here = child(path, 'os')
  if (!spec.os.name) out.push(required(child(here, 'name')))
  else if (spec.os.name === 'linux') linux(spec, path, out)
  else if (spec.os.name === 'windows') windows(spec, path, out)
  else out.push(notSupported(here, spec.os.name, ['linux', 'windows']))
}
