import type { Plugin } from '../plugin.ts'
import { dynamicResources } from './dynamic-resources.ts'
import { imageLocality } from './image-locality.ts'
import { interPodAffinity, type InterPodAffinityArgs } from './inter-pod-affinity.ts'
import { nodeAffinity, type NodeAffinityArgs } from './node-affinity.ts'
import { nodeName } from './node-name.ts'
import { nodePorts } from './node-ports.ts'
import { nodeResourcesBalancedAllocation, type NodeResourcesBalancedAllocationArgs } from './node-resources-balanced-allocation.ts'
import { nodeResourcesFit, type NodeResourcesFitArgs } from './node-resources-fit.ts'
import { nodeUnschedulable } from './node-unschedulable.ts'
import { nodeVolumeLimits } from './node-volume-limits.ts'
import { podTopologySpread } from './pod-topology-spread.ts'
import { CPU_AND_MEMORY } from './resource-scoring.ts'
import type { PodTopologySpreadArgs } from './spread-constraints.ts'
import { taintToleration } from './taint-toleration.ts'
import { volumeBinding } from './volume-binding.ts'
import { volumeRestrictions } from './volume-restrictions.ts'
import { volumeZone } from './volume-zone.ts'

/** The arguments of the plugins that filter or score and have any, complete. */
export interface PluginArgs {
  readonly InterPodAffinity: InterPodAffinityArgs
  readonly NodeAffinity: NodeAffinityArgs
  readonly NodeResourcesBalancedAllocation: NodeResourcesBalancedAllocationArgs
  readonly NodeResourcesFit: NodeResourcesFitArgs
  readonly PodTopologySpread: PodTopologySpreadArgs
}

export const DEFAULT_ARGS: PluginArgs = {
  InterPodAffinity: { hardPodAffinityWeight: 1, ignorePreferredTermsOfExistingPods: false },
  NodeAffinity: {},
  NodeResourcesBalancedAllocation: { resources: CPU_AND_MEMORY },
  NodeResourcesFit: { ignoredResources: [], ignoredResourceGroups: [], scoringStrategy: { type: 'LeastAllocated', resources: CPU_AND_MEMORY } },
  PodTopologySpread: { defaultingType: 'System', defaultConstraints: [] },
}

const MAKERS: Readonly<Record<string, (args: PluginArgs) => Plugin>> = {
  NodeUnschedulable: () => nodeUnschedulable,
  NodeName: () => nodeName,
  TaintToleration: () => taintToleration,
  NodeAffinity: (args) => nodeAffinity(args.NodeAffinity),
  NodePorts: () => nodePorts,
  NodeResourcesFit: (args) => nodeResourcesFit(args.NodeResourcesFit),
  VolumeRestrictions: () => volumeRestrictions,
  NodeVolumeLimits: () => nodeVolumeLimits,
  VolumeBinding: () => volumeBinding,
  VolumeZone: () => volumeZone,
  PodTopologySpread: (args) => podTopologySpread(args.PodTopologySpread),
  InterPodAffinity: (args) => interPodAffinity(args.InterPodAffinity),
  DynamicResources: () => dynamicResources,
  NodeResourcesBalancedAllocation: (args) => nodeResourcesBalancedAllocation(args.NodeResourcesBalancedAllocation),
  ImageLocality: () => imageLocality,
}

/** A plugin that filters or scores, by its name; undefined for others. */
export const pluginNamed = (name: string, args: PluginArgs): Plugin | undefined => (Object.hasOwn(MAKERS, name) ? MAKERS[name]!(args) : undefined)
