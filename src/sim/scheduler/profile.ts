import type { Plugin } from './plugin.ts'
import { DEFAULT_ARGS, pluginNamed } from './plugins/index.ts'
import type { PreemptionArgs } from './preemption-args.ts'
import type { Scorer } from './scoring.ts'

/** What the scheduler does with the pods that name this profile, extension point by extension point, in order. */
export interface Profile {
  readonly schedulerName: string
  /** With their PreFilter. */
  readonly filters: readonly Plugin[]
  /** With their PreScore. */
  readonly scorers: readonly Scorer[]
  /** What is done for a pod that fits nowhere. */
  readonly postFilters: readonly ('DynamicResources' | 'DefaultPreemption')[]
  readonly preemption: PreemptionArgs
  /** 0: by the size of the cluster. */
  readonly percentageOfNodesToScore: number
}

/** The default plugins in their order, which decides whose reason a node is refused for (apis/config/v1/default_plugins.go). */
const FILTERS = [
  'NodeUnschedulable', 'NodeName', 'TaintToleration', 'NodeAffinity', 'NodePorts', 'NodeResourcesFit', 'VolumeRestrictions', 'NodeVolumeLimits', 'VolumeBinding',
  'VolumeZone', 'PodTopologySpread', 'InterPodAffinity', 'DynamicResources',
] as const
const WEIGHTS = {
  TaintToleration: 3, NodeAffinity: 2, NodeResourcesFit: 1, VolumeBinding: 1, PodTopologySpread: 2, InterPodAffinity: 2, DynamicResources: 2,
  NodeResourcesBalancedAllocation: 1, ImageLocality: 1,
} as const

const plugins = new Map<string, Plugin>()
const plugin = (name: string): Plugin => {
  let known = plugins.get(name)
  if (!known) plugins.set(name, (known = pluginNamed(name, DEFAULT_ARGS)!))
  return known
}

/** The profile "default-scheduler" of a scheduler without a configuration. */
export const DEFAULT_PROFILE: Profile = {
  schedulerName: 'default-scheduler',
  filters: FILTERS.map(plugin),
  scorers: Object.entries(WEIGHTS).map(([name, weight]) => ({ plugin: plugin(name), weight })),
  postFilters: ['DynamicResources', 'DefaultPreemption'],
  preemption: { minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100 },
  percentageOfNodesToScore: 0,
}
