import { parseQuantity } from '../api/quantity.ts'
import type { Parse } from './flag.ts'

/** Amounts by resource, as texts of quantities. */
export type Reserved = Readonly<Partial<Record<'cpu' | 'memory' | 'ephemeral-storage' | 'pid', string>>>

const RESERVABLE: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage', 'pid'])

/** "cpu=500m,memory=1Gi" (cmd/kubelet/app: parseResourceList). */
export const readReserved: Parse<Reserved> = (text) => {
  const out: Record<string, string> = {}
  for (const part of text === '' ? [] : text.split(',')) {
    const [name = '', amount = ''] = part.split('=').map((word) => word.trim())
    if (!RESERVABLE.has(name)) return { problem: `cannot reserve "${name}" resource` }
    const parsed = parseQuantity(amount)
    if (typeof parsed === 'string') return { problem: `failed to parse quantity "${amount}" for "${name}" resource: ${parsed}` }
    if (parsed.unscaled < 0n) return { problem: `resource quantity for "${name}" cannot be negative: ${amount}` }
    out[name] = amount
  }
  return out
}

/** A taint that a node is born with. */
export interface NodeTaint {
  readonly key: string
  readonly value?: string
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
}

/** "gpu=yes:NoSchedule,spot:NoExecute" (pkg/util/taints: parseTaint). */
export const readTaints: Parse<readonly NodeTaint[]> = (text) => {
  const out: NodeTaint[] = []
  for (const part of text === '' ? [] : text.split(',')) {
    const m = /^\s*([A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?)(?:=([-A-Za-z0-9_.]*))?:(NoSchedule|PreferNoSchedule|NoExecute)\s*$/.exec(part)
    if (!m) return { problem: `invalid taint spec: ${part}` }
    out.push({ key: m[1]!, ...(m[2] ? { value: m[2] } : {}), effect: m[3] as NodeTaint['effect'] })
  }
  return out
}

/** Kernel parameters that each pod has for itself (component-helpers: node/util/sysctl, namespace.go). */
const OWN_OF_PODS = /^(?:kernel\.(?:sem|shm(?:all|max|mni|_rmid_forced)?|msg(?:max|mnb|mni)?)$|fs\.mqueue\.|net\.)/
const SYSCTL = /^(?:[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?[./])*(?:\*|[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?\*?)$/

/** "kernel.msg*,net.core.somaxconn": names, or beginnings of names (pkg/kubelet/sysctl: NewAllowlist). */
export const readSysctls: Parse<readonly string[]> = (text) => {
  const patterns = text === '' ? [] : text.split(',').map((part) => part.trim().replaceAll('/', '.'))
  const malformed = patterns.find((pattern) => !SYSCTL.test(pattern))
  if (malformed !== undefined) return { problem: `sysctl "${malformed}" must have at most 253 characters and match regex ${SYSCTL.source}` }
  const shared = patterns.find((pattern) => !OWN_OF_PODS.test(pattern.replace(/\*$/, '')))
  return shared === undefined ? patterns : { problem: `the sysctls "${shared.replace(/\*$/, '')}" are not known to be namespaced` }
}
