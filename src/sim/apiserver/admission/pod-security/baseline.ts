import type { Checked, PodCheck, VersionedCheck, Violation } from './checks.ts'
import { containersText, contextOf, many, namesOf, quoted, setters, sortedOnce } from './words.ts'

const CAPABILITIES: ReadonlySet<string> = new Set([
  'AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT',
])
const SYSCTLS = ['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start']
const SYSCTLS_27 = [...SYSCTLS, 'net.ipv4.ip_local_reserved_ports']
const SYSCTLS_29 = [...SYSCTLS_27, 'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes']
const SYSCTLS_32 = [...SYSCTLS_29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']
const SELINUX = ['', 'container_t', 'container_init_t', 'container_kvm_t']
const APPARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/'
const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod'
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/'

const appArmor: PodCheck = ({ annotations, spec, containers }) => {
  const isBad = (type: string | undefined): boolean => type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost'
  const podType = contextOf(spec).appArmorProfile?.type
  const names = namesOf(containers, (c) => isBad(contextOf(c).appArmorProfile?.type))
  const types = containers.map((c) => contextOf(c).appArmorProfile?.type).filter(isBad) as string[]
  const notes = Object.keys(annotations)
    .filter((key) => key.startsWith(APPARMOR_ANNOTATION) && annotations[key] !== '' && annotations[key] !== 'runtime/default' && !annotations[key]!.startsWith('localhost/'))
    .sort()
  const who = [setters(isBad(podType), names), ...(notes.length > 0 ? [many('annotation', notes.length)] : [])].filter((text) => text !== '').join(' and ')
  if (!who) return undefined
  const values = [...sortedOnce([...(isBad(podType) ? [podType!] : []), ...types]), ...notes.map((key) => `${key}="${annotations[key]}"`)]
  return { reason: many('forbidden AppArmor profile', values.length), detail: `${who} must not set AppArmor profile type to ${quoted(values)}` }
}

const capabilities: PodCheck = ({ containers }) => {
  const bad = (add: readonly string[] | undefined): readonly string[] => (add ?? []).filter((c) => !CAPABILITIES.has(c))
  const names = namesOf(containers, (c) => bad(contextOf(c).capabilities?.add).length > 0)
  if (names.length === 0) return undefined
  const added = sortedOnce(containers.flatMap((c) => bad(contextOf(c).capabilities?.add)))
  return { reason: 'non-default capabilities', detail: `${containersText(names)} must not include ${quoted(added)} in securityContext.capabilities.add` }
}

const hostNamespaces: PodCheck = ({ spec }) => {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((name) => (spec as { readonly [K in typeof name]?: boolean })[name])
  return shared.length > 0 ? { reason: 'host namespaces', detail: shared.map((name) => `${name}=true`).join(', ') } : undefined
}

const hostPaths: PodCheck = ({ spec }) => {
  const names = (spec.volumes ?? []).filter((volume) => volume.hostPath).map((volume) => volume.name)
  return names.length > 0 ? { reason: 'hostPath volumes', detail: `${many('volume', names.length)} ${quoted(names)}` } : undefined
}

const hostPorts: PodCheck = ({ containers }) => {
  const names = namesOf(containers, (c) => (c.ports ?? []).some((port) => port.hostPort))
  if (names.length === 0) return undefined
  const ports = sortedOnce(containers.flatMap((c) => (c.ports ?? []).flatMap((port) => (port.hostPort ? [`${port.hostPort}`] : []))))
  return { reason: 'hostPort', detail: `${containersText(names)} ${many('uses', names.length, 'use')} ${many('hostPort', ports.length)} ${ports.join(', ')}` }
}

interface Handler {
  readonly httpGet?: { readonly host?: string }
  readonly tcpSocket?: { readonly host?: string }
}

const hostProbes: PodCheck = ({ containers }) => {
  const hosts = (c: Checked['containers'][number]): readonly string[] => {
    const lifecycle = (c as { readonly lifecycle?: { readonly postStart?: Handler; readonly preStop?: Handler } }).lifecycle
    const handlers = [c.livenessProbe, c.readinessProbe, c.startupProbe, lifecycle?.postStart, lifecycle?.preStop] as readonly (Handler | undefined)[]
    return handlers.flatMap((h) => [h?.httpGet?.host, h?.tcpSocket?.host].filter((host): host is string => !!host))
  }
  const names = sortedOnce(namesOf(containers, (c) => hosts(c).length > 0))
  if (names.length === 0) return undefined
  const found = sortedOnce(containers.flatMap(hosts))
  return {
    reason: 'probe or lifecycle host',
    detail: `${containersText(names)} ${many('uses', names.length, 'use')} ${many('probe or lifecycle host', found.length)} ${quoted(found)}`,
  }
}

const privileged: PodCheck = ({ containers }) => {
  const names = namesOf(containers, (c) => contextOf(c).privileged === true)
  return names.length > 0 ? { reason: 'privileged', detail: `${containersText(names)} must not set securityContext.privileged=true` } : undefined
}

export const procMount: PodCheck = ({ containers }) => {
  const isBad = (type: string | undefined): boolean => type !== undefined && type !== 'Default'
  const names = namesOf(containers, (c) => isBad(contextOf(c).procMount))
  if (names.length === 0) return undefined
  const types = sortedOnce(containers.map((c) => contextOf(c).procMount).filter((type): type is string => isBad(type)))
  return { reason: 'procMount', detail: `${containersText(names)} must not set securityContext.procMount to ${quoted(types)}` }
}

/** Pods in a user namespace of their own may do more. */
export const unlessOwnUsers = (check: PodCheck): PodCheck => (pod) => ((pod.spec as { readonly hostUsers?: boolean }).hostUsers === false ? undefined : check(pod))

const seLinux = (allowed: readonly string[]): PodCheck => ({ spec, containers }) => {
  const of = (holder: object) => contextOf(holder).seLinuxOptions
  const isBad = (o: ReturnType<typeof of>): boolean => o !== undefined && (!allowed.includes(o.type ?? '') || !!o.user || !!o.role)
  const who = setters(isBad(of(spec)), namesOf(containers, (c) => isBad(of(c))))
  if (!who) return undefined
  const all = [spec, ...containers].map(of)
  const types = sortedOnce(all.map((o) => o?.type ?? '').filter((type) => !allowed.includes(type)))
  const data = [
    ...(types.length > 0 ? [`${many('type', types.length)} ${quoted(types)}`] : []),
    ...(all.some((o) => o?.user) ? ['user may not be set'] : []),
    ...(all.some((o) => o?.role) ? ['role may not be set'] : []),
  ]
  return { reason: 'seLinuxOptions', detail: `${who} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}` }
}

const isBadSeccomp = (type: string | undefined): boolean => type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost'

/** Profiles that are set to a forbidden type. */
export function badSeccomp({ spec, containers }: Checked): Violation | undefined {
  const podType = contextOf(spec).seccompProfile?.type
  const who = setters(isBadSeccomp(podType), namesOf(containers, (c) => isBadSeccomp(contextOf(c).seccompProfile?.type)))
  if (!who) return undefined
  const types = sortedOnce([podType, ...containers.map((c) => contextOf(c).seccompProfile?.type)].filter((type): type is string => isBadSeccomp(type)))
  return { reason: 'seccompProfile', detail: `${who} must not set securityContext.seccompProfile.type to ${quoted(types)}` }
}

const seccompAnnotations: PodCheck = ({ annotations, containers }) => {
  const isBad = (value: string | undefined): boolean => value !== undefined && value !== 'runtime/default' && value !== 'docker/default' && !value.startsWith('localhost/')
  const keys = [SECCOMP_POD, ...containers.map((c) => `${SECCOMP_CONTAINER}${c.name}`)].filter((key) => isBad(annotations[key]))
  const found = sortedOnce(keys.map((key) => `${key}="${annotations[key]}"`))
  return found.length > 0 ? { reason: 'seccompProfile', detail: `forbidden ${many('annotation', found.length)} ${found.join(', ')}` } : undefined
}

const sysctls = (allowed: readonly string[]): PodCheck => ({ spec }) => {
  const bad = (contextOf(spec).sysctls ?? []).map(({ name }) => name).filter((name) => !allowed.includes(name))
  return bad.length > 0 ? { reason: 'forbidden sysctls', detail: bad.join(', ') } : undefined
}

const hostProcess: PodCheck = ({ spec, containers }) => {
  const who = setters(contextOf(spec).windowsOptions?.hostProcess === true, namesOf(containers, (c) => contextOf(c).windowsOptions?.hostProcess === true))
  return who ? { reason: 'hostProcess', detail: `${who} must not set securityContext.windowsOptions.hostProcess=true` } : undefined
}

/** Level "baseline" (pod-security-admission: policy/check_*.go), by the checks' names. */
export const baselineChecks: readonly VersionedCheck[] = [
  { id: 'appArmorProfile', versions: [[0, appArmor]] },
  { id: 'capabilities_baseline', versions: [[0, capabilities]] },
  { id: 'hostNamespaces', versions: [[0, hostNamespaces]] },
  { id: 'hostPathVolumes', versions: [[0, hostPaths]] },
  { id: 'hostPorts', versions: [[0, hostPorts]] },
  { id: 'hostProbesAndHostLifecycle', versions: [[34, hostProbes]] },
  { id: 'privileged', versions: [[0, privileged]] },
  { id: 'procMount', versions: [[0, procMount], [35, unlessOwnUsers(procMount)]] },
  { id: 'seLinuxOptions', versions: [[0, seLinux(SELINUX)], [31, seLinux([...SELINUX, 'container_engine_t'])]] },
  { id: 'seccompProfile_baseline', versions: [[0, seccompAnnotations], [19, badSeccomp]] },
  { id: 'sysctls', versions: [[0, sysctls(SYSCTLS)], [27, sysctls(SYSCTLS_27)], [29, sysctls(SYSCTLS_29)], [32, sysctls(SYSCTLS_32)]] },
  { id: 'windowsHostProcess', versions: [[0, hostProcess]] },
]
