import { ALL_CAPABILITIES, CAPABILITIES, DEFAULT_CAPABILITIES } from '../linux/capabilities.ts'
import type { Container } from '../../api/container.ts'
import { milliValue, value } from '../../api/quantity.ts'
import type { EventContext } from '../../engine/engine.ts'
import { CLUSTER_DOMAIN, POD_PIDS_LIMIT, SINGLE_PROCESS_OOM_KILL } from '../../flags/kubelet.ts'
import type { Resolved } from '../../images/registry.ts'
import { lookUp, namesOf, normalize, withPath, directory, file, withNode, type FsNode } from '../linux/fs.ts'
import type { Credentials, Mount } from '../linux/machine.ts'
import type { ContainerConfig } from '../linux/pod-machine.ts'
import { DEFAULT_PATH } from '../linux/programs.ts'
import { rootOf } from '../linux/rootfs.ts'
import { USERS } from '../linux/users.ts'
import { heldCpu } from './cpu-limit.ts'
import { deviceVariables } from './devices.ts'
import { environmentOf, expand } from './env.ts'
import { hostNames, hostsFile, qosOf, resolvFile } from './files.ts'
import { oomScoreOf } from './oom-score.ts'
import { isFiltered } from './seccomp.ts'
import type { PodRow } from './state.ts'
import { podText, type KubeletWorld } from './world.ts'
import { hostsPath, messagePath, sandboxFile, sandboxMemory, subPathPath, volumePath } from './volume-paths.ts'
import type { Volume } from '../../api/volume.ts'
import { setUpVolume, type SetUp } from './volumes.ts'

type Found = Extract<Resolved, { found: true }>

/** A container ready to be created: its configuration, the trees of its volumes, or what is wrong with it. */
export type Made = { readonly config: ContainerConfig; readonly argv: readonly string[]; readonly roots: Readonly<Record<string, FsNode>> } | { readonly error: string; readonly kind: 'config' | 'create' }

/** The set of capabilities as a number (bits above 31 too, so no bit operators). */
export function capabilitiesOf(container: Container): number {
  const { privileged, capabilities } = container.securityContext ?? {}
  if (privileged) return ALL_CAPABILITIES
  const named = (list: readonly string[] | undefined): readonly string[] => (list ?? []).map((name) => name.toUpperCase().replace(/^CAP_/, ''))
  const add = named(capabilities?.add)
  const drop = named(capabilities?.drop)
  const set = new Set<string>(drop.includes('ALL') ? [] : DEFAULT_CAPABILITIES)
  if (add.includes('ALL')) for (const name of CAPABILITIES) set.add(name)
  for (const name of drop) if (!add.includes('ALL')) set.delete(name)
  for (const name of add) set.add(name)
  return CAPABILITIES.reduce((sum, name, i) => sum + (set.has(name) ? 2 ** i : 0), 0)
}

/** As whom the container runs: its own wish, the pod's, the image's; with the groups of the pod. */
export function credentialsOf(row: PodRow, container: Container, image: Found): Credentials {
  const pod = row.pod.spec.securityContext
  const [user = '', group] = (image.image.config?.user ?? '').split(':')
  const imageUid = /^\d+$/.test(user) ? Number(user) : Number(Object.entries(USERS).find(([, name]) => name === user)?.[0] ?? 0)
  const uid = container.securityContext?.runAsUser ?? pod?.runAsUser ?? imageUid
  const gid = container.securityContext?.runAsGroup ?? pod?.runAsGroup ?? (group !== undefined && /^\d+$/.test(group) ? Number(group) : 0)
  const groups = [...new Set([gid, ...(pod?.fsGroup === undefined ? [] : [pod.fsGroup]), ...(pod?.supplementalGroups ?? [])])].sort((a, b) => a - b)
  return { uid, gid, groups }
}

/** Must the container not run as root, and is that known (kuberuntime, security_context.go: verifyRunAsNonRoot)? */
function nonRootFault(row: PodRow, container: Container, image: Found): string | undefined {
  const pod = row.pod.spec.securityContext
  const wanted = container.securityContext?.runAsNonRoot ?? pod?.runAsNonRoot
  if (!wanted) return undefined
  const where = `(pod: "${podText(row.pod)}", container: ${container.name})`
  const asked = container.securityContext?.runAsUser ?? pod?.runAsUser
  if (asked !== undefined) return asked === 0 ? `container's runAsUser breaks non-root policy ${where}` : undefined
  const user = (image.image.config?.user ?? '').split(':')[0]!
  if (user === '' || user === '0') return `container has runAsNonRoot and image will run as root ${where}`
  return /^\d+$/.test(user) ? undefined : `container has runAsNonRoot and image has non-numeric user (${user}), cannot verify user is non-root ${where}`
}

