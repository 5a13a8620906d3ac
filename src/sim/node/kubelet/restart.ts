import type { Container } from '../../api/container.ts'
import { isSidecar, type Pod } from '../../api/pod.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import type { Backoff, ContainerRow, PodRow } from './state.ts'

export const FIRST_BACKOFF: Micros = seconds(10)
export const LONGEST_BACKOFF: Micros = seconds(300)

/** Is a restart within its back-off, counted from `since`, the end of the last run (Backoff.IsInBackOffSince)? */
export function inBackoff(backoff: Backoff | undefined, since: Micros, now: Micros, longest = LONGEST_BACKOFF): boolean {
  if (!backoff || expired(backoff, since, longest)) return false
  return now - since < backoff.delay
}

/** The back-off after one more attempt: 10 s first, doubled to the longest, forgotten after twice the longest (Backoff.Next; kubelet.go: newCrashLoopBackOff). */
export function nextBackoff(backoff: Backoff | undefined, since: Micros, longest = LONGEST_BACKOFF): Backoff {
  return { delay: backoff && !expired(backoff, since, longest) ? Math.min(backoff.delay * 2, longest) : Math.min(FIRST_BACKOFF, longest), since }
}

const expired = (backoff: Backoff, since: Micros, longest: Micros): boolean => since - backoff.since > 2 * longest

/** A duration as Go prints whole seconds: "10s", "1m20s", "5m0s". */
export function goDuration(time: Micros): string {
  const whole = Math.round(time / 1_000_000)
  return whole >= 60 ? `${Math.floor(whole / 60)}m${whole % 60}s` : `${whole}s`
}

const isInit = (pod: Pod, name: string): boolean => pod.spec.initContainers?.some((c) => c.name === name) ?? false

/** Does a container that ended with `code` run again (podutil.ContainerShouldRestart: rules of the container, then policies)? */
export function restartsAfter(pod: Pod, container: Container, code: number): boolean {
  for (const rule of container.restartPolicyRules ?? []) {
    const { exitCodes } = rule
    if (!exitCodes) continue
    const listed = (exitCodes.values ?? []).includes(code)
    if (listed === (exitCodes.operator === 'In')) return rule.action === 'Restart' || rule.action === 'RestartAllContainers'
  }
  const policy = isSidecar(container) && isInit(pod, container.name) ? 'Always' : (container.restartPolicy ?? pod.spec.restartPolicy ?? 'Always')
  if (policy === 'Always') return !isInit(pod, container.name) || isSidecar(container) || code !== 0
  return policy === 'OnFailure' && code !== 0
}

/** Would the next sync start it (kubecontainer.ShouldContainerBeRestarted)? */
export function shouldStart(row: PodRow, container: Container): boolean {
  if (row.pod.metadata.deletionTimestamp || row.end) return false
  const state: ContainerRow | undefined = row.containers[container.name]
  const run = state?.run
  if (!run) {
    const was = state?.lost?.state.terminated
    return !was || restartsAfter(row.pod, container, was.exitCode ?? 0)
  }
  if (run.state === 'running') return false
  if (run.state === 'created') return true
  return restartsAfter(row.pod, container, run.ended?.code ?? 0)
}
