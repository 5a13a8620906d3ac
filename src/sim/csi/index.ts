import { ControllerRunner } from '../client/controller-runner.ts'
import { InformerFactory } from '../client/informer.ts'
import { Client } from '../client/transport.ts'
import type { Engine, EventContext } from '../engine/engine.ts'
import { CsiDrivers, RPC_METHODS } from './driver/driver.ts'
import { GI } from './driver/controller-service.ts'
import { DISK_DRIVER, NFS_DRIVER, ZONE_GIBIBYTES } from './names.ts'
import { volumeManager, type Machines } from './node/volume-manager.ts'
import { csiAttacher } from './sidecars/attacher.ts'
import { csiCapacity } from './sidecars/capacity.ts'
import { csiProvisioner } from './sidecars/provisioner.ts'
import { csiRegistrar } from './sidecars/registrar.ts'
import { csiResizer } from './sidecars/resizer.ts'
import { snapshotController } from './sidecars/snapshot-controller.ts'
import { csiSnapshotter } from './sidecars/snapshotter.ts'

export { CSI_OBJECTS } from './objects.ts'
export { DISK_DRIVER, STANDARD_CLASS } from './names.ts'
export type { CallRecord, Fault, Pool, SnapshotData, StorageState } from './driver/state.ts'
export type { FaultCommand } from './driver/driver.ts'

/**
 * The modelled storage of a cluster: the driver and its sidecars, which watch the API server as pods of their own would. Nothing happens
 * before `start`, and nothing costs anything as long as nobody asks for a volume.
 */
export class CsiStorage {
  readonly drivers: CsiDrivers
  readonly informers: InformerFactory
  readonly runners: readonly ControllerRunner[]
  /** The calls that its drivers know, and that can be made to fail. */
  readonly methods = RPC_METHODS

  /** `shared`: the controller manager's informers, which kubelets listen to as well instead of watching all pods once more. */
  constructor(engine: Engine, shared: InformerFactory, machines: Machines) {
    this.drivers = new CsiDrivers(engine)
    this.informers = new InformerFactory(engine, 'csi-controller', new Client(engine, 'csi-controller', { user: 'system:serviceaccount:kube-system:csi-controller' }))
    const sidecars = [csiProvisioner, csiCapacity, csiAttacher, csiResizer, csiSnapshotter, snapshotController, csiRegistrar].map((controller) => new ControllerRunner(engine, controller, this.informers, true))
    this.runners = [...sidecars, new ControllerRunner(engine, volumeManager(machines), shared, true)]
  }

  /** Is the disk attached to the node, so that what is written there arrives? Shares of file servers always are. */
  reaches(disk: string, node: string): boolean {
    const row = this.drivers.state.disks.get(disk)
    return !row || row.driver === NFS_DRIVER || row.attached.includes(node)
  }

  /** Gives each zone its room and opens the watches. */
  start(ctx: EventContext, zones: readonly string[]): void {
    for (const zone of zones) this.drivers.state.pools.set(`${DISK_DRIVER}/${zone}`, { bytes: ZONE_GIBIBYTES * GI })
    this.informers.start(ctx)
  }
}
