import { at, child, forbiddenField, invalidValue, type FieldError, type Path } from '../../api/field.ts'
import type { Container } from '../../api/container.ts'
import { isDns1123Subdomain, isQualifiedName } from '../../api/names.ts'
import type { Pod } from '../../api/pod.ts'
import type { ContainerStatus, PodStatus } from '../../api/pod-status.ts'
import { immutable } from '../../api/validate-meta.ts'
import { legacyIp, parseIp } from '../../api/validate/ip.ts'
import { named } from '../../api/validate/simple.ts'
import { claimStatuses, containerStatuses, extendedClaimStatus } from './validate-container-status.ts'
import { annotationUpdates } from './validate-update.ts'

const SYSTEM_CONDITIONS: ReadonlySet<string> = new Set(['PodScheduled', 'Ready', 'Initialized'])

function conditions(status: PodStatus, out: FieldError[]): void {
  status.conditions?.forEach((c, i) => {
    if (SYSTEM_CONDITIONS.has(c.type) && !c.observedGeneration) return
    const path = at('status.conditions', i)
    if ((c.observedGeneration ?? 0) < 0) out.push(invalidValue(child(path, 'observedGeneration'), c.observedGeneration, 'must be a non-negative integer'))
    if (!SYSTEM_CONDITIONS.has(c.type)) named(isQualifiedName, c.type, child(path, 'Type'), out)
  })
}

/** May a container that ended with this code start again (component-helpers: ContainerShouldRestart)? */
function shouldRestart(c: Container | undefined, podPolicy: string | undefined, exitCode: number): boolean {
  if (!c) return false
  const codes = c.restartPolicyRules?.find((r) => r.exitCodes && r.exitCodes.values?.includes(exitCode) === (r.exitCodes.operator === 'In'))
  if (codes) return true
  const policy = c.restartPolicy ?? podPolicy
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}

/** A rule of one container may restart all (podutil: AllContainersCouldRestart). */
const everyoneRestarts = ({ spec: { containers, initContainers } }: Pod): boolean => containers.some(restartsAll) || initContainers?.some(restartsAll) === true
const restartsAll = ({ restartPolicyRules }: Container): boolean => restartPolicyRules?.some((r) => r.action === 'RestartAllContainers') === true

/** Ephemeral containers never start again. */
function ephemeralTransitions(status: PodStatus, was: PodStatus, out: FieldError[]): void {
  was.ephemeralContainerStatuses?.forEach(({ name, state }, i) => {
    if (!state?.terminated || !status.ephemeralContainerStatuses?.some((s) => s.name === name && !s.state?.terminated)) return
    out.push(forbiddenField(child(at('status.ephemeralContainerStatuses', i), 'state'), 'may not be transitioned to non-terminated state'))
  })
}

/** What ended for good stays ended (ValidateContainerStateTransition). */
function transitions(next: readonly ContainerStatus[] | undefined, old: readonly ContainerStatus[] | undefined, specs: readonly Container[] | undefined, pod: Pod, path: Path, out: FieldError[]): void {
  if (next === old || !old || everyoneRestarts(pod)) return
  old.forEach((was, i) => {
    const ended = was.state?.terminated
    const now = next?.find((s) => s.name === was.name)
    if (!ended || !now || now.state?.terminated) return
    if (!shouldRestart(specs?.find((c) => c.name === was.name), pod.spec.restartPolicy, ended.exitCode)) {
      out.push(forbiddenField(child(at(path, i), 'state'), 'may not be transitioned to non-terminated state'))
    }
  })
}

function addresses(key: 'podIPs' | 'hostIPs', list: readonly { readonly ip: string }[] | undefined, was: typeof list, first: string | undefined, out: FieldError[]): void {
  if (!list?.length || list === was) return
  const path = `status.${key}`
  if (key === 'hostIPs' && first !== list[0]!.ip) out.push(invalidValue('status.hostIPs[0].ip', list[0]!.ip, 'must be equal to `hostIP`'))
  list.forEach((p, i) => out.push(...legacyIp(p.ip, at(path, i))))
  if (list.length > 1 && (list.length > 2 || new Set(list.map((p) => parseIp(p.ip)?.family)).size < 2)) {
    out.push(invalidValue(path, list.map((p) => ({ IP: p.ip })), 'may specify no more than one IP for each IP family'))
  }
}

/** core/validation: ValidatePodStatusUpdate. */
export function validatePodStatusUpdate(pod: Pod, old: Pod): readonly FieldError[] {
  const out: FieldError[] = []
  const status = pod.status ?? {}
  const was = old.status ?? {}
  annotationUpdates(pod, old, out)
  if (status.conditions !== was.conditions) conditions(status, out)
  if (pod.spec.nodeName !== old.spec.nodeName) out.push(forbiddenField('status.nodeName', 'may not be changed directly'))
  const nominated = status.nominatedNodeName
  if (nominated && nominated !== was.nominatedNodeName) {
    named(isDns1123Subdomain, nominated, 'status.nominatedNodeName', out)
    if (old.spec.nodeName) out.push(forbiddenField('status.nominatedNodeName', 'may not be set on pods that are already bound to a node'))
  }
  if ((status.observedGeneration ?? 0) < 0) out.push(invalidValue('status.observedGeneration', status.observedGeneration, 'must be a non-negative integer'))
  immutable(status.qosClass, was.qosClass, 'status.qosClass', out)
  transitions(status.containerStatuses, was.containerStatuses, pod.spec.containers, old, 'status.containerStatuses', out)
  transitions(status.initContainerStatuses, was.initContainerStatuses, pod.spec.initContainers, old, 'status.initContainerStatuses', out)
  ephemeralTransitions(status, was, out)
  claimStatuses(status, pod, out)
  extendedClaimStatus(status, pod, out)
  addresses('podIPs', status.podIPs, was.podIPs, status.podIP, out)
  addresses('hostIPs', status.hostIPs, was.hostIPs, status.hostIP, out)
  containerStatuses(pod, out)
  return out
}
