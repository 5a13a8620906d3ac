import { EVERYTHING, compileSelector, type Selector } from '../../api/labels.ts'
import type { Pod } from '../../api/pod.ts'
import type { TopologySpreadConstraint } from '../../api/scheduling.ts'
import { untoleratedTaint } from '../../api/tolerations.ts'
import { hasRequiredNodeAffinity, requiredNodeAffinityMatches } from '../../client/node-selector.ts'
import type { Node } from '../../kinds/node/node.ts'
import type { Cycle } from '../plugin.ts'
import { livingPods, EVERY_NODE, type Scope, type Sort } from '../tallies.ts'
import { defaultSelector } from './default-selector.ts'

export const HOSTNAME = 'kubernetes.io/hostname'

/** The constraints that hold for pods without their own (PodTopologySpreadArgs, defaultingType System). */
const SYSTEM_DEFAULTS: readonly TopologySpreadConstraint[] = [
  { maxSkew: 3, topologyKey: HOSTNAME, whenUnsatisfiable: 'ScheduleAnyway' },
  { maxSkew: 5, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
]

/** PodTopologySpreadArgs. */
export interface PodTopologySpreadArgs {
  readonly defaultingType: 'System' | 'List'
  readonly defaultConstraints: readonly TopologySpreadConstraint[]
}

/** A constraint of a pod, compiled. */
export interface Constraint {
  readonly maxSkew: number
  readonly key: string
  readonly selector: Selector
  readonly minDomains: number
  readonly honourAffinity: boolean
  readonly honourTaints: boolean
}

function compile(pod: Pod, c: TopologySpreadConstraint, selector: Selector): Constraint {
  const own = (c.matchLabelKeys ?? []).flatMap((key) => {
    const value = pod.metadata.labels?.[key]
    return value === undefined ? [] : [{ key, operator: '=' as const, values: [value] }]
  })
  return {
    maxSkew: c.maxSkew,
    key: c.topologyKey,
    selector: own.length && !selector.nothing ? { nothing: false, requirements: [...own, ...selector.requirements] } : selector,
    minDomains: c.minDomains ?? 1,
    honourAffinity: c.nodeAffinityPolicy !== 'Ignore',
    honourTaints: c.nodeTaintsPolicy === 'Honor',
  }
}

/** The constraints of a pod for one action: its own, else the defaults with the selector of its services and owner. */
export function constraintsOf({ pod, objects }: Cycle, action: TopologySpreadConstraint['whenUnsatisfiable'], args: PodTopologySpreadArgs): readonly Constraint[] {
  const own = pod.spec.topologySpreadConstraints
  if (own?.length) return own.filter((c) => c.whenUnsatisfiable === action).map((c) => compile(pod, c, compileSelector(c.labelSelector)))
  const all = args.defaultingType === 'System' ? SYSTEM_DEFAULTS : args.defaultConstraints
  const defaults = all.every((c) => c.whenUnsatisfiable === action) ? all : all.filter((c) => c.whenUnsatisfiable === action)
  if (defaults.length === 0) return []
  const selector = defaultSelector(pod, objects)
  return selector === EVERYTHING ? [] : compiledDefaults(pod, defaults, selector)
}

/** Default constraints, compiled, by the selector of the pods that they are for. */
const compiled = new WeakMap<Selector, { readonly of: readonly TopologySpreadConstraint[]; readonly constraints: readonly Constraint[] }>()

function compiledDefaults(pod: Pod, of: readonly TopologySpreadConstraint[], selector: Selector): readonly Constraint[] {
  const known = compiled.get(selector)
  if (known?.of === of) return known.constraints
  const constraints = of.map((c) => compile(pod, c, selector))
  if (!of.some((c) => c.matchLabelKeys?.length)) compiled.set(selector, { of, constraints })
  return constraints
}

const isEmpty = (s: Selector): boolean => !s.nothing && s.requirements.length === 0
const NOBODY: Sort = { text: 'nobody', labels: [], has: () => false }

/** The pods that count for a constraint. An empty selector counts none, as countPodsMatchSelector has it. */
export const countedPods = ({ metadata }: Pod, { selector }: Constraint): Sort => (isEmpty(selector) ? NOBODY : livingPods(metadata.namespace ?? '', selector))

export const hasAllKeys = (node: Node, constraints: readonly Constraint[]): boolean => constraints.every((c) => node.metadata.labels?.[c.key] !== undefined)

/** Does a node count for a constraint (nodeAffinityPolicy, nodeTaintsPolicy)? */
export const honours = (pod: Pod, c: Constraint, node: Node): boolean =>
  (!c.honourAffinity || requiredNodeAffinityMatches(pod, node)) && (!c.honourTaints || !untoleratedTaint(node.spec.taints, pod.spec.tolerations))

/** The nodes that count for a constraint: under its policies, and with the keys of all of `complete`. */
export function scopeOf(pod: Pod, c: Constraint, complete: readonly Constraint[]): Scope {
  const affinity = c.honourAffinity && hasRequiredNodeAffinity(pod)
  if (!affinity && !c.honourTaints && complete.length === 0) return EVERY_NODE
  const { nodeSelector, affinity: wanted, tolerations } = pod.spec
  const text = [
    complete.map(({ key }) => key).join(),
    affinity ? JSON.stringify([nodeSelector, wanted?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution]) : '',
    c.honourTaints ? JSON.stringify(tolerations ?? []) : '',
  ].join(' | ')
  return { text, has: (node) => hasAllKeys(node, complete) && honours(pod, c, node) }
}
