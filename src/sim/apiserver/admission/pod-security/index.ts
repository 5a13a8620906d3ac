import { deepEqual } from '../../../api/deep.ts'
import { controllerOf, type KubeObject, type StringMap } from '../../../api/meta.ts'
import type { Pod } from '../../../api/pod.ts'
import type { PodSpec } from '../../../api/pod-spec.ts'
import { forbidden, invalid, type Status } from '../../../api/status.ts'
import type { Execution } from '../../execution.ts'
import { namespaceKey } from '../../keys.ts'
import type { AdmissionPlugin } from '../plugin.ts'
import { detailsText, reasonsText, violations } from './checks.ts'
import { compareLevels, isFullyPrivileged, levelText, policyOf, type LevelVersion } from './policy.ts'

const TEMPLATES = ['replicationcontrollers', 'podtemplates', 'replicasets', 'deployments', 'statefulsets', 'daemonsets', 'jobs', 'cronjobs']
const MOST_PODS = 3000

interface Template {
  readonly metadata?: { readonly annotations?: StringMap }
  readonly spec?: PodSpec
}

/** The pod template of a workload. */
function templateOf(plural: string, object: KubeObject): Template | undefined {
  const spec = object.spec as { readonly template?: Template; readonly jobTemplate?: { readonly spec?: { readonly template?: Template } } } | undefined
  if (plural === 'podtemplates') return (object as { readonly template?: Template }).template
  return plural === 'cronjobs' ? spec?.jobTemplate?.spec?.template : spec?.template
}

/**
 * Pod Security Standards by the labels of the namespace: pods are refused or warned of, workloads and namespaces warned
 * of (plugin/pkg/admission/security/podsecurity, k8s.io/pod-security-admission).
 */
export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  resources: ['pods', 'namespaces', ...TEMPLATES],
  subresources: ['', 'ephemeralcontainers', 'resize'],
  validate(exec, object, old) {
    const { plural } = exec.kind
    if (plural === 'namespaces') return exec.subresource ? undefined : checkNamespace(exec, object, old)
    const labels = exec.store.get(namespaceKey(exec.namespace!))?.metadata.labels
    const { policy } = policyOf(labels)
    if (isFullyPrivileged(policy)) return undefined
    if (plural !== 'pods') {
      const template = exec.subresource || policy.warn.level === 'privileged' ? undefined : templateOf(plural, object)
      if (template?.spec) warn(exec, policy.warn, template.metadata?.annotations, template.spec)
      return undefined
    }
    const pod = object as Pod
    if (old && !isSignificant(pod, old as Pod)) return undefined
    const found = violations(policy.enforce, pod.metadata.annotations, pod.spec)
    if (found.length > 0) return forbidden({ group: '', resource: 'pods' }, requestName(exec, pod), `violates PodSecurity "${levelText(policy.enforce)}": ${detailsText(found)}`)
    warn(exec, policy.warn, pod.metadata.annotations, pod.spec)
    return undefined
  },
}

/** Admission sees generated names only as far as they exist. */
const requestName = (exec: Execution, { metadata }: KubeObject): string => exec.name || metadata.name

function warn(exec: Execution, level: LevelVersion, annotations: StringMap | undefined, spec: PodSpec): void {
  const found = violations(level, annotations, spec)
  if (found.length > 0) exec.warnings.push(`would violate PodSecurity "${levelText(level)}": ${detailsText(found)}`)
}

/** Only other images and new containers can make a running pod worse. */
function isSignificant(pod: Pod, old: Pod): boolean {
  const lists = (p: Pod) => [p.spec.containers, p.spec.initContainers ?? []] as const
  const changed = lists(pod).some((list, i) => list.length !== lists(old)[i]!.length || list.some((c, n) => c.image !== lists(old)[i]![n]!.image))
  const ephemeral = (p: Pod) => (p.spec as { readonly ephemeralContainers?: readonly { readonly name: string; readonly image?: string }[] }).ephemeralContainers ?? []
  return changed || ephemeral(pod).some((c) => ephemeral(old).find((o) => o.name === c.name)?.image !== c.image)
}

function checkNamespace(exec: Execution, namespace: KubeObject, old: KubeObject | undefined): Status | undefined {
  const now = policyOf(namespace.metadata.labels)
  const before = old ? policyOf(old.metadata.labels) : undefined
  if (now.errors.length > 0 && (!before || before.errors.length === 0 || !deepEqual(now.errors, before.errors)))
    return invalid({ group: '', kind: 'Namespace' }, namespace.metadata.name, now.errors)
  if (!before) return undefined
  const [next, last] = [now.policy.enforce, before.policy.enforce]
  const isRelaxed = next.minor === last.minor && compareLevels(next.level, last.level) < 1
  if (deepEqual(next, last) || next.level === 'privileged' || isRelaxed) return undefined
  exec.warnings.push(...existingPods(exec, namespace.metadata.name, next))
  return undefined
}

/** Which pods of the namespace the new level would refuse: one of each controller first. */
function existingPods({ store }: Execution, namespace: string, level: LevelVersion): readonly string[] {
  const owners = new Set<string>()
  const pods = store.keys('pods', namespace).map((key) => store.get(key) as Pod)
  const isFirst = (pod: Pod): boolean => {
    const owner = controllerOf(pod)?.uid
    if (owner === undefined || !owners.has(owner)) return owner === undefined || owners.add(owner) !== undefined
    return false
  }
  const firsts = pods.map((pod) => [pod, isFirst(pod)] as const)
  const ordered = [...firsts.filter(([, first]) => first), ...firsts.filter(([, first]) => !first)].map(([pod]) => pod).slice(0, MOST_PODS)
  const byReason = new Map<string, string[]>()
  for (const pod of ordered) {
    const reason = reasonsText(violations(level, pod.metadata.annotations, pod.spec))
    if (reason) byReason.set(reason, [...(byReason.get(reason) ?? []), pod.metadata.name])
  }
  const lines = [...byReason].map(([reason, names]) => {
    const others = names.length - 1
    return `${[...names].sort()[0]}${others === 0 ? '' : others === 1 ? ' (and 1 other pod)' : ` (and ${others} other pods)`}: ${reason}`
  })
  return [
    ...(ordered.length < pods.length ? [`new PodSecurity enforce level only checked against the first ${ordered.length} of ${pods.length} existing pods`] : []),
    ...(lines.length > 0 ? [`existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${levelText(level)}"`] : []),
    ...lines.sort(),
  ]
}
