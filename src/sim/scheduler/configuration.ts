import { at, child, duplicate, ErrorList, forbiddenField, goQuote, invalidValue, required, type FieldError } from '../api/field.ts'
import type { JsonObject, JsonValue } from '../api/meta.ts'
import { seconds, type Micros } from '../engine/time.ts'
import { ARGS_CHECKS, completeArgs, PLUGINS_WITH_ARGS } from './configuration-args.ts'
import { decodingProblems, GROUP, isObject, KIND, listOf, VERSION, type ConfigurationProblem } from './configuration-decode.ts'
import { pluginSets, type Named, type PluginSets } from './configuration-points.ts'
import { makeProfile } from './configuration-profile.ts'
import type { Profile } from './profile.ts'

export type { ConfigurationProblem } from './configuration-decode.ts'

/** KubeSchedulerConfiguration, read and complete. */
export interface SchedulerConfiguration {
  /** The object as it was given. */
  readonly source: JsonObject
  /** The same with every default filled in. */
  readonly complete: JsonObject
  readonly profiles: readonly Profile[]
  readonly initialBackoff: Micros
  readonly maxBackoff: Micros
  readonly qps: number
  readonly burst: number
}

/** Does the object claim to be one, of whichever version? */
export const isSchedulerConfiguration = (object: unknown): boolean =>
  isObject(object) && object['kind'] === KIND && String(object['apiVersion'] ?? '').startsWith(`${GROUP}/`)

const REMOVED = ['AzureDiskLimits', 'CinderLimits', 'EBSLimits', 'GCEPDLimits']
const removed = (path: string, name: string): FieldError => invalidValue(path, name, `was invalid in version "v1" (KubeSchedulerConfiguration is version ${goQuote(VERSION)})`)

const number = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise)
const clean = (value: unknown): JsonObject => (isObject(value) ? (Object.fromEntries(Object.entries(value).filter(([, v]) => v !== null)) as JsonObject) : {})

/** The file with the scheduler's defaults (apis/config/v1/defaults.go), profiles aside. */
function withDefaults(source: JsonObject): JsonObject {
  const given = clean(source)
  const connection = clean(given['clientConnection'])
  const election = clean(given['leaderElection'])
  return {
    parallelism: 16,
    percentageOfNodesToScore: 0,
    podInitialBackoffSeconds: 1,
    podMaxBackoffSeconds: 10,
    enableProfiling: true,
    enableContentionProfiling: given['enableProfiling'] !== false,
    ...given,
    apiVersion: VERSION,
    kind: KIND,
    clientConnection: { kubeconfig: '', acceptContentTypes: '', ...connection, contentType: connection['contentType'] || 'application/vnd.kubernetes.protobuf', qps: connection['qps'] || 50, burst: connection['burst'] || 100 },
    leaderElection: {
      leaderElect: true, leaseDuration: '15s', renewDeadline: '10s', retryPeriod: '2s', ...election,
      resourceLock: election['resourceLock'] || 'leases', resourceName: election['resourceName'] || 'kube-scheduler', resourceNamespace: election['resourceNamespace'] || 'kube-system',
    },
  }
}

/** One profile of the file, read. */
interface ProfileSource {
  readonly schedulerName: string
  readonly percentage: number | undefined
  readonly sets: PluginSets
  readonly configs: readonly { readonly name: string; readonly args: JsonObject }[]
  readonly complete: JsonObject
}

