import type { Condition, KubeObject } from '../../api/meta.ts'

/** flowcontrol.apiserver.k8s.io/v1 FlowSchema. */
export interface FlowSchema extends KubeObject<FlowSchemaSpec, { readonly conditions?: readonly Condition[] }> {
  readonly spec: FlowSchemaSpec
}

export interface FlowSchemaSpec {
  readonly priorityLevelConfiguration?: { readonly name?: string }
  readonly matchingPrecedence?: number
  readonly distinguisherMethod?: { readonly type?: string }
  readonly rules?: readonly PolicyRules[]
}

export interface PolicyRules {
  readonly subjects?: readonly Subject[]
  readonly resourceRules?: readonly ResourceRule[]
  readonly nonResourceRules?: readonly NonResourceRule[]
}

export interface Subject {
  readonly kind?: string
  readonly user?: { readonly name?: string }
  readonly group?: { readonly name?: string }
  readonly serviceAccount?: { readonly name?: string; readonly namespace?: string }
}

export interface ResourceRule {
  readonly verbs?: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly clusterScope?: boolean
  readonly namespaces?: readonly string[]
}

export interface NonResourceRule {
  readonly verbs?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}
