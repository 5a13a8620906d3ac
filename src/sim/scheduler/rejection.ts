/** Why a plugin does not let a pod onto a node, or refuses it as a whole (kube-scheduler: framework Status). */
export interface Rejection {
  /** Unresolvable: evicting pods would not help. Error: not a verdict but a failure, tried again with back-off. */
  readonly code: 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Error'
  readonly plugin: string
  readonly reasons: readonly string[]
}

export const unschedulable = (plugin: string, ...reasons: readonly string[]): Rejection => ({ code: 'Unschedulable', plugin, reasons })
export const unresolvable = (plugin: string, ...reasons: readonly string[]): Rejection => ({ code: 'UnschedulableAndUnresolvable', plugin, reasons })
export const failure = (plugin: string, reason: string): Rejection => ({ code: 'Error', plugin, reasons: [reason] })
