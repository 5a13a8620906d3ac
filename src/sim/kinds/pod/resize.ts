import type { Container, ResourceRequirements } from '../../api/container.ts'
import { deepEqual } from '../../api/deep.ts'
import { at, child, forbiddenField, invalidValue, type FieldError, type Path } from '../../api/field.ts'
import { isSidecar, type Pod } from '../../api/pod.ts'
import { computeQosClass, qosClass } from '../../api/pod-resources.ts'
import type { PodSpec } from '../../api/pod-spec.ts'
import type { ResourceList } from '../../api/quantity.ts'
import { assignSame } from '../../api/share.ts'
import type { SubresourceRules } from '../definition.ts'
import { withMetadataOf, withPodGeneration } from './generation.ts'
import { checkPodAnnotations, checkPodSpec } from './validate-spec.ts'

const MIRROR = 'kubernetes.io/config.mirror'

/** The old containers with the new resources and policies; the new ones as they are where somebody was renamed. */
function merged(next: readonly Container[], old: readonly Container[]): readonly Container[] {
  if (next.some((c, i) => c.name !== old[i]!.name)) return next
  return old.map((c, i) => assignSame(c, { resources: next[i]!.resources, resizePolicy: next[i]!.resizePolicy }))
}

function prepareUpdate(pod: Pod, old: Pod): Pod {
  const [init, wasInit] = [pod.spec.initContainers ?? [], old.spec.initContainers ?? []]
  // Validation tells of containers that came or went.
  if (pod.spec.containers.length !== old.spec.containers.length || init.length !== wasInit.length) return withPodGeneration(pod, old)
  const spec = assignSame(old.spec, {
    resources: pod.spec.resources,
    containers: merged(pod.spec.containers, old.spec.containers),
    initContainers: old.spec.initContainers && merged(init, wasInit),
  })
  return withPodGeneration({ ...old, metadata: withMetadataOf(pod, old), spec }, old)
}

const removed = (next: ResourceList | undefined, old: ResourceList | undefined): boolean => Object.keys(old ?? {}).some((name) => next?.[name] === undefined)

function kept(next: ResourceRequirements | undefined, old: ResourceRequirements | undefined, path: Path, what: string, out: FieldError[]): void {
  if (removed(next?.requests, old?.requests)) out.push(forbiddenField(child(path, 'requests'), `${what} requests cannot be removed`))
  if (removed(next?.limits, old?.limits)) out.push(forbiddenField(child(path, 'limits'), `${what} limits cannot be removed`))
}

/** `next` with CPU and memory set back to what they were; undefined where nothing is left. */
function backOne(next: ResourceList | undefined, old: ResourceList | undefined): ResourceList | undefined {
  const out: Record<string, string> = { ...next }
  for (const name of ['cpu', 'memory']) {
    if (old?.[name] === undefined) delete out[name]
    else out[name] = old[name]
  }
  return Object.keys(out).length > 0 || (old !== undefined && Object.keys(old).length === 0) ? out : undefined
}

const backResources = (next: ResourceRequirements | undefined, old: ResourceRequirements | undefined): ResourceRequirements =>
  assignSame<ResourceRequirements>({}, { requests: backOne(next?.requests, old?.requests), limits: backOne(next?.limits, old?.limits) })

const back = (c: Container, old: Container): Container => {
  const resources = backResources(c.resources, old.resources)
  return { ...c, resources: resources }
}

function podLevel(next: PodSpec, old: PodSpec, out: FieldError[]): PodSpec {
  const has = (s: PodSpec): boolean => Object.keys(s.resources?.requests ?? {}).length + Object.keys(s.resources?.limits ?? {}).length > 0
  if (!has(next) && !has(old)) return next
  if (old.resources && !next.resources) {
    out.push(forbiddenField('spec.resources', 'pod-level resources cannot be removed'))
    return next
  }
  if (old.resources) kept(next.resources, old.resources, 'spec.resources', 'pod-level resource', out)
  const set = backResources(next.resources, old.resources)
  const empty = !old.resources && Object.keys(set).length === 0 && !next.resources?.claims?.length
  const resources = empty ? undefined : next.resources?.claims ? { ...set, claims: next.resources.claims } : set
  if (!deepEqual(resources, old.resources)) out.push(forbiddenField('spec', 'only cpu and memory resources are mutable at pod-level'))
  return assignSame(next, { resources })
}

