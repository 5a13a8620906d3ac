import type { KubeObject, Time } from '../../api/meta.ts'

/** v1 Namespace. */
export interface Namespace extends KubeObject<NamespaceSpec, NamespaceStatus> {
  readonly spec: NamespaceSpec
}

export interface NamespaceSpec {
  readonly finalizers?: readonly string[]
}

export interface NamespaceStatus {
  readonly conditions?: readonly NamespaceCondition[]
  readonly phase?: 'Active' | 'Terminating'
}

export interface NamespaceCondition {
  readonly lastTransitionTime?: Time
  readonly message?: string
  readonly reason?: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly type: string
}
