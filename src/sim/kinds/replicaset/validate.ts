import { invalidValue, type FieldError } from '../../api/field.ts'
import { printedSelector } from '../../api/labels.ts'
import { isDns1123Label } from '../../api/names.ts'
import { templateWarnings } from '../../api/validate/pod-warnings.ts'
import { immutable } from '../../api/validate-meta.ts'
import { nonNegative } from '../../api/validate/simple.ts'
import { replicatedTemplate } from '../../api/validate/workload.ts'
import type { ReplicaSet } from './replicaset.ts'

/** apps/validation: ValidateReplicaSetSpec. */
export function validateReplicaSet(rs: ReplicaSet): readonly FieldError[] {
  const out: FieldError[] = []
  nonNegative(rs.spec.replicas, 'spec.replicas', out)
  nonNegative(rs.spec.minReadySeconds, 'spec.minReadySeconds', out)
  replicatedTemplate(rs.spec.selector, rs.spec.template ?? { spec: { containers: [] } }, 'spec', out)
  return out
}

export function validateReplicaSetUpdate(rs: ReplicaSet, old: ReplicaSet): readonly FieldError[] {
  const out = [...validateReplicaSet(rs)]
  immutable(printedSelector(rs.spec.selector), printedSelector(old.spec.selector), 'spec.selector', out)
  return out
}

/** apps/validation: ValidateReplicaSetStatus. */
export function validateReplicaSetStatus(rs: ReplicaSet): readonly FieldError[] {
  const out: FieldError[] = []
  const s = rs.status
  if (!s) return out
  for (const key of ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration', 'terminatingReplicas'] as const) {
    nonNegative(s[key], `status.${key}`, out)
  }
  for (const key of ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const) {
    if ((s[key] ?? 0) > (s.replicas ?? 0)) out.push(invalidValue(`status.${key}`, s[key], 'cannot be greater than status.replicas'))
  }
  if ((s.availableReplicas ?? 0) > (s.readyReplicas ?? 0)) out.push(invalidValue('status.availableReplicas', s.availableReplicas, 'cannot be greater than readyReplicas'))
  return out
}

/** registry/apps/replicaset: WarningsOnCreate and WarningsOnUpdate. */
export function replicaSetWarnings(rs: ReplicaSet, old?: ReplicaSet): readonly string[] {
  if (old && rs.metadata.generation === old.metadata.generation) return []
  const name = old ? [] : isDns1123Label(rs.metadata.name)
  const first = name.length
    ? [`metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${name.join(' ')}]`]
    : []
  return rs.spec.template ? [...first, ...templateWarnings(rs.spec.template, 'spec.template', old?.spec.template)] : first
}
