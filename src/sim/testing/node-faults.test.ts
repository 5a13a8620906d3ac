import { describe, expect, test } from 'vitest'
import { findCondition } from '../api/conditions.ts'
import type { KubeObject } from '../api/meta.ts'
import { isPodReady, type Pod } from '../api/pod.ts'
import { createCluster, type Cluster, type NodeFault } from '../cluster.ts'
import { create, remove, PODS } from '../client/request.ts'
import { seconds } from '../engine/time.ts'
import type { Node } from '../kinds/node/node.ts'

const podOn = (name: string, node: string): KubeObject => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' },
  spec: { nodeName: node, containers: [{ name: 'main', image: 'registry.k8s.io/pause:3.9' }] },
})
const pod = (cluster: Cluster, name: string): Pod | undefined => cluster.objects.get(`pods/default/${name}`) as Pod | undefined
const ready = (cluster: Cluster, node: string): string | undefined => findCondition((cluster.objects.get(`nodes/${node}`) as Node).status?.conditions, 'Ready')?.status

describe.each(['detailed', 'kwok'] as const)('with %s kubelets', (kubelet) => {
  function world(): Cluster {
    const cluster = createCluster({ seed: 3, nodes: 2, kubelet, bare: kubelet === 'kwok' })
    cluster.boot()
    cluster.runFor(seconds(10))
    cluster.request(create(PODS, 'default', podOn('a', 'node-1')))
    cluster.runFor(seconds(20))
    expect(isPodReady(pod(cluster, 'a')!)).toBe(true)
    return cluster
  }

  test.each([['partition', 'heal', 'partitioned'], ['freeze', 'thaw', 'frozen']] as const)('after a %s the node is Unknown, its pod runs on, and all is well when it is back', (breaks, mends, state) => {
    const cluster = world()
    const uid = pod(cluster, 'a')!.metadata.uid
    cluster.faultNode(breaks, 'node-1')
    expect(cluster.nodeFault('node-1')).toBe(state)
    cluster.runFor(seconds(70))
    expect(ready(cluster, 'node-1')).toBe('Unknown')
    expect(isPodReady(pod(cluster, 'a')!)).toBe(false)
    cluster.request(create(PODS, 'default', podOn('late', 'node-1')))
    cluster.runFor(seconds(10))
    expect(pod(cluster, 'late')!.status?.phase).toBe('Pending')
    cluster.faultNode(mends, 'node-1')
    expect(cluster.nodeFault('node-1')).toBeUndefined()
    cluster.runFor(seconds(30))
    expect(ready(cluster, 'node-1')).toBe('True')
    expect(pod(cluster, 'a')!.metadata.uid).toBe(uid)
    expect(pod(cluster, 'a')!.status?.containerStatuses?.[0]?.restartCount).toBe(0)
    expect(isPodReady(pod(cluster, 'a')!)).toBe(true)
    expect(isPodReady(pod(cluster, 'late')!)).toBe(true)
  })

  test('a pod deleted while its node is cut off goes when the node is back', () => {
    const cluster = world()
    cluster.faultNode('partition', 'node-1')
    cluster.request(remove(PODS, podOn('a', 'node-1')))
    cluster.runFor(seconds(40))
    expect(pod(cluster, 'a')?.metadata.deletionTimestamp).toBeDefined()
    cluster.faultNode('heal', 'node-1')
    cluster.runFor(seconds(40))
    expect(pod(cluster, 'a')).toBeUndefined()
  })

  const STRIKES: readonly (readonly [breaks: NodeFault, mends: NodeFault])[] = [['partition', 'heal'], ['freeze', 'thaw'], ['crash', 'restart']]

  /** Runs on until `done`, then goes back and lets the fault strike after each of the steps; `check` is asked when the node has been back for a while. */
  function strikeAnywhere(cluster: Cluster, [breaks, mends]: (typeof STRIKES)[number], done: () => boolean, check: (where: string) => void): void {
    const { timeline } = cluster
    const from = timeline.index
    while (!done()) timeline.step()
    const [to, whole] = [timeline.index, timeline.branch]
    for (let at = from + 1; at < to; at++) {
      timeline.seek(at, whole)
      cluster.faultNode(breaks, 'node-1')
      cluster.runFor(seconds(5))
      cluster.faultNode(mends, 'node-1')
      cluster.runFor(seconds(90))
      check(`struck after step ${at - from} of ${to - from}: ${timeline.at(at)?.event.what}`)
    }
  }

  test.each(STRIKES)('whenever a %s strikes while a pod ends, the pod is gone some time after the node is back', (...strike) => {
    const cluster = world()
    cluster.request(remove(PODS, podOn('a', 'node-1')))
    strikeAnywhere(cluster, strike, () => !pod(cluster, 'a'), (where) => expect(pod(cluster, 'a')?.status, where).toBeUndefined())
  })

  test.each(STRIKES)('whenever a %s strikes while a pod starts, the pod is ready some time after the node is back', (...strike) => {
    const cluster = world()
    cluster.request(create(PODS, 'default', podOn('b', 'node-1')))
    const isReady = (): boolean => pod(cluster, 'b') !== undefined && isPodReady(pod(cluster, 'b')!)
    strikeAnywhere(cluster, strike, isReady, (where) => expect(isReady(), where).toBe(true))
  })

  test('a reboot brings the node back by itself', () => {
    const cluster = world()
    cluster.faultNode('reboot', 'node-1')
    expect(cluster.nodeFault('node-1')).toBe('crashed')
    cluster.runFor(seconds(60))
    expect(cluster.nodeFault('node-1')).toBeUndefined()
    expect(ready(cluster, 'node-1')).toBe('True')
    expect(isPodReady(pod(cluster, 'a')!)).toBe(true)
  })

  test('a fault can be taken back', () => {
    const cluster = world()
    const before = cluster.timeline.index
    const hash = cluster.engine.hash()
    cluster.faultNode('partition', 'node-1')
    cluster.runFor(seconds(60))
    cluster.timeline.seek(before)
    expect(cluster.engine.hash()).toBe(hash)
    expect(cluster.nodeFault('node-1')).toBeUndefined()
  })
})
