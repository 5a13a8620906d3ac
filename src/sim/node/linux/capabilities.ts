/** Capabilities in the order of their bits. */
export const CAPABILITIES = [
  'CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP', 'LINUX_IMMUTABLE', 'NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW', 'IPC_LOCK', 'IPC_OWNER', 'SYS_MODULE', 'SYS_RAWIO', 'SYS_CHROOT', 'SYS_PTRACE', 'SYS_PACCT',
  'SYS_ADMIN', 'SYS_BOOT', 'SYS_NICE', 'SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD', 'LEASE', 'AUDIT_WRITE', 'AUDIT_CONTROL', 'SETFCAP', 'MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ', 'PERFMON', 'BPF', 'CHECKPOINT_RESTORE',
] as const

export const ALL_CAPABILITIES = 2 ** CAPABILITIES.length - 1

/** What containerd gives to a container that asks for nothing, in its order. */
export const DEFAULT_CAPABILITIES: readonly string[] = ['CHOWN', 'DAC_OVERRIDE', 'FSETID', 'FOWNER', 'MKNOD', 'NET_RAW', 'SETGID', 'SETUID', 'SETFCAP', 'SETPCAP', 'NET_BIND_SERVICE', 'SYS_CHROOT', 'KILL', 'AUDIT_WRITE']

const has = (set: number, bit: number): boolean => Math.floor(set / 2 ** bit) % 2 === 1

/** The names in a set (bits above 31 too, so no bit operators): the usual ones first, as the runtime lists them. */
export function namedCapabilities(set: number): readonly string[] {
  const names = CAPABILITIES.filter((_, bit) => has(set, bit)) as readonly string[]
  return [...DEFAULT_CAPABILITIES.filter((name) => names.includes(name)), ...names.filter((name) => !DEFAULT_CAPABILITIES.includes(name))]
}
