import { selectorMatches } from '../../../api/labels.ts'
import type { KubeObject } from '../../../api/meta.ts'
import type { MatchResources, RuleWithOperations } from '../../../kinds/admission-types.ts'
import type { Execution } from '../../execution.ts'

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'

/** A request as policies and webhooks see it. */
export interface Occasion {
  readonly exec: Execution
  readonly operation: Operation
  /** Absent for deletions. */
  readonly object: KubeObject | undefined
  readonly old: KubeObject | undefined
}

export const occasionOf = (exec: Execution, object: KubeObject | undefined, old: KubeObject | undefined): Occasion => ({
  exec, object, old, operation: !object ? 'DELETE' : old ? 'UPDATE' : 'CREATE',
})

/** A stream to a pod is opened; `options` are of a kind without metadata. */
export const connection = (exec: Execution, options: KubeObject): Occasion => ({ exec, object: options, old: undefined, operation: 'CONNECT' })

const OWN_GROUP = 'admissionregistration.k8s.io'

/** Policies and webhooks never judge policies and webhooks: nobody shall lock the door behind himself. */
export const isExempt = ({ kind }: Execution): boolean => kind.group === OWN_GROUP

const covers = (list: readonly string[] | undefined, value: string): boolean => (list ?? []).some((item) => item === '*' || item === value)

function coversResource(resources: readonly string[], resource: string, subresource: string): boolean {
  return resources.some((text) => {
    const [wantedResource, wantedSub = ''] = text.split('/') as [string, string | undefined]
    const fitsResource = wantedResource === '*' || wantedResource === resource
    return fitsResource && (wantedSub === '*' || wantedSub === subresource)
  })
}

/** apiserver: admission/plugin/webhook/predicates/rules. */
export function ruleMatches({ operations, apiGroups, apiVersions, resources, resourceNames, scope }: RuleWithOperations, { exec, operation, object, old }: Occasion): boolean {
  const { kind, subresource, namespace, name } = exec
  if (scope === 'Namespaced' && !namespace) return false
  if (scope === 'Cluster' && namespace) return false
  if (!covers(operations, operation) || !covers(apiGroups, kind.group) || !covers(apiVersions, kind.version)) return false
  if (!coversResource(resources ?? [], kind.plural, subresource)) return false
  return !resourceNames?.length || resourceNames.includes(name || (object ?? old)?.metadata?.name || '')
}

type Selectors = Pick<MatchResources, 'namespaceSelector' | 'objectSelector'>

/** Labels of the namespace that the request is about; a Namespace speaks for itself. */
function namespaceLabels({ exec, object, old }: Occasion): Readonly<Record<string, string>> | undefined | false {
  if (exec.kind.plural === 'namespaces' && exec.kind.group === '') return (object ?? old)?.metadata.labels
  return exec.namespace ? exec.store.get(`namespaces/${exec.namespace}`)?.metadata.labels : false
}

/** Cluster-scoped objects match any namespace selector; either version's labels may match the object selector. */
export function selectorsMatch({ namespaceSelector, objectSelector }: Selectors, occasion: Occasion): boolean {
  const labels = namespaceLabels(occasion)
  if (namespaceSelector && labels !== false && !selectorMatches(namespaceSelector, labels)) return false
  const { object, old } = occasion
  if (!objectSelector) return true
  // What has no labels at all is selected by nothing but everything.
  if (occasion.operation === 'CONNECT') return !objectSelector.matchExpressions?.length && Object.keys(objectSelector.matchLabels ?? {}).length === 0
  return [object, old].some((o) => o && selectorMatches(objectSelector, o.metadata.labels))
}

/** Does a policy or binding look at this request (admission/plugin/policy/matching)? */
export function resourcesMatch(match: MatchResources | undefined, occasion: Occasion, needsRules: boolean): boolean {
  if (!match) return !needsRules
  if (!selectorsMatch(match, occasion)) return false
  if (match.excludeResourceRules?.some((rule) => ruleMatches(rule, occasion))) return false
  if (!match.resourceRules?.length) return !needsRules
  return match.resourceRules.some((rule) => ruleMatches(rule, occasion))
}
