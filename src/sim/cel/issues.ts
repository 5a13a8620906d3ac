import type { Issue } from './ast.ts'

/** Errors as cel-go prints them: position, message, the line, a caret under a row of dots (common/error.go). */
export function issuesText(source: string, issues: readonly Issue[]): string {
  return issues.map((issue) => issueText(source, issue)).join('\n')
}

function issueText(source: string, { at, message }: Issue): string {
  if (source === '') return `ERROR: <input>:1:0: ${message}`
  const start = source.lastIndexOf('\n', Math.max(0, at - 1)) + 1
  const line = source.slice(0, start).split('\n').length
  const end = source.indexOf('\n', start)
  const text = (end < 0 ? source.slice(start) : source.slice(start, end)).replace(/\t/g, ' ')
  const column = at - start
  return `ERROR: <input>:${line}:${column + 1}: ${message}\n | ${text}\n | ${'.'.repeat(column)}^`
}

/** In the order of their places, as cel-go sorts them. */
export const inOrder = (issues: readonly Issue[]): readonly Issue[] => [...issues].sort((a, b) => a.at - b.at)
