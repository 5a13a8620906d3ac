import type { Pod } from '../../api/pod.ts'
import { controllerOf, type StringMap } from '../../api/meta.ts'
import { ms, seconds, type Micros } from '../../engine/time.ts'

/** How containers of a pod behave under the fake kubelet, read off the pod. Times in virtual microseconds. */
export interface PodBehaviour {
  /** What the containers show while they run. */
  readonly face: 'run' | 'crash-loop' | 'image-pull-back-off'
  /** Does the status name containers and images by their ids, as a real one does? */
  readonly ids?: boolean
  readonly ready: boolean
  /** From Running to Ready, 0 at once. */
  readonly readyAfter: Micros
  /** The end that comes by itself; absent: runs for ever. */
  readonly end?: { readonly after: Micros; readonly exitCode: number }
  /** From deletion until the containers have stopped. */
  readonly stopAfter: Micros
}

/** A contract reads a pod's behaviour; which one is in force is a setting of the cluster. */
export type Contract = (pod: Pod) => PodBehaviour

const UNITS: Readonly<Record<string, Micros>> = { us: 1, ms: 1_000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000 }

/** A Go duration such as "1m30s" or "250ms"; `otherwise` when it is absent or none. */
export function parseDuration(text: string | undefined, otherwise: Micros): Micros {
  if (text === undefined || !/^(\d+(\.\d+)?(us|ms|s|m|h))+$/.test(text)) return otherwise
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g)) total += Number(amount) * UNITS[unit!]!
  return Math.round(total)
}

const NONE: StringMap = {}
const isOn = (value: string | undefined): boolean => value === 'true'
const DEFAULT_RUN = seconds(1)

/**
 * Labels and annotations steer the pod: the contract of the recorded controller scenarios. An image that the other contract
 * gives a meaning keeps it here, so that both can be used in one cluster.
 */
export function labelContract(pod: Pod): PodBehaviour {
  const { labels = NONE, annotations = NONE } = pod.metadata
  if (TELLING_IMAGES.has(imageOf(pod))) return { ...imageContract(pod), stopAfter: parseDuration(annotations['stop-after'], 0) }
  const crash = isOn(labels['crash'])
  return {
    face: 'run',
    ready: !crash && !isOn(labels['never-ready']),
    readyAfter: parseDuration(annotations['ready-after'], 0),
    end: end(pod, crash),
    stopAfter: parseDuration(annotations['stop-after'], 0),
  }
}

function end(pod: Pod, crash: boolean): PodBehaviour['end'] {
  const { labels = {}, annotations = {} } = pod.metadata
  const policy = pod.spec.restartPolicy ?? 'Always'
  if (policy === 'Always' || isOn(labels['no-exit'])) return undefined
  // A crashing container that may be restarted is restarted for ever.
  if (crash && policy === 'OnFailure') return undefined
  const index = annotations['batch.kubernetes.io/job-completion-index']
  const fails = crash || (index !== undefined && (annotations['fail-indexes'] ?? '').split(',').some((i) => i.trim() === index))
  const code = Number(annotations['exit-code'] ?? 1)
  return {
    after: parseDuration(annotations['run-for'], DEFAULT_RUN),
    exitCode: fails ? (Number.isInteger(code) && code !== 0 ? code : 1) : 0,
  }
}

const TELLING_IMAGES: ReadonlySet<string> = new Set(['crash:v1', 'nosuch:v1', 'notready:v1', 'oneshot:v1', 'fail:v1', 'forever:v1'])
const imageOf = (pod: Pod): string => pod.spec.containers[0]?.image ?? ''

const JOB_RUN = ms(400)
const KUBECTL_STOP = ms(200)

/** The image of the first container steers the pod: the contract of the recorded kubectl stories. */
export function imageContract(pod: Pod): PodBehaviour {
  const inJob = controllerOf(pod)?.kind === 'Job'
  const run: PodBehaviour = { face: 'run', ids: true, ready: true, readyAfter: 0, stopAfter: KUBECTL_STOP }
  switch (imageOf(pod)) {
    case 'crash:v1':
      return { ...run, face: 'crash-loop', ready: false }
    case 'nosuch:v1':
      return { ...run, face: 'image-pull-back-off', ready: false }
    case 'notready:v1':
      return { ...run, ready: false }
    case 'forever:v1':
      return run
    case 'oneshot:v1':
      return { ...run, end: { after: JOB_RUN, exitCode: 0 } }
    case 'fail:v1':
      return { ...run, end: { after: JOB_RUN, exitCode: 1 } }
    default:
      return inJob ? { ...run, end: { after: JOB_RUN, exitCode: 0 } } : run
  }
}

/** The contracts by name: `labels` of the recorded controller scenarios, `images` of the recorded kubectl stories. */
export const CONTRACTS = { labels: labelContract, images: imageContract } satisfies Record<string, Contract>
export type ContractName = keyof typeof CONTRACTS
