import type { KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { nameAsked } from '../../api/name-suffix.ts'
import { extended } from '../../api/share.ts'
import { forbidden, type Status } from '../../api/status.ts'
import type { Execution } from '../execution.ts'
import type { AdmissionPlugin } from './plugin.ts'

const BUILT_IN: Readonly<Record<string, number>> = { 'system-node-critical': 2_000_001_000, 'system-cluster-critical': 2_000_000_000 }

const builtIn = (name: string): number | undefined => (Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name] : undefined)

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

/** An update that leaves the resolved fields out keeps them. */
function keepResolved(pod: Pod, old: Pod): Pod {
  const { priority = old.spec.priority, preemptionPolicy = old.spec.preemptionPolicy } = pod.spec
  if (priority === pod.spec.priority && preemptionPolicy === pod.spec.preemptionPolicy) return pod
  return { ...pod, spec: { ...pod.spec, ...(priority === undefined ? {} : { priority }), ...(preemptionPolicy === undefined ? {} : { preemptionPolicy }) } }
}

/** Resolves priorityClassName to a number; a number of one's own must be the same (plugin/pkg/admission/priority). */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  resources: ['pods', 'priorityclasses'],
  keepsValid: true,
  admit(exec, object, old) {
    if (exec.kind.plural !== 'pods') return object
    if (old) return keepResolved(object as Pod, old as Pod)
    const pod = object as Pod
    const refuse = (why: string): Status => forbidden({ group: '', resource: 'pods' }, nameAsked(pod.metadata), why)
    const wanted = pod.spec.priorityClassName
    const cls = wanted ? (exec.store.get(`priorityclasses/${wanted}`) as PriorityClass | undefined) : defaultClass(exec)
    const name = wanted || cls?.metadata.name
    const value = cls?.value ?? (wanted ? builtIn(wanted) : 0)
    if (value === undefined) return refuse(`no PriorityClass with name ${wanted} was found`)
    if (pod.spec.priority !== undefined && pod.spec.priority !== value)
      return refuse(`the integer value of priority (${pod.spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`)
    const preemptionPolicy = cls?.preemptionPolicy ?? 'PreemptLowerPriority'
    if (pod.spec.preemptionPolicy !== undefined && pod.spec.preemptionPolicy !== preemptionPolicy)
      return refuse(`the string value of PreemptionPolicy (${pod.spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${preemptionPolicy} from the given PriorityClass name`)
    const resolved = name ? { priorityClassName: name, priority: value, preemptionPolicy } : { priority: value, preemptionPolicy }
    return { ...pod, spec: extended(pod.spec, resolved) }
  },
  /** Only one class may be the default. */
  validate(exec, object, old) {
    const cls = object as PriorityClass
    if (exec.kind.plural !== 'priorityclasses' || !cls.globalDefault) return undefined
    const present = defaultClass(exec)
    if (!present || (old && present.metadata.name === cls.metadata.name)) return undefined
    const why = `PriorityClass ${present.metadata.name} is already marked as default. Only one default can exist`
    return forbidden({ group: exec.kind.group, resource: exec.kind.plural }, cls.metadata.name, why)
  },
  /** The registry's own rule in truth, not the plugin's (registry/scheduling/priorityclass: Delete). */
  refuseDeletion: ({ kind }, { metadata: { name } }) =>
    kind.plural === 'priorityclasses' && builtIn(name) !== undefined
      ? forbidden({ group: kind.group, resource: kind.plural }, name, 'this is a system priority class and cannot be deleted')
      : undefined,
}
