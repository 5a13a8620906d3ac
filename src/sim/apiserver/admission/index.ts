import type { KubeObject } from '../../api/meta.ts'
import { isStatus } from '../../api/status.ts'
import type { Execution, Outcome } from '../execution.ts'
import { defaultStorageClass } from './default-storage-class.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize.ts'
import type { AdmissionPlugin } from './plugin.ts'
import { priority } from './priority.ts'
import { serviceAccount } from './service-account.ts'
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts'
import { taintNodesByCondition } from './taint-nodes.ts'

/** In kube-apiserver's order (pkg/kubeapiserver/options/plugins.go). A new plugin is one file and one line here. */
export const ADMISSION: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  serviceAccount,
  taintNodesByCondition,
  priority,
  defaultTolerationSeconds,
  defaultStorageClass,
  storageObjectInUseProtection,
  persistentVolumeClaimResize,
]

/** What became of an object in the chain. */
export interface Admitted {
  readonly object: KubeObject
  /** Only plugins that keep a valid object valid have changed it. */
  readonly keptValid: boolean
}

/** Runs the chain; the first refusal ends it. */
export function admit(exec: Execution, object: KubeObject, old?: KubeObject): Outcome<Admitted> {
  let current: KubeObject = object
  let keptValid = true
  for (const plugin of ADMISSION) {
    if (plugin.resources && !plugin.resources.includes(exec.kind.plural)) continue
    const next = plugin.admit(exec, current, old)
    if (isStatus(next)) return next
    if (next !== current && !plugin.keepsValid) keptValid = false
    current = next
  }
  return { object: current, keptValid }
}
