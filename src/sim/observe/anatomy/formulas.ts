import type { Figure, Saying } from '../../../workers/protocol-anatomy.ts'
import { value } from '../../api/quantity.ts'
import { kubeletWeightOf, log2, quotaOf, sharesOf, weightOf } from '../../node/linux/cgroups.ts'

const say = (id: string, params: Saying['params'] = {}): Saying => ({ id, params })
const MOST_SHARES = 262_144
const V1_UNLIMITED = '9223372036854771712'

/** "250m × 1024 / 1000 = 256", or why it is the least or the most that there is. */
export function shareLine(milliCpu: number): string {
  const shares = sharesOf(milliCpu)
  const exact = (milliCpu * 1024) / 1000
  const cut = Math.floor(exact) === shares ? '' : exact < shares ? ` → max(${Math.floor(exact)}, 2)` : ` → min(${Math.floor(exact)}, ${MOST_SHARES})`
  return `shares = ${milliCpu}m × 1024 / 1000${cut} = ${shares}`
}

/** cpu.weight of a container: the OCI runtime turns shares into a weight (opencontainers/cgroups, utils.go: ConvertCPUSharesToCgroupV2Value). */
export function containerWeight(milliCpu: number, from: Saying): Figure {
  const shares = sharesOf(milliCpu)
  const weight = weightOf(shares)
  const l = log2(shares)
  const exponent = (l * l + 125 * l) / 612 - 7 / 34
  const lines = shares <= 2 ? [shareLine(milliCpu), 'shares ≤ 2 → weight = 1'] : shares >= MOST_SHARES ? [shareLine(milliCpu), `shares ≥ ${MOST_SHARES} → weight = 10000`] : [
    shareLine(milliCpu), `l = log₂(${shares}) = ${short(l)}`, 'weight = ⌈10^((l² + 125 × l) / 612 − 7 / 34)⌉', `       = ⌈10^${exponent.toFixed(4)}⌉ = ${weight}`,
  ]
  return { file: 'cpu.weight', value: String(weight), v1: { file: 'cpu.shares', value: String(shares) }, from, why: say('why.containerWeight'), lines }
}

const short = (n: number): string => String(Number(n.toFixed(3)))

/** cpu.weight of a directory that the kubelet makes: linear in the shares. */
export function directoryWeight(milliCpu: number, from: Saying, why: string): Figure {
  const shares = sharesOf(milliCpu)
  return {
    file: 'cpu.weight', value: String(kubeletWeightOf(shares)), v1: { file: 'cpu.shares', value: String(shares) }, from, why: say(why),
    lines: [shareLine(milliCpu), 'weight = 1 + ((shares − 2) × 9999) / 262142', `       = 1 + ((${shares} − 2) × 9999) / 262142 = ${kubeletWeightOf(shares)}`],
  }
}

/** cpu.max: how many µs of processor time in each 100 ms (pkg/kubelet/cm, helpers_linux.go: MilliCPUToQuota). */
export function cpuMax(milliCpu: number | undefined, from: Saying): Figure {
  const quota = milliCpu === undefined ? undefined : quotaOf(milliCpu)
  if (quota === undefined) return { file: 'cpu.max', value: 'max 100000', v1: { file: 'cpu.cfs_quota_us', value: '-1' }, from, why: say('why.cpuMaxNone'), lines: [] }
  const exact = Math.floor((milliCpu! * 100_000) / 1000)
  return {
    file: 'cpu.max', value: `${quota} 100000`, v1: { file: 'cpu.cfs_quota_us', value: String(quota) }, from, why: say('why.cpuMax', { ms: short(quota / 1000) }),
    lines: [`quota = ${milliCpu}m × 100000 µs / 1000${exact < quota ? ` → max(${exact}, 1000)` : ''} = ${quota} µs`],
  }
}

/** memory.max. */
export function memoryMax(bytes: number | undefined, text: string | undefined, from: Saying, why = 'why.memoryMax'): Figure {
  if (bytes === undefined) return { file: 'memory.max', value: 'max', v1: { file: 'memory.limit_in_bytes', value: V1_UNLIMITED }, from, why: say('why.memoryMaxNone'), lines: [] }
  return { file: 'memory.max', value: String(bytes), v1: { file: 'memory.limit_in_bytes', value: String(bytes) }, from, why: say(why), lines: [text && text !== String(bytes) ? `${text} = ${bytes} B` : `${bytes} B`] }
}

/** oom_score_adj of a container's processes (pkg/kubelet/qos, policy.go). `score` is what the processes have. */
export function oomScore(score: number, qos: string, request: number, requestText: string, capacity: number, critical: boolean): Figure {
  const base = { file: 'oom_score_adj', value: String(score) }
  if (critical) return { ...base, from: say('from.critical'), why: say('why.oomCritical'), lines: ['-997'] }
  if (qos !== 'Burstable') return { ...base, from: say('from.qos', { qos }), why: say(qos === 'Guaranteed' ? 'why.oomGuaranteed' : 'why.oomBestEffort'), lines: [String(score)] }
  const share = Math.floor((1000 * request) / capacity)
  const raw = 1000 - share
  return {
    ...base, from: say('from.qos', { qos }), why: say('why.oomBurstable'),
    lines: ['1000 − 1000 × requests.memory / capacity', `= 1000 − 1000 × ${value(requestText || '0') === request ? requestText || '0' : `${request} B`} / ${capacity} B`, `= 1000 − ${share} = ${raw}`, ...(raw === score ? [] : [raw < 3 ? `→ max(${raw}, 3) = ${score}` : `→ min(${raw}, 999) = ${score}`])],
  }
}
