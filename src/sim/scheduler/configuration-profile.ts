import { goQuote } from '../api/field.ts'
import type { JsonObject } from '../api/meta.ts'
import { seconds } from '../engine/time.ts'
import type { ConfigurationProblem } from './configuration-decode.ts'
import { PLUGIN_POINTS, type Point } from './configuration-fields.ts'
import { expand, weightOf, type PluginSets } from './configuration-points.ts'
import type { Plugin } from './plugin.ts'
import { DEFAULT_ARGS, pluginNamed, type PluginArgs } from './plugins/index.ts'
import type { PreemptionArgs } from './preemption-args.ts'
import type { Profile } from './profile.ts'

type Points = Readonly<Record<Point, readonly string[]>>

/** What a profile is made of: name, plugins, complete arguments by plugin. */
export interface ProfileParts {
  readonly schedulerName: string
  readonly percentageOfNodesToScore: number
  readonly sets: PluginSets
  readonly args: ReadonlyMap<string, JsonObject>
  /** "profiles[0]". */
  readonly path: string
}

/** The profile, or why the scheduler does not start with it (profile.go: NewMap; runtime/framework.go: NewFramework). */
export function makeProfile(parts: ProfileParts): Profile | ConfigurationProblem {
  const { schedulerName, sets, path } = parts
  const failed = ({ path: where, message }: ConfigurationProblem): ConfigurationProblem => ({ path: where, message: `creating profile for scheduler name ${schedulerName}: ${message}` })
  const points = expand(sets, `${path}.plugins`)
  if ('message' in points) return failed(points as ConfigurationProblem)
  const sorting = points.queueSort.length
  const wrong = sorting !== 1
    ? { path: `${path}.plugins.queueSort`, message: `only one queue sort plugin required for profile with scheduler name ${goQuote(schedulerName)}, but got ${sorting}` }
    : points.bind.length === 0
      ? { path: `${path}.plugins.bind`, message: `at least one bind plugin is needed for profile with scheduler name ${goQuote(schedulerName)}` }
      : halves(points, path)
  return wrong ? failed(wrong) : build(parts, points)
}

/** A plugin's first half prepares what its second half reads; Kubernetes fails at every pod when only the second runs. */
function halves(points: Points, path: string): ConfigurationProblem | undefined {
  for (const [second, first] of [['filter', 'preFilter'], ['score', 'preScore'], ['preBind', 'reserve'], ['reserve', 'preBind']] as const) {
    for (const name of points[second]) {
      if (!PLUGIN_POINTS[name]!.includes(first) || points[first].includes(name)) continue
      return { path: `${path}.plugins.${first}`, message: `plugin ${goQuote(name)} at ${second} without its ${first} is not modelled` }
    }
  }
  return undefined
}

function build({ schedulerName, percentageOfNodesToScore, sets, args }: ProfileParts, points: Points): Profile {
  const known = pluginArgs(args)
  const made = new Map<string, Plugin | undefined>()
  const plugin = (name: string): Plugin[] => {
    if (!made.has(name)) made.set(name, pluginNamed(name, known))
    const found = made.get(name)
    return found ? [found] : []
  }
  const unfiltered = points.preFilter.filter((name) => !points.filter.includes(name))
  return {
    schedulerName,
    filters: [...points.filter.flatMap(plugin), ...unfiltered.flatMap(plugin).map(preFilterOnly)],
    scorers: points.score.flatMap((name) => plugin(name).map((p) => ({ plugin: p, weight: weightOf(sets, name) }))),
    postFilters: points.postFilter as Profile['postFilters'],
    preemption: (args.get('DefaultPreemption') ?? {}) as unknown as PreemptionArgs,
    percentageOfNodesToScore,
    honoursGates: points.preEnqueue.includes('SchedulingGates'),
    bindsVolumes: points.preBind.includes('VolumeBinding'),
    bindTimeout: seconds(Number(args.get('VolumeBinding')?.['bindTimeoutSeconds'] ?? 600)),
  }
}

/** Its verdict on the pod as a whole counts, and which nodes it leaves; its verdicts on nodes do not. */
const preFilterOnly = (plugin: Plugin): Plugin => ({
  name: plugin.name,
  preFilter(cycle) {
    const run = plugin.preFilter?.(cycle)
    if (!run || 'reasons' in run) return run
    return run.nodes && { nodes: run.nodes, filter: () => undefined }
  },
})

function pluginArgs(args: ReadonlyMap<string, JsonObject>): PluginArgs {
  const of = <K extends keyof PluginArgs>(name: K): PluginArgs[K] => ({ ...DEFAULT_ARGS[name], ...(args.get(name) as unknown as PluginArgs[K]) })
  return {
    InterPodAffinity: of('InterPodAffinity'),
    NodeAffinity: of('NodeAffinity'),
    NodeResourcesBalancedAllocation: of('NodeResourcesBalancedAllocation'),
    NodeResourcesFit: of('NodeResourcesFit'),
    PodTopologySpread: of('PodTopologySpread'),
  }
}
