import type { LabelSelector } from '../../api/labels.ts'
import type { StringMap } from '../../api/meta.ts'
import type { ReplicaSet } from '../../kinds/replicaset/replicaset.ts'

const asSelectors = new WeakMap<object, LabelSelector>()

/** The selector of a ReplicaSet, or of a ReplicationController, whose selector is a plain map of labels. */
export function selectorOf({ kind, spec }: ReplicaSet): LabelSelector {
  if (kind !== 'ReplicationController' || !spec.selector) return spec.selector
  let selector = asSelectors.get(spec.selector)
  if (!selector) asSelectors.set(spec.selector, (selector = { matchLabels: spec.selector as StringMap }))
  return selector
}
