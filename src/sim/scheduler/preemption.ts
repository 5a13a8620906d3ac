import { compileSelector, isEmptySelector, matches, type LabelSelector } from '../api/labels.ts'
import { findCondition } from '../api/conditions.ts'
import type { KubeObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { cloneRuns, judgeWithNominated, type Nominated } from './filtering.ts'
import { misfitMessage } from './message.ts'
import { putOn, takeOff, trialNode, type NodeInfo, type TrialNode } from './node-info.ts'
import type { Cycle, FilterRun } from './plugin.ts'
import { podInfo, priorityOf } from './pod-info.ts'
import { unresolvable, type Rejection } from './rejection.ts'

/** Whom to evict where; or why nobody is evicted, in Kubernetes' words. `clear`: an earlier nomination is void. */
export type Preemption =
  | { readonly node: string; readonly victims: readonly Pod[] }
  | { readonly why: string; readonly clear: boolean }

interface Candidate {
  readonly node: string
  readonly victims: readonly Pod[]
  readonly violations: number
}

interface Budget extends KubeObject {
  readonly spec: { readonly selector?: LabelSelector }
  readonly status?: { readonly disruptionsAllowed?: number; readonly disruptedPods?: Readonly<Record<string, string>> }
}

export interface PreemptionInput {
  readonly cycle: Cycle
  readonly runs: readonly FilterRun[]
  readonly rejected: ReadonlyMap<string, Rejection>
  readonly nominated: Nominated
  /** The newest state of a pod that stands on a node. */
  readonly latest: (pod: Pod) => Pod
  readonly random: (bound: number) => number
}

const LEAST_CANDIDATES = 100
const CANDIDATE_PERCENTAGE = 10
const NOT_HELPFUL = 'Preemption is not helpful for scheduling'
const NO_VICTIMS = unresolvable('DefaultPreemption', 'No preemption victims found for incoming pod')

const startOf = (pod: Pod): string => pod.status?.startTime ?? '9999'
/** Higher priority, then longer running (scheduler/util: MoreImportantPod). */
const byImportance = (a: Pod, b: Pod): number => priorityOf(b) - priorityOf(a) || (startOf(a) < startOf(b) ? -1 : startOf(a) > startOf(b) ? 1 : 0)

function isLeavingForAnother(pod: Pod): boolean {
  if (pod.metadata.deletionTimestamp === undefined) return false
  const target = findCondition(pod.status?.conditions, 'DisruptionTarget')
  return target?.status === 'True' && target.reason === 'PreemptionByScheduler'
}

/** Splits by whether evicting would violate a PodDisruptionBudget; budgets are used up in the order given. */
function splitByBudget(pods: readonly Pod[], budgets: readonly Budget[]): { violating: readonly Pod[]; others: readonly Pod[] } {
  const left = budgets.map((b) => b.status?.disruptionsAllowed ?? 0)
  const violating: Pod[] = []
  const others: Pod[] = []
  for (const pod of pods) {
    let violates = false
    budgets.forEach((budget, i) => {
      if (budget.metadata.namespace !== pod.metadata.namespace || isEmptySelector(budget.spec.selector)) return
      if (!Object.keys(pod.metadata.labels ?? {}).length || !matches(compileSelector(budget.spec.selector), pod.metadata.labels)) return
      if (budget.status?.disruptedPods?.[pod.metadata.name] !== undefined) return
      left[i]!--
      if (left[i]! < 0) violates = true
    })
    ;(violates ? violating : others).push(pod)
  }
  return { violating, others }
}

/** A node on trial: pods go and come back, and the filters follow. */
class Trial {
  readonly #node: TrialNode
  readonly #runs: readonly FilterRun[]
  /** Those that keep count of pods. */
  readonly #following: readonly FilterRun[]
  readonly #input: PreemptionInput

  constructor(node: NodeInfo, input: PreemptionInput) {
    this.#node = trialNode(node)
    this.#runs = cloneRuns(input.runs)
    this.#following = this.#runs.filter((run) => run.add ?? run.remove)
    this.#input = input
  }

  remove(pod: Pod): void {
    takeOff(this.#node, pod)
    for (const run of this.#following) run.remove?.(podInfo(pod), this.#node)
  }

  add(pod: Pod): void {
    putOn(this.#node, pod)
    for (const run of this.#following) run.add?.(podInfo(pod), this.#node)
  }

  judge(): Rejection | undefined {
    return judgeWithNominated(this.#runs, this.#node, this.#input.cycle.pod, this.#input.nominated)
  }
}

/** The fewest and least important pods whose going makes room (defaultpreemption: SelectVictimsOnNode). */
function victimsOn(node: NodeInfo, input: PreemptionInput, budgets: readonly Budget[]): Candidate | Rejection {
  const { pod } = input.cycle
  const lower = node.pods.filter((p) => priorityOf(p) < priorityOf(pod)).map(input.latest)
  if (lower.length === 0) return NO_VICTIMS
  const trial = new Trial(node, input)
  for (const p of lower) trial.remove(p)
  const rejection = trial.judge()
  if (rejection) return rejection
  const { violating, others } = splitByBudget([...lower].sort(byImportance), budgets)
  const victims: Pod[] = []
  const spare = (p: Pod): boolean => {
    trial.add(p)
    if (!trial.judge()) return true
    trial.remove(p)
    victims.push(p)
    return false
  }
  let violations = 0
  for (const p of violating) if (!spare(p)) violations++
  for (const p of others) spare(p)
  return { node: node.name, victims: victims.sort(byImportance), violations }
}

const MAX_INT32 = 2_147_483_647

/** The criteria in their order; the larger is the better (preemption.go: pickOneNodeForPreemption). */
const CRITERIA: readonly ((c: Candidate) => number | string)[] = [
  (c) => -c.violations,
  (c) => -priorityOf(c.victims[0]!),
  (c) => -c.victims.reduce((sum, p) => sum + priorityOf(p) + MAX_INT32 + 1, 0),
  (c) => -c.victims.length,
  (c) => {
    const highest = Math.max(...c.victims.map(priorityOf))
    return c.victims.filter((p) => priorityOf(p) === highest).map(startOf).sort()[0]!
  },
]

function best(candidates: readonly Candidate[]): Candidate {
  let left = candidates
  for (const criterion of CRITERIA) {
    if (left.length === 1) break
    const scores = left.map(criterion)
    let top = scores[0]!
    for (const score of scores) if (score > top) top = score
    left = left.filter((_, i) => scores[i] === top)
  }
  return left[0]!
}

function ineligible({ cycle: { pod, snapshot }, rejected, latest }: PreemptionInput): string | undefined {
  if (pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.'
  const promised = pod.status?.nominatedNodeName
  if (!promised || rejected.get(promised)?.code === 'UnschedulableAndUnresolvable') return undefined
  const waiting = snapshot.get(promised)?.pods.some((p) => priorityOf(p) < priorityOf(pod) && isLeavingForAnother(latest(p)))
  return waiting ? 'not eligible due to a terminating pod on the nominated node.' : undefined
}

/** Looks for a node where evicting less important pods makes room (kube-scheduler: framework/preemption, plugins/defaultpreemption). */
export function preempt(input: PreemptionInput): Preemption {
  const why = ineligible(input)
  if (why) return { why, clear: false }
  const { snapshot, objects } = input.cycle
  const hopeful = snapshot.nodes.filter((n) => input.rejected.get(n.name)?.code === 'Unschedulable')
  const verdicts = new Map<string, Rejection>()
  const candidates = hopeful.length ? dryRun(hopeful, input, objects.list<Budget>('poddisruptionbudgets'), verdicts) : []
  if (candidates.length === 0) return { why: misfitMessage({ nodes: snapshot.nodes.length, rejected: verdicts, absent: NOT_HELPFUL }), clear: true }
  const { node, victims } = best(candidates)
  return { node, victims }
}

function dryRun(nodes: readonly NodeInfo[], input: PreemptionInput, budgets: readonly Budget[], verdicts: Map<string, Rejection>): readonly Candidate[] {
  const enough = Math.min(nodes.length, Math.max(LEAST_CANDIDATES, Math.floor((nodes.length * CANDIDATE_PERCENTAGE) / 100)))
  const start = input.random(nodes.length)
  const found: Candidate[] = []
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[(start + i) % nodes.length]!
    const result = victimsOn(node, input, budgets)
    if ('reasons' in result) verdicts.set(node.name, result)
    else if (result.victims.length > 0) found.push(result)
    if (found.length >= enough && found.some((c) => c.violations === 0)) break
  }
  return [...found.filter((c) => c.violations === 0), ...found.filter((c) => c.violations > 0)]
}
