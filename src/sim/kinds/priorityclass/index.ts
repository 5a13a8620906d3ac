import type { KubeObject } from '../../api/meta.ts'
import { forbiddenField, notSupported, required, type FieldError } from '../../api/field.ts'
import { immutable } from '../../api/validate-meta.ts'
import { ageColumn, countColumn, defineKind, nameColumn, textColumn } from '../define.ts'

/** scheduling.k8s.io/v1 PriorityClass. */
export interface PriorityClass extends KubeObject {
  readonly description?: string
  readonly globalDefault?: boolean
  readonly preemptionPolicy?: 'Never' | 'PreemptLowerPriority'
  readonly value: number
}

const RESERVED = 'system-'
const HIGHEST = 1_000_000_000
const SYSTEM: Readonly<Record<string, number>> = { 'system-node-critical': 2_000_001_000, 'system-cluster-critical': 2_000_000_000 }

/** Why this is none of the two classes that a cluster is born with (scheduling/v1: IsKnownSystemPriorityClass). */
function unknownSystemClass(pc: PriorityClass): string | undefined {
  const { name } = pc.metadata
  if (!Object.hasOwn(SYSTEM, name)) return `${name} is not a known system priority class`
  if (SYSTEM[name] !== pc.value) return `value of ${name} PriorityClass must be ${SYSTEM[name]}`
  return pc.globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined
}

/** scheduling/validation: ValidatePriorityClass. */
function validate(pc: PriorityClass): readonly FieldError[] {
  const out: FieldError[] = []
  if (pc.metadata.name?.startsWith(RESERVED)) {
    const why = unknownSystemClass(pc)
    if (why) out.push(forbiddenField('metadata.name', `priority class names with '${RESERVED}' prefix are reserved for system use only. error: ${why}`))
  } else if (pc.value > HIGHEST) out.push(forbiddenField('value', `maximum allowed value of a user defined priority is ${HIGHEST}`))
  const policy = pc.preemptionPolicy as string | undefined
  if (policy === '') out.push(required('preemptionPolicy'))
  else if (policy !== undefined && policy !== 'PreemptLowerPriority' && policy !== 'Never') out.push(notSupported('preemptionPolicy', policy, ['PreemptLowerPriority', 'Never']))
  return out
}

/** scheduling/validation: ValidatePriorityClassUpdate. */
function validateUpdate(pc: PriorityClass, old: PriorityClass): readonly FieldError[] {
  const out: FieldError[] = []
  if (pc.value !== old.value) out.push(forbiddenField('value', 'may not be changed in an update.'))
  immutable(pc.preemptionPolicy, old.preemptionPolicy, 'preemptionPolicy', out)
  return out
}

/** scheduling.k8s.io/v1 PriorityClass (registry/scheduling/priorityclass: strategy.go). Its generation stays one. */
export const priorityClassKind = defineKind<PriorityClass>('scheduling.k8s.io', 'v1', 'PriorityClass', {
  defaults: (pc) => (pc.preemptionPolicy === undefined ? { ...pc, preemptionPolicy: 'PreemptLowerPriority' } : pc),
  prepareCreate: (pc) => ({ ...pc, metadata: { ...pc.metadata, generation: 1 } }),
  validate,
  validateUpdate,
  columns: [
    nameColumn,
    countColumn('Value', (pc) => pc.value),
    { name: 'Global-Default', type: 'boolean', cell: (pc) => pc.globalDefault ?? false },
    ageColumn,
    textColumn('PreemptionPolicy', (pc) => pc.preemptionPolicy ?? ''),
  ],
})
