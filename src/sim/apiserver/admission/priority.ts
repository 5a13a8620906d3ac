import type { KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { forbidden, type Status } from '../../api/status.ts'
import type { Execution } from '../execution.ts'
import type { AdmissionPlugin } from './plugin.ts'

const BUILT_IN: Readonly<Record<string, number>> = { 'system-node-critical': 2_000_001_000, 'system-cluster-critical': 2_000_000_000 }

interface PriorityClass extends KubeObject {
  readonly value: number
  readonly globalDefault?: boolean
  readonly preemptionPolicy?: Pod['spec']['preemptionPolicy']
}

/** The class of pods that name none: the global default, of several the one with the lowest value. */
function defaultClass({ store }: Execution): PriorityClass | undefined {
  let found: PriorityClass | undefined
  for (const key of store.keys('priorityclasses')) {
    const cls = store.get(key) as PriorityClass
    if (cls.globalDefault && (!found || found.value > cls.value)) found = cls
  }
  return found
}

/** Resolves priorityClassName to a number; a number of one's own must be the same (plugin/pkg/admission/priority). */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  resources: ['pods'],
  keepsValid: true,
  admit(exec, object, old) {
    if (old) return object
    const pod = object as Pod
    const refuse = (why: string): Status => forbidden({ group: '', resource: 'pods' }, pod.metadata.name || pod.metadata.generateName || '', why)
    const wanted = pod.spec.priorityClassName
    const cls = wanted ? (exec.store.get(`priorityclasses/${wanted}`) as PriorityClass | undefined) : defaultClass(exec)
    const name = wanted || cls?.metadata.name
    const value = cls?.value ?? (wanted ? BUILT_IN[wanted] : 0)
    if (value === undefined) return refuse(`no PriorityClass with name ${wanted} was found`)
    if (pod.spec.priority !== undefined && pod.spec.priority !== value)
      return refuse(`the integer value of priority (${pod.spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`)
    const preemptionPolicy = cls?.preemptionPolicy ?? 'PreemptLowerPriority'
    if (pod.spec.preemptionPolicy && pod.spec.preemptionPolicy !== preemptionPolicy)
      return refuse(`the string value of PreemptionPolicy (${pod.spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${preemptionPolicy} from the given PriorityClass name`)
    return { ...pod, spec: { ...pod.spec, ...(name ? { priorityClassName: name } : {}), priority: value, preemptionPolicy } } as Pod
  },
}
