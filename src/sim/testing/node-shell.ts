import { createCluster, type Cluster } from '../cluster.ts'
import { seconds } from '../engine/time.ts'

/** A cluster with somebody at a root shell of node-1, as `kubectl debug node/node-1` gives one. */
export class NodeShell {
  readonly cluster: Cluster
  readonly #pod: string

  constructor(nodes: number) {
    this.cluster = createCluster({ nodes, history: { keep: false } })
    this.cluster.boot()
    this.cluster.runFor(seconds(5))
    this.kubectl('create', 'deployment', 'web', '--image=nginx')
    this.kubectl('debug', 'node/node-1', '--image=busybox', '--profile=sysadmin', '--', 'sleep', '100000')
    this.cluster.runFor(seconds(20))
    this.#pod = this.kubectl('get', 'pods', '-o', 'name').split('\n').find((line) => line.includes('debugger'))!
  }

  /** What the command wrote, errors last. */
  kubectl(...argv: string[]): string {
    const { stdout, stderr } = this.cluster.kubectlNow({ argv })
    return stdout + stderr
  }

  /** A line for bash on the node, and a second for it to act. */
  sh(line: string): string {
    const text = this.kubectl('exec', this.#pod, '--', 'chroot', '/host', 'bash', '-c', line)
    this.cluster.runFor(seconds(1))
    return text
  }
}
