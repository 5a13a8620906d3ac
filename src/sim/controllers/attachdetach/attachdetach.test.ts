import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../api/meta.ts'
import { attachmentName } from '../../client/storage/attachments.ts'
import type { VolumeAttachment } from '../../client/storage/objects.ts'
import { minutes, ms, seconds } from '../../engine/time.ts'
import type { Node } from '../../kinds/node/node.ts'
import { SmallWorld } from '../../testing/small-world.ts'
import { persistentVolumeBinder } from '../persistentvolumebinder/index.ts'
import { attachDetachController } from './index.ts'
import { usedBy } from './sync.ts'

const DRIVER = 'disk.example.com'
const UNIQUE = `kubernetes.io/csi/${DRIVER}^h`
const node = (name: string): KubeObject => ({
  apiVersion: 'v1', kind: 'Node', metadata: { name, annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' } }, spec: {}, status: { conditions: [{ type: 'Ready', status: 'True' }] },
})
const pod = (name: string, nodeName: string): KubeObject => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { nodeName, containers: [{ name: 'c', image: 'x' }], volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] },
})

class World extends SmallWorld {
  constructor(modes = ['ReadWriteOnce']) {
    super([persistentVolumeBinder, attachDetachController])
    for (const name of ['n1', 'n2']) this.create(node(name))
    this.create({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'v' }, spec: { capacity: { storage: '1Gi' }, accessModes: modes, storageClassName: 's', csi: { driver: DRIVER, volumeHandle: 'h' } } })
    this.run(seconds(1))
    this.create({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec: { accessModes: modes, storageClassName: 's', resources: { requests: { storage: '1Gi' } } } })
    this.run(seconds(1))
  }

  attachments(): readonly VolumeAttachment[] {
    return this.list<VolumeAttachment>('volumeattachments')
  }

  /** What an attacher would do. */
  attachAll(): void {
    for (const a of this.attachments()) this.patch('volumeattachments', a.metadata.name, { status: { attached: true } }, 'status')
    this.run(seconds(1))
  }

  use(name: string, inUse: boolean): void {
    this.patch('nodes', name, { status: { volumesInUse: inUse ? [UNIQUE] : null } }, 'status')
    this.run(seconds(1))
  }

  status(name: string): Node['status'] {
    return this.get<Node>('nodes', name)!.status
  }
}

describe('attaching', () => {
  test('makes an attachment with a name computed from volume, driver and node, and lists the volume on the node when it is attached', () => {
    const world = new World()
    world.create(pod('p', 'n1'))
    world.run(seconds(1))
    expect(world.attachments().map((a) => a.metadata.name)).toEqual([attachmentName('h', DRIVER, 'n1')])
    expect(world.status('n1')!.volumesAttached).toBeUndefined()
    world.attachAll()
    expect(world.status('n1')!.volumesAttached).toEqual([{ name: UNIQUE, devicePath: '' }])
    expect(world.events('p')).toEqual(['SuccessfulAttachVolume: AttachVolume.Attach succeeded for volume "v" '])
  })

  test('tells the pods what the driver said, and tries again', () => {
    const world = new World()
    world.create(pod('p', 'n1'))
    world.run(seconds(1))
    world.patch('volumeattachments', attachmentName('h', DRIVER, 'n1'), { status: { attached: false, attachError: { message: 'no such disk' } } }, 'status')
    world.run(seconds(5))
    expect(world.events('p')).toEqual(['FailedAttachVolume: AttachVolume.Attach failed for volume "v" : no such disk'])
    world.patch('volumeattachments', attachmentName('h', DRIVER, 'n1'), { status: { attached: true, attachError: null } }, 'status')
    world.run(seconds(10))
    expect(world.status('n1')!.volumesAttached).toHaveLength(1)
  })

  test('a volume for one node is not attached to a second one, whose pods are told once', () => {
    const world = new World()
    world.create(pod('p', 'n1'))
    world.run(seconds(1))
    world.attachAll()
    world.create(pod('q', 'n2'))
    world.run(minutes(1))
    expect(world.attachments()).toHaveLength(1)
    expect(world.events('q')).toEqual(['FailedAttachVolume: Multi-Attach error for volume "v" Volume is already used by pod(s) p'])
    world.remove('pods', 'p', 0)
    world.run(seconds(2))
    expect(world.attachments().map((a) => a.spec.nodeName)).toEqual(['n2'])
  })

  test('one for many nodes is', () => {
    const world = new World(['ReadWriteMany'])
    world.create(pod('p', 'n1'))
    world.create(pod('q', 'n2'))
    world.run(seconds(1))
    expect(world.attachments()).toHaveLength(2)
  })

  test('users of a volume are counted by namespace', () => {
    const at = (namespace: string, name: string) => ({ ...pod(name, 'n'), metadata: { name, namespace } }) as never
    expect(usedBy(at('a', 'p'), [])).toBe("Volume is already exclusively attached to one node and can't be attached to another")
    expect(usedBy(at('a', 'p'), [at('a', 'x'), at('b', 'y')])).toBe('Volume is already used by pod(s) x and 1 pod(s) in different namespaces')
    expect(usedBy(at('a', 'p'), [at('b', 'y')])).toBe('Volume is already used by 1 pod(s) in different namespaces')
  })
})

describe('detaching', () => {
  const attached = (): World => {
    const world = new World()
    world.create(pod('p', 'n1'))
    world.run(seconds(1))
    world.attachAll()
    world.use('n1', true)
    return world
  }

  test('waits for the unmount, however long a healthy node takes', () => {
    const world = attached()
    world.remove('pods', 'p', 0)
    world.run(minutes(20))
    expect(world.attachments()).toHaveLength(1)
    world.use('n1', false)
    expect(world.attachments()).toEqual([])
    expect(world.status('n1')!.volumesAttached).toBeUndefined()
  })

  test('does not wait longer than six minutes for a node that is not ready', () => {
    const world = attached()
    world.patch('nodes', 'n1', { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } }, 'status')
    world.remove('pods', 'p', 0)
    world.run(minutes(6) - ms(200))
    expect(world.attachments()).toHaveLength(1)
    world.run(seconds(2))
    expect(world.attachments()).toEqual([])
  })

  test('does not wait at all for one that is out of service', () => {
    const world = attached()
    world.remove('pods', 'p', 0)
    world.run(seconds(5))
    world.patch('nodes', 'n1', { spec: { taints: [{ key: 'node.kubernetes.io/out-of-service', value: 'x', effect: 'NoExecute' }] } })
    world.run(seconds(1))
    expect(world.attachments()).toEqual([])
  })

  test('a quiet cluster costs no events', () => {
    const world = attached()
    world.run(minutes(1))
    expect(world.idle).toBeGreaterThan(minutes(30))
  })
})
