import { beforeAll, describe, expect, it } from 'vitest'
import { createCluster, type Cluster } from '../../cluster.ts'
import type { KubeObject } from '../../api/meta.ts'
import { create, PODS } from '../../client/request.ts'
import { seconds } from '../../engine/time.ts'
import { NodeShell } from '../../testing/node-shell.ts'
import type { Kubelets } from './kubelets.ts'

describe('a root shell on a node', () => {
  let node: NodeShell
  let cluster: Cluster
  const kubectl = (...argv: string[]): string => node.kubectl(...argv)
  const sh = (line: string): string => node.sh(line)

  beforeAll(() => {
    node = new NodeShell(1)
    cluster = node.cluster
  }, 60_000)

  it('sees the processes of all pods under their shims, with numbers inside and outside', () => {
    expect(sh('pstree -p')).toMatch(/containerd-shim\(\d+\)-\+-nginx\(\d+\)|containerd-shim\(\d+\)-\+-pause\(\d+\)\n.*`-nginx\(\d+\)/)
    const pid = sh('pidof nginx').trim()
    expect(sh(`grep NSpid /proc/${pid}/status`)).toBe(`NSpid:\t${pid}\t1\n`)
    expect(sh('ps aux | grep -c containerd-shi[m]').trim()).toBe(sh('crictl pods -q | wc -l').trim())
  })

  it('enters namespaces of a pod and leaves what it writes there', () => {
    expect(sh('nsenter -t $(pidof nginx) -n hostname -i')).toMatch(/^10\.244\./)
    expect(sh('nsenter -t $(pidof nginx) -m -p -u sh -c "echo hi > /tmp/x; ps; hostname"')).toMatch(/1 root {5}nginx: master process[^]*web-/)
    expect(kubectl('exec', 'deploy/web', '--', 'cat', '/tmp/x')).toBe('hi\n')
    expect(sh('nsenter -t $(pidof nginx) -n wget -qO- localhost | grep title')).toBe('<title>Welcome to nginx!</title>\n')
  })

  it('finds the kubelet folders, logs and the cgroup tree', () => {
    expect(sh('tail -n 1 /var/log/pods/default_web-*/nginx/0.log')).toMatch(/stdout F nginx: start worker processes\n$/)
    expect(sh('cat /var/lib/kubelet/pods/*/volumes/kubernetes.io~projected/kube-api-access-*/namespace | sort -u')).toContain('kube-system')
    const group = sh('nsenter -t 1 -C -- cut -d: -f3 /proc/$(pidof nginx)/cgroup').trim()
    expect(group).toMatch(/^\/kubepods\.slice\/kubepods-besteffort\.slice\/kubepods-besteffort-pod[0-9a-f_]+\.slice\/cri-containerd-[0-9a-f]{64}\.scope$/)
    expect(sh(`cat /sys/fs/cgroup${group}/cgroup.procs`)).toBe(sh('pidof nginx'))
    expect(sh(`cat /sys/fs/cgroup${group}/cpu.weight`)).toBe('1\n')
  })

  it('a write to a cgroup of the node changes what the kernel allows the container', () => {
    const group = sh('nsenter -t 1 -C -- cut -d: -f3 /proc/$(pidof nginx)/cgroup').trim()
    sh(`echo 50000 100000 > /sys/fs/cgroup${group}/cpu.max; echo 33554432 > /sys/fs/cgroup${group}/memory.max`)
    expect(kubectl('exec', 'deploy/web', '--', 'cat', '/sys/fs/cgroup/cpu.max', '/sys/fs/cgroup/memory.max')).toBe('50000 100000\n33554432\n')
    expect(sh(`cat /sys/fs/cgroup${group}/cpu.max; echo abc > /sys/fs/cgroup${group}/cpu.max`)).toContain('50000 100000\n')
    expect(kubectl('exec', 'deploy/web', '--', 'sh', '-c', 'echo max > /sys/fs/cgroup/cpu.max')).toContain('Read-only file system')
  })

  it('a kill on the node is seen by the kubelet, which starts the container again', () => {
    const before = sh('crictl ps -q --name nginx')
    sh('kill $(pidof nginx)')
    cluster.runFor(seconds(5))
    expect(sh('crictl ps -q --name nginx')).not.toBe(before)
    expect(kubectl('get', 'pods', '-l', 'app=web')).toMatch(/Running +1 /)
  })

  it('new namespaces begin with nothing of the others', () => {
    expect(sh('unshare -p -m -n -u -f --mount-proc sh -c "ps; ip link; hostname other; hostname"')).toMatch(/1 pts\/0 .* sh\n +2 pts\/0 .* ps\n1: lo: <LOOPBACK>[^]*other\n$/)
    expect(sh('hostname')).toBe('node-1\n')
    expect(kubectl('exec', 'deploy/web', '--', 'unshare', '-m', 'true')).toContain('Operation not permitted')
  })

  it('docker runs containers beside the pods, and pods use what it builds', () => {
    expect(sh('docker run --rm busybox echo hello')).toContain('hello\n')
    sh('docker run -d --name n -p 8080:80 nginx')
    expect(sh('curl -s localhost:8080 | grep h1; docker exec n sh -c "hostname -i"; docker run --rm --net container:n busybox hostname -i')).toMatch(/^<h1>Welcome to nginx!<\/h1>\n(172\.17\.0\.\d+)\n\1\n$/)
    expect(sh('docker exec n touch /new; docker diff n; docker stop n; docker ps -q; docker inspect -f "{{.State.Status}} {{.State.ExitCode}}" n')).toBe('A /new\nn\nexited 0\n')
    sh('mkdir -p /b; cd /b; echo "text" > file; printf "FROM busybox AS one\\nRUN echo made > /made\\nFROM busybox\\nCOPY --from=one /made /\\nCOPY file /data/\\nENV A=b\\nCMD cat /made /data/file; echo \\$A; sleep 1000\\n" > Dockerfile; docker build -t mine:1 .')
    expect(sh('docker run --rm mine:1 sh -c "cat /made /data/file; echo $A; env | grep ^A="')).toContain('made\ntext\n')
    kubectl('run', 'own', '--image=mine:1', '--image-pull-policy=Never')
    cluster.runFor(seconds(5))
    expect(kubectl('logs', 'own')).toBe('made\ntext\nb\n')
  })

  it('nothing is kept of a look at the node', () => {
    cluster.runFor(seconds(5))
    const { world } = cluster.kubelets as Kubelets
    const left = world.pods.keys().map((key) => Object.keys(world.pods.get(key)!.machine?.roots ?? {}).filter((fs) => fs.startsWith('@'))).flat()
    expect(left).toEqual([])
  })
})

it('a declared load is what top and the cgroup show in the container', () => {
  const cluster = createCluster({ nodes: 1, history: { keep: false } })
  cluster.boot()
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'app', namespace: 'default', annotations: { 'orrery.dev/load': 'cpu=2000m memory=300Mi' } }, spec: { containers: [{ name: 'c', image: 'busybox:1.36', command: ['sleep', '1000'] }] } } as unknown as KubeObject
  expect(cluster.request(create(PODS, 'default', pod)).kind).toBe('Pod')
  cluster.runFor(seconds(20))
  const sh = (line: string): string => cluster.kubectlNow({ argv: ['exec', 'app', '--', 'sh', '-c', line] }).stdout
  expect(sh('top -bn1 | head -5 | tail -1')).toMatch(/^ {4}1 .* R .* 50% sleep 1000\n$/)
  expect(sh('cat /sys/fs/cgroup/memory.current')).toBe(`${300 * 1024 * 1024}\n`)
})

it('curl and wget tell what scripts ask for, and give up when they are told to', () => {
  const cluster = createCluster({ nodes: 1, history: { keep: false } })
  cluster.boot()
  cluster.runFor(seconds(5))
  const kubectl = (...argv: string[]): string => cluster.kubectlNow({ argv }).stdout
  kubectl('run', 'web', '--image=nginx')
  kubectl('run', 'box', '--image=busybox', '--', 'sleep', '10000')
  cluster.runFor(seconds(10))
  const ip = kubectl('get', 'pod', 'web', '-o', 'jsonpath={.status.podIP}')
  const sh = (line: string): string => kubectl('exec', 'box', '--', 'sh', '-c', `apk add curl > /dev/null; ${line} 2>&1`)
  expect(sh(`curl -s -o /dev/null -w "%{http_code}\\n" ${ip}; curl -sf ${ip}/none; echo $?; curl --silent ${ip} | grep -c title`)).toBe('200\n22\n1\n')
  expect(sh('date +%s > /a; curl --max-time 2 10.250.0.9; date +%s > /b; echo $(( $(cat /b) - $(cat /a) ))')).toMatch(/\n2$|^2\n/)
  expect(sh('wget -T 1 -qO- 10.250.0.9')).toBe('wget: download timed out\n')
})
