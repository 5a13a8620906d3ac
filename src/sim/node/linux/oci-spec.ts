import { NAMESPACES, HOST_NAMESPACES } from './namespaces.ts'
import { namedCapabilities, DEFAULT_CAPABILITIES, CAPABILITIES } from './capabilities.ts'
import { netnsOf, type HostContainer, type HostPod, type HostState } from './host.ts'
import type { ContainerState, Mount } from './machine.ts'
import { USERS_OF_A_POD } from './user-namespaces.ts'
import { defaultSeccomp } from './seccomp-default.ts'

type Json = Readonly<Record<string, unknown>>

const VERSION = '1.3.0'
const SANDBOXES = '/run/containerd/io.containerd.grpc.v1.cri/sandboxes'
const SANDBOX_FILES = '/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes'
const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
export const PAUSE_IMAGE = 'registry.k8s.io/pause:3.10.1'

const DEFAULT_SET = CAPABILITIES.reduce((sum, name, bit) => sum + (DEFAULT_CAPABILITIES.includes(name) ? 2 ** bit : 0), 0)
const PROC_AND_DEV: readonly Json[] = [
  { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
  { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'] },
  { destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'] },
  { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
]
const sysfs = (mode: 'ro' | 'rw'): Json => ({ destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', mode] })
const cgroup = (mode: 'ro' | 'rw'): Json => ({ destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['nosuid', 'noexec', 'nodev', 'relatime', mode] })

/** What the kubelet asks to be hidden from containers, and what containerd hides from the sandbox itself. */
const MASKED = ['/proc/asound', '/proc/acpi', '/proc/interrupts', '/proc/kcore', '/proc/keys', '/proc/latency_stats', '/proc/timer_list', '/proc/timer_stats', '/proc/sched_debug', '/proc/scsi', '/sys/firmware', '/sys/devices/virtual/powercap']
const MASKED_OF_SANDBOX = MASKED.filter((path) => path !== '/proc/interrupts')
const READ_ONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger']

const capabilities = (set: number): Json => {
  const names = namedCapabilities(set).map((name) => `CAP_${name}`)
  return names.length > 0 ? { bounding: names, effective: names, permitted: names } : {}
}

/** "/kubepods/…/<id>", or for systemd "slice:prefix:id" (containerd: cgroup.go, getCgroupsPath). */
const cgroupsPath = (parent: string, id: string, version: HostState['cgroups']): string => (version === 'v1' ? `${parent}/${id}` : `${parent.slice(parent.lastIndexOf('/') + 1)}:cri-containerd:${id}`)

/** The OCI specification by which the runtime made a container that runs (containerd: container_create_linux.go). */
export function containerSpec(host: HostState, pod: HostPod, container: HostContainer, made: ContainerState): Json {
  const isPrivileged = !made.mounts.some((m) => m.fs === 'masked')
  const mode = isPrivileged ? 'rw' : 'ro'
  const own = made.mounts.slice(1).filter((m) => m.origin !== undefined)
  const process = host.processes.find((p) => p.pid === container.pid)
  const path = (kind: 'ipc' | 'uts' | 'net' | 'pid'): string => `/proc/${pod.pid}/ns/${kind}`
  const isOwnPid = process === undefined || (process.ns.pid !== HOST_NAMESPACES.pid && process.ns.pid !== pod.ns.pid)
  const namespaces = [
    ...(process?.ns.pid === HOST_NAMESPACES.pid ? [] : [{ type: 'pid', ...(isOwnPid ? {} : { path: path('pid') }) }]),
    { type: 'ipc', path: path('ipc') }, { type: 'uts', path: path('uts') }, { type: 'mount' }, { type: 'network', path: path('net') }, ...(host.cgroups === 'v2' && !isPrivileged ? [{ type: 'cgroup' }] : []),
  ]
  const { cpuShares, cpuQuota, cpuPeriod } = made.cpu
  if (process?.idBase !== undefined) namespaces.push({ type: 'user', path: `/proc/${pod.pid}/ns/user` })
  return {
    ociVersion: VERSION,
    process: {
      ...(made.tty ? { terminal: true } : {}),
      user: { uid: made.user.uid, gid: made.user.gid, additionalGids: made.user.groups },
      args: container.argv,
      env: Object.entries(made.env).filter(([name]) => name !== 'HOME').map(([name, value]) => `${name}=${value}`),
      cwd: made.cwd,
      capabilities: capabilities(made.capabilities),
      ...(made.noNewPrivileges ? { noNewPrivileges: true } : {}),
      oomScoreAdj: made.oomScore,
    },
    root: { path: 'rootfs', ...(made.mounts[0]!.options.startsWith('ro') ? { readonly: true } : {}) },
    mounts: [...PROC_AND_DEV, sysfs(mode), cgroup(mode), ...own.map(bound)],
    annotations: {
      'io.kubernetes.cri.container-name': container.name, 'io.kubernetes.cri.container-type': 'container', 'io.kubernetes.cri.image-name': container.wanted ?? container.image, 'io.kubernetes.cri.sandbox-id': pod.id, 'io.kubernetes.cri.sandbox-name': pod.name,
      'io.kubernetes.cri.sandbox-namespace': pod.namespace, 'io.kubernetes.cri.sandbox-uid': pod.uid,
    },
    linux: {
      resources: {
        devices: [isPrivileged ? { allow: true, access: 'rwm' } : { allow: false, access: 'rwm' }],
        memory: made.memoryLimit === undefined ? {} : { limit: made.memoryLimit, swap: made.memoryLimit },
        cpu: { shares: cpuShares, ...(cpuQuota === undefined ? {} : { quota: cpuQuota }), period: cpuPeriod },
        ...(made.oomGroup ? { unified: { 'memory.oom.group': '1', 'memory.swap.max': '0' } } : {}),
      },
      cgroupsPath: cgroupsPath(pod.cgroup, container.id, host.cgroups),
      ...mappings(process?.idBase),
      namespaces,
      ...(made.seccomp ? { seccomp: defaultSeccomp(made.capabilities) } : {}),
      ...(isPrivileged ? {} : { maskedPaths: MASKED, readonlyPaths: READ_ONLY }),
    },
  }
}

/** Whom the users of a pod are on the node. */
const mappings = (base: number | undefined): Json => {
  const range = [{ containerID: 0, hostID: base, size: USERS_OF_A_POD }]
  return base === undefined ? {} : { uidMappings: range, gidMappings: range }
}

const bound = (m: Mount): Json => ({ destination: m.at, type: 'bind', source: m.origin!, options: ['rbind', 'rprivate', m.readOnly ? 'ro' : 'rw'] })

/** The specification of a pod's sandbox: the pause container that holds its namespaces (containerd: sandbox_run_linux.go). */
export function sandboxSpec(host: HostState, pod: HostPod): Json {
  const process = host.processes.find((p) => p.pid === pod.pid)
  const hidden = ['rbind', 'ro', 'nosuid', 'nodev', 'noexec']
  const shared = new Set<string>(NAMESPACES.filter((kind) => pod.ns[kind] === HOST_NAMESPACES[kind]))
  return {
    ociVersion: VERSION,
    process: { user: { uid: 65_535, gid: 65_535, additionalGids: [65_535] }, args: ['/pause'], env: [PATH], cwd: '/', capabilities: capabilities(DEFAULT_SET), noNewPrivileges: true, oomScoreAdj: host.cgroups === 'v1' ? 0 : (process?.oomScore ?? -998) },
    root: { path: 'rootfs', readonly: true },
    ...(shared.has('uts') ? {} : { hostname: process?.hostname ?? pod.name }),
    mounts: [
      ...PROC_AND_DEV, sysfs('ro'),
      { destination: '/dev/shm', type: 'bind', source: shared.has('ipc') ? '/dev/shm' : `${SANDBOXES}/${pod.id}/shm`, options: hidden },
      { destination: '/etc/resolv.conf', type: 'bind', source: `${SANDBOX_FILES}/${pod.id}/resolv.conf`, options: hidden },
    ],
    annotations: {
      'io.kubernetes.cri.container-type': 'sandbox', 'io.kubernetes.cri.podsandbox.image-name': PAUSE_IMAGE, 'io.kubernetes.cri.sandbox-cpu-period': String(pod.cpu.cpuPeriod), 'io.kubernetes.cri.sandbox-cpu-quota': String(pod.cpu.cpuQuota ?? 0), 'io.kubernetes.cri.sandbox-cpu-shares': String(pod.cpu.cpuShares),
      'io.kubernetes.cri.sandbox-id': pod.id, 'io.kubernetes.cri.sandbox-log-directory': `/var/log/pods/${pod.namespace}_${pod.name}_${pod.uid}`, 'io.kubernetes.cri.sandbox-memory': String(pod.memoryLimit ?? 0), 'io.kubernetes.cri.sandbox-name': pod.name,
      'io.kubernetes.cri.sandbox-namespace': pod.namespace, 'io.kubernetes.cri.sandbox-uid': pod.uid,
    },
    linux: {
      ...(shared.has('net') ? {} : { sysctl: { 'net.ipv4.ip_unprivileged_port_start': '0', 'net.ipv4.ping_group_range': '0 2147483647' } }),
      resources: { devices: [{ allow: false, access: 'rwm' }], cpu: { shares: 2 } },
      cgroupsPath: cgroupsPath(pod.cgroup, pod.id, host.cgroups),
      ...mappings(process?.idBase),
      namespaces: [...(process?.idBase === undefined ? [] : [{ type: 'user' }]), ...(['pid', 'ipc', 'uts'] as const).filter((kind) => !shared.has(kind)).map((type) => ({ type })), { type: 'mount' }, ...(shared.has('net') ? [] : [{ type: 'network', path: `/var/run/netns/${netnsOf(pod.id)}` }]), ...(host.cgroups === 'v2' ? [{ type: 'cgroup' }] : [])],
      seccomp: defaultSeccomp(DEFAULT_SET),
      maskedPaths: MASKED_OF_SANDBOX,
      readonlyPaths: READ_ONLY,
    },
  }
}
