import { deepEqual } from '../../api/deep.ts'
import { at, child, forbiddenField, invalidValue, required, type FieldError, type Path } from '../../api/field.ts'
import { goDiff } from '../../api/go-diff.ts'
import type { Container } from '../../api/container.ts'
import { mustBeBetween } from '../../api/names.ts'
import type { Pod } from '../../api/pod.ts'
import type { PodSpec } from '../../api/pod-spec.ts'
import type { NodeAffinity, NodeSelectorTerm } from '../../api/scheduling.ts'
import { assignSame } from '../../api/share.ts'
import { tolerations } from '../../api/validate/affinity.ts'
import { podAnnotations } from '../../api/validate/pod-annotations.ts'
import { APPARMOR } from '../../api/validate/pod-warnings.ts'
import { checkPodSpec, checkPodAnnotations } from './validate-spec.ts'

const UPDATABLE =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'
const MIRROR = 'kubernetes.io/config.mirror'

/** Annotations that mean something to the node are fixed (ValidatePodSpecificAnnotationUpdates). */
export function annotationUpdates({ metadata: { annotations: next }, spec }: Pod, { metadata: { annotations: old } }: Pod, out: FieldError[]): void {
  const path = 'metadata.annotations'
  const fixed = (key: string, words: string): void => {
    if (key.startsWith(APPARMOR)) out.push(forbiddenField(at(path, key), `may not ${words} AppArmor annotations`))
    if (key === MIRROR) out.push(forbiddenField(at(path, key), `may not ${words} mirror pod annotation`))
  }
  if (next !== old) {
    for (const key of Object.keys(old ?? {}).sort()) if (next?.[key] !== old![key]) fixed(key, 'remove or update')
    for (const key of Object.keys(next ?? {}).sort()) if (old?.[key] === undefined) fixed(key, 'add')
  }
  podAnnotations(next, spec, path, out)
}

/** ValidateContainerUpdates; true where the numbers differ and nothing more can be compared. */
function containerUpdates(next: readonly Container[], old: readonly Container[], path: Path, out: FieldError[]): boolean {
  if (next.length !== old.length) {
    out.push(forbiddenField(path, 'pod updates may not add or remove containers'))
    return true
  }
  next.forEach((c, i) => {
    if (!c.image) out.push(required(child(at(path, i), 'image')))
    else if (c.image.trim() !== c.image) out.push(invalidValue(child(at(path, i), 'image'), c.image, 'must not have leading or trailing whitespace'))
  })
  return false
}

/** A deadline may be set or shortened; true where a wrong one ends the comparison. */
function deadline(next: number | undefined, old: number | undefined, out: FieldError[]): boolean {
  const path = 'spec.activeDeadlineSeconds'
  const before = out.length
  if (next === undefined) {
    if (old !== undefined) out.push(invalidValue(path, null, 'must not update from a positive integer to nil value'))
    return false
  }
  if (next < 0 || next > 2_147_483_647) out.push(invalidValue(path, next, mustBeBetween(0, 2_147_483_647)))
  else if (old !== undefined && old < next) out.push(invalidValue(path, next, 'must be less than or equal to previous value'))
  return out.length > before
}

function addedTolerations(next: PodSpec, old: PodSpec, out: FieldError[]): void {
  const list = next.tolerations ?? []
  const kept = (old.tolerations ?? []).every((t) => list.some((n) => deepEqual({ ...t, tolerationSeconds: n.tolerationSeconds }, n)))
  if (kept) tolerations(list, 'spec.tolerations', out)
  else out.push(forbiddenField('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'))
}

function deletedGates(next: PodSpec, old: PodSpec, out: FieldError[]): void {
  const had = new Set((old.schedulingGates ?? []).map((g) => g.name))
  next.schedulingGates?.forEach((g, i) => {
    if (!had.has(g.name)) out.push(forbiddenField(`spec.schedulingGates[${i}].name`, `only deletion is allowed, but found new scheduling gate '${g.name}'`))
  })
}

