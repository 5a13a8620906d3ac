import { directory, file, link, type FsNode } from './fs.ts'
import { BASE, program } from './rootfs.ts'
import { GROUP, PASSWD } from './users.ts'

const tools = (names: readonly string[]): Record<string, FsNode> => Object.fromEntries(names.map((name) => [name, program(name)]))
const socket: FsNode = { t: 's', mode: 0o660, uid: 0, gid: 0, mtime: 0, device: '' }
const shared = (BASE.entries['bin'] as Extract<FsNode, { t: 'd' }>).entries

/** Programs of a node: those of every image, the full-sized ps, bash, and what administers a node. */
const BIN = directory({ ...shared, ...tools(['crictl', 'ctr', 'systemctl', 'journalctl', 'docker', 'lsns', 'findmnt', 'pstree', 'nsenter', 'unshare', 'curl']), bash: program('sh'), ls: program('ls {"gnu":true}'), ps: program('ps {"procps":true}') })

/** What a kubelet keeps for itself between two starts. */
const KUBELET_STATE: Readonly<Record<string, FsNode>> = {
  actuated_pods_state: file('{}', 0o600), allocated_pods_state: file('{}', 0o600), checkpoints: directory({}, 0o750), cpu_manager_state: file('{"policyName":"none","defaultCpuSet":"","checksum":1353318690}', 0o600), 'device-plugins': directory({ 'kubelet.sock': socket }, 0o750),
  dra_manager_state: file('{}', 0o600), image_manager: directory({ pulled: directory({}, 0o700), pulling: directory({}, 0o700) }, 0o700), memory_manager_state: file('{"policyName":"None","machineState":{},"entries":{},"checksum":4236770233}', 0o600),
  pki: directory({ 'kubelet.crt': file('', 0o644), 'kubelet.key': file('', 0o600) }, 0o755), plugins: directory({}, 0o750), plugins_registry: directory({}, 0o750), 'pod-resources': directory({ 'kubelet.sock': socket }, 0o750),
}

/** The file system of a node; what the kubelet keeps in it appears when it is looked at (kubelet/host-view.ts). */
export const NODE_ROOT: FsNode = directory({
  bin: BIN, boot: directory(), dev: directory({ null: { t: 'c', mode: 0o666, uid: 0, gid: 0, mtime: 0, device: '1,3' }, zero: { t: 'c', mode: 0o666, uid: 0, gid: 0, mtime: 0, device: '1,5' }, urandom: { t: 'c', mode: 0o666, uid: 0, gid: 0, mtime: 0, device: '1,9' }, full: { t: 'c', mode: 0o666, uid: 0, gid: 0, mtime: 0, device: '1,7' }, vda: { t: 'b', mode: 0o660, uid: 0, gid: 6, mtime: 0, device: '254,0' } }),
  etc: directory({
    hosts: file('127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n'), hostname: file('node\n'), passwd: file(PASSWD), group: file(GROUP), 'resolv.conf': file('nameserver 10.0.0.2\n'), kubernetes: directory({ manifests: directory() }), localtime: file('TZif2'),
    'os-release': file('PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nID=debian\n'), crictl: directory(), 'crictl.yaml': file('runtime-endpoint: unix:///run/containerd/containerd.sock\nimage-endpoint: unix:///run/containerd/containerd.sock\n'),
    cni: directory({ 'net.d': directory({ '10-orrery.conflist': file('{\n  "cniVersion": "1.0.0",\n  "name": "orrery",\n  "plugins": [{ "type": "bridge", "bridge": "cni0", "isGateway": true, "ipam": { "type": "host-local" } }]\n}\n') }) }),
  }),
  home: directory(), mnt: directory({ data: directory() }), opt: directory({ cni: directory({ bin: directory() }) }), proc: directory(), root: directory({}, 0o700), run: directory({ containerd: directory({ 'containerd.sock': socket }), netns: directory() }),
  sbin: link('bin'), srv: directory(), sys: directory({ fs: directory({ cgroup: directory() }) }), tmp: directory({}, 0o1777), usr: directory({ bin: link('../bin'), sbin: link('../bin'), local: directory({ bin: directory() }), share: directory({ zoneinfo: directory() }) }),
  var: directory({ lib: directory({ kubelet: directory({ ...KUBELET_STATE, pods: directory({}, 0o750), 'config.yaml': file('apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nstaticPodPath: /etc/kubernetes/manifests\ncgroupDriver: systemd\n') }), containerd: directory(), docker: directory() }), log: directory({ pods: directory(), containers: directory(), syslog: file('') }), run: link('../run'), tmp: directory({}, 0o1777) }),
})
