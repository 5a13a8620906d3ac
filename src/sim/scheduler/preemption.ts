import { compileSelector, isEmptySelector, matches, type LabelSelector } from '../api/labels.ts'
import { findCondition } from '../api/conditions.ts'
import type { KubeObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { cloneRuns, judgeWithNominated, type Filters, type Nominated } from './filtering.ts'
import type { Kept } from './kept.ts'
import { misfitMessage } from './message.ts'
import { putOn, takeOff, trialNode, type NodeInfo, type TrialNode } from './node-info.ts'
import type { Cycle, FilterRun } from './plugin.ts'
import { priorityOf } from './pod-info.ts'
import type { PreemptionArgs } from './preemption-args.ts'
import { unresolvable, type Rejection } from './rejection.ts'
import { Rejections } from './rejections.ts'

/** Whom to evict where; or why nobody is evicted, in Kubernetes' words. `clear`: an earlier nomination is void. */
export type Preemption =
  | { readonly node: string; readonly victims: readonly Pod[]; readonly candidates: readonly Candidate[] }
  | { readonly why: string; readonly clear: boolean }

/** What evicting pods of one node would bring; the numbers are what candidates are compared by. */
export interface Candidate {
  readonly node: string
  readonly victims: readonly Pod[]
  readonly violations: number
  readonly highest: number
  readonly sum: number
  /** When the longest running of the most important victims began. */
  readonly earliest: string
}

interface Budget extends KubeObject {
  readonly spec: { readonly selector?: LabelSelector }
  readonly status?: { readonly disruptionsAllowed?: number; readonly disruptedPods?: Readonly<Record<string, string>> }
}

export interface PreemptionInput {
  readonly cycle: Cycle
  readonly filters: Filters
  readonly kept: Kept
  readonly rejected: Rejections
  readonly nominated: Nominated | undefined
  /** The newest state of a pod that stands on a node. */
  readonly latest: (pod: Pod) => Pod
  readonly random: (bound: number) => number
  readonly args: PreemptionArgs
}

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
    this.#runs = cloneRuns(input.filters.runs)
    this.#following = this.#runs.filter((run) => run.add ?? run.remove)
    this.#input = input
  }

  remove(pod: Pod): void {
    takeOff(this.#node, pod)
    for (const run of this.#following) run.remove?.(pod, this.#node)
  }

  add(pod: Pod): void {
    putOn(this.#node, pod)
    for (const run of this.#following) run.add?.(pod, this.#node)
  }

  judge(): Rejection | undefined {
    return judgeWithNominated(this.#runs, this.#node, this.#input.cycle.pod, this.#input.nominated)
  }
}

/** The fewest and least important pods whose going makes room (defaultpreemption: SelectVictimsOnNode). `lower` are those of lower priority. */
function victimsOn(node: NodeInfo, lower: readonly Pod[], input: PreemptionInput, budgets: readonly Budget[]): Candidate | Rejection {
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
  return candidate(node.name, victims.sort(byImportance), violations)
}

const MAX_INT32 = 2_147_483_647

function candidate(node: string, victims: readonly Pod[], violations: number): Candidate {
  let highest = -MAX_INT32 - 1
  let sum = 0
  for (const p of victims) {
    highest = Math.max(highest, priorityOf(p))
    sum += priorityOf(p) + MAX_INT32 + 1
  }
  let earliest = ''
  for (const p of victims) if (priorityOf(p) === highest && (earliest === '' || startOf(p) < earliest)) earliest = startOf(p)
  return { node, victims, violations, highest, sum, earliest }
}

/** Is `a` the better one? The criteria in their order (preemption.go: pickOneNodeForPreemption). */
function isBetter(a: Candidate, b: Candidate): boolean {
  if (a.violations !== b.violations) return a.violations < b.violations
  if (a.highest !== b.highest) return a.highest < b.highest
  if (a.sum !== b.sum) return a.sum < b.sum
  if (a.victims.length !== b.victims.length) return a.victims.length < b.victims.length
  return a.earliest > b.earliest
}

function best(candidates: readonly Candidate[]): Candidate {
  let top = candidates[0]!
  for (const c of candidates) if (isBetter(c, top)) top = c
  return top
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
  const places = hopefulPlaces(input)
  const { candidates, verdicts } = places.length ? dryRun(places, input, objects.list<Budget>('poddisruptionbudgets')) : NOTHING_FOUND
  if (candidates.length === 0) return { why: misfitMessage({ nodes: snapshot.nodes.length, rejected: verdicts(), absent: NOT_HELPFUL }), clear: true }
  const { node, victims } = best(candidates)
  return { node, victims, candidates }
}

/** Where in the order of examination the nodes are on which evicting may help. */
function hopefulPlaces({ cycle: { snapshot }, filters, rejected }: PreemptionInput): readonly number[] {
  const hopeful: number[] = []
  const all = snapshot.nodes
  if (filters.nodes || rejected.size !== all.length) {
    all.forEach((node, place) => rejected.get(node.name)?.code === 'Unschedulable' && hopeful.push(place))
    return hopeful
  }
  // All were examined, from some node on and round the list.
  const { verdicts, places } = rejected
  const shift = places.indexOf(0)
  for (let place = 0; place < all.length; place++) if (verdicts[(place + shift) % all.length]!.code === 'Unschedulable') hopeful.push(place)
  return hopeful
}

interface Tried {
  readonly candidates: readonly Candidate[]
  /** Why the nodes that were tried are no candidates. */
  verdicts(): Rejections
}
const NOTHING_FOUND: Tried = { candidates: [], verdicts: () => Rejections.NONE }

function dryRun(places: readonly number[], input: PreemptionInput, budgets: readonly Budget[]): Tried {
  const { minCandidateNodesAbsolute, minCandidateNodesPercentage } = input.args
  const { nodes } = input.cycle.snapshot
  const enough = Math.min(places.length, Math.max(minCandidateNodesAbsolute, Math.floor((places.length * minCandidateNodesPercentage) / 100)))
  const harmless: Candidate[] = []
  const harmful: Candidate[] = []
  const look = looking(input, budgets)
  let tried = 0
  for (let i = input.random(places.length); tried < places.length; tried++) {
    const result = look(places[i]!)
    if (isCandidate(result)) (result.violations === 0 ? harmless : harmful).push(result)
    if (harmless.length > 0 && harmless.length + harmful.length >= enough) break
    if (++i === places.length) i = 0
  }
  const verdicts = (): Rejections => {
    const all = new Rejections(nodes)
    for (const place of places) {
      const result = look(place)
      if ('reasons' in result) all.push(place, result)
    }
    return all
  }
  return { candidates: [...harmless, ...harmful], verdicts }
}

/** A node where nobody need go is none: it fits already, if not for nominated pods. */
const isCandidate = (found: Candidate | Rejection): found is Candidate => 'victims' in found && found.victims.length > 0

/** What was found out about a node, and the pods and budgets it holds for. */
interface Memory {
  readonly lower: readonly Pod[]
  readonly budgets: readonly Budget[]
  readonly result: Candidate | Rejection
}

/**
 * Finds out what evicting brings on the node at a place. Where the answer depends on nothing but the node, its pods and the
 * budgets, it is remembered for the next pod of the same shape and priority.
 */
function looking(input: PreemptionInput, budgets: readonly Budget[]): (place: number) => Candidate | Rejection {
  const { cycle: { pod, snapshot: { nodes } }, filters, kept, nominated, latest } = input
  const priority = priorityOf(pod)
  const fresh = (node: NodeInfo): Memory => {
    const lower: Pod[] = []
    for (const p of node.pods) if (priorityOf(p) < priority) lower.push(latest(p))
    return { lower, budgets, result: victimsOn(node, lower, input, budgets) }
  }
  if (filters.nodes || filters.runs.length !== filters.local) return (place) => fresh(nodes[place]!).result
  const memory = kept.column(`victims below ${priority}`, fresh)
  return (place) => {
    const node = nodes[place]!
    if (nominated && nominated(node.name).length > 0) return fresh(node).result
    const { result, budgets: given, lower } = memory.at(place)
    // That a node will not do even without its pods depends on nothing that changes behind a NodeInfo.
    if (!isCandidate(result) || (same(given, budgets) && lower.every((p) => latest(p) === p))) return result
    memory.forget(place)
    return memory.at(place).result
  }
}

function same<T>(a: readonly T[], b: readonly T[]): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
