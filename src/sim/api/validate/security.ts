import { at, child, duplicate, forbiddenField, invalidValue, notSupported, required, tooLong, type Path } from '../field.ts'
import type { AppArmorProfile, SeccompProfile, SecurityContext, WindowsSecurityContextOptions } from '../container.ts'
import { isDns1123Subdomain, isInRange } from '../names.ts'
import type { PodSecurityContext, PodSpec } from '../pod-spec.ts'
import { byteCount } from '../bytes.ts'
import { eachContainer } from './operating-system.ts'
import { descendingPath } from './paths.ts'
import { named, type Errors } from './simple.ts'

const MAX_ID = 2_147_483_647

function id(n: number | undefined, path: Path, out: Errors): void {
  if (n !== undefined) for (const m of isInRange(n, 0, MAX_ID)) out.push(invalidValue(path, n, m))
}

/** Go prints the internal struct of a profile. */
const goSeccomp = (p: SeccompProfile): unknown => ({ Type: p.type, LocalhostProfile: p.localhostProfile ?? null })

function seccomp(p: SeccompProfile | undefined, path: Path, out: Errors): void {
  if (!p) return
  const type = child(path, 'type')
  if (!p.type) out.push(required(type, 'type is required when seccompProfile is set'))
  else if (!['Localhost', 'RuntimeDefault', 'Unconfined'].includes(p.type)) out.push(notSupported(type, p.type, ['Localhost', 'RuntimeDefault', 'Unconfined']))
  const local = child(path, 'localhostProfile')
  if (p.type === 'Localhost') {
    if (p.localhostProfile === undefined) out.push(required(local, 'must be set when seccomp type is Localhost'))
    else descendingPath(p.localhostProfile, local, out)
  } else if (p.localhostProfile !== undefined) out.push(invalidValue(local, goSeccomp(p), 'can only be set when seccomp type is Localhost'))
}

function appArmor(p: AppArmorProfile | undefined, path: Path, out: Errors): void {
  if (!p) return
  const local = child(path, 'localhostProfile')
  const text = p.localhostProfile
  switch (p.type as string) {
    case 'Localhost':
      if (text === undefined) out.push(required(local, 'must be set when AppArmor type is Localhost'))
      else {
        if (text.trim() !== text) out.push(invalidValue(local, text, 'must not be padded with whitespace'))
        else if (text === '') out.push(required(local, 'must be set when AppArmor type is Localhost'))
        if (byteCount(text) > 4095) out.push(tooLong(local, 4095))
      }
      break
    case 'RuntimeDefault':
    case 'Unconfined':
      if (text !== undefined) out.push(invalidValue(local, text, 'can only be set when AppArmor type is Localhost'))
      break
    case '':
      out.push(required(child(path, 'type'), 'type is required when appArmorProfile is set'))
      break
    default:
      out.push(notSupported(child(path, 'type'), p.type, ['Localhost', 'RuntimeDefault', 'Unconfined']))
  }
}

const NETBIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/
const DOMAIN = /^(?=.{1,254}$)((?!-)[a-zA-Z0-9-]{1,63}(?<!-)\.)*(?!-)[a-zA-Z0-9-]{2,63}(?<!-)$/

function runAsUserName(name: string, path: Path, out: Errors): void {
  const bad = (why: string): void => void out.push(invalidValue(path, name, why))
  if (name === '') return bad('runAsUserName cannot be an empty string')
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(name)) return bad('runAsUserName cannot contain control characters')
  const parts = name.split('\\')
  if (parts.length > 2) return bad('runAsUserName cannot contain more than one backslash')
  const domain = parts.length === 2 ? parts[0]! : undefined
  const user = parts[parts.length - 1]!
  if (domain !== undefined && domain.length >= 256) bad("runAsUserName's Domain length must be under 256 characters")
  if (domain !== undefined && !NETBIOS.test(domain) && !DOMAIN.test(domain)) bad("runAsUserName's Domain doesn't match the NetBios nor the DNS format")
  if (user === '') bad("runAsUserName's User cannot be empty")
  else if (user.length > 104) bad("runAsUserName's User length must not be longer than 104 characters")
  if (/^[. ]+$/.test(user)) bad("runAsUserName's User cannot contain only periods or spaces")
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) bad('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]')
}

function windows(o: WindowsSecurityContextOptions | undefined, path: Path, out: Errors): void {
  if (!o) return
  if (o.gmsaCredentialSpecName !== undefined) named(isDns1123Subdomain, o.gmsaCredentialSpecName, child(path, 'gmsaCredentialSpecName'), out)
  const spec = o.gmsaCredentialSpec
  if (spec === '') out.push(invalidValue(child(path, 'gmsaCredentialSpec'), spec, 'gmsaCredentialSpec cannot be an empty string'))
  else if (spec !== undefined && byteCount(spec) > 65_536) out.push(invalidValue(child(path, 'gmsaCredentialSpec'), spec, 'gmsaCredentialSpec size must be under 64 KiB'))
  if (o.runAsUserName !== undefined) runAsUserName(o.runAsUserName, child(path, 'runAsUserName'), out)
}