/** An ephemeral container sees the processes of the one that it is for. */
const targetOf = (container: Container): string | undefined => (container as { readonly targetContainerName?: string }).targetContainerName

/** Everything that a container is made of (kuberuntime_container.go: generateContainerConfig; containerd: container_create.go). */
export function configure(world: KubeletWorld, ctx: EventContext, row: PodRow, container: Container, image: Found, id: string): Made {
  const { pod } = row
  const node = world.node(row)
  const variables = environmentOf(world, row, node, container)
  if ('error' in variables) return { error: variables.error, kind: 'config' }
  const fault = nonRootFault(row, container, image)
  if (fault) return { error: fault, kind: 'config' }
  const command = (container.command ?? []).map((word) => expand(word, variables))
  const args = (container.args ?? []).map((word) => expand(word, variables))
  const { entrypoint = [], cmd = [], env: imageEnv = [], workingDir = '/' } = image.image.config ?? {}
  const argv = command.length > 0 ? [...command, ...args] : args.length > 0 ? [...entrypoint, ...args] : [...entrypoint, ...cmd]
  if (argv.length === 0) return { error: `failed to generate container "${id}" spec: failed to generate spec: no command specified`, kind: 'create' }
  const user = credentialsOf(row, container, image)
  const roots: Record<string, FsNode> = {}
  const mounts = mountsOf(world, ctx, row, container, id, variables, roots)
  if (!Array.isArray(mounts)) return { error: (mounts as { error: string }).error, kind: 'config' }
  const env: Record<string, string> = {
    PATH: DEFAULT_PATH, HOSTNAME: hostNames(pod, node, world.flags.get(CLUSTER_DOMAIN)).shown, ...(container.tty ? { TERM: 'xterm' } : {}),
    ...Object.fromEntries(imageEnv.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])),
    ...Object.fromEntries([...variables].sort(([a], [b]) => (a < b ? -1 : 1))), HOME: user.uid === 0 ? '/root' : '/',
    ...(row.devices ? deviceVariables(row, container.name) : {}),
  }
  const { requests, limits } = container.resources ?? {}
  const qos = qosOf(pod)
  const memoryLimit = limits?.['memory'] === undefined ? undefined : value(limits['memory'])
  const ports = (container.ports ?? []).map((p) => p.containerPort)
  const pidsLimit = world.flags.get(POD_PIDS_LIMIT)
  const config: ContainerConfig = {
    name: container.name, id, argv, env, cwd: container.workingDir ?? workingDir, user, root: workRoot(rootOf(image.image, ports), container.workingDir), mounts, readOnlyRoot: container.securityContext?.readOnlyRootFilesystem ?? false,
    milliCpuRequest: milliValue(requests?.['cpu'] ?? limits?.['cpu']), milliCpuLimit: heldCpu(world, container) ?? 0, ...(memoryLimit === undefined ? {} : { memoryLimit }), ...(pidsLimit < 0 ? {} : { pidsLimit }),
    oomScore: oomScoreOf(pod, container, node.memory), oomGroup: world.cgroups === 'v2' && !world.flags.get(SINGLE_PROCESS_OOM_KILL),
    capabilities: capabilitiesOf(container), noNewPrivileges: container.securityContext?.allowPrivilegeEscalation === false,
    seccomp: isFiltered(world, pod, container), privileged: container.securityContext?.privileged ?? false,
    cgroup: cgroupPath(world, row, qos, id), cgroups: world.cgroups, ports, ...(container.stdin ? { stdin: true } : {}), ...(container.tty ? { tty: true } : {}), ...(targetOf(container) ? { pidsOf: targetOf(container)! } : {}), terminationPath: container.terminationMessagePath ?? '/dev/termination-log', layers: 30 + image.layers.length,
  }
  return { config, argv, roots }
}

