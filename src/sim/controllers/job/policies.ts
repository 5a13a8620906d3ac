import { keyOf } from '../../api/meta.ts'
import type { PodFailurePolicy, PodFailurePolicyOnExitCodes, PodFailurePolicyRule, SuccessPolicy } from '../../api/job-spec.ts'
import type { Pod } from '../../api/pod.ts'
import type { ContainerStatus, PodStatus } from '../../api/pod-status.ts'
import { overlap, parseIntervals, total, type Intervals } from './intervals.ts'

/** What the failure policy makes of a failed pod: `message` when the whole Job fails of it. */
export interface FailureMatch {
  readonly message?: string
  readonly counts: boolean
  readonly action?: PodFailurePolicyRule['action']
}

const COUNTED: FailureMatch = { counts: true }

/** The first rule that fits decides (pod_failure_policy.go: matchPodFailurePolicy). */
export function matchFailurePolicy(policy: PodFailurePolicy | undefined, pod: Pod): FailureMatch {
  const rules = policy?.rules ?? []
  for (let index = 0; index < rules.length; index++) {
    const rule = rules[index]!
    const why = rule.onExitCodes ? exitCode(pod, rule.onExitCodes) : rule.onPodConditions ? condition(pod, rule) : undefined
    if (why === undefined) continue
    if (rule.action === 'FailJob') return { counts: true, action: rule.action, message: `${why} matching FailJob rule at index ${index}` }
    return { counts: rule.action !== 'Ignore', action: rule.action }
  }
  return COUNTED
}

function exitCode(pod: Pod, wanted: PodFailurePolicyOnExitCodes): string | undefined {
  const status = pod.status ?? ({} as PodStatus)
  const found = failedContainer(status.containerStatuses, wanted) ?? failedContainer(status.initContainerStatuses, wanted)
  return found && `Container ${found.name} for pod ${keyOf(pod)} failed with exit code ${found.state?.terminated?.exitCode}`
}

function failedContainer(statuses: readonly ContainerStatus[] | undefined, { containerName, operator, values }: PodFailurePolicyOnExitCodes): ContainerStatus | undefined {
  return statuses?.find(({ name, state }) => {
    const code = state?.terminated?.exitCode
    if (!code || (containerName !== undefined && containerName !== name)) return false
    const listed = values?.includes(code) ?? false
    return operator === 'In' ? listed : operator === 'NotIn' && !listed
  })
}

function condition(pod: Pod, { onPodConditions }: PodFailurePolicyRule): string | undefined {
  for (const { type, status } of pod.status?.conditions ?? [])
    if (onPodConditions?.some((pattern) => pattern.type === type && (pattern.status ?? 'True') === status)) return `Pod ${keyOf(pod)} has condition ${type}`
  return undefined
}

/** The message of the first rule that the succeeded indexes satisfy (success_policy.go: matchSuccessPolicy). */
export function matchSuccessPolicy(policy: SuccessPolicy | undefined, completions: number, succeeded: Intervals): string | undefined {
  if (succeeded.length === 0) return undefined
  const rules = policy?.rules ?? []
  for (let index = 0; index < rules.length; index++) {
    const { succeededCount, succeededIndexes } = rules[index]!
    if (succeededIndexes !== undefined) {
      const required = parseIntervals(succeededIndexes, completions)
      if (required.length === 0) continue
      const met = overlap(required, succeeded)
      if (met === total(required) || (succeededCount !== undefined && met >= succeededCount)) return `Matched rules at index ${index}`
    } else if (succeededCount !== undefined && total(succeeded) >= succeededCount) return `Matched rules at index ${index}`
  }
  return undefined
}
