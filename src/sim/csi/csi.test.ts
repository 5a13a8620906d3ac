import { describe, expect, test } from 'vitest'
import { diskFiles, diskFileSystem, podMounts } from '../client/storage/disks.ts'
import type { Claim, PersistentVolume, VolumeAttachment } from '../client/storage/objects.ts'
import { Cluster } from '../cluster.ts'
import { seconds } from '../engine/time.ts'
import { DISK_DRIVER } from './names.ts'

const claim = (name: string, size = '5Gi', more = ''): string =>
  `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: ${name}}\nspec:\n  accessModes: [ReadWriteOnce]\n  resources: {requests: {storage: ${size}}}\n${more}`
const pod = (name: string, claimName: string, more = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec:\n  terminationGracePeriodSeconds: 1\n${more}  containers: [{name: c, image: nginx, volumeMounts: [{name: d, mountPath: /data}]}]\n  volumes: [{name: d, persistentVolumeClaim: {claimName: ${claimName}}}]\n`
const CLASS = 'apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: now}\nprovisioner: disk.csi.orrery.dev\nvolumeBindingMode: Immediate\n'

class World {
  readonly cluster: Cluster
  constructor(nodes = 3) {
    this.cluster = new Cluster({ nodes })
    const { engine } = this.cluster
    engine.actor('test-writer', { write: (_ctx, [disk, files]: readonly [string, unknown]) => void diskFiles(engine).set(diskFileSystem(disk), files) })
    this.cluster.boot()
  }

  apply(...documents: readonly string[]): void {
    const { code, stderr } = this.cluster.kubectlNow({ argv: ['apply', '-f', 'x.yaml'], files: { 'x.yaml': documents.join('---\n') } })
    expect(stderr).toBe('')
    expect(code).toBe(0)
    this.rest()
  }

  kubectl(line: string): string {
    const { stdout } = this.cluster.kubectlNow({ argv: line.split(' ') })
    this.rest()
    return stdout
  }

  rest(): void {
    this.cluster.settle(seconds(8), seconds(60))
  }

  claim(name: string): Claim {
    return this.cluster.objects.get(`persistentvolumeclaims/default/${name}`) as Claim
  }

  volumeOf(name: string): PersistentVolume {
    return this.cluster.objects.get(`persistentvolumes/${this.claim(name).spec.volumeName}`) as PersistentVolume
  }

  disk(name: string): string {
    return this.volumeOf(name).spec.csi!.volumeHandle
  }

  calls(): readonly string[] {
    return this.cluster.csi!.drivers.state.calls.values().map((c) => c.method).filter((m) => m !== 'NodeGetInfo' && m !== 'GetCapacity')
  }

  /** Stands for what a process writes: the tree of the disk. */
  write(disk: string, files: unknown): void {
    this.cluster.timeline.command('test-writer', 'write', [disk, files] as never)
  }

  read(disk: string): unknown {
    return diskFiles(this.cluster.engine).get(diskFileSystem(disk))
  }
}

describe('the class standard', () => {
  test('gives a claim its volume when its first pod has a node, and calls the driver in order, there and back', () => {
    const world = new World()
    world.apply(claim('data'), pod('p', 'data'))
    expect(world.claim('data').status).toMatchObject({ phase: 'Bound', capacity: { storage: '5Gi' } })
    const key = podMounts(world.cluster.engine).keys()[0]!
    const [node] = key.split(' ')
    expect(podMounts(world.cluster.engine).get(key)!.volumes['d']).toMatchObject({ fs: `disk/${world.disk('data')}`, path: '/' })
    expect(world.kubectl(`get node ${node} -o jsonpath={.status.volumesInUse[0]}`)).toBe(`kubernetes.io/csi/${DISK_DRIVER}^${world.disk('data')}`)
    world.kubectl('delete pod p')
    world.kubectl('delete pvc data')
    expect(world.calls()).toEqual([
      'CreateVolume', 'ControllerPublishVolume', 'NodeStageVolume', 'NodePublishVolume', 'NodeUnpublishVolume', 'NodeUnstageVolume', 'ControllerUnpublishVolume', 'DeleteVolume',
    ])
    expect(world.cluster.list('persistentvolumes')).toEqual([])
    expect(world.cluster.csi!.drivers.state.disks.size).toBe(0)
  })

  test('keeps data from pod to pod, and a snapshot and a clone have what was there when they were made', () => {
    const world = new World()
    world.apply(claim('data'), pod('p', 'data'))
    world.write(world.disk('data'), { written: 'first' })
    world.apply('apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshot\nmetadata: {name: s}\nspec: {source: {persistentVolumeClaimName: data}}\n')
    expect(world.kubectl('get volumesnapshot s')).toMatch(/s +true +data +5Gi/)
    world.write(world.disk('data'), { written: 'second' })
    world.kubectl('delete pod p')
    world.apply(
      CLASS,
      claim('restored', '6Gi', '  storageClassName: now\n  dataSource: {name: s, kind: VolumeSnapshot, apiGroup: snapshot.storage.k8s.io}\n'),
      claim('cloned', '5Gi', '  storageClassName: now\n  dataSource: {name: data, kind: PersistentVolumeClaim}\n'),
      pod('q', 'data'),
    )
    expect([world.read(world.disk('data')), world.read(world.disk('restored')), world.read(world.disk('cloned'))]).toEqual([{ written: 'second' }, { written: 'first' }, { written: 'second' }])
    world.kubectl('delete volumesnapshot s')
    expect(world.cluster.csi!.drivers.state.snapshots.size).toBe(0)
    expect(world.cluster.list('volumesnapshotcontents')).toEqual([])
  })

  test('lets a volume grow while a pod uses it', () => {
    const world = new World()
    world.apply(claim('data'), pod('p', 'data'))
    world.apply(claim('data', '8Gi'))
    expect(world.claim('data').status).toMatchObject({ capacity: { storage: '8Gi' } })
    expect(world.claim('data').status!.conditions ?? []).toEqual([])
    expect(world.cluster.csi!.drivers.state.disks.get(world.disk('data'))).toMatchObject({ bytes: 8 * 2 ** 30, formatted: 8 * 2 ** 30 })
  })

  test('says which error the driver gives and goes on when that is over', () => {
    const world = new World()
    world.cluster.timeline.command(`csi/${DISK_DRIVER}`, 'fault', { method: 'CreateVolume', code: 'Internal', desc: 'backend is on fire', left: 2 })
    world.apply(CLASS, claim('data', '5Gi', '  storageClassName: now\n'))
    world.cluster.runFor(seconds(20))
    expect(world.kubectl('describe pvc data')).toContain('failed to provision volume with StorageClass "now": rpc error: code = Internal desc = backend is on fire')
    expect(world.claim('data').status?.phase).toBe('Bound')
  })

  test('has limited room: a claim that fits in no zone waits, and the message says what is left', () => {
    const world = new World()
    world.apply(CLASS, claim('data', '501Gi', '  storageClassName: now\n'))
    expect(world.claim('data').status?.phase).toBe('Pending')
    expect(world.kubectl('describe pvc data')).toContain('code = ResourceExhausted desc = not enough free space for 501Gi')
  })

  test('tells the scheduler how much room each zone has, which then refuses nodes where there is too little', () => {
    const world = new World()
    world.cluster.timeline.command(`csi/${DISK_DRIVER}`, 'pool', { zone: 'zone-a', bytes: 2 ** 30 })
    world.apply(claim('first', '1Gi'), pod('p', 'first', '  nodeSelector: {topology.kubernetes.io/zone: zone-a}\n'))
    expect(world.kubectl('get csistoragecapacities -n kube-system -o jsonpath={.items[*].capacity}').split(' ').sort()).toEqual(['0Mi', '512000Mi', '512000Mi'])
    world.apply(claim('second', '2Gi'), pod('q', 'second', '  nodeSelector: {topology.kubernetes.io/zone: zone-a}\n'), claim('third', '2Gi'), pod('r', 'third'))
    expect(world.kubectl('describe pod q')).toContain('1 node(s) did not have enough free storage')
    expect(world.claim('second').status?.phase).toBe('Pending')
    expect(world.claim('third').status?.phase).toBe('Bound')
  })

  test('leaves a data source that no populator handles alone, by name', () => {
    const world = new World()
    world.apply(CLASS, claim('data', '5Gi', '  storageClassName: now\n  dataSourceRef: {name: x, kind: Hello, apiGroup: hello.example.com}\n'))
    expect(world.kubectl('describe pvc data')).toContain('UnrecognizedDataSourceKind')
    expect(world.calls()).toEqual([])
  })

  test('makes volumes for classes that still name an in-tree plugin of a cloud, and says so', () => {
    const world = new World()
    world.apply('apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: old}\nprovisioner: kubernetes.io/gce-pd\nparameters: {type: pd-ssd}\n', claim('data', '5Gi', '  storageClassName: old\n'), pod('p', 'data'))
    expect(world.claim('data').metadata.annotations).toMatchObject({ 'volume.kubernetes.io/storage-provisioner': 'pd.csi.storage.gke.io' })
    expect(world.volumeOf('data').spec.csi?.driver).toBe('pd.csi.storage.gke.io')
    expect(world.calls()).toEqual(['CreateVolume', 'ControllerPublishVolume', 'NodeStageVolume', 'NodePublishVolume'])
    world.apply('apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: gone}\nprovisioner: kubernetes.io/rbd\n', claim('rbd', '5Gi', '  storageClassName: gone\n'))
    expect(world.kubectl('describe pvc rbd')).toContain('no volume plugin matched name: kubernetes.io/rbd')
  })

  test('finds the disk that a person made in the cloud and named in a volume of the old kind', () => {
    const world = new World()
    const volume = 'apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: hand}\nspec: {capacity: {storage: 5Gi}, accessModes: [ReadWriteOnce], storageClassName: hand, gcePersistentDisk: {pdName: my-disk, fsType: ext4}}\n'
    world.apply(volume, claim('data', '5Gi', '  storageClassName: hand\n'))
    world.cluster.runFor(seconds(20))
    world.apply(pod('p', 'data'))
    expect(world.kubectl('get pod p -o jsonpath={.status.phase}')).toBe('Running')
    expect(world.cluster.csi!.drivers.state.disks.keys()).toEqual(['projects/UNSPECIFIED/zones/UNSPECIFIED/disks/my-disk'])
  })

  test('what a process writes is read by the next pod, on whatever node that is', () => {
    const world = new World()
    const shell = (name: string, script: string, more = ''): string => pod(name, 'data', more).replace('image: nginx,', `image: busybox, command: [sh, -c, '${script}'],`)
    world.apply(claim('data'), shell('w', 'echo written > /data/x; sleep 1000'))
    world.kubectl('delete pod w')
    world.apply(shell('r', 'cat /data/x; sleep 1000'))
    expect(world.kubectl('logs r')).toBe('written\n')
  })

  test('mounts shares of a file server in many pods at once, and says what mount said when the server does not answer', () => {
    const world = new World()
    const nfs = (name: string): string => pod(name, 'x').replace('persistentVolumeClaim: {claimName: x}', 'nfs: {server: 10.0.0.5, path: /exports}')
    world.apply(nfs('a'), nfs('b'))
    const mounts = podMounts(world.cluster.engine)
    expect(mounts.values().map((m) => m.volumes['d']!.fs)).toEqual(['disk/10.0.0.5:/exports', 'disk/10.0.0.5:/exports'])
    world.cluster.timeline.command('csi/nfs', 'fault', { method: 'NodePublishVolume', code: 'DeadlineExceeded', desc: 'Connection timed out' })
    world.apply(nfs('c'))
    expect(mounts.get(mounts.keys().find((key) => key.endsWith('/c'))!)!.problem).toMatch(/mount failed: exit status 32[^]*mount.nfs: Connection timed out for 10.0.0.5:\/exports/)
  })

  test('a node dies, its stateful pod moves within the zone once the node is declared out of service, and the data is there', () => {
    const world = new World(6)
    const set = 'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  serviceName: db\n  selector: {matchLabels: {app: db}}\n'
    const template = '  template:\n    metadata: {labels: {app: db}}\n    spec: {containers: [{name: c, image: nginx, volumeMounts: [{name: data, mountPath: /data}]}]}\n'
    world.apply(`${set}${template}  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]\n`)
    const attachment = (): VolumeAttachment | undefined => world.cluster.list<VolumeAttachment>('volumeattachments')[0]
    const lost = attachment()!.spec.nodeName
    const disk = world.disk('data-db-0')
    world.write(disk, { written: 'before' })
    world.cluster.crashNode(lost)
    world.cluster.runFor(seconds(420))
    expect(attachment()!.spec.nodeName).toBe(lost)
    world.cluster.kubectlNow({ argv: ['taint', 'nodes', lost, 'node.kubernetes.io/out-of-service=nodeshutdown:NoExecute'] })
    world.cluster.runFor(seconds(90))
    const now = attachment()!.spec.nodeName
    expect(now).not.toBe(lost)
    expect(world.kubectl('get pod db-0 -o jsonpath={.spec.nodeName},{.status.phase}')).toBe(`${now},Running`)
    expect(world.cluster.csi!.drivers.state.disks.get(disk)!.attached).toEqual([now])
    expect(world.read(disk)).toEqual({ written: 'before' })
  })
})
