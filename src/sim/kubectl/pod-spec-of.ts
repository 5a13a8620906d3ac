import type { JsonValue, KubeObject } from '../api/meta.ts'
import type { PodSpec } from '../api/pod-spec.ts'
import { setIn } from '../api/deep.ts'

/** Where a kind keeps its pods' spec: a Pod's own, a workload's template, a CronJob's job template. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  Deployment: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
}

export const podSpecPath = (kind: string): readonly string[] | undefined => PATHS[kind]

/** A strategic merge patch that changes the pod spec of an object of this kind. */
export const podSpecPatch = (kind: string, change: JsonValue): JsonValue => setIn({}, PATHS[kind]!, change) as JsonValue

/** The spec of the pods that an object makes or is. */
export function podSpecOf(object: KubeObject): PodSpec | undefined {
  let at: unknown = object
  for (const step of PATHS[object.kind] ?? ['nothing']) at = (at as Record<string, unknown> | undefined)?.[step]
  return at as PodSpec | undefined
}
