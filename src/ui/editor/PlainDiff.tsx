import type { ReactNode } from 'react'
import { changedLines } from './changed-lines.ts'
import styles from './DiffDialog.module.css'

const CONTEXT = 3

interface Row {
  readonly mark: ' ' | '-' | '+' | '…'
  readonly text: string
}

/** The rows of a unified comparison: three lines around each change, a mark where lines are left out. */
export function diffRows(before: string, after: string): Row[] {
  const a = before.split('\n')
  const b = after.split('\n')
  const rows: Row[] = []
  let shown = 0
  const context = (from: number, to: number): void => {
    for (let line = Math.max(from, shown + 1); line <= Math.min(to, b.length); line++) rows.push({ mark: ' ', text: b[line - 1] ?? '' })
    shown = Math.max(shown, Math.min(to, b.length))
  }
  for (const { from, to, oldFrom, oldTo } of changedLines(before, after)) {
    if (rows.length > 0) context(shown + 1, Math.min(shown + CONTEXT, from - 1))
    if (from - CONTEXT > shown + 1) rows.push({ mark: '…', text: '' })
    context(from - CONTEXT, from - 1)
    for (let line = oldFrom; line <= oldTo; line++) rows.push({ mark: '-', text: a[line - 1] ?? '' })
    for (let line = from; line <= to; line++) rows.push({ mark: '+', text: b[line - 1] ?? '' })
    shown = Math.max(shown, to, from - 1)
  }
  if (rows.length > 0) context(shown + 1, shown + CONTEXT)
  if (shown < b.length) rows.push({ mark: '…', text: '' })
  return rows
}

const LOOK: Readonly<Record<Row['mark'], string>> = { ' ': 'same', '-': 'gone', '+': 'new', '…': 'skipped' }

/** A comparison in one column without Monaco: for phones, and where Monaco cannot be loaded. */
export function PlainDiff({ before, after }: { readonly before: string; readonly after: string }): ReactNode {
  return (
    <pre className={styles['plainDiff']}>
      {diffRows(before, after).map(({ mark, text }, index) => (
        <span key={index} className={styles[LOOK[mark]]}>
          {`${mark} ${text}\n`}
        </span>
      ))}
    </pre>
  )
}
