import type { LabelSelector } from '../api/labels.ts'
import type { Condition, KubeObject } from '../api/meta.ts'

/** Which requests a webhook or policy looks at. */
export interface RuleWithOperations {
  readonly operations?: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly apiVersions?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly scope?: string
}

export interface MatchCondition {
  readonly name: string
  readonly expression: string
}

export interface WebhookClientConfig {
  readonly url?: string
  readonly caBundle?: string
  readonly service?: { readonly namespace?: string; readonly name?: string; readonly path?: string; readonly port?: number }
}

export interface Webhook {
  readonly name: string
  readonly clientConfig?: WebhookClientConfig
  readonly rules?: readonly RuleWithOperations[]
  readonly failurePolicy?: string
  readonly matchPolicy?: string
  readonly namespaceSelector?: LabelSelector
  readonly objectSelector?: LabelSelector
  readonly sideEffects?: string
  readonly timeoutSeconds?: number
  readonly admissionReviewVersions?: readonly string[]
  readonly reinvocationPolicy?: string
  readonly matchConditions?: readonly MatchCondition[]
}

/** ValidatingWebhookConfiguration or MutatingWebhookConfiguration. */
export interface WebhookConfiguration extends KubeObject {
  readonly webhooks?: readonly Webhook[] | null
}

export interface MatchResources {
  readonly matchPolicy?: string
  readonly namespaceSelector?: LabelSelector
  readonly objectSelector?: LabelSelector
  readonly resourceRules?: readonly RuleWithOperations[]
  readonly excludeResourceRules?: readonly RuleWithOperations[]
}

export interface ParamKind {
  readonly apiVersion?: string
  readonly kind?: string
}

export interface PolicyVariable {
  readonly name: string
  readonly expression: string
}

interface PolicySpec {
  readonly failurePolicy?: string
  readonly paramKind?: ParamKind
  readonly matchConstraints?: MatchResources
  readonly matchConditions?: readonly MatchCondition[]
  readonly variables?: readonly PolicyVariable[]
}

export interface PolicyValidation {
  readonly expression: string
  readonly message?: string
  readonly messageExpression?: string
  readonly reason?: string
}

export interface ValidatingPolicySpec extends PolicySpec {
  readonly validations?: readonly PolicyValidation[] | null
  readonly auditAnnotations?: readonly { readonly key: string; readonly valueExpression: string }[]
}

export interface ExpressionWarning {
  readonly fieldRef: string
  readonly warning: string
}

export interface ValidatingPolicyStatus {
  readonly observedGeneration?: number
  readonly typeChecking?: { readonly expressionWarnings?: readonly ExpressionWarning[] }
  readonly conditions?: readonly Condition[]
}

/** admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy. */
export interface ValidatingPolicy extends KubeObject<ValidatingPolicySpec, ValidatingPolicyStatus> {
  readonly spec?: ValidatingPolicySpec
}

export interface Mutation {
  readonly patchType?: string
  readonly applyConfiguration?: { readonly expression?: string }
  readonly jsonPatch?: { readonly expression?: string }
}

export interface MutatingPolicySpec extends PolicySpec {
  readonly mutations?: readonly Mutation[]
  readonly reinvocationPolicy?: string
}

/** admissionregistration.k8s.io/v1 MutatingAdmissionPolicy. */
export interface MutatingPolicy extends KubeObject<MutatingPolicySpec> {
  readonly spec?: MutatingPolicySpec
}

export interface ParamRef {
  readonly name?: string
  readonly namespace?: string
  readonly selector?: LabelSelector
  readonly parameterNotFoundAction?: string
}

export interface PolicyBindingSpec {
  readonly policyName?: string
  readonly paramRef?: ParamRef
  readonly matchResources?: MatchResources
  readonly validationActions?: readonly string[]
}

/** ValidatingAdmissionPolicyBinding or MutatingAdmissionPolicyBinding. */
export interface PolicyBinding extends KubeObject<PolicyBindingSpec> {
  readonly spec?: PolicyBindingSpec
}
