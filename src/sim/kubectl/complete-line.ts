import { completeKubectl, type CompletionReads } from './complete.ts'

export interface LineCompletion {
  readonly candidates: readonly string[]
  /** Where in the line the last word begins, which a candidate replaces. */
  readonly replaceFrom: number
}

/** Completes a shell line up to the cursor: the last command of a pipe, when it is kubectl (or k). */
export function completeLine(reads: CompletionReads, line: string): LineCompletion {
  const start = Math.max(line.lastIndexOf('|'), line.lastIndexOf(';'), line.lastIndexOf('&')) + 1
  const words = line.slice(start).trimStart().split(/\s+/)
  const last = words.at(-1) ?? ''
  const replaceFrom = line.length - last.length
  if (words.length === 1) return { candidates: SHELL.filter((c) => c.startsWith(last) && last !== ''), replaceFrom }
  if (words[0] !== 'kubectl' && words[0] !== 'k') return { candidates: reads.files.filter((f) => f.startsWith(last)), replaceFrom }
  return { candidates: completeKubectl(reads, words.slice(1)), replaceFrom }
}

const SHELL: readonly string[] = ['cat', 'clear', 'echo', 'grep', 'head', 'help', 'jq', 'kubectl', 'ls', 'sed', 'sleep', 'sort', 'tail', 'wc']
