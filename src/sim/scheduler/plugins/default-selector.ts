import { EVERYTHING, compileSelector, matchesSet, selectorText, type LabelSelector, type Requirement, type Selector } from '../../api/labels.ts'
import { controllerOf, type KubeObject, type StringMap } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { Objects } from '../plugin.ts'

type Selecting = KubeObject<{ readonly selector?: LabelSelector }>
type SelectingSet = KubeObject<{ readonly selector?: StringMap }>

/** Plurals of the controllers in apps/v1 that have a selector for their pods. */
const OWNERS: Readonly<Record<string, string>> = { ReplicaSet: 'replicasets', StatefulSet: 'statefulsets' }

const isEmpty = (set: object): boolean => {
  for (const _ in set) return false
  return true
}

/**
 * The selector of the services that select a pod and of the controller that owns it, all together; EVERYTHING when there
 * is none (plugins/helper/spread.go: DefaultSelector).
 */
export function defaultSelector(pod: Pod, objects: Objects): Selector {
  const { namespace, labels } = pod.metadata
  const set: Record<string, string> = {}
  for (const service of objects.list<SelectingSet>('services', namespace)) {
    const selector = service.spec?.selector
    if (selector && matchesSet(selector, labels)) Object.assign(set, selector)
  }
  const requirements: Requirement[] = []
  const owner = controllerOf(pod)
  if (owner?.apiVersion === 'v1' && owner.kind === 'ReplicationController') {
    Object.assign(set, objects.get<SelectingSet>('replicationcontrollers', namespace, owner.name)?.spec?.selector)
  }
  const plural = owner?.apiVersion === 'apps/v1' && Object.hasOwn(OWNERS, owner.kind) ? OWNERS[owner.kind] : undefined
  if (plural) {
    const selector = objects.get<Selecting>(plural, namespace, owner!.name)?.spec?.selector
    if (selector) {
      const compiled = compileSelector(selector)
      // Most pods belong to one controller and no service: its own selector is the answer.
      if (isEmpty(set)) return compiled
      requirements.push(...compiled.requirements)
    }
  }
  return together(set, requirements)
}

/** Selectors by their text, so that an equal one is the same object and what hangs on it is found again. */
const known = new Map<string, Selector>()
const MOST_KNOWN = 1000

function together(set: Readonly<Record<string, string>>, requirements: readonly Requirement[]): Selector {
  const all: Requirement[] = [...Object.keys(set).map((key): Requirement => ({ key, operator: '=', values: [set[key]!] })), ...requirements]
  if (all.length === 0) return EVERYTHING
  const selector: Selector = { nothing: false, requirements: all.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)) }
  const text = selectorText(selector)
  const before = known.get(text)
  if (before) return before
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(text, selector)
  return selector
}