const onlyAdditions = (next: NodeSelectorTerm, old: NodeSelectorTerm): boolean => {
  const grew = (a: readonly unknown[] = [], b: readonly unknown[] = []): boolean => a.length >= b.length && deepEqual(a.slice(0, b.length), b)
  const wasEmpty = !old.matchExpressions?.length && !old.matchFields?.length
  if (wasEmpty && (next.matchExpressions?.length || next.matchFields?.length)) return false
  return grew(next.matchExpressions, old.matchExpressions) && grew(next.matchFields, old.matchFields)
}

function narrowedAffinity(next: NodeAffinity | undefined, old: NodeAffinity | undefined, out: FieldError[]): void {
  const had = old?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  if (!had) return
  const has = next?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  const path = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms'
  if (had.length && had.length !== has.length) return void out.push(invalidValue(path, has, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed'))
  had.forEach((t, i) => {
    if (!onlyAdditions(has[i]!, t)) out.push(invalidValue(at(path, i), has[i], 'only additions are allowed (no mutations or deletions)'))
  })
}

/** While gates hold a pod, its node selector and affinity may be narrowed. Gives the spec with those set back. */
function whileGated(next: PodSpec, old: PodSpec, out: FieldError[]): PodSpec {
  if (!old.schedulingGates?.length) return next
  let spec = next
  if (!deepEqual(spec.nodeSelector, old.nodeSelector)) {
    const [now, was] = [spec.nodeSelector ?? {}, old.nodeSelector ?? {}]
    if (Object.keys(was).some((k) => now[k] !== was[k])) out.push(invalidValue('spec.nodeSelector', now, 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'))
    spec = assignSame(spec, { nodeSelector: old.nodeSelector })
  }
  if (!deepEqual(spec.affinity?.nodeAffinity, old.affinity?.nodeAffinity)) {
    narrowedAffinity(spec.affinity?.nodeAffinity, old.affinity?.nodeAffinity, out)
    const rest = assignSame(spec.affinity ?? {}, { nodeAffinity: old.affinity?.nodeAffinity })
    spec = assignSame(spec, { affinity: !old.affinity && Object.keys(rest).length === 0 ? undefined : rest })
  }
  return spec
}

/** `next` with everything that an update may change set back to what it was. */
function munged(next: PodSpec, old: PodSpec): PodSpec {
  const images = (list: readonly Container[] | undefined, was: readonly Container[] | undefined): readonly Container[] | undefined =>
    list?.map((c, i) => assignSame(c, { image: was?.[i]?.image }))
  const [before, grace] = [old.terminationGracePeriodSeconds, next.terminationGracePeriodSeconds]
  return assignSame(next, {
    containers: images(next.containers, old.containers),
    initContainers: images(next.initContainers, old.initContainers),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    schedulingGates: old.schedulingGates,
    tolerations: old.tolerations,
    terminationGracePeriodSeconds: before !== undefined && before < 0 && grace === 1 ? before : grace,
  })
}

/** core/validation: ValidatePodUpdate. */
export function validatePodUpdate(pod: Pod, old: Pod): readonly FieldError[] {
  const out: FieldError[] = []
  checkPodAnnotations(pod, out)
  const same = pod.spec === old.spec || deepEqual(pod.spec, old.spec)
  if (!same) checkPodSpec(pod, out)
  annotationUpdates(pod, old, out)
  if (same) return out
  if (containerUpdates(pod.spec.containers, old.spec.containers, 'spec.containers', out)) return out
  if (containerUpdates(pod.spec.initContainers ?? [], old.spec.initContainers ?? [], 'spec.initContainers', out)) return out
  if (deadline(pod.spec.activeDeadlineSeconds, old.spec.activeDeadlineSeconds, out)) return out
  addedTolerations(pod.spec, old.spec, out)
  deletedGates(pod.spec, old.spec, out)
  const rest = whileGated(munged(pod.spec, old.spec), old.spec, out)
  if (!deepEqual(rest, old.spec)) out.push(forbiddenField('spec', `pod updates may not change fields other than ${UPDATABLE}\n${goDiff('core.PodSpec', old.spec, rest)}`))
  return out
}
