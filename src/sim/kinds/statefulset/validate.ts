import { deepEqual } from '../../api/deep.ts'
import { at, child, forbiddenField, goQuote, invalidValue, notSupported, required, type FieldError, type Path } from '../../api/field.ts'
import { goInternal } from '../../api/go-internal.ts'
import { compileSelector, isEmptySelector, matches, printedLabels, printedSelector, validateLabelSelector } from '../../api/labels.ts'
import { isDns1123Label } from '../../api/names.ts'
import type { PodTemplateSpec } from '../../api/pod-spec.ts'
import { milliValue } from '../../api/quantity.ts'
import { assignSame } from '../../api/share.ts'
import { validateAnnotationsAt, validateLabels } from '../../api/validate-meta.ts'
import { claimSpec } from '../../api/validate/claim-spec.ts'
import { podAnnotations } from '../../api/validate/pod-annotations.ts'
import { templateWarnings } from '../../api/validate/pod-warnings.ts'
import { named, nonNegative } from '../../api/validate/simple.ts'
import { alwaysRestart, hasBadOperator, podTemplate } from '../../api/validate/workload.ts'
import type { PersistentVolumeClaimSpec, Volume } from '../../api/volume.ts'
import type { StatefulSet, StatefulSetSpec, StatefulSetStatus } from './statefulset.ts'

interface Options {
  /** The name of the Service is fixed and may be a bad one from of old. */
  readonly anyServiceName?: boolean
  readonly skipTemplate?: boolean
  readonly skipClaims?: boolean
}

function strategy(spec: StatefulSetSpec, path: Path, out: FieldError[]): void {
  const s = spec.updateStrategy
  const rolling = child(path, 'rollingUpdate')
  switch (s?.type as string | undefined) {
    case undefined:
    case '':
      return void out.push(required(path))
    case 'OnDelete':
      if (s!.rollingUpdate) out.push(invalidValue(rolling, goInternal('apps.RollingUpdateStatefulSetStrategy', s!.rollingUpdate), "only allowed for updateStrategy 'RollingUpdate'"))
      return
    case 'RollingUpdate':
      return nonNegative(s!.rollingUpdate?.partition, child(rolling, 'partition'), out)
    default:
      out.push(invalidValue(path, goInternal('apps.StatefulSetUpdateStrategy', s), "must be 'RollingUpdate' or 'OnDelete'"))
  }
}

const claimSpecOf = (claim: { readonly spec?: unknown }): PersistentVolumeClaimSpec => (claim.spec ?? {}) as PersistentVolumeClaimSpec

/** The template as the controller will use it: claims come as volumes, and the pod gets its identity later. */
function effective(spec: StatefulSetSpec): PodTemplateSpec {
  const claims = spec.volumeClaimTemplates ?? []
  const { template } = spec
  let pod = assignSame(template.spec, { subdomain: undefined, hostname: undefined })
  if (claims.length) {
    const names = new Set(claims.map((c) => c.metadata.name))
    const made: Volume[] = [...names].map((name) => ({ name, persistentVolumeClaim: { claimName: name } }))
    pod = { ...pod, volumes: [...made, ...(pod.volumes ?? []).filter((v) => !names.has(v.name))] }
  }
  return pod === template.spec ? template : { ...template, spec: pod }
}

function templateOf(spec: StatefulSetSpec, options: Options, path: Path, out: FieldError[]): void {
  const template = effective(spec)
  const meta = template.metadata
  const { selector } = spec
  const empty = selector !== undefined && isEmptySelector(selector)
  if (!empty && !(selector && matches(compileSelector(selector), meta?.labels))) {
    out.push(invalidValue(child(path, 'metadata.labels'), printedLabels(meta), '`selector` does not match template `labels`'))
  }
  if (!options.skipTemplate) podTemplate(template, path, out)
  // Kubernetes says these twice.
  validateLabels(meta?.labels, child(path, 'labels'), out)
  validateAnnotationsAt(meta?.annotations, child(path, 'annotations'), out)
  podAnnotations(meta?.annotations, template.spec, child(path, 'annotations'), out)
}

function selectorOf(spec: StatefulSetSpec, options: Options, path: Path, out: FieldError[]): void {
  const here = child(path, 'selector')
  const { selector } = spec
  if (!selector) out.push(required(here))
  else {
    out.push(...validateLabelSelector(selector, here))
    if (isEmptySelector(selector)) out.push(invalidValue(here, printedSelector(selector), 'empty selector is invalid for statefulset'))
  }
  if (selector && hasBadOperator(selector)) out.push(invalidValue(here, printedSelector(selector)))
  else templateOf(spec, options, child(path, 'template'), out)
}