function order(next: readonly Container[], old: readonly Container[], name: string, out: FieldError[]): void {
  const path = child('spec', name)
  if (next.length !== old.length) return void out.push(forbiddenField(path, `${name} may not be added or removed on resize`))
  old.forEach((c, i) => {
    if (next[i]!.name !== c.name) out.push(forbiddenField(child(at(path, i), 'name'), `${name} may not be renamed or reordered on resize`))
  })
}

function initContainers(next: readonly Container[], old: readonly Container[], out: FieldError[]): readonly Container[] {
  return next.map((c, i) => {
    const path = at('spec.initContainers', i)
    const set = back(c, old[i]!)
    if (!deepEqual(set, old[i])) out.push(forbiddenField(path, 'only cpu and memory resources for init or sidecar containers are mutable'))
    if (!deepEqual(c, old[i]) && !isSidecar(c)) {
      for (const p of c.resizePolicy ?? []) {
        if (p.restartPolicy === 'RestartContainer') out.push(forbiddenField(path, 'non-sidecar init containers with a resize policy of RestartContainer cannot be resized'))
      }
    }
    return set
  })
}

/** Until the first running container says otherwise, its node is taken to know how to resize. */
const nodeCanResize = (pod: Pod): boolean => {
  const running = pod.status?.containerStatuses?.find((s) => s.state?.running)
  return !running || running.resources !== undefined
}

/** core/validation: ValidatePodResize. */
function validateUpdate(pod: Pod, old: Pod): readonly FieldError[] {
  if (old.metadata.annotations?.[MIRROR] !== undefined) return [forbiddenField('', 'static pods cannot be resized')]
  if (old.spec.os?.name === 'windows') return [forbiddenField('', 'windows pods cannot be resized')]
  const out: FieldError[] = []
  checkPodAnnotations(pod, out)
  checkPodSpec(pod, out)
  if (qosClass(old) !== computeQosClass(pod.spec)) out.push(invalidValue('spec', pod.status?.qosClass ?? '', 'Pod QOS Class may not change as a result of resizing'))
  if (!nodeCanResize(old)) out.push(forbiddenField('spec', 'Pod running on node without support for resize'))
  const spec = podLevel(pod.spec, old.spec, out)
  const [init, wasInit] = [pod.spec.initContainers ?? [], old.spec.initContainers ?? []]
  const before = out.length
  order(pod.spec.containers, old.spec.containers, 'containers', out)
  order(init, wasInit, 'initContainers', out)
  if (out.length > before) return out
  wasInit.forEach((c, i) => kept(init[i]!.resources, c.resources, child(at('spec.initContainers', i), 'resources'), 'resource', out))
  old.spec.containers.forEach((c, i) => kept(pod.spec.containers[i]!.resources, c.resources, child(at('spec.containers', i), 'resources'), 'resource', out))
  const containers = pod.spec.containers.map((c, i) => back(c, old.spec.containers[i]!))
  containers.forEach((c, i) => {
    if (!deepEqual(c, old.spec.containers[i])) out.push(forbiddenField('spec', 'only cpu and memory resources are mutable'))
  })
  const set = assignSame(spec, { containers, initContainers: old.spec.initContainers && initContainers(init, wasInit, out) })
  if (out.length === 0 && !deepEqual(set, old.spec)) out.push(forbiddenField('spec', 'only cpu and memory resources are mutable'))
  return out
}

/** pods/resize: CPU and memory of containers and pods, in place (registry/core/pod: podResizeStrategy). */
export const resizeRules: SubresourceRules<Pod> = { prepareUpdate, validateUpdate }
