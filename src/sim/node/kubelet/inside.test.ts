import { beforeAll, describe, expect, it } from 'vitest'
import { createCluster, type Cluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'

const POD = `
apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data: {app.conf: "mode=a"}
---
apiVersion: v1
kind: Pod
metadata: {name: app, annotations: {note: mine}}
spec:
  shareProcessNamespace: true
  securityContext: {fsGroup: 2000, runAsUser: 1000, runAsGroup: 3000, supplementalGroups: [4000]}
  containers:
  - name: one
    image: busybox:1.36
    command: [sh, -c, 'sleep 3600']
    env: [{name: LIM, valueFrom: {resourceFieldRef: {resource: limits.memory}}}, {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}]
    volumeMounts:
    - {name: conf, mountPath: /sub/app.conf, subPath: app.conf}
    - {name: conf, mountPath: /conf}
    - {name: mem, mountPath: /mem}
    - {name: token, mountPath: /token}
    - {name: info, mountPath: /info}
  - name: two
    image: busybox:1.36
    command: [sh, -c, 'echo here > /tmp/two; sleep 3600']
  volumes:
  - {name: conf, configMap: {name: conf}}
  - {name: mem, emptyDir: {medium: Memory}}
  - {name: token, projected: {sources: [{serviceAccountToken: {path: tok, audience: vault}}]}}
  - {name: info, downwardAPI: {items: [{path: ann, fieldRef: {fieldPath: metadata.annotations}}]}}
---
apiVersion: v1
kind: Pod
metadata: {name: bound}
spec:
  containers:
  - name: one
    image: busybox:1.36
    command: [sleep, "3600"]
    resources: {limits: {memory: 64Mi}}
    volumeMounts: [{name: mem, mountPath: /mem}, {name: small, mountPath: /small}, {name: big, mountPath: /big}]
  volumes: [{name: mem, emptyDir: {medium: Memory}}, {name: small, emptyDir: {medium: Memory, sizeLimit: 8Mi}}, {name: big, emptyDir: {medium: Memory, sizeLimit: 1Gi}}]
`

const VOLUMES = `
apiVersion: v1
kind: Pod
metadata: {name: sub}
spec:
  securityContext: {runAsUser: 1000}
  containers: [{name: one, image: busybox, command: [sleep, "3600"], volumeMounts: [{name: d, mountPath: /data, subPath: x/y}, {name: d, mountPath: /all}]}]
  volumes: [{name: d, emptyDir: {}}]
---
apiVersion: v1
kind: Pod
metadata: {name: huge}
spec:
  containers: [{name: one, image: busybox, command: [sleep, "3600"], volumeMounts: [{name: h, mountPath: /h}]}]
  volumes: [{name: h, emptyDir: {medium: HugePages}}]
`

describe('a container as it is seen from inside', () => {
  let cluster: Cluster
  const sh = (pod: string, line: string, container = 'one'): string => {
    const { stdout, stderr } = cluster.kubectlNow({ argv: ['exec', pod, '-c', container, '--', 'sh', '-c', line] })
    return stdout + stderr
  }

  beforeAll(() => {
    cluster = createCluster({ nodes: 1, kubelet: 'detailed', history: { keep: false } })
    cluster.boot()
    cluster.runFor(seconds(5))
    cluster.kubectlNow({ argv: ['apply', '-f', '-'], stdin: POD })
    cluster.runFor(seconds(10))
  }, 60_000)

  it('a limit that is not set is what the node gives to pods', () => {
    expect(sh('app', 'echo $LIM $CPU')).toBe(`${8092 * 1024 ** 2} 4\n`)
  })

  it('file systems in memory are as large as the pod may get, or as the volume says', () => {
    const sizes = (pod: string, places: string): readonly string[] => [...sh(pod, `mount | grep -E ' /(${places}) '`).matchAll(/on (\S+) type tmpfs .*size=(\d+k)/g)].map((m) => `${m[1]} ${m[2]}`)
    expect(sizes('app', 'mem|token')).toEqual(['/mem 8286208k', '/token 8286208k'])
    expect(sizes('bound', 'mem|small|big')).toEqual(['/mem 65536k', '/small 8192k', '/big 65536k'])
  })

  it('mounts of short paths come before those of long ones; their numbers tell what they lie on', () => {
    const lines = sh('app', 'cat /proc/self/mountinfo').split('\n').map((line) => line.split(' '))
    const places = lines.map((words) => words[4])
    expect(places.indexOf('/conf')).toBeLessThan(places.indexOf('/sub/app.conf'))
    expect(places.indexOf('/sub/app.conf')).toBeLessThan(places.indexOf('/etc/hosts'))
    const idOf = (place: string): string => lines.find((words) => words[4] === place)![0]!
    expect(lines.find((words) => words[4] === '/dev/shm')![1]).toBe(idOf('/dev'))
    expect(lines.find((words) => words[4] === '/proc/sys')!.slice(1, 6)).toEqual([idOf('/proc'), lines.find((words) => words[4] === '/proc')![2], '/sys', '/proc/sys', 'ro,nosuid,nodev,noexec,relatime'])
  })

  it('kernel parameters can be read and not be written', () => {
    expect(sh('app', 'cat /proc/sys/net/ipv4/ip_local_port_range; cat /proc/sys/net/core/somaxconn; ls /proc/sys/net')).toBe('32768\t60999\n4096\ncore\nipv4\n')
    expect(sh('app', 'echo 1 > /proc/sys/net/ipv4/ip_forward')).toContain('Read-only file system')
    expect(sh('bound', 'echo 1 > /proc/sys/net/ipv4/ip_forward')).toContain('Read-only file system')
  })

  it('tokens belong to the user and the group of the pod, groups come in order, the kubelet notes what it knows of the pod', () => {
    expect(sh('app', 'ls -l /token/..data/')).toMatch(/^-rw-r----- +1 1000 +2000 .* tok$/m)
    expect(sh('bound', 'ls -l /var/run/secrets/kubernetes.io/serviceaccount/..data/')).toMatch(/^-rw-r--r-- +1 root +root .* token$/m)
    expect(sh('app', 'id')).toBe('uid=1000 gid=3000 groups=2000,3000,4000\n')
    expect(sh('app', 'cat /info/ann')).toMatch(/^kubernetes.io\/config.seen="2026-01-01T00:00:[\d.]+Z"\nkubernetes.io\/config.source="api"\nnote="mine"$/m)
    expect(sh('app', 'env | grep SHLVL; sh -c "env | grep SHLVL"')).toBe('SHLVL=1\nSHLVL=2\n')
  })

  it('who shares processes sees the files of others through /proc', () => {
    expect(sh('app', 'ls /proc/*/root/tmp/two | wc -l; cat /proc/*/root/tmp/two | head -1')).toBe('1\nhere\n')
    expect(sh('app', 'ls -la /conf/..data/ | sed -n 2p')).toMatch(/^drwxr-sr-x +2 root +2000 .* \.$/m)
    expect(sh('bound', 'ls -l /proc/1/root | sed "s/.*root ->/->/"; ls /proc/1/cwd/etc/hostname')).toBe('-> /\n/proc/1/cwd/etc/hostname\n')
  })

  it('a subPath that is made gets the mode of its volume; huge pages need who asks for them', () => {
    cluster.kubectlNow({ argv: ['apply', '-f', '-'], stdin: VOLUMES })
    cluster.runFor(seconds(15))
    expect(sh('sub', 'touch /data/mine; ls -ld /all/x /all/x/y | cut -c1-10; ls /all/x/y; head -2 /proc/meminfo')).toBe('drwxr-xr-x\ndrwxrwxrwx\nmine\nMemTotal:        8388608 kB\nMemFree:         5033164 kB\n')
    expect(cluster.kubectlNow({ argv: ['describe', 'pod', 'huge'] }).stdout).toMatch(/FailedMount .* MountVolume.SetUp failed for volume "h" : medium HugePages: hugePages storage requested, but there is no resource request for huge pages$/m)
  })
})
