/** Where something stands in a file; lines and columns count from 1, the end lies behind the last character. */
export interface Span {
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

/**
 * Why a file could not be read, or what is odd about it. `message` is what kubectl prints (its line numbers are those of
 * its YAML library: within the document, often one off); the span is exact, `expected` says what should have stood there.
 */
export interface Problem extends Span {
  readonly file: string
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly expected?: string
}
