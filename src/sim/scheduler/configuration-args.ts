import { at, child, duplicate, forbiddenField, invalidValue, notSupported, required, type FieldError, type Path } from '../api/field.ts'
import { parseGoDuration } from '../api/go-duration.ts'
import { checkRequirement, type Operator } from '../api/labels.ts'
import type { JsonObject } from '../api/meta.ts'
import { isQualifiedName } from '../api/names.ts'
import { isObject, listOf } from './configuration-decode.ts'

const CPU_AND_MEMORY: readonly JsonObject[] = [{ name: 'cpu', weight: 1 }, { name: 'memory', weight: 1 }]

const weighted = (value: unknown): readonly JsonObject[] => {
  const given = listOf(value)
  return given.length === 0 ? CPU_AND_MEMORY : given.map((r) => ({ ...r, weight: r['weight'] || 1 }))
}

const without = (object: JsonObject, ...names: readonly string[]): JsonObject => Object.fromEntries(Object.entries(object).filter(([name, value]) => !names.includes(name) && value !== null))

/** The fields that the arguments of a plugin have when they are not given (apis/config/v1/defaults.go). */
const DEFAULTS: Readonly<Record<string, (args: JsonObject) => JsonObject>> = {
  DefaultPreemption: (args) => ({ minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100, ...args }),
  InterPodAffinity: (args) => ({ hardPodAffinityWeight: 1, ignorePreferredTermsOfExistingPods: false, ...args }),
  NodeAffinity: (args) => args,
  NodeResourcesBalancedAllocation: (args) => ({ ...args, resources: weighted(args['resources']) }),
  NodeResourcesFit: (args) => {
    const strategy = isObject(args['scoringStrategy']) ? args['scoringStrategy'] : { type: 'LeastAllocated' }
    return { ...args, scoringStrategy: { ...strategy, resources: weighted(strategy['resources']) } }
  },
  PodTopologySpread: (args) => ({ ...args, defaultingType: args['defaultingType'] || 'System' }),
  VolumeBinding: (args) => ({ bindTimeoutSeconds: 600, ...args }),
  DynamicResources: (args) => ({ filterTimeout: '10s', bindingTimeout: '600s', ...args }),
}

export const PLUGINS_WITH_ARGS = Object.keys(DEFAULTS).sort()

/** The arguments of a plugin, complete. */
export function completeArgs(plugin: string, args: JsonObject = {}): JsonObject {
  const { apiVersion, kind } = { apiVersion: 'kubescheduler.config.k8s.io/v1', kind: `${plugin}Args` }
  return { apiVersion, kind, ...DEFAULTS[plugin]?.(without(args, 'apiVersion', 'kind')) }
}

type Check = (args: JsonObject, path: Path, out: FieldError[]) => void

const number = (value: unknown): number => (typeof value === 'number' ? value : 0)
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const percentage = (value: unknown, path: Path, out: FieldError[], range: string): void => {
  if (number(value) < 0 || number(value) > 100) out.push(invalidValue(path, value, `not in valid range ${range}`))
}

const preemption: Check = (args, path, out) => {
  const share = number(args['minCandidateNodesPercentage'])
  const nodes = number(args['minCandidateNodesAbsolute'])
  const sharePath = child(path, 'minCandidateNodesPercentage')
  const nodesPath = child(path, 'minCandidateNodesAbsolute')
  percentage(share, sharePath, out, '[0, 100]')
  if (nodes < 0) out.push(invalidValue(nodesPath, nodes, 'not in valid range [0, inf)'))
  if (share !== 0 || nodes !== 0) return
  out.push(invalidValue(sharePath, share, 'cannot be zero at the same time as minCandidateNodesAbsolute'))
  out.push(invalidValue(nodesPath, nodes, 'cannot be zero at the same time as minCandidateNodesPercentage'))
}

const labelName = (name: string, path: Path, out: FieldError[]): void => {
  for (const complaint of isQualifiedName(name)) out.push(invalidValue(path, name, complaint))
}

