import type { Container } from '../../api/container.ts'
import { milliValue } from '../../api/quantity.ts'
import { CPU_CFS_QUOTA } from '../../flags/kubelet.ts'
import type { KubeletWorld } from './world.ts'

/** The thousandths of a core to which a container is held; undefined without a limit, or where limits are not enforced (cpuCFSQuota). */
export function heldCpu(world: KubeletWorld, container: Container): number | undefined {
  const limit = milliValue(container.resources?.limits?.['cpu'])
  return limit > 0 && world.flags.get(CPU_CFS_QUOTA) ? limit : undefined
}
