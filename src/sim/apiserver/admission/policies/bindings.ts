import { selectorMatches } from '../../../api/labels.ts'
import { splitApiVersion, type KubeObject } from '../../../api/meta.ts'
import { scheme } from '../../../kinds/index.ts'
import type { MatchResources, ParamKind, ParamRef, PolicyBinding } from '../../../kinds/admission-types.ts'
import type { Execution } from '../../execution.ts'
import { customKindFor } from '../../custom/custom-kinds.ts'
import { collectionOf, objectKey } from '../../keys.ts'
import { isExempt, resourcesMatch, type Occasion } from './matching.ts'

interface Policy extends KubeObject {
  readonly spec?: { readonly matchConstraints?: MatchResources; readonly paramKind?: ParamKind; readonly failurePolicy?: string }
}

/** A policy with a binding that looks at a request: the parameters to judge by, or why there are none. */
export interface Invocation<P> {
  readonly policy: P
  readonly binding: PolicyBinding
  readonly params: readonly (KubeObject | null)[] | { readonly error: string }
}

/** What of a kind of policies looks at a request, by the names of policies, then of bindings (admission/plugin/policy/generic). */
export function invocations<P extends Policy>(occasion: Occasion, policies: string, bindings: string): readonly Invocation<P>[] {
  const { exec } = occasion
  const { store } = exec
  if (store.count(bindings) === 0 || store.count(policies) === 0 || isExempt(exec)) return []
  const all = store.keys(bindings).map((key) => store.get(key) as PolicyBinding)
  return store.keys(policies).flatMap((key) => {
    const policy = store.get(key) as P
    const bound = all.filter((binding) => binding.spec?.policyName === policy.metadata.name)
    if (bound.length === 0 || !resourcesMatch(policy.spec?.matchConstraints, occasion, true)) return []
    return bound
      .filter((binding) => resourcesMatch(binding.spec?.matchResources, occasion, false))
      .map((binding): Invocation<P> => ({ policy, binding, params: paramsOf(store, policy.spec?.paramKind, binding.spec?.paramRef, exec.namespace) }))
  })
}

/** The objects that a binding names as parameters (CollectParams). Without parameters there is one judgement with none. */
function paramsOf(store: Execution['store'], paramKind: ParamKind | undefined, ref: ParamRef | undefined, namespace: string | undefined): Invocation<Policy>['params'] {
  if (!paramKind || !ref) return [null]
  const { apiVersion = '', kind: kindName = '' } = paramKind
  const gvk = { ...splitApiVersion(apiVersion), kind: kindName }
  const kind = scheme.kindFor(gvk) ?? customKindFor(store, gvk)
  if (!kind) return { error: `failed to find resource referenced by paramKind: '${apiVersion}, Kind=${kindName}'` }
  if (!kind.namespaced && ref.namespace) return { error: 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`' }
  const home = kind.namespaced ? ref.namespace || namespace : undefined
  if (kind.namespaced && !home) return { error: 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources' }
  const found = ref.name
    ? [store.get(objectKey(kind, home, ref.name))].filter((param): param is KubeObject => param !== undefined)
    : store.keys(collectionOf(kind), home).map((key) => store.get(key)!).filter((param) => selectorMatches(ref.selector, param.metadata.labels))
  if (found.length > 0) return found
  return ref.parameterNotFoundAction === 'Deny' ? { error: 'no params found for policy binding with `Deny` parameterNotFoundAction' } : []
}
