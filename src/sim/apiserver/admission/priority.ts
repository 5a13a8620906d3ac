import type { Pod } from '../../api/pod.ts'
import { forbidden } from '../../api/status.ts'
import type { AdmissionPlugin } from './plugin.ts'

const BUILT_IN: Readonly<Record<string, number>> = { 'system-node-critical': 2_000_001_000, 'system-cluster-critical': 2_000_000_000 }

/** Resolves priorityClassName to a number (plugin/pkg/admission/priority). */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  resources: ['pods'],
  admit(exec, object, old) {
    if (old) return object
    const pod = object as Pod
    const name = pod.spec.priorityClassName
    const found = name ? exec.store.get(`priorityclasses/${name}`) : undefined
    const cls = found as { value?: number; preemptionPolicy?: string } | undefined
    const value = name ? (cls?.value ?? BUILT_IN[name]) : 0
    if (value === undefined)
      return forbidden({ group: '', resource: 'pods' }, pod.metadata.name || pod.metadata.generateName || '', `no PriorityClass with name ${name} was found`)
    return { ...pod, spec: { ...pod.spec, priority: value, preemptionPolicy: cls?.preemptionPolicy ?? 'PreemptLowerPriority' } } as Pod
  },
}
