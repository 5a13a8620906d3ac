import type { KubeObject } from '../../api/meta.ts'
import type { Execution, Outcome } from '../execution.ts'

/**
 * One admission plugin. `admit` may change the object (mutating), refuse with a Status, or give it back as it is. It
 * sees creations and updates of whole objects; `old` is there for updates.
 */
export interface AdmissionPlugin {
  readonly name: string
  /** Plurals that it cares about; absent: all. */
  readonly resources?: readonly string[]
  /** What it adds to a valid object leaves it valid and worth no further warning, so that shared parts need no second look. */
  readonly keepsValid?: boolean
  admit(exec: Execution, object: KubeObject, old: KubeObject | undefined): Outcome<KubeObject>
}
