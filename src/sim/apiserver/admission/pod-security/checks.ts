import type { Container } from '../../../api/container.ts'
import type { StringMap } from '../../../api/meta.ts'
import type { PodSpec } from '../../../api/pod-spec.ts'
import { baselineChecks } from './baseline.ts'
import type { LevelVersion } from './policy.ts'
import { restrictedChecks } from './restricted.ts'

/** What a check finds wrong: a reason, and the details of it. */
export interface Violation {
  readonly reason: string
  readonly detail: string
}

/** A pod as the checks see it: containers in the order of init, main, ephemeral. */
export interface Checked {
  readonly annotations: StringMap
  readonly spec: PodSpec
  readonly containers: readonly Container[]
}

export type PodCheck = (pod: Checked) => Violation | undefined

/** One check with the minor versions from which its definitions hold. */
export interface VersionedCheck {
  readonly id: string
  readonly versions: readonly (readonly [minor: number, check: PodCheck])[]
  /** Checks of the level below that it makes needless. */
  readonly overrides?: readonly string[]
}

const LATEST = 36

/** Everything that a level forbids in a pod, in the order of the checks' names (pod-security-admission: policy/registry.go). */
export function violations({ level, minor }: LevelVersion, annotations: StringMap | undefined, spec: PodSpec): readonly Violation[] {
  if (level === 'privileged') return []
  const version = minor === 'latest' ? LATEST : Math.min(minor, LATEST)
  const ephemeral = (spec as { readonly ephemeralContainers?: readonly Container[] }).ephemeralContainers ?? []
  const pod: Checked = { annotations: annotations ?? {}, spec, containers: [...(spec.initContainers ?? []), ...spec.containers, ...ephemeral] }
  return checksOf(level === 'restricted', version).flatMap((check) => check(pod) ?? [])
}

const known = new Map<string, readonly PodCheck[]>()

function checksOf(restricted: boolean, version: number): readonly PodCheck[] {
  const key = `${restricted} ${version}`
  let found = known.get(key)
  if (!found) {
    const strict = restricted ? restrictedChecks.filter((check) => check.versions[0]![0] <= version) : []
    const needless = new Set(strict.flatMap((check) => check.overrides ?? []))
    const all = [...baselineChecks.filter((check) => !needless.has(check.id)), ...strict]
    known.set(key, (found = all.flatMap((check) => check.versions.filter(([from]) => from <= version).at(-1)?.[1] ?? [])))
  }
  return found
}

export const reasonsText = (found: readonly Violation[]): string => found.map(({ reason }) => reason).join(', ')
export const detailsText = (found: readonly Violation[]): string => found.map(({ reason, detail }) => (detail ? `${reason} (${detail})` : reason)).join(', ')
