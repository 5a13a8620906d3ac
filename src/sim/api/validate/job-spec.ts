import { wasSentEmpty } from '../empties.ts'
import { at, child, duplicate, invalidValue, notSupported, OMIT, required, tooLong, tooMany, type Path } from '../field.ts'
import { byteCount } from '../bytes.ts'
import { goInternal } from '../go-internal.ts'
import { countIndexes, parseIndexes } from '../job-indexes.ts'
import type { JobSpec, PodFailurePolicyOnExitCodes, PodFailurePolicyOnPodConditions, PodFailurePolicyRule, SuccessPolicyRule } from '../job-spec.ts'
import { isDns1123Subdomain, isQualifiedName } from '../names.ts'
import { templateWarnings } from './pod-warnings.ts'
import { named, nonNegative, type Errors } from './simple.ts'
import { podTemplate } from './workload.ts'

const LIMIT = 100_000
const HIGH = 10_000
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const OPERATORS = ['In', 'NotIn']
const STATUSES = ['False', 'True', 'Unknown']

const validValues = (list: readonly string[]): string => `valid values: [${list.map((v) => `"${v}"`).join(' ')}]`

function choice(value: string | undefined, valid: readonly string[], path: Path, out: Errors): void {
  if (!value) out.push(required(path, validValues(valid)))
  else if (!valid.includes(value)) out.push(notSupported(path, value, valid))
}

const PATH = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/

/** util/validation: IsDomainPrefixedPath, e.g. "acme.io/foo". */
export function domainPrefixedPath(text: string, path: Path, out: Errors): void {
  if (text === '') return void out.push(required(path))
  const slash = text.indexOf('/')
  if (slash <= 0 || slash === text.length - 1) return void out.push(invalidValue(path, text, 'must be a domain-prefixed path (such as "acme.io/foo")'))
  named(isDns1123Subdomain, text.slice(0, slash), path, out)
  const rest = text.slice(slash + 1)
  if (!PATH.test(rest)) out.push(invalidValue(path, rest, "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')"))
}

function numbers(s: JobSpec, path: Path, out: Errors): void {
  for (const key of ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished', 'backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
    nonNegative(s[key], child(path, key), out)
  }
  if (s.maxFailedIndexes !== undefined && s.backoffLimitPerIndex === undefined) out.push(required(child(path, 'backoffLimitPerIndex'), 'when maxFailedIndexes is specified'))
  if (s.managedBy === undefined) return
  domainPrefixedPath(s.managedBy, child(path, 'managedBy'), out)
  if (byteCount(s.managedBy) > 63) out.push(tooLong(child(path, 'managedBy'), 63))
}

function indexed(s: JobSpec, path: Path, out: Errors): void {
  const { completions, parallelism, maxFailedIndexes } = s
  const failedPath = child(path, 'maxFailedIndexes')
  const parallelPath = child(path, 'parallelism')
  if (completions === undefined) out.push(required(child(path, 'completions'), 'when completion mode is Indexed'))
  if (parallelism !== undefined && parallelism > LIMIT) out.push(invalidValue(parallelPath, parallelism, `must be less than or equal to ${LIMIT} when completion mode is Indexed`))
  if (completions !== undefined && maxFailedIndexes !== undefined && maxFailedIndexes > completions) out.push(invalidValue(failedPath, maxFailedIndexes, 'must be less than or equal to completions'))
  if (maxFailedIndexes !== undefined && maxFailedIndexes > LIMIT) out.push(invalidValue(failedPath, maxFailedIndexes, `must be less than or equal to ${LIMIT}`))
  if (completions === undefined || completions <= LIMIT || s.backoffLimitPerIndex === undefined) return
  const words = `must be less than or equal to ${HIGH} when completions are above ${LIMIT} and used with backoff limit per index`
  if (maxFailedIndexes === undefined) out.push(required(failedPath, `must be specified when completions is above ${LIMIT}`))
  if (parallelism !== undefined && parallelism > HIGH) out.push(invalidValue(parallelPath, parallelism, words))
  if (maxFailedIndexes !== undefined && maxFailedIndexes > HIGH) out.push(invalidValue(failedPath, maxFailedIndexes, words))
}

function mode(s: JobSpec, path: Path, out: Errors): void {
  const m = s.completionMode
  if (m !== undefined && m !== 'NonIndexed' && m !== 'Indexed') out.push(notSupported(child(path, 'completionMode'), m, ['NonIndexed', 'Indexed']))
  if (m === 'Indexed') indexed(s, path, out)
  if (m !== undefined && m !== 'NonIndexed') return
  for (const key of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
    if (s[key] !== undefined) out.push(invalidValue(child(path, key), s[key], 'requires indexed completion mode'))
  }
}

function exitCodes(r: PodFailurePolicyOnExitCodes, names: ReadonlySet<string>, path: Path, out: Errors): void {
  choice(r.operator, OPERATORS, child(path, 'operator'), out)
  if (r.containerName !== undefined && !names.has(r.containerName)) {
    out.push(invalidValue(child(path, 'containerName'), r.containerName, 'must be one of the container or initContainer names in the pod template'))
  }
  const values = r.values ?? []
  const valuesPath = child(path, 'values')
  if (values.length === 0) out.push(invalidValue(valuesPath, r.values ?? (wasSentEmpty(r, 'values') ? [] : null), 'at least one value is required'))
  else if (values.length > 255) out.push(tooMany(valuesPath, values.length, 255))
  const seen = new Set<number>()
  values.forEach((v, i) => {
    if (r.operator === 'In' && v === 0) out.push(invalidValue(at(valuesPath, i), v, 'must not be 0 for the In operator'))
    if (seen.has(v)) out.push(duplicate(at(valuesPath, i), v))
    seen.add(v)
  })
  if (values.some((v, i) => i > 0 && values[i - 1]! > v)) out.push(invalidValue(valuesPath, values, 'must be ordered'))
}

