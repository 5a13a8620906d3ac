import { child, forbiddenField, invalidValue, notSupported, required, type FieldError, type Path } from '../../api/field.ts'
import { printedSelector } from '../../api/labels.ts'
import { isDns1123Label } from '../../api/names.ts'
import { templateWarnings } from '../../api/validate/pod-warnings.ts'
import { immutable } from '../../api/validate-meta.ts'
import { atMost100Percent, intOrPercent, intOrPercentNumber, nonNegative } from '../../api/validate/simple.ts'
import { replicatedTemplate } from '../../api/validate/workload.ts'
import type { Deployment, DeploymentStatus, DeploymentStrategy, RollingUpdateDeployment } from './deployment.ts'

function rollingUpdate(r: RollingUpdateDeployment, path: Path, out: FieldError[]): void {
  intOrPercent(r.maxUnavailable, child(path, 'maxUnavailable'), out)
  intOrPercent(r.maxSurge, child(path, 'maxSurge'), out)
  if (intOrPercentNumber(r.maxUnavailable) === 0 && intOrPercentNumber(r.maxSurge) === 0) {
    out.push(invalidValue(child(path, 'maxUnavailable'), r.maxUnavailable, 'may not be 0 when `maxSurge` is 0'))
  }
  atMost100Percent(r.maxUnavailable, child(path, 'maxUnavailable'), out)
}

/** Go prints the strategy as its internal struct, without JSON names. */
const goStrategy = (s: DeploymentStrategy | undefined): unknown => ({
  Type: s?.type ?? '',
  RollingUpdate: s?.rollingUpdate ? { MaxUnavailable: s.rollingUpdate.maxUnavailable ?? 0, MaxSurge: s.rollingUpdate.maxSurge ?? 0 } : null,
})

function strategy(s: DeploymentStrategy | undefined, path: Path, out: FieldError[]): void {
  switch (s?.type) {
    case 'Recreate':
      if (s.rollingUpdate) out.push(forbiddenField(child(path, 'rollingUpdate'), "may not be specified when strategy `type` is 'Recreate'"))
      break
    case 'RollingUpdate':
      if (!s.rollingUpdate) out.push(required(child(path, 'rollingUpdate'), 'this should be defaulted and never be nil'))
      else rollingUpdate(s.rollingUpdate, child(path, 'rollingUpdate'), out)
      break
    default:
      out.push(notSupported(path, goStrategy(s), ['Recreate', 'RollingUpdate']))
  }
}

/** apps/validation: ValidateDeploymentSpec. */
export function validateDeployment(d: Deployment): readonly FieldError[] {
  const out: FieldError[] = []
  const { spec } = d
  nonNegative(spec.replicas, 'spec.replicas', out)
  replicatedTemplate(spec.selector, spec.template, 'spec', out)
  strategy(spec.strategy, 'spec.strategy', out)
  nonNegative(spec.minReadySeconds, 'spec.minReadySeconds', out)
  nonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit', out)
  nonNegative(spec.progressDeadlineSeconds, 'spec.progressDeadlineSeconds', out)
  if (spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds <= (spec.minReadySeconds ?? 0)) {
    out.push(invalidValue('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds, 'must be greater than minReadySeconds'))
  }
  return out
}

export function validateDeploymentUpdate(d: Deployment, old: Deployment): readonly FieldError[] {
  const out = [...validateDeployment(d)]
  immutable(printedSelector(d.spec.selector), printedSelector(old.spec.selector), 'spec.selector', out)
  return out
}

const COUNTS: readonly (keyof DeploymentStatus)[] = [
  'observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas', 'terminatingReplicas', 'collisionCount',
]

/** apps/validation: ValidateDeploymentStatusUpdate. */
export function validateDeploymentStatus(d: Deployment, old: Deployment): readonly FieldError[] {
  const out: FieldError[] = []
  const s = d.status ?? {}
  for (const key of COUNTS) nonNegative(s[key] as number | undefined, `status.${key}`, out)
  const replicas = s.replicas ?? 0
  for (const key of ['updatedReplicas', 'readyReplicas', 'availableReplicas'] as const) {
    if ((s[key] ?? 0) > replicas) out.push(invalidValue(`status.${key}`, s[key], 'cannot be greater than status.replicas'))
  }
  if ((s.availableReplicas ?? 0) > (s.readyReplicas ?? 0)) out.push(invalidValue('status.availableReplicas', s.availableReplicas, 'cannot be greater than readyReplicas'))
  if ((s.collisionCount ?? 0) < (old.status?.collisionCount ?? 0)) out.push(invalidValue('status.collisionCount', s.collisionCount ?? 0, 'cannot be decremented'))
  return out
}

/** registry/apps/deployment: WarningsOnCreate and WarningsOnUpdate. */
export function deploymentWarnings(d: Deployment, old?: Deployment): readonly string[] {
  if (old && d.metadata.generation === old.metadata.generation) return []
  const name = old ? [] : isDns1123Label(d.metadata.name)
  const first = name.length
    ? [`metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${name.join(' ')}]`]
    : []
  return [...first, ...templateWarnings(d.spec.template, 'spec.template', old?.spec.template)]
}