function readProfile(given: JsonObject, only: boolean): ProfileSource {
  const profile = clean(given)
  const schedulerName = String(profile['schedulerName'] ?? (only ? 'default-scheduler' : ''))
  const sets = pluginSets(profile['plugins'])
  const own = listOf(profile['pluginConfig']).map(({ name, args }) => ({ name: String(name ?? ''), args: PLUGINS_WITH_ARGS.includes(String(name)) ? completeArgs(String(name), clean(args)) : clean(args) }))
  const used = new Set([...Object.values(sets)].flatMap(({ enabled }) => enabled.map(({ name }) => name)))
  const configs = [...own, ...PLUGINS_WITH_ARGS.filter((name) => used.has(name) && !own.some((c) => c.name === name)).map((name) => ({ name, args: completeArgs(name) }))]
  const percentage = typeof profile['percentageOfNodesToScore'] === 'number' ? profile['percentageOfNodesToScore'] : undefined
  return { schedulerName, percentage, sets, configs, complete: { ...profile, schedulerName, plugins: printedSets(sets), pluginConfig: configs as unknown as JsonValue } }
}

/** As the file writes them; empty ones are left out. */
function printedSets(sets: PluginSets): JsonObject {
  const plugins = (list: readonly Named[]): JsonValue => list.map(({ name, weight }) => (weight ? { name, weight } : { name }))
  const printed = Object.entries(sets).map(([point, { enabled, disabled }]) => [
    point,
    { ...(enabled.length ? { enabled: plugins(enabled) } : {}), ...(disabled.length ? { disabled: disabled.map((name) => ({ name })) } : {}) },
  ] as const)
  return Object.fromEntries(printed.filter(([, set]) => Object.keys(set).length > 0)) as unknown as JsonObject
}

/** The rules of the file (apis/config/validation: ValidateKubeSchedulerConfiguration). */
function validate(file: JsonObject, profiles: readonly ProfileSource[]): readonly FieldError[] {
  const out: FieldError[] = []
  const connection = clean(file['clientConnection'])
  if (number(connection['burst'], 0) < 0) out.push(invalidValue('clientConnection.burst', connection['burst'], 'must be non-negative'))
  if (number(file['parallelism'], 16) <= 0) out.push(invalidValue('parallelism', file['parallelism'], 'should be an integer value greater than zero'))
  profiles.forEach((profile, i) => validateProfile(profile, i, profiles, out))
  percentage(file['percentageOfNodesToScore'], 'percentageOfNodesToScore', out)
  const initial = number(file['podInitialBackoffSeconds'], 1)
  if (initial <= 0) out.push(invalidValue('podInitialBackoffSeconds', initial, 'must be greater than 0'))
  if (number(file['podMaxBackoffSeconds'], 10) < initial) out.push(invalidValue('podMaxBackoffSeconds', file['podMaxBackoffSeconds'], 'must be greater than or equal to PodInitialBackoffSeconds'))
  if (listOf(file['extenders']).length > 0) out.push(forbiddenField('extenders', 'extenders are not modelled: there is no server that the scheduler could ask'))
  return out
}

function percentage(value: unknown, path: string, out: FieldError[]): void {
  if (typeof value === 'number' && (value < 0 || value > 100)) out.push(invalidValue(path, value, 'not in valid range [0-100]'))
}

function validateProfile({ schedulerName, percentage: share, sets, configs }: ProfileSource, i: number, all: readonly ProfileSource[], out: FieldError[]): void {
  const path = at('profiles', i)
  if (schedulerName === '') out.push(required(child(path, 'schedulerName')))
  percentage(share, child(path, 'percentageOfNodesToScore'), out)
  for (const [point, { enabled }] of Object.entries(sets)) {
    enabled.forEach(({ name }, n) => point !== 'multiPoint' && REMOVED.includes(name) && out.push(removed(at(`${path}.plugins.${point}.enabled`, n), name)))
  }
  configs.forEach(({ name, args }, n) => {
    const where = at(child(path, 'pluginConfig'), n)
    if (configs.findIndex((c) => c.name === name) < n) out.push(duplicate(where, name))
    if (REMOVED.includes(name)) out.push(removed(where, name))
    else if (name !== 'NodeResourcesFit') ARGS_CHECKS[name]?.(args, child(where, 'args'), out)
  })
  const first = all.findIndex((other) => other.schedulerName === schedulerName)
  if (first < i) out.push(duplicate(child(path, 'schedulerName'), child(at('profiles', first), 'schedulerName')))
  if (JSON.stringify(all[0]!.sets.queueSort) !== JSON.stringify(sets.queueSort)) out.push(invalidValue(`${path}.plugins.queueSort`, { Enabled: sets.queueSort.enabled, Disabled: sets.queueSort.disabled }, 'must be the same for all profiles'))
}