const workRoot = (root: FsNode, dir: string | undefined): FsNode => (dir && dir !== '/' && !lookUp(root, namesOf(dir)) ? withPath(root, dir, directory()) : root)

/** The path of a container in the cgroup tree: by QoS class, pod and id. */
function cgroupPath(world: KubeletWorld, row: PodRow, qos: string, id: string): string {
  const parent = qos === 'Guaranteed' ? '' : `/${qos.toLowerCase()}`
  if (world.cgroups === 'v1') return `/kubepods${parent}/pod${row.uid}/${id}`
  const uid = row.uid.replaceAll('-', '_')
  const kind = qos === 'Guaranteed' ? '' : `-${qos.toLowerCase()}`
  return `/kubepods.slice${kind ? `/kubepods${kind}.slice` : ''}/kubepods${kind}-pod${uid}.slice/cri-containerd-${id}.scope`
}

function mountsOf(world: KubeletWorld, ctx: EventContext, row: PodRow, container: Container, id: string, variables: ReadonlyMap<string, string>, roots: Record<string, FsNode>): Mount[] | { readonly error: string } {
  const { pod } = row
  const node = world.node(row)
  const sandbox = row.sandbox.id ?? ''
  const bind = (at: string, name: string, origin: string): Mount => ({ at, origin, fs: 'pod-files', from: `/${name}`, readOnly: container.securityContext?.readOnlyRootFilesystem ?? false, type: 'ext4', source: '/dev/vda', options: 'rw,relatime,discard' })
  const domain = world.flags.get(CLUSTER_DOMAIN)
  const files: Record<string, FsNode> = { hosts: file(hostsFile(row, node, domain), 0o644, ctx.now), hostname: file(`${hostNames(pod, node, domain).shown}\n`, 0o644, ctx.now), 'resolv.conf': file(resolvFile(pod, world.clusterDNS, domain), 0o644, ctx.now) }
  roots['pod-files'] = row.machine?.roots['pod-files'] ?? directory(files)
  if (row.machine?.roots['pod-files']) roots['pod-files'] = withNode(roots['pod-files'], ['hosts'], files['hosts'], ctx.now)
  roots[`messages:${container.name}`] = directory({ log: { ...file('', 0o666, ctx.now) } })
  const own: readonly Mount[] = [
    bind('/etc/hosts', 'hosts', hostsPath(row.uid)),
    { ...bind(container.terminationMessagePath ?? '/dev/termination-log', '', messagePath(row.uid, container.name, id)), fs: `messages:${container.name}`, from: '/log', readOnly: false },
    bind('/etc/hostname', 'hostname', sandboxFile(sandbox, 'hostname')),
    bind('/etc/resolv.conf', 'resolv.conf', sandboxFile(sandbox, 'resolv.conf')),
    { at: '/dev/shm', origin: pod.spec.hostIPC ? '/dev/shm' : sandboxMemory(sandbox), fs: 'shm', from: '/', readOnly: false, type: 'tmpfs', source: 'shm', options: 'rw,relatime,size=65536k' },
  ]
  const mounts: Mount[] = []
  roots['shm'] = row.machine?.roots['shm'] ?? directory({}, 0o1777, ctx.now)
  for (const [index, wanted] of (container.volumeMounts ?? []).entries()) {
    const volume = pod.spec.volumes?.find((v) => v.name === wanted.name)
    const made = volume && (existingSetUp(row, volume.name) ?? setUpVolume(world, ctx, row, volume))
    if (!made || 'error' in made) continue
    const tree = row.machine?.roots[made.fs] ?? roots[made.fs] ?? made.tree
    if (tree && made.fs.startsWith('volume:')) roots[made.fs] = tree
    const sub = wanted.subPathExpr === undefined ? wanted.subPath : expand(wanted.subPathExpr, variables)
    let from = made.from
    const path = volumePath(row.uid, volume)
    const origin = sub ? subPathPath(row.uid, volume.name, container.name, index) : (path ?? (from === '/' || made.fs === 'host' ? from : undefined))
    const known = origin === undefined ? {} : { origin }
    if (sub) {
      const prepared = subPath(world, row, made, tree, sub, ctx.now, roots)
      if (typeof prepared !== 'string') return prepared
      from = prepared
      const content = tree && !volume.emptyDir && made.fs.startsWith('volume:') ? lookUp(tree, namesOf(prepared)) : undefined
      if (content) {
        // A subPath of objects' files is the file as it is now and stays so.
        const key = `sub:${container.name}:${wanted.mountPath}`
        roots[key] = directory({ it: content })
        const readOnly = wanted.readOnly ?? isOfObjects(volume)
        mounts.push({ at: normalize(wanted.mountPath), ...known, fs: key, from: '/it', readOnly, type: made.type, source: made.source, options: readOnly ? made.options.replace(/^rw/, 'ro') : made.options })
        continue
      }
    }
    const readOnly = wanted.readOnly ?? isOfObjects(volume)
    mounts.push({ at: normalize(wanted.mountPath), ...known, fs: made.fs, from, readOnly, type: made.type, source: made.source, options: readOnly ? made.options.replace(/^rw/, 'ro') : made.options })
  }
  // Volumes first, then what every container has unless a volume lies there; short paths before those that may lie below them (containerd: WithMounts).
  const all = [...mounts, ...own.filter((m) => !mounts.some(({ at }) => at === m.at))]
  const depth = ({ at }: Mount): number => at.split('/').length
  return all.some((m, i) => i > 0 && depth(all[i - 1]!) > depth(m)) ? all.sort((a, b) => depth(a) - depth(b)) : all
}

