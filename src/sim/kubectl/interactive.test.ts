import { beforeAll, describe, expect, it } from 'vitest'
import { Cluster } from '../cluster.ts'
import { seconds } from '../engine/time.ts'

const PODS = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: "nginx:1.27"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: shell}
spec: {containers: [{name: sh, image: busybox, stdin: true, tty: true}], terminationGracePeriodSeconds: 1}
---
apiVersion: v1
kind: Pod
metadata: {name: bare}
spec: {containers: [{name: pause, image: "registry.k8s.io/pause:3.10"}]}
`

/** A kubectl at somebody's terminal: what is typed, and what the terminal has shown since. */
class Seat {
  readonly pid: string
  readonly #cluster: Cluster
  #shown = 0
  constructor(cluster: Cluster, line: string) {
    this.#cluster = cluster
    this.pid = cluster.runKubectl({ argv: line.split(' '), interactive: true })
  }
  see(time = seconds(1)): string {
    this.#cluster.runFor(time)
    const all = this.#cluster.kubectl.textOf(this.pid)
    const fresh = all.slice(this.#shown)
    this.#shown = all.length
    return fresh
  }
  type(text: string, time = seconds(1)): string {
    this.#cluster.timeline.command(`kubectl/${this.pid}`, 'input', { text })
    return this.see(time)
  }
  get exit(): number | undefined {
    return this.#cluster.kubectl.processes.get(this.pid)?.exit
  }
}

describe('kubectl at a terminal', () => {
  let cluster: Cluster
  beforeAll(() => {
    cluster = new Cluster({ seed: 3, nodes: 1, bare: true, debug: true })
    cluster.boot()
    cluster.kubectlNow({ argv: ['apply', '-f', 'p.yaml'], files: { 'p.yaml': PODS } })
    cluster.kubectlNow({ argv: ['wait', '--for=condition=Ready', 'pod', '--all'] })
  })

  it('exec -it gives a shell that remembers, and its exit code', () => {
    const seat = new Seat(cluster, 'exec -it web -- sh')
    expect(seat.see()).toMatch(/# $/)
    expect(seat.type('cd /tmp; X=5\n')).toMatch(/^cd \/tmp; X=5\r\n/)
    expect(seat.type('echo $X $(pwd)\n')).toMatch(/^echo \$X \$\(pwd\)\r\n5 \/tmp\r\n/)
    expect(cluster.kubectl.streams.open.get(seat.pid)?.waits).toBe(true)
    expect(seat.type('while true; do echo tick; sleep 1; done\n', seconds(3)).match(/tick/g)!.length).toBeGreaterThanOrEqual(3)
    expect(seat.type('\x03')).toContain('^C')
    expect(seat.type('exit 7\n')).toMatch(/exit 7\r\ncommand terminated with exit code 7\n$/)
    expect(seat.exit).toBe(7)
    expect(cluster.kubectl.streams.open.size).toBe(0)
  })

  it('is stepped back with everything else, and another line makes a branch', () => {
    const seat = new Seat(cluster, 'exec -it web -- sh')
    seat.see()
    const { index } = cluster.timeline
    const hash = cluster.engine.hash()
    seat.type('X=first; touch /tmp/made\n')
    cluster.timeline.seek(index)
    expect(cluster.engine.hash()).toBe(hash)
    seat.type('echo "[$X]"; ls /tmp\n')
    expect(cluster.kubectl.textOf(seat.pid)).toMatch(/\n\[\]\r\n[^\n]*# $/)
    seat.type('\x04')
    expect(seat.exit).toBe(0)
  })

  it('exec -i without a terminal passes lines on, and their end', () => {
    const seat = new Seat(cluster, 'exec -i web -- cat')
    seat.see()
    expect(seat.type('one\n')).toBe('one\n')
    cluster.timeline.command(`kubectl/${seat.pid}`, 'input', { end: true })
    seat.see()
    expect(seat.exit).toBe(0)
    expect(cluster.kubectlNow({ argv: ['exec', '-it', 'web', '--', 'cat'], stdin: 'piped\n' })).toEqual({ code: 0, stdout: 'piped\n', stderr: 'Unable to use a TTY - input is not a terminal or the right kind of file\n' })
  })

  it('shows what a long command writes while it runs, and Ctrl-C leaves it', () => {
    const seat = new Seat(cluster, 'exec web -- sh -c "sleep 2; echo a; sleep 2; echo b; sleep 100"')
    cluster.kubectl.processes.get(seat.pid)
    const long = cluster.runKubectl({ argv: ['exec', 'web', '--', 'sh', '-c', 'sleep 2; echo a; sleep 2; echo b; sleep 100'] })
    cluster.runFor(seconds(3))
    expect(cluster.kubectl.textOf(long)).toBe('a\n')
    cluster.runFor(seconds(2))
    expect(cluster.kubectl.textOf(long)).toBe('a\nb\n')
    cluster.timeline.command(`kubectl/${long}`, 'interrupt', null)
    expect(cluster.kubectl.processes.get(long)?.exit).toBe(130)
  })

  it('attach joins the first process; its shell restarts when it ends', () => {
    const seat = new Seat(cluster, 'attach -it shell')
    expect(seat.see()).toBe('All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\nIf you don\'t see a command prompt, try pressing enter.\n/ # ')
    expect(seat.type('echo hello\n')).toBe('echo hello\r\nhello\r\n/ # ')
    expect(cluster.kubectlNow({ argv: ['logs', 'shell'] }).stdout).toBe('/ # echo hello\nhello\n')
    expect(seat.type('exit\n')).toContain("Session ended, resume using 'kubectl attach shell -c sh -n default -i -t' command\n")
    expect(seat.exit).toBe(0)
    cluster.runFor(seconds(10))
    expect(cluster.kubectlNow({ argv: ['get', 'pod', 'shell', '-o', 'jsonpath={.status.containerStatuses[0].restartCount}'] }).stdout).toBe('1')
  })

  it('run -it --rm makes a pod, joins it, and takes it away', () => {
    const seat = new Seat(cluster, 'run probe -it --rm --restart=Never --image=busybox -- sh')
    expect(seat.see(seconds(20))).toMatch(/try pressing enter\.\n\/ # $/)
    expect(seat.type('exit 4\n', seconds(10))).toMatch(/Session ended.*\npod "probe" deleted from default namespace\npod default\/probe terminated \(Error\)\n\n?$/)
    expect(seat.exit).toBe(4)
    cluster.runFor(seconds(40))
    expect(cluster.kubectlNow({ argv: ['get', 'pod', 'probe'] }).code).toBe(1)
  })

  it('run -i with a pipe gives the input and ends with it', () => {
    const piped = cluster.kubectlNow({ argv: ['run', 'up', '-i', '--rm', '--restart=Never', '--image=busybox', '-q', '--', 'sh', '-c', 'read x; echo "<$x>"'], stdin: 'hi\n' })
    expect(piped).toEqual({ code: 0, stdout: '<hi>\n', stderr: '' })
  })

  it('debug -it puts a container beside and joins it', () => {
    const seat = new Seat(cluster, 'debug -it web --image=busybox -c look --target=web -- sh')
    expect(seat.see(seconds(20))).toMatch(/try pressing enter\.\n\/ # $/)
    expect(seat.type('ps\n')).toContain('nginx')
    expect(seat.type('exit\n')).toContain("Session ended, the ephemeral container will not be restarted but may be reattached using 'kubectl attach web -c look -n default -i -t' if it is still running\n")
    expect(seat.exit).toBe(0)
  })

  it('cp carries files and folders in and out, through tar', () => {
    const files = { 'notes.txt': 'one\n', 'dir/a.txt': 'a\n', 'dir/sub/b.bin': 'b\udcff\0' }
    const cp = (...argv: readonly string[]) => cluster.kubectlNow({ argv: ['cp', ...argv], files })
    const inside = (script: string): string => cluster.kubectlNow({ argv: ['exec', 'web', '--', 'sh', '-c', script] }).stdout
    expect(cp('notes.txt', 'web:/tmp/', '-c', 'web')).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(cp('dir', 'default/web:/tmp/copy', '-c', 'web').code).toBe(0)
    expect(inside('cat /tmp/notes.txt; find /tmp/copy -type f | sort')).toBe('one\n/tmp/copy/a.txt\n/tmp/copy/sub/b.bin\n')
    const pid = cluster.kubectl.nextPid()
    expect(cp('web:/tmp/copy', 'back', '-c', 'web')).toEqual({ code: 0, stdout: "tar: removing leading '/' from member names\n", stderr: '' })
    expect(cluster.kubectl.savedBy(pid)).toEqual({ 'back/a.txt': 'a\n', 'back/sub/b.bin': 'b\udcff\0' })
    expect(cp('web:/tmp/notes.txt', 'dir', '-c', 'web').stderr).toBe('error: open dir: is a directory\n')
    expect(cp('web:/nowhere', 'x', '-c', 'web').stderr).toBe('command terminated with exit code 1\n')
    expect(cp('notes.txt', 'bare:/tmp/x').stderr).toMatch(/^error: Internal error occurred: .*exec: "test": executable file not found in \$PATH\n$/)
    expect(cp('bare:/etc/passwd', 'x').stderr).toMatch(/^error: Internal error occurred: .*exec: "tar": executable file not found in \$PATH\n$/)
  })

  it('cluster-info dump writes objects and logs, to files too', () => {
    const shown = cluster.kubectlNow({ argv: ['cluster-info', 'dump', '--namespaces=default'] }).stdout
    expect(shown).toMatch(/^\{\n {4}"kind": "NodeList",\n {4}"apiVersion": "v1",\n {4}"metadata": \{\n {8}"resourceVersion": "\d+"\n {4}\},\n {4}"items": \[\n {8}\{\n {12}"metadata"/)
    expect(shown).toContain('==== START logs for container web of pod default/web ====\n')
    const pid = cluster.kubectl.nextPid()
    expect(cluster.kubectlNow({ argv: ['cluster-info', 'dump', '--output-directory=state', '-o', 'yaml'] }).stdout).toBe('Cluster info dumped to state\n')
    expect(Object.keys(cluster.kubectl.savedBy(pid))).toEqual(expect.arrayContaining(['state/nodes.yaml', 'state/default/pods.yaml', 'state/default/web/logs.txt', 'state/kube-system/services.yaml']))
  })
})