const spread: Check = (args, path, out) => {
  const constraints = listOf(args['defaultConstraints'])
  const type = text(args['defaultingType'])
  if (type !== 'System' && type !== 'List') out.push(notSupported(child(path, 'defaultingType'), type, ['System', 'List']))
  else if (type === 'System' && constraints.length > 0) out.push(invalidValue(child(path, 'defaultingType'), type, 'when .defaultConstraints are not empty'))
  constraints.forEach((c, i) => spreadConstraint(c, constraints.slice(0, i), at(child(path, 'defaultConstraints'), i), out))
}

function spreadConstraint(c: JsonObject, before: readonly JsonObject[], path: Path, out: FieldError[]): void {
  const { maxSkew, topologyKey, whenUnsatisfiable, labelSelector } = c
  if (number(maxSkew) <= 0) out.push(invalidValue(child(path, 'maxSkew'), number(maxSkew), 'not in valid range (0, inf)'))
  if (!topologyKey) out.push(required(child(path, 'topologyKey'), 'can not be empty'))
  else labelName(text(topologyKey), child(path, 'topologyKey'), out)
  if (!whenUnsatisfiable) out.push(required(child(path, 'whenUnsatisfiable'), 'can not be empty'))
  else if (whenUnsatisfiable !== 'DoNotSchedule' && whenUnsatisfiable !== 'ScheduleAnyway') out.push(notSupported(child(path, 'whenUnsatisfiable'), whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']))
  if (isObject(labelSelector)) out.push(forbiddenField(child(path, 'labelSelector'), 'constraint must not define a selector, as they deduced for each pod'))
  if (before.some((b) => b['topologyKey'] === topologyKey && b['whenUnsatisfiable'] === whenUnsatisfiable)) out.push(duplicate(path, `{${text(topologyKey)}, ${text(whenUnsatisfiable)}}`))
}

function functionShape(points: readonly JsonObject[], path: Path, out: FieldError[]): void {
  if (points.length === 0) {
    out.push(required(path, 'at least one point must be specified'))
    return
  }
  const falling = points.findIndex((p, i) => i > 0 && number(points[i - 1]!['utilization']) >= number(p['utilization']))
  if (falling > 0) out.push(invalidValue(child(at(path, falling), 'utilization'), number(points[falling]!['utilization']), 'values must be sorted in increasing order'))
  points.forEach(({ utilization, score }, i) => {
    percentage(number(utilization), child(at(path, i), 'utilization'), out, '[0, 100]')
    if (number(score) < 0 || number(score) > 10) out.push(invalidValue(child(at(path, i), 'score'), number(score), 'not in valid range [0, 10]'))
  })
}

const STRATEGIES = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio']

const fit: Check = (args, path, out) => {
  const names = (field: string): readonly string[] => (Array.isArray(args[field]) ? args[field].map((name) => text(name)) : [])
  names('ignoredResources').forEach((name, i) => labelName(name, at(child(path, 'ignoredResources'), i), out))
  names('ignoredResourceGroups').forEach((group, i) => {
    const where = at(child(path, 'ignoredResourceGroups'), i)
    if (group.includes('/')) out.push(invalidValue(where, group, "resource group name can't contain '/'"))
    labelName(group, where, out)
  })
  const strategy = args['scoringStrategy'] as JsonObject
  const where = child(path, 'scoringStrategy')
  const { type, requestedToCapacityRatio: ratio } = strategy
  if (!STRATEGIES.includes(text(type))) out.push(notSupported(child(where, 'type'), text(type), STRATEGIES))
  listOf(strategy['resources']).forEach(({ name, weight }, i) => {
    if (number(weight) <= 0 || number(weight) > 100) out.push(invalidValue(child(at(child(where, 'resources'), i), 'weight'), weight, `resource weight of ${text(name)} not in valid range (0, 100]`))
  })
  const ratioPath = child(where, 'requestedToCapacityRatio')
  if (type === 'RequestedToCapacityRatio') {
    if (isObject(ratio)) functionShape(listOf(ratio['shape']), child(ratioPath, 'shape'), out)
    else out.push(required(ratioPath, 'must be specified when type is RequestedToCapacityRatio'))
  } else if (isObject(ratio)) out.push(forbiddenField(ratioPath, 'must be nil when type is not RequestedToCapacityRatio'))
}

const balanced: Check = (args, path, out) => {
  const seen = new Set<string>()
  listOf(args['resources']).forEach(({ name, weight }, i) => {
    const where = at(child(path, 'resources'), i)
    if (seen.has(text(name))) out.push(duplicate(child(where, 'name'), text(name)))
    seen.add(text(name))
    if (weight !== 1) out.push(invalidValue(child(where, 'weight'), weight, 'must be 1'))
  })
}

const OPERATORS: Readonly<Record<string, Operator>> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!', Gt: 'gt', Lt: 'lt' }

function nodeTerm(term: JsonObject, path: Path, out: FieldError[]): void {
  listOf(term['matchExpressions']).forEach(({ key, operator, values }, i) => {
    const where = at(child(path, 'matchExpressions'), i)
    const op = Object.hasOwn(OPERATORS, text(operator)) ? OPERATORS[text(operator)] : undefined
    if (!op) out.push(notSupported(child(where, 'operator'), text(operator), Object.keys(OPERATORS)))
    else out.push(...checkRequirement({ key: text(key), operator: op, values: Array.isArray(values) ? values.map((v) => text(v)) : [] }, where))
  })
  listOf(term['matchFields']).forEach(({ operator, values }, i) => {
    const where = at(child(path, 'matchFields'), i)
    if (operator !== 'In' && operator !== 'NotIn') out.push(notSupported(child(where, 'operator'), text(operator), ['In', 'NotIn']))
    else if (!Array.isArray(values) || values.length !== 1) out.push(invalidValue(child(where, 'values'), values, 'must have one element'))
  })
}

const added: Check = (args, path, out) => {
  const affinity = args['addedAffinity']
  if (!isObject(affinity)) return
  const where = child(path, 'addedAffinity')
  const needed = affinity['requiredDuringSchedulingIgnoredDuringExecution']
  const terms = child(child(where, 'requiredDuringSchedulingIgnoredDuringExecution'), 'nodeSelectorTerms')
  if (isObject(needed)) listOf(needed['nodeSelectorTerms']).forEach((term, i) => nodeTerm(term, at(terms, i), out))
  listOf(affinity['preferredDuringSchedulingIgnoredDuringExecution']).forEach(({ preference }, i) => {
    if (isObject(preference)) nodeTerm(preference, at(child(where, 'preferredDuringSchedulingIgnoredDuringExecution'), i), out)
  })
}

const timeouts: Check = (args, path, out) => {
  const micros = (field: string): number => (typeof args[field] === 'string' ? Number(parseGoDuration(args[field])) : 0)
  if (micros('filterTimeout') < 0) out.push(invalidValue(child(path, 'filterTimeout'), args['filterTimeout'], 'must be zero or positive'))
  if (micros('bindingTimeout') < 1_000_000) out.push(invalidValue(child(path, 'bindingTimeout'), args['bindingTimeout'], 'must be at least 1 second'))
}

/** The rules of each plugin's arguments, which are complete (apis/config/validation/validation_pluginargs.go). */
export const ARGS_CHECKS: Readonly<Record<string, Check>> = {
  DefaultPreemption: preemption,
  InterPodAffinity: (args, path, out) => percentage(args['hardPodAffinityWeight'], child(path, 'hardPodAffinityWeight'), out, '[0, 100]'),
  NodeAffinity: added,
  NodeResourcesBalancedAllocation: balanced,
  NodeResourcesFit: fit,
  PodTopologySpread: spread,
  VolumeBinding: (args, path, out) => {
    if (number(args['bindTimeoutSeconds']) < 0) out.push(invalidValue(child(path, 'bindTimeoutSeconds'), args['bindTimeoutSeconds'], 'invalid BindTimeoutSeconds, should not be a negative value'))
    if (args['shape'] !== undefined) out.push(invalidValue(child(path, 'shape'), args['shape'], 'unexpected field `shape`, remove it or turn on the feature gate StorageCapacityScoring'))
  },
  DynamicResources: timeouts,
}
