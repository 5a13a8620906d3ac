import type { JsonObject, JsonValue } from './api/meta.ts'
import type { Cluster } from './cluster.ts'
import { kubeletSchema } from './flags/kubelet-schema.ts'
import { completeConfiguration, isSchedulerConfiguration, readConfiguration } from './scheduler/configuration.ts'
import { configurationSchema } from './scheduler/configuration-schema.ts'
import { isKubeletConfiguration, KUBELET_GROUP, KUBELET_KIND, kubeletFile, kubeletFileProblems, type FileProblem } from './flags/kubelet-configuration.ts'

/** Components that take a configuration file, which is no API object although it looks like one. */
export type ConfiguredComponent = 'kube-scheduler' | 'kubelet'

interface ComponentFile {
  readonly apiVersion: string
  readonly kind: string
  /** JSON schema for the editor. */
  schema(): JsonObject
  is(object: JsonObject): boolean
  problems(cluster: Cluster, object: JsonObject): readonly FileProblem[]
  /** The file as the component runs with it, complete. */
  current(cluster: Cluster): JsonObject
  /** Restarts the component with the file, as a command; null: with its defaults. */
  start(cluster: Cluster, object: JsonObject | null): void
}

const KUBELET: ComponentFile = {
  apiVersion: `${KUBELET_GROUP}/v1beta1`,
  kind: KUBELET_KIND,
  schema: kubeletSchema,
  is: isKubeletConfiguration,
  problems: (cluster, object) => kubeletFileProblems(cluster.flags.values, object),
  current: (cluster) => kubeletFile(cluster.flags.values),
  start: (cluster, object) => void cluster.timeline.command('flags', 'kubelet', object ?? { apiVersion: `${KUBELET_GROUP}/v1beta1`, kind: KUBELET_KIND }),
}

const SCHEDULER: ComponentFile = {
  apiVersion: 'kubescheduler.config.k8s.io/v1',
  kind: 'KubeSchedulerConfiguration',
  schema: configurationSchema,
  is: isSchedulerConfiguration,
  problems(_cluster, object) {
    const read = readConfiguration(object)
    return 'problems' in read ? read.problems.map(({ path, message }) => ({ path, message, severity: 'error' })) : []
  },
  current: (cluster) => completeConfiguration(cluster.scheduler.configuration()),
  start: (cluster, configuration) => void cluster.timeline.command('scheduler', 'configure', { configuration }),
}

const isObject = (value: JsonValue): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

const FILES: Readonly<Record<ConfiguredComponent, ComponentFile>> = { 'kube-scheduler': SCHEDULER, kubelet: KUBELET }

/** Whose file the value is; undefined for API objects and whatever else. */
export function componentOfFile(object: JsonValue): { readonly component: ConfiguredComponent; readonly kind: string } | undefined {
  for (const component of ['kube-scheduler', 'kubelet'] as const) {
    const file = FILES[component]
    if (isObject(object) && file.is(object)) return { component, kind: file.kind }
  }
  return undefined
}

/** For the editor: what each component's file may hold. */
export const fileSchemas = (): readonly { readonly apiVersion: string; readonly kind: string; readonly schema: JsonObject }[] =>
  Object.values(FILES).map(({ apiVersion, kind, schema }) => ({ apiVersion, kind, schema: schema() }))

export const fileProblems = (cluster: Cluster, component: ConfiguredComponent, object: JsonObject): readonly FileProblem[] => FILES[component].problems(cluster, object)
/** The file that a component runs with, complete; what it is comes first. */
export function currentFile(cluster: Cluster, component: ConfiguredComponent): JsonObject {
  const { apiVersion, kind, ...rest } = FILES[component].current(cluster)
  return { apiVersion, kind, ...rest }
}

/** Restarts a component with a file, or with its defaults (null). What is wrong with the file, and nothing happens, where there is something. */
export function startWithFile(cluster: Cluster, component: ConfiguredComponent, object: JsonObject | null): readonly string[] {
  const file = FILES[component]
  if (object && !file.is(object)) return [`the file is not of kind ${file.kind}`]
  const errors = object ? file.problems(cluster, object).filter(({ severity }) => severity === 'error') : []
  if (errors.length > 0) return errors.map(({ message }) => message)
  file.start(cluster, object)
  return []
}
