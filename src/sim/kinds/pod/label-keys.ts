import type { LabelSelector } from '../../api/labels.ts'
import type { StringMap } from '../../api/meta.ts'
import type { PodSpec } from '../../api/pod-spec.ts'
import type { PodAffinityTerm, WeightedPodAffinityTerm } from '../../api/scheduling.ts'
import { assignSame, mapSame } from '../../api/share.ts'

/** The selector with one requirement more for each key that the pod has a label for. */
function withKeys(selector: LabelSelector, keys: readonly string[] | undefined, operator: string, labels: StringMap): LabelSelector {
  const more = (keys ?? []).filter((key) => Object.hasOwn(labels, key)).map((key) => ({ key, operator, values: [labels[key]!] }))
  return more.length ? { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...more] } : selector
}

function term<T extends PodAffinityTerm>(t: T, labels: StringMap): T {
  if (!t.labelSelector || (!t.matchLabelKeys?.length && !t.mismatchLabelKeys?.length)) return t
  return { ...t, labelSelector: withKeys(withKeys(t.labelSelector, t.matchLabelKeys, 'In', labels), t.mismatchLabelKeys, 'NotIn', labels) }
}

const weighted = (w: WeightedPodAffinityTerm, labels: StringMap): WeightedPodAffinityTerm => assignSame(w, { podAffinityTerm: term(w.podAffinityTerm, labels) })

/**
 * matchLabelKeys and mismatchLabelKeys become requirements of the selectors when a pod is made (registry/core/pod:
 * mutatePodAffinity and mutateTopologySpreadConstraints). The same spec where none are used.
 */
export function withLabelKeys(spec: PodSpec, labels: StringMap | undefined): PodSpec {
  if (!labels || (!spec.affinity && !spec.topologySpreadConstraints)) return spec
  const terms = <A extends { readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTerm[]; readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly WeightedPodAffinityTerm[] }>(a: A | undefined): A | undefined =>
    a && assignSame<A>(a, {
      requiredDuringSchedulingIgnoredDuringExecution: mapSame(a.requiredDuringSchedulingIgnoredDuringExecution, (t) => term(t, labels)),
      preferredDuringSchedulingIgnoredDuringExecution: mapSame(a.preferredDuringSchedulingIgnoredDuringExecution, (w) => weighted(w, labels)),
    } as Partial<A>)
  const { affinity } = spec
  return assignSame(spec, {
    affinity: affinity && assignSame(affinity, { podAffinity: terms(affinity.podAffinity), podAntiAffinity: terms(affinity.podAntiAffinity) }),
    topologySpreadConstraints: mapSame(spec.topologySpreadConstraints, (c) =>
      c.labelSelector && c.matchLabelKeys?.length ? assignSame(c, { labelSelector: withKeys(c.labelSelector, c.matchLabelKeys, 'In', labels) }) : c,
    ),
  })
}
