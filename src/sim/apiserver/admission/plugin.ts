import type { KubeObject } from '../../api/meta.ts'
import type { Status } from '../../api/status.ts'
import type { Execution, Outcome } from '../execution.ts'

/**
 * One admission plugin, a named step of a request's way. It sees creations and updates of whole objects (`old` is there
 * for updates), and of those subresources that it names.
 */
export interface AdmissionPlugin {
  readonly name: string
  /** Off unless --enable-admission-plugins names it. */
  readonly optional?: boolean
  /** Plurals that it cares about; absent: all. */
  readonly resources?: readonly string[]
  /** Subresources that it looks at; absent: whole objects only. '*' stands for all. */
  readonly subresources?: readonly string[]
  /** What it adds to a valid object leaves it valid and worth no further warning, so that shared parts need no second look. */
  readonly keepsValid?: boolean
  /** Mutating phase, before the kind's validation: the object, changed or as it was, or a refusal. */
  admit?(exec: Execution, object: KubeObject, old: KubeObject | undefined): Outcome<KubeObject>
  /** Validating phase, after the kind's validation. */
  validate?(exec: Execution, object: KubeObject, old: KubeObject | undefined): Status | undefined
  /** What it makes of the options with which a stream to a pod is opened (CONNECT): the same, changed ones, or a refusal. */
  connect?(exec: Execution, options: KubeObject): Outcome<KubeObject>
  /** The refusal of a deletion. */
  refuseDeletion?(exec: Execution, old: KubeObject): Status | undefined
}

/** What one plugin did to one request; plugins that had nothing to do are not listed. */
export interface AdmissionStep {
  readonly plugin: string
  readonly phase: 'mutating' | 'validating'
  /** The object before and after, where it was changed. */
  readonly before?: KubeObject
  readonly after?: KubeObject
  readonly refusal?: Status
}

/** Deep enough for every field that an admission plugin writes. */
const DEPTH = 12

/** The fields in which two objects differ, as paths ("spec.priority", "spec.containers[0].volumeMounts"), at most `limit`. */
export function changedPaths(before: unknown, after: unknown, limit = 50): readonly string[] {
  const paths: string[] = []
  compare(before, after, '', DEPTH, paths, limit)
  return paths
}

function compare(before: unknown, after: unknown, path: string, depth: number, paths: string[], limit: number): void {
  if (before === after || paths.length >= limit) return
  const both = typeof before === 'object' && before !== null && typeof after === 'object' && after !== null
  const sameShape = both && Array.isArray(before) === Array.isArray(after) && (!Array.isArray(before) || before.length === (after as unknown[]).length)
  if (!sameShape || depth === 0) {
    paths.push(path)
    return
  }
  const [a, b] = [before as Readonly<Record<string, unknown>>, after as Readonly<Record<string, unknown>>]
  const inList = Array.isArray(before)
  for (const key of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()) {
    const place = inList ? `${path}[${key}]` : path ? `${path}.${key}` : key
    compare(a[key], b[key], place, depth - 1, paths, limit)
  }
}
