import { splitApiVersion } from '../../src/sim/api/meta.ts'
import type { Request } from '../../src/sim/client/request.ts'
import type { Cluster } from '../../src/sim/cluster.ts'
import { ms, type Micros } from '../../src/sim/engine/time.ts'
import { scheme } from '../../src/sim/kinds/index.ts'
import type { Host, KubectlInput, KubectlOutput, ResourceName } from './host.ts'

/** A kubectl process reads its configuration and finds out what the server knows before it does anything. */
const START_UP = ms(60)

/** A simulated cluster as the test runner's host. */
export class ClusterHost implements Host {
  readonly cluster: Cluster

  constructor(cluster: Cluster) {
    this.cluster = cluster
  }

  get now(): Micros {
    return this.cluster.timeline.clock
  }

  runUntil(at: Micros): void {
    this.cluster.timeline.runUntil(at)
  }

  resourceOf(apiVersion: string, kind: string): ResourceName | undefined {
    const found = scheme.kindFor({ ...splitApiVersion(apiVersion), kind })
    return found && { group: found.group, version: found.version, resource: found.plural, namespaced: found.namespaced }
  }

  read(request: Request): unknown {
    return this.cluster.server.execute(request, 'kubernetes-admin', this.now).answer
  }

  send(request: Request): unknown {
    return this.cluster.request(request)
  }

  kubectl({ argv, env, stdin, files }: KubectlInput, deadline: Micros): KubectlOutput {
    const { cluster } = this
    const { timeline, kubectl } = cluster
    timeline.runUntil(this.now + START_UP)
    const pid = cluster.runKubectl({ argv, env, stdin, files })
    const exit = (): number | undefined => kubectl.processes.get(pid)?.exit
    while (exit() === undefined) {
      const at = timeline.nextAt()
      if (at === undefined || at > deadline) {
        timeline.wait(deadline)
        timeline.command(`kubectl/${pid}`, 'interrupt', null)
        return { code: null, stdout: kubectl.textOf(pid, 'stdout'), stderr: kubectl.textOf(pid, 'stderr') }
      }
      timeline.step()
    }
    return { code: exit()!, stdout: kubectl.textOf(pid, 'stdout'), stderr: kubectl.textOf(pid, 'stderr') }
  }
}
