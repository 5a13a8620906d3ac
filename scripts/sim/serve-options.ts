import type { KubeObject } from '../../src/sim/api/meta.ts'
import type { FlagTexts } from '../../src/sim/component-flags.ts'
import type { Micros } from '../../src/sim/engine/time.ts'
import type { Certificate } from './kubeconfig.ts'

/** What `npm run sim -- serve` was asked for. */
export interface ServeOptions {
  /** 0: any free port. */
  readonly port: number
  readonly host: string
  /** Virtual seconds a real second; Infinity: as fast as it goes. */
  readonly speed: number
  /** The administrator's token; undefined with --insecure, where nobody needs one. */
  readonly token: string | undefined
  /** Serves HTTPS with it; plain HTTP without. */
  readonly certificate?: Certificate
  readonly seed: number
  /** The instant at which the cluster is ready; virtual µs. Absent: now, so that clients count ages rightly. */
  readonly start?: Micros | undefined
  readonly nodes: number | readonly KubeObject[]
  readonly kubelet: 'detailed' | 'kwok'
  /** Settings of components that differ: "kubelet.syncFrequency" → "10s". */
  readonly flags?: FlagTexts
}
