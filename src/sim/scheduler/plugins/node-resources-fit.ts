import type { PodRequests } from '../../api/pod-resources.ts'
import type { NodeInfo } from '../node-info.ts'
import type { Plugin } from '../plugin.ts'
import type { Rejection } from '../rejection.ts'
import { strategyScore, type ScoringStrategy } from './resource-scoring.ts'

const NAME = 'NodeResourcesFit'

/** NodeResourcesFitArgs. */
export interface NodeResourcesFitArgs {
  readonly ignoredResources: readonly string[]
  readonly ignoredResourceGroups: readonly string[]
  readonly scoringStrategy: ScoringStrategy
}

/** What is too little on a node, in the order of Kubernetes; empty when the pod fits (noderesources/fit.go: fitsRequest). */
export function insufficient(wants: PodRequests, node: NodeInfo): { readonly reasons: readonly string[]; readonly unresolvable: boolean } {
  const reasons: string[] = []
  let unresolvable = false
  const check = (want: number, used: number, allocatable: number, reason: string): void => {
    if (want <= 0 || want <= allocatable - used) return
    reasons.push(reason)
    unresolvable ||= want > allocatable
  }
  if (node.pods.length + 1 > node.allocatablePods) reasons.push('Too many pods')
  check(wants.milliCpu, node.milliCpu, node.allocatableMilliCpu, 'Insufficient cpu')
  check(wants.memory, node.memory, node.allocatableMemory, 'Insufficient memory')
  check(wants.ephemeralStorage, node.ephemeralStorage, node.allocatableEphemeralStorage, 'Insufficient ephemeral-storage')
  for (const name in wants.others) check(wants.others[name]!, node.others[name] ?? 0, node.allocatableOthers[name] ?? 0, `Insufficient ${name}`)
  return { reasons, unresolvable }
}

const fits = (wants: PodRequests, node: NodeInfo): boolean =>
  node.pods.length < node.allocatablePods &&
  (wants.milliCpu === 0 || wants.milliCpu <= node.allocatableMilliCpu - node.milliCpu) &&
  (wants.memory === 0 || wants.memory <= node.allocatableMemory - node.memory) &&
  (wants.ephemeralStorage === 0 || wants.ephemeralStorage <= node.allocatableEphemeralStorage - node.ephemeralStorage)

const hasOthers = (wants: PodRequests): boolean => {
  for (const name in wants.others) if (wants.others[name] !== 0) return true
  return false
}

/** Without the extended resources that an extender is said to look after. */
function withoutIgnored(wants: PodRequests, { ignoredResources, ignoredResourceGroups }: NodeResourcesFitArgs): PodRequests {
  if (ignoredResources.length + ignoredResourceGroups.length === 0) return wants
  const isIgnored = (name: string): boolean => ignoredResources.includes(name) || ignoredResourceGroups.includes(name.split('/')[0]!)
  return { ...wants, others: Object.fromEntries(Object.entries(wants.others).filter(([name]) => !isIgnored(name))) }
}

/** Verdicts by their text: in a full cluster thousands of nodes get the same few. */
const verdicts = new Map<string, Rejection>()

function verdict(reasons: readonly string[], unresolvable: boolean): Rejection {
  const key = `${unresolvable} ${reasons.join()}`
  let known = verdicts.get(key)
  if (!known) verdicts.set(key, (known = { code: unresolvable ? 'UnschedulableAndUnresolvable' : 'Unschedulable', plugin: NAME, reasons }))
  return known
}

/** Enough CPU, memory, pods …; scores nodes by what stays free, or as the strategy says (plugins/noderesources: fit.go). */
export const nodeResourcesFit = (args: NodeResourcesFitArgs): Plugin => ({
  name: NAME,
  local: true,
  preFilter({ info: { requests } }) {
    const wants = withoutIgnored(requests, args)
    const others = hasOthers(wants)
    return {
      filter(node): Rejection | undefined {
        if (!others && fits(wants, node)) return undefined
        const { reasons, unresolvable } = insufficient(wants, node)
        return reasons.length === 0 ? undefined : verdict(reasons, unresolvable)
      },
    }
  },
  preScore: ({ info }) => ({ score: (node) => strategyScore(args.scoringStrategy, node, info) }),
})