function podConditions(list: readonly PodFailurePolicyOnPodConditions[], path: Path, out: Errors): void {
  if (list.length > 20) out.push(tooMany(path, list.length, 20))
  list.forEach((p, i) => {
    named(isQualifiedName, p.type ?? '', child(at(path, i), 'type'), out)
    choice(p.status, STATUSES, child(at(path, i), 'status'), out)
  })
}

function failureRule(r: PodFailurePolicyRule, s: JobSpec, names: ReadonlySet<string>, path: Path, out: Errors): void {
  if (r.action === 'FailIndex') {
    if (s.backoffLimitPerIndex === undefined) out.push(invalidValue(child(path, 'action'), r.action, 'requires the backoffLimitPerIndex to be set'))
  } else choice(r.action, ACTIONS, child(path, 'action'), out)
  const conditions = r.onPodConditions ?? []
  if (r.onExitCodes) exitCodes(r.onExitCodes, names, child(path, 'onExitCodes'), out)
  if (conditions.length) podConditions(conditions, child(path, 'onPodConditions'), out)
  if (r.onExitCodes && conditions.length) out.push(invalidValue(path, OMIT, 'specifying both OnExitCodes and OnPodConditions is not supported'))
  if (!r.onExitCodes && conditions.length === 0) out.push(invalidValue(path, OMIT, 'specifying one of OnExitCodes and OnPodConditions is required'))
}

function failurePolicy(s: JobSpec, path: Path, out: Errors): void {
  if (!s.podFailurePolicy) return
  const rules = s.podFailurePolicy.rules ?? []
  const here = child(path, 'podFailurePolicy.rules')
  if (rules.length > 20) out.push(tooMany(here, rules.length, 20))
  const spec = s.template?.spec
  const names = new Set([...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map((c) => c.name))
  rules.forEach((r, i) => failureRule(r, s, names, at(here, i), out))
}

function successRule(r: SuccessPolicyRule, completions: number, path: Path, out: Errors): void {
  const { succeededCount: count, succeededIndexes: text } = r
  if (count === undefined && text === undefined) out.push(required(path, 'at least one of succeededCount or succeededIndexes must be specified'))
  let total = 0
  if (text !== undefined) {
    const here = child(path, 'succeededIndexes')
    if (text.length > 64 * 1024) out.push(tooLong(here, 64 * 1024))
    const parsed = parseIndexes(text, completions)
    if (typeof parsed === 'string') out.push(invalidValue(here, text, `error parsing succeededIndexes: ${parsed}`))
    else total = countIndexes(parsed)
  }
  if (count === undefined) return
  const here = child(path, 'succeededCount')
  nonNegative(count, here, out)
  if (count > completions) out.push(invalidValue(here, count, `must be less than or equal to ${completions} (the number of specified completions)`))
  if (text !== undefined && count > total) out.push(invalidValue(here, count, `must be less than or equal to ${total} (the number of indexes in the specified succeededIndexes field)`))
}

function successPolicy(s: JobSpec, path: Path, out: Errors): void {
  if (!s.successPolicy) return
  const here = child(path, 'successPolicy')
  if (s.completionMode !== 'Indexed') return void out.push(invalidValue(here, goInternal('batch.SuccessPolicy', s.successPolicy), 'requires indexed completion mode'))
  const rules = s.successPolicy.rules ?? []
  if (rules.length === 0) out.push(required(child(here, 'rules'), 'at least one rules must be specified when the successPolicy is specified'))
  if (rules.length > 20) out.push(tooMany(child(here, 'rules'), rules.length, 20))
  rules.forEach((r, i) => successRule(r, s.completions ?? 0, at(child(here, 'rules'), i), out))
}

function replacement(s: JobSpec, path: Path, out: Errors): void {
  const policy = s.podReplacementPolicy
  const valid = s.podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed']
  if (policy !== undefined && !valid.includes(policy)) out.push(notSupported(child(path, 'podReplacementPolicy'), policy, valid))
}

function restartPolicy(s: JobSpec, path: Path, out: Errors): void {
  const policy = s.template.spec.restartPolicy as string | undefined
  const here = child(path, 'template.spec.restartPolicy')
  if (!policy || policy === 'Always') out.push(required(here, 'valid values: "OnFailure", "Never"'))
  else if (policy !== 'OnFailure' && policy !== 'Never') out.push(notSupported(here, policy, ['OnFailure', 'Never']))
  else if (s.podFailurePolicy && policy !== 'Never') out.push(invalidValue(here, policy, 'only "Never" is supported when podFailurePolicy is specified'))
}

/** batch/validation: validateJobSpec, all but the selector. */
export function validateJobSpec(s: JobSpec, path: Path, out: Errors): void {
  numbers(s, path, out)
  mode(s, path, out)
  failurePolicy(s, path, out)
  successPolicy(s, path, out)
  replacement(s, path, out)
  podTemplate(s.template, child(path, 'template'), out)
  restartPolicy(s, path, out)
}

const HIGH_COUNTS = 'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail'

/** pkg/api/job: WarningsForJobSpec. */
export function jobSpecWarnings(spec: JobSpec, path: Path, old?: JobSpec): readonly string[] {
  const many = spec.completionMode === 'Indexed' && (spec.completions ?? 0) > 100_000 && (spec.parallelism ?? 0) > 10_000
  return [...(many ? [`${path}: ${HIGH_COUNTS}`] : []), ...templateWarnings(spec.template, child(path, 'template'), old?.template)]
}
