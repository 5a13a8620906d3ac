import type { KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { createCluster, type Cluster, type ClusterOptions } from '../../cluster.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import { idOf, type Flag } from '../../flags/index.ts'

/** A booted cluster; the proof's flag has its value or its default, other `flags` are the same in both. */
export type Make = (options?: ClusterOptions) => Cluster

/** That a flag acts: the same story comes out as `before` with the default and as `after` with `value`. */
export interface Proof {
  readonly id: string
  readonly value: string
  readonly before: unknown
  readonly after: unknown
  measure(make: Make): unknown
}

export const proof = <T>(flag: Flag<never> | Flag, value: string, before: T, after: T, measure: (make: Make) => T): Proof => ({ id: idOf(flag as Flag), value, before, after, measure })

/** How the proof's cluster is made; fast and empty unless the story needs more. */
export const maker =
  (flags: Readonly<Record<string, string>>): Make =>
  (options = {}) => {
    const cluster = createCluster({ seed: 3, nodes: 2, kubelet: 'kwok', bare: true, ...options, flags: { ...options.flags, ...flags } })
    cluster.boot()
    cluster.runFor(seconds(15))
    return cluster
  }

/** Applies a manifest; throws where kubectl refuses. */
export function apply(cluster: Cluster, yaml: string): void {
  const { code, stderr } = cluster.kubectlNow({ argv: ['apply', '-f', 'x.yaml'], files: { 'x.yaml': yaml } })
  if (code !== 0) throw new Error(stderr)
}

export const kubectl = (cluster: Cluster, line: string): { readonly code: number; readonly stdout: string; readonly stderr: string } => cluster.kubectlNow({ argv: line.split(' ') })

/** Seconds of virtual time, rounded, until `done`; -1 when that does not come within `limit`. */
export function until(cluster: Cluster, done: () => boolean, limit: Micros = seconds(900)): number {
  const { timeline } = cluster
  const start = timeline.clock
  while (!done()) {
    const at = timeline.nextAt()
    if (at === undefined || at > start + limit) return -1
    timeline.step()
  }
  return Math.round((timeline.clock - start) / 1_000_000)
}

export const object = <T extends KubeObject>(cluster: Cluster, key: string): T | undefined => cluster.objects.get(key) as T | undefined
export const pods = (cluster: Cluster, namespace = 'default'): readonly Pod[] => cluster.list<Pod>('pods', namespace)
export const readyOf = (cluster: Cluster, node: string): string | undefined => {
  const { status } = object(cluster, `nodes/${node}`) as unknown as { readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] } }
  return status?.conditions?.find((c) => c.type === 'Ready')?.status
}

export const deployment = (replicas: number, container = '{name: c, image: nginx}', labels = 'app: web'): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: ${replicas}\n  selector: {matchLabels: {${labels}}}\n  template:\n    metadata: {labels: {${labels}}}\n    spec: {containers: [${container}]}\n`
export const service = (ports = '{port: 80}', more = ''): string => `apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [${ports}]${more}}\n`
export const pod = (name: string, spec: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {${spec}}\n`