/** Volumes that the kubelet writes: containers only read them. */
const isOfObjects = (v: Volume): boolean => v.configMap !== undefined || v.secret !== undefined || v.projected !== undefined || v.downwardAPI !== undefined

/** How a volume that is set up already is mounted; kept beside the machine's trees. */
function existingSetUp(row: PodRow, name: string): SetUp | undefined {
  for (const c of Object.values(row.machine?.containers ?? {})) {
    const mount = c.mounts.find((m) => m.fs === `volume:${name}`)
    if (mount) return { fs: mount.fs, from: '/', type: mount.type, source: mount.source, options: mount.options.replace(/^ro/, 'rw') }
  }
  return undefined
}

const [PERMISSIONS, SETGID, UMASK] = [0o777, 0o2000, 0o022]

/** A missing subPath gets the mode of its volume, folders on the way lose what the umask takes (volume/util/subpath: doSafeMakeDir); a group that is passed on is. */
function withSubPath(root: FsNode, volume: readonly string[], names: readonly string[], now: number): FsNode {
  const { mode } = lookUp(root, volume) ?? root
  let tree = root
  for (let n = volume.length + 1; n <= names.length; n++) {
    if (lookUp(tree, names.slice(0, n))) continue
    const parent = lookUp(tree, names.slice(0, n - 1))!
    const isLast = n === names.length
    const inherited = parent.mode & SETGID
    tree = withNode(tree, names.slice(0, n), directory({}, isLast ? mode : (mode & PERMISSIONS & ~UMASK) | inherited, now, 0, inherited ? parent.gid : 0), now)
  }
  return tree
}

/** The place of a subPath in its volume: the file itself, links followed now and never again; a missing one becomes a directory. */
function subPath(world: KubeletWorld, row: PodRow, made: SetUp, tree: FsNode | undefined, sub: string, now: number, roots: Record<string, FsNode>): string | { readonly error: string } {
  const root = tree ?? world.disks.get(made.fs === 'host' ? `host/${row.node}` : made.fs)
  if (!root) return made.from
  const path = normalize(`${made.from}/${sub}`)
  let node = lookUp(root, namesOf(path))
  let at = path
  for (let i = 0; i < 10; i++) {
    const names = namesOf(at)
    const step = names.findIndex((_, n) => lookUp(root, names.slice(0, n + 1))?.t === 'l')
    if (step < 0) break
    const found = lookUp(root, names.slice(0, step + 1))!
    at = normalize((found as { to: string }).to.startsWith('/') ? (found as { to: string }).to : `/${names.slice(0, step).join('/')}/${(found as { to: string }).to}`) + (step + 1 < names.length ? `/${names.slice(step + 1).join('/')}` : '')
    node = lookUp(root, namesOf(at))
  }
  if (node) return at
  const next = withSubPath(root, namesOf(made.from), namesOf(path), now)
  if (made.fs.startsWith('volume:')) roots[made.fs] = next
  else world.disks.set(made.fs === 'host' ? `host/${row.node}` : made.fs, next)
  return path
}