/** apps/validation: ValidateStatefulSetSpec. */
function validateSpec(spec: StatefulSetSpec, options: Options, path: Path): FieldError[] {
  const out: FieldError[] = []
  const policy = spec.podManagementPolicy as string | undefined
  if (!policy) out.push(required(child(path, 'podManagementPolicy')))
  else if (policy !== 'OrderedReady' && policy !== 'Parallel') out.push(invalidValue(child(path, 'podManagementPolicy'), policy, "must be 'OrderedReady' or 'Parallel'"))
  strategy(spec, child(path, 'updateStrategy'), out)
  for (const key of ['whenDeleted', 'whenScaled'] as const) {
    const value = spec.persistentVolumeClaimRetentionPolicy?.[key]
    if (value !== undefined && value !== 'Retain' && value !== 'Delete') out.push(notSupported(child(path, `persistentVolumeClaimRetentionPolicy.${key}`), value, ['Retain', 'Delete']))
  }
  if (!options.skipClaims) spec.volumeClaimTemplates?.forEach((c, i) => claimSpec(claimSpecOf(c), child(at(child(path, 'volumeClaimTemplates'), i), 'spec'), out))
  nonNegative(spec.replicas, child(path, 'replicas'), out)
  nonNegative(spec.minReadySeconds, child(path, 'minReadySeconds'), out)
  nonNegative(spec.ordinals?.start, child(path, 'ordinals.start'), out)
  if (!options.anyServiceName && spec.serviceName) named(isDns1123Label, spec.serviceName, child(path, 'serviceName'), out)
  selectorOf(spec, options, path, out)
  alwaysRestart(spec.template, child(path, 'template'), 'StatefulSet', out)
  return out
}

export const validateStatefulSet = (set: StatefulSet): readonly FieldError[] => validateSpec(set.spec, {}, 'spec')

const MUTABLE = ['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy', 'minReadySeconds'] as const
const FIXED = `updates to statefulset spec for fields other than ${MUTABLE.slice(0, -1).map((f) => `'${f}'`).join(', ')} and '${MUTABLE.at(-1)!}' are forbidden`

function frozen(spec: StatefulSetSpec): unknown {
  const rest: Record<string, unknown> = { ...spec }
  for (const key of MUTABLE) delete rest[key]
  return rest
}

/** apps/validation: ValidateStatefulSetUpdate. A template that was bad before is not looked at again. */
export function validateStatefulSetUpdate(set: StatefulSet, old: StatefulSet): readonly FieldError[] {
  const options: Options = { anyServiceName: true, skipClaims: true }
  const skipTemplate = set.spec !== old.spec && validateSpec(old.spec, options, '').length > 0
  const out = validateSpec(set.spec, { ...options, skipTemplate }, 'spec')
  if (!deepEqual(frozen(set.spec), frozen(old.spec))) out.push(forbiddenField('spec', FIXED))
  return out
}

const COUNTS: readonly (keyof StatefulSetStatus)[] = ['replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas', 'observedGeneration', 'collisionCount']

/** apps/validation: ValidateStatefulSetStatusUpdate. */
export function validateStatefulSetStatus(set: StatefulSet, old: StatefulSet): readonly FieldError[] {
  const out: FieldError[] = []
  const s: Partial<StatefulSetStatus> = set.status ?? {}
  for (const key of COUNTS) nonNegative(s[key] as number | undefined, `status.${key}`, out)
  for (const key of ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'] as const) {
    if ((s[key] ?? 0) > (s.replicas ?? 0)) out.push(invalidValue(`status.${key}`, s[key], 'cannot be greater than status.replicas'))
  }
  if ((s.availableReplicas ?? 0) > (s.readyReplicas ?? 0)) out.push(invalidValue('status.availableReplicas', s.availableReplicas, 'cannot be greater than status.readyReplicas'))
  if ((s.collisionCount ?? 0) < (old.status?.collisionCount ?? 0)) out.push(invalidValue('status.collisionCount', s.collisionCount ?? 0, 'cannot be decremented'))
  return out
}

function claimWarnings(set: StatefulSet, suffix: string, out: string[]): void {
  set.spec.volumeClaimTemplates?.forEach((c, i) => {
    for (const side of ['requests', 'limits'] as const) {
      const q = claimSpecOf(c).resources?.[side]?.['storage']
      if (q !== undefined && milliValue(q) % 1000 !== 0) {
        out.push(`${at('spec.volumeClaimTemplates', i)}${suffix}.resources.${side}[storage]: fractional byte value ${goQuote(q)} is invalid, must be an integer`)
      }
    }
  })
}

/** registry/apps/statefulset: WarningsOnCreate and WarningsOnUpdate. */
export function statefulSetWarnings(set: StatefulSet, old?: StatefulSet): readonly string[] {
  const out: string[] = []
  if (!old || set.metadata.generation !== old.metadata.generation) out.push(...templateWarnings(set.spec.template, 'spec.template', old?.spec.template))
  claimWarnings(set, old ? '.Spec' : '', out)
  if ((set.spec.revisionHistoryLimit ?? 0) < 0) out.push('spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended')
  return out
}
