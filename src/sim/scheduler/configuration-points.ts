import { goQuote } from '../api/field.ts'
import type { JsonObject } from '../api/meta.ts'
import { isObject, listOf, type ConfigurationProblem } from './configuration-decode.ts'
import { PLUGIN_POINTS, POINTS, type Point } from './configuration-fields.ts'

/** A plugin as a list names it; weight 0: not given. */
export interface Named {
  readonly name: string
  readonly weight: number
}

export interface PluginSet {
  readonly enabled: readonly Named[]
  readonly disabled: readonly string[]
}

export type PluginSets = Readonly<Record<Point | 'multiPoint', PluginSet>>

/** The default plugins (apis/config/v1/default_plugins.go), with those of features that are on by default in v1.36. */
const DEFAULT_PLUGINS: readonly Named[] = (
  [
    ['SchedulingGates'], ['PrioritySort'], ['NodeUnschedulable'], ['NodeName'], ['TaintToleration', 3], ['NodeAffinity', 2], ['NodePorts'], ['NodeResourcesFit', 1],
    ['VolumeRestrictions'], ['NodeVolumeLimits'], ['VolumeBinding'], ['VolumeZone'], ['PodTopologySpread', 2], ['InterPodAffinity', 2], ['DynamicResources', 2],
    ['DefaultPreemption'], ['NodeResourcesBalancedAllocation', 1], ['ImageLocality', 1], ['DefaultBinder'], ['NodeDeclaredFeatures'],
  ] as const
).map(([name, weight = 0]) => ({ name, weight }))

const NO_SET: PluginSet = { enabled: [], disabled: [] }

function readSet(value: unknown): PluginSet {
  if (!isObject(value)) return NO_SET
  return {
    enabled: listOf(value['enabled']).map(({ name, weight }) => ({ name: String(name ?? ''), weight: Number(weight ?? 0) })),
    disabled: listOf(value['disabled']).map(({ name }) => String(name ?? '')),
  }
}

/** The defaults without what is disabled, what is configured again in its old place, the rest behind (mergePluginSet). */
function mergeSet(defaults: readonly Named[], { enabled, disabled }: PluginSet): PluginSet {
  const again = new Map(enabled.map((plugin, i) => [plugin.name, i]))
  const replaced = new Set<number>()
  const merged: Named[] = []
  for (const plugin of disabled.includes('*') ? [] : defaults) {
    if (disabled.includes(plugin.name)) continue
    const i = again.get(plugin.name)
    if (i !== undefined) replaced.add(i)
    merged.push(i === undefined ? plugin : enabled[i]!)
  }
  return { enabled: [...merged, ...enabled.filter((_, i) => !replaced.has(i))], disabled }
}

/** The plugin sets of a profile, the defaults merged in. */
export function pluginSets(plugins: unknown): PluginSets {
  const given: JsonObject = isObject(plugins) ? plugins : {}
  const sets = Object.fromEntries(POINTS.map((point) => [point, readSet(given[point])])) as Record<Point, PluginSet>
  return { ...sets, multiPoint: mergeSet(DEFAULT_PLUGINS, readSet(given['multiPoint'])) }
}

const typeOf = (point: Point): string => `${point[0]!.toUpperCase()}${point.slice(1)}Plugin`
const extendsPoint = (name: string, point: Point): boolean => PLUGIN_POINTS[name]!.includes(point)
const isKnown = (name: string): boolean => Object.hasOwn(PLUGIN_POINTS, name)

/** The plugins of each point in their order; or why the scheduler does not start. `path` is that of the profile's plugins. */
export function expand(sets: PluginSets, path: string): Readonly<Record<Point, readonly string[]>> | ConfigurationProblem {
  const result: Partial<Record<Point, readonly string[]>> = {}
  for (const point of POINTS) {
    const problem = wrongIn(sets[point].enabled, point, `${path}.${point}.enabled`)
    if (problem) return problem
  }
  for (const point of POINTS) {
    const list = withMultiPoint(sets, point, path)
    if ('message' in list) return list
    result[point] = list
  }
  return result as Readonly<Record<Point, readonly string[]>>
}

/** A list that names a plugin which is not there, or has no such part, or twice (updatePluginList). */
function wrongIn(enabled: readonly Named[], point: Point, path: string): ConfigurationProblem | undefined {
  for (const [i, { name }] of enabled.entries()) {
    const where = `${path}[${i}].name`
    if (!isKnown(name)) return { path: where, message: `${typeOf(point)} ${goQuote(name)} does not exist` }
    if (!extendsPoint(name, point)) return { path: where, message: `plugin ${goQuote(name)} does not extend ${typeOf(point)} plugin` }
    if (enabled.findIndex((other) => other.name === name) < i) return { path: where, message: `plugin ${goQuote(name)} already registered as ${goQuote(typeOf(point))}` }
  }
  return undefined
}

/** First the plugins of the point that multiPoint names too, then the others of multiPoint, then the rest (expandMultiPointPlugins). */
function withMultiPoint({ multiPoint, ...sets }: PluginSets, point: Point, path: string): readonly string[] | ConfigurationProblem {
  const { enabled, disabled } = sets[point]
  const own = enabled.map(({ name }) => name)
  if (disabled.includes('*')) return own
  const fromMultiPoint: string[] = []
  const overridden = new Set<string>()
  for (const [i, { name }] of multiPoint.enabled.entries()) {
    const where = `${path}.multiPoint.enabled[${i}].name`
    if (!isKnown(name)) return { path: where, message: `${typeOf(point)} ${goQuote(name)} does not exist` }
    if (!extendsPoint(name, point) || disabled.includes(name)) continue
    if (own.includes(name)) overridden.add(name)
    else if (fromMultiPoint.includes(name)) return { path: where, message: `plugin ${goQuote(name)} already registered as ${goQuote(typeOf(point))}` }
    else fromMultiPoint.push(name)
  }
  return [...own.filter((name) => overridden.has(name)), ...fromMultiPoint, ...own.filter((name) => !overridden.has(name))]
}

/** How much a plugin's score counts: what the point says goes before multiPoint; 1 when neither says anything. */
export function weightOf(sets: PluginSets, name: string): number {
  const found = [...sets.score.enabled, ...sets.multiPoint.enabled].find((plugin) => plugin.name === name)
  return found?.weight || 1
}
