import type { KubeObject } from '../../api/meta.ts'

/** storage.k8s.io/v1 CSINode. */
export interface CSINode extends KubeObject<CSINodeSpec> {
  readonly spec: CSINodeSpec
}

export interface CSINodeSpec {
  readonly drivers: readonly CSINodeDriver[] | null
}

export interface CSINodeDriver {
  readonly name: string
  readonly nodeID: string
  readonly topologyKeys?: readonly string[]
  readonly allocatable?: { readonly count?: number }
}
