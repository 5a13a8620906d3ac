import { stringify } from 'yaml'
import type { KubeObject } from '../../src/sim/api/meta.ts'
import { createCluster, type Cluster } from '../../src/sim/cluster.ts'
import type { FlagTexts } from '../../src/sim/component-flags.ts'
import type { Micros } from '../../src/sim/engine/time.ts'
import { manifestTexts } from './files.ts'

export interface RunArguments {
  readonly manifests: readonly string[]
  /** Virtual time from the first command on. */
  readonly for: Micros
  readonly seed: number
  readonly nodes: number | readonly KubeObject[]
  readonly kubelet: 'detailed' | 'kwok'
  /** Settings of components that differ: "kubelet.syncFrequency" → "10s". */
  readonly flags?: FlagTexts
}

/** A booted cluster to which the manifests were applied one after the other and which then lived on. */
export function runManifests(args: RunArguments): { readonly cluster: Cluster; readonly failed: boolean; readonly messages: string } {
  const cluster = createCluster({ seed: args.seed, nodes: args.nodes, kubelet: args.kubelet, flags: args.flags ?? {}, history: { keep: false } })
  cluster.boot()
  const end = cluster.timeline.clock + args.for
  let failed = false
  let messages = ''
  for (const { path, text } of manifestTexts(args.manifests)) {
    const { code, stdout, stderr } = cluster.kubectlNow({ argv: ['apply', '-f', path], files: { [path]: text } })
    failed ||= code !== 0
    messages += stdout + stderr
  }
  cluster.timeline.runUntil(Math.max(end, cluster.timeline.clock))
  return { cluster, failed, messages }
}

/** All objects of the cluster as kubectl would write a List, or their names. */
export function printObjects(cluster: Cluster, output: string): string {
  const items = cluster.objects.values()
  if (output === 'name') return cluster.objects.keys().map((key) => `${key}\n`).join('')
  const list = { apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } }
  return output === 'yaml' ? stringify(list, { aliasDuplicateObjects: false }) : `${JSON.stringify(list, null, 4)}\n`
}