/** NodeResourcesFit looks at its arguments only when it is made, so its messages begin otherwise. */
function fitProblems({ schedulerName, configs }: ProfileSource, i: number): readonly ConfigurationProblem[] {
  const n = configs.findIndex(({ name }) => name === 'NodeResourcesFit')
  if (n < 0) return []
  const out: FieldError[] = []
  ARGS_CHECKS['NodeResourcesFit']!(configs[n]!.args, '', out)
  const head = `creating profile for scheduler name ${schedulerName}: initializing plugin "NodeResourcesFit": `
  return out.map((e) => ({ path: `profiles[${i}].pluginConfig[${n}].args.${e.field}`, message: `${head}${ErrorList.one(e)}` }))
}

export type ConfigurationReading = { readonly configuration: SchedulerConfiguration } | { readonly problems: readonly ConfigurationProblem[] }

const readings = new WeakMap<object, ConfigurationReading>()

/** Strict decoding, defaults, validation, profiles (cmd/kube-scheduler: loadConfig, Validate, New). Never throws. */
export function readConfiguration(object: unknown): ConfigurationReading {
  if (!isObject(object)) return { problems: [{ path: '', message: `couldn't get version/kind; json parse error: a ${KIND} is an object` }] }
  let reading = readings.get(object)
  if (!reading) readings.set(object, (reading = read(object)))
  return reading
}

function read(source: JsonObject): ConfigurationReading {
  const undecodable = decodingProblems(source)
  if (undecodable.length > 0) return { problems: undecodable }
  const file = withDefaults(source)
  const given = listOf(file['profiles'])
  const profiles = (given.length ? given : [{}]).map((profile, _, all) => readProfile(profile, all.length === 1))
  const invalid = validate(file, profiles).map((e) => ({ path: e.field, message: ErrorList.one(e) }))
  if (invalid.length > 0) return { problems: invalid }
  const unfit = profiles.flatMap(fitProblems)
  if (unfit.length > 0) return { problems: unfit }
  const made = profiles.map(({ schedulerName, percentage: share, sets, configs }, i) =>
    makeProfile({ schedulerName, percentageOfNodesToScore: share ?? number(file['percentageOfNodesToScore'], 0), sets, args: new Map(configs.map((c) => [c.name, c.args])), path: at('profiles', i) }))
  const failed = made.filter((p): p is ConfigurationProblem => 'message' in p)
  if (failed.length > 0) return { problems: failed }
  const connection = clean(file['clientConnection'])
  return {
    configuration: {
      source,
      complete: { ...file, profiles: profiles.map(({ complete }) => complete) },
      profiles: made as readonly Profile[],
      initialBackoff: seconds(number(file['podInitialBackoffSeconds'], 1)),
      maxBackoff: seconds(number(file['podMaxBackoffSeconds'], 10)),
      // Below zero: no limit.
      qps: Math.max(0, number(connection['qps'], 50)),
      burst: number(connection['burst'], 100),
    },
  }
}

/** What a scheduler without a file runs with. */
export const DEFAULT_CONFIGURATION: SchedulerConfiguration = (() => {
  const reading = readConfiguration({ apiVersion: VERSION, kind: KIND })
  if ('problems' in reading) throw new Error(reading.problems[0]!.message)
  return reading.configuration
})()

/** The object with all defaults filled in, to be printed in the editor. */
export const completeConfiguration = ({ complete }: SchedulerConfiguration): JsonObject => complete