/** core/validation: ValidateSecurityContext. */
export function securityContext(sc: SecurityContext, hostUsers: boolean, path: Path, out: Errors): void {
  id(sc.runAsUser, child(path, 'runAsUser'), out)
  id(sc.runAsGroup, child(path, 'runAsGroup'), out)
  if (sc.procMount !== undefined) {
    const here = child(path, 'procMount')
    if (sc.procMount !== 'Default' && sc.procMount !== 'Unmasked') out.push(notSupported(here, sc.procMount, ['Default', 'Unmasked']))
    if (hostUsers && sc.procMount === 'Unmasked') out.push(invalidValue(here, sc.procMount, '`hostUsers` must be false to use `Unmasked`'))
  }
  seccomp(sc.seccompProfile, child(path, 'seccompProfile'), out)
  if (sc.allowPrivilegeEscalation === false) {
    if (sc.privileged) out.push(invalidValue(path, goSecurity(sc), 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'))
    if (sc.capabilities?.add?.includes('CAP_SYS_ADMIN')) {
      out.push(invalidValue(path, goSecurity(sc), 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'))
    }
  }
  windows(sc.windowsOptions, child(path, 'windowsOptions'), out)
  appArmor(sc.appArmorProfile, child(path, 'appArmorProfile'), out)
}

/** Go prints the internal SecurityContext, every member of it. */
const goSecurity = (sc: SecurityContext): unknown => ({
  Capabilities: sc.capabilities ? { Add: sc.capabilities.add ?? null, Drop: sc.capabilities.drop ?? null } : null,
  Privileged: sc.privileged ?? null,
  SELinuxOptions: sc.seLinuxOptions
    ? { User: sc.seLinuxOptions.user ?? '', Role: sc.seLinuxOptions.role ?? '', Type: sc.seLinuxOptions.type ?? '', Level: sc.seLinuxOptions.level ?? '' }
    : null,
  WindowsOptions: null,
  RunAsUser: sc.runAsUser ?? null,
  RunAsGroup: sc.runAsGroup ?? null,
  RunAsNonRoot: sc.runAsNonRoot ?? null,
  ReadOnlyRootFilesystem: sc.readOnlyRootFilesystem ?? null,
  AllowPrivilegeEscalation: sc.allowPrivilegeEscalation ?? null,
  ProcMount: sc.procMount ?? null,
  SeccompProfile: sc.seccompProfile ? goSeccomp(sc.seccompProfile) : null,
  AppArmorProfile: sc.appArmorProfile ? { Type: sc.appArmorProfile.type, LocalhostProfile: sc.appArmorProfile.localhostProfile ?? null } : null,
})

const SEGMENT = '[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?'
const SYSCTL = new RegExp(`^(?:${SEGMENT}[./])*${SEGMENT}$`)
const SYSCTL_WORDS = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$'

function sysctls(sc: PodSecurityContext, spec: PodSpec, path: Path, out: Errors): void {
  const seen = new Set<string>()
  sc.sysctls?.forEach((s, i) => {
    const here = child(at(path, i), 'name')
    if (!s.name) out.push(required(here))
    else if (s.name.length > 253 || !SYSCTL.test(s.name)) out.push(invalidValue(here, s.name, `must have at most 253 characters and match regex ${SYSCTL_WORDS}`))
    else if (seen.has(s.name)) out.push(duplicate(here, s.name))
    seen.add(s.name)
    const plain = s.name.replace(/\//g, '.')
    if (spec.hostNetwork && plain.startsWith('net.')) out.push(invalidValue(here, s.name, 'may not be specified when \'hostNetwork\' is true'))
    if (spec.hostIPC && /^(kernel\.(shm|msg|sem)|fs\.mqueue\.)/.test(plain)) out.push(invalidValue(here, s.name, "may not be specified when 'hostIPC' is true"))
  })
}

function choice(value: string | undefined, valid: readonly string[], path: Path, out: Errors): void {
  if (value !== undefined && !valid.includes(value)) out.push(notSupported(path, value, valid))
}

/** core/validation: validatePodSpecSecurityContext. */
export function podSecurityContext(sc: PodSecurityContext | undefined, spec: PodSpec, path: Path, out: Errors): void {
  if (!sc) return
  id(sc.fsGroup, child(path, 'fsGroup'), out)
  id(sc.runAsUser, child(path, 'runAsUser'), out)
  id(sc.runAsGroup, child(path, 'runAsGroup'), out)
  sc.supplementalGroups?.forEach((g, i) => id(g, at(child(path, 'supplementalGroups'), i), out))
  if (spec.shareProcessNamespace && spec.hostPID) {
    out.push(invalidValue(child(path, 'shareProcessNamespace'), true, 'ShareProcessNamespace and HostPID cannot both be enabled'))
  }
  sysctls(sc, spec, child(path, 'sysctls'), out)
  choice(sc.fsGroupChangePolicy, ['Always', 'OnRootMismatch'], child(path, 'fsGroupChangePolicy'), out)
  seccomp(sc.seccompProfile, child(path, 'seccompProfile'), out)
  windows(sc.windowsOptions, child(path, 'windowsOptions'), out)
  appArmor(sc.appArmorProfile, child(path, 'appArmorProfile'), out)
  choice(sc.supplementalGroupsPolicy, ['Merge', 'Strict'], child(path, 'supplementalGroupsPolicy'), out)
  // Without the gate SELinuxMount only one of the two policies may be chosen.
  choice(sc.seLinuxChangePolicy, ['Recursive'], child(path, 'seLinuxChangePolicy'), out)
}

/** User namespaces and the host's (validateHostUsers), and Linux pods without Windows options (validateLinux). */
export function hostUsers(spec: PodSpec, path: Path, out: Errors): void {
  if (spec.hostUsers !== false) return
  if (spec.hostNetwork) out.push(forbiddenField(child(path, 'hostNetwork'), 'when `hostUsers` is false'))
  if (spec.hostPID) out.push(forbiddenField(child(path, 'HostPID'), 'when `hostUsers` is false'))
  if (spec.hostIPC) out.push(forbiddenField(child(path, 'HostIPC'), 'when `hostUsers` is false'))
  eachContainer(spec, path, (c, here) => {
    if (c.volumeDevices?.length) out.push(forbiddenField(child(here, 'volumeDevices'), 'when `hostUsers` is false'))
  })
}
