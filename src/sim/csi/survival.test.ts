import { expect, test } from 'vitest'
import { diskFiles, diskFileSystem, podMounts } from '../client/storage/disks.ts'
import type { Claim, PersistentVolume, VolumeAttachment } from '../client/storage/objects.ts'
import { Cluster } from '../cluster.ts'
import { seconds } from '../engine/time.ts'

const SET = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  podManagementPolicy: Parallel
  replicas: 3
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: c
          image: busybox
          command: [sh, -c, 'echo x >> /data/log; cat /data/log; sleep 100000']
          volumeMounts: [{name: data, mountPath: /data}]
  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
`

class Dice {
  #state: number
  constructor(seed: number) {
    this.#state = seed
  }
  below(bound: number): number {
    this.#state = (this.#state * 1103515245 + 12345) % 2147483648
    return (this.#state >>> 8) % bound
  }
}

type Tree = { readonly entries?: Readonly<Record<string, { readonly data?: string }>> } | undefined

/** What must hold whatever happens: a disk is on one node at most, pods have it mounted only there, and what was written stays. */
function check(cluster: Cluster, written: Map<string, string>): void {
  const { disks } = cluster.csi!.drivers.state
  for (const id of disks.keys()) {
    const log = (diskFiles(cluster.engine).get(diskFileSystem(id)) as Tree)?.entries?.['log']?.data ?? ''
    expect(log.startsWith(written.get(id) ?? ''), `${id} has what it had`).toBe(true)
    written.set(id, log)
  }
  const attached = new Map<string, string[]>()
  for (const { spec, status } of cluster.list<VolumeAttachment>('volumeattachments')) {
    if (!status?.attached) continue
    const volume = spec.source.persistentVolumeName!
    attached.set(volume, [...(attached.get(volume) ?? []), spec.nodeName])
  }
  for (const [volume, nodes] of attached) expect(nodes, volume).toHaveLength(1)
  for (const disk of disks.values()) expect(disk.attached.length, disk.id).toBeLessThanOrEqual(1)
  const seen = new Map<string, string>()
  for (const claim of cluster.list<Claim>('persistentvolumeclaims')) {
    if (claim.status?.phase !== 'Bound') continue
    expect(seen.get(claim.spec.volumeName!), 'two claims on one volume').toBeUndefined()
    seen.set(claim.spec.volumeName!, claim.metadata.name)
    const volume = cluster.objects.get(`persistentvolumes/${claim.spec.volumeName}`) as PersistentVolume
    expect(volume.spec.claimRef?.uid).toBe(claim.metadata.uid)
    expect(disks.has(volume.spec.csi!.volumeHandle), 'the disk of a bound claim').toBe(true)
  }
  const mounts = podMounts(cluster.engine)
  const where = new Map<string, Set<string>>()
  for (const key of mounts.keys()) {
    const node = key.split(' ')[0]!
    if (cluster.nodeFault(node) !== undefined) continue
    for (const { fs } of Object.values(mounts.get(key)!.volumes)) where.set(fs, (where.get(fs) ?? new Set()).add(node))
  }
  for (const [fs, nodes] of where) expect([...nodes], fs).toHaveLength(1)
}

test.each([1, 2, 3])('whatever happens to pods and nodes, each disk stays with its claim and on one node, and loses nothing (seed %i)', (seed) => {
  const dice = new Dice(seed)
  const written = new Map<string, string>()
  const cluster = new Cluster({ nodes: 6, seed })
  cluster.boot()
  const kubectl = (...argv: string[]): string => cluster.kubectlNow({ argv }).stdout
  cluster.kubectlNow({ argv: ['apply', '-f', 'x.yaml'], files: { 'x.yaml': SET } })
  cluster.runFor(seconds(30))
  const nodes = [1, 2, 3, 4, 5, 6].map((n) => `node-${n}`)
  for (let i = 0; i < 14; i++) {
    const node = nodes[dice.below(6)]!
    const what = dice.below(5)
    if (what === 0) kubectl('scale', 'statefulset', 'db', `--replicas=${dice.below(4)}`)
    else if (what === 1) kubectl('delete', 'pod', `db-${dice.below(3)}`, '--wait=false')
    else if (cluster.nodeFault(node)) {
      cluster.restartNode(node)
      kubectl('taint', 'nodes', node, 'node.kubernetes.io/out-of-service-')
    } else if (what === 2) {
      cluster.crashNode(node)
      cluster.runFor(seconds(60))
      kubectl('taint', 'nodes', node, 'node.kubernetes.io/out-of-service=x:NoExecute')
    } else kubectl(dice.below(2) ? 'cordon' : 'uncordon', node)
    for (let j = 0; j < 4; j++) {
      cluster.runFor(seconds(1 + dice.below(15)))
      check(cluster, written)
    }
  }
  for (const node of nodes) {
    if (cluster.nodeFault(node)) cluster.restartNode(node)
    kubectl('taint', 'nodes', node, 'node.kubernetes.io/out-of-service-')
    kubectl('uncordon', node)
  }
  kubectl('scale', 'statefulset', 'db', '--replicas=3')
  cluster.runFor(seconds(120))
  check(cluster, written)
  for (const pod of ['db-0', 'db-1', 'db-2']) {
    expect(kubectl('get', 'pod', pod, '-o', 'jsonpath={.status.phase}'), pod).toBe('Running')
  }
  expect([...written.values()].filter((log) => log.length > 2).length, 'disks that saw several pods').toBeGreaterThan(0)
}, 60_000)
