/** What a suite is asked: the folder of recordings, which cases, how much to say of failures. */
export interface SuiteOptions {
  /** The folder of this suite, e.g. …/conformance/hashes. */
  readonly dir: string
  /** Cases whose name matches; all without it. */
  readonly only?: RegExp
  /** How many failures to describe. */
  readonly failures: number
}

/** What a suite found. `equal` of `total` cases (or facts) agree with the recording. */
export interface SuiteReport {
  readonly equal: number
  readonly total: number
  /** Cases that are not judged because the recording says that they are racy. */
  readonly skipped?: number
  /** One short text a failure, at most `failures` of them. */
  readonly failures: readonly string[]
  /** Lines to print before the last one, e.g. per area. */
  readonly notes?: readonly string[]
  /** Lines of numbers that stand beside the result, e.g. "precision: 1/2 (50.0 %)". */
  readonly extra?: readonly { readonly name: string; readonly equal: number; readonly total: number }[]
}

export type Suite = (options: SuiteOptions) => SuiteReport | Promise<SuiteReport>

/** "12/14 (85.7 %)"; nothing of nothing is whole. */
export const share = (equal: number, total: number): string => `${equal}/${total} (${(total ? (100 * equal) / total : 100).toFixed(1)} %)`
