import type { Pod } from '../../api/pod.ts'

/** Sysctls that may be set without being allowed first (pkg/kubelet/sysctl: SafeSysctlAllowlist). */
const SAFE = [
  'kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start', 'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes', 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem',
] as const

const matches = (pattern: string, name: string): boolean => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern)

/** Why a kubelet that allows these besides the safe ones does not set a sysctl of the pod (allowlist.go: validateSysctl). */
export function forbiddenSysctl({ spec }: Pod, allowed: readonly string[]): string | undefined {
  for (const { name: given } of spec.securityContext?.sysctls ?? []) {
    const name = given.replaceAll('/', '.')
    if (![...SAFE, ...allowed].some((pattern) => matches(pattern, name))) return `forbidden sysctl: "${name}" not allowlisted`
    const isNet = name.startsWith('net.')
    if (isNet ? spec.hostNetwork : spec.hostIPC) return `forbidden sysctl: "${name}" not allowed with host ${isNet ? 'Net' : 'IPC'} enabled`
  }
  return undefined
}
