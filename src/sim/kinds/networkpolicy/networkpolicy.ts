import type { LabelSelector } from '../../api/labels.ts'
import type { IntOrString, KubeObject } from '../../api/meta.ts'

/** networking.k8s.io/v1 NetworkPolicy. */
export interface NetworkPolicy extends KubeObject<NetworkPolicySpec> {
  readonly spec: NetworkPolicySpec
}

export interface NetworkPolicySpec {
  readonly podSelector?: LabelSelector
  readonly ingress?: readonly { readonly ports?: readonly NetworkPolicyPort[]; readonly from?: readonly NetworkPolicyPeer[] }[]
  readonly egress?: readonly { readonly ports?: readonly NetworkPolicyPort[]; readonly to?: readonly NetworkPolicyPeer[] }[]
  readonly policyTypes?: readonly string[]
}

export interface NetworkPolicyPort {
  readonly protocol?: string
  readonly port?: IntOrString
  readonly endPort?: number
}

export interface IPBlock {
  readonly cidr: string
  readonly except?: readonly string[]
}

export interface NetworkPolicyPeer {
  readonly podSelector?: LabelSelector
  readonly namespaceSelector?: LabelSelector
  readonly ipBlock?: IPBlock
}
