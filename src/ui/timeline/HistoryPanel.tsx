import { useEffect, useMemo, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { HistoryRow } from '../../workers/protocol.ts'
import { report } from '../connection/announce.ts'
import { session } from '../connection/session.ts'
import { EmptyState } from '../kit/EmptyState.tsx'
import { IconButton } from '../kit/IconButton.tsx'
import { join } from '../kit/join.ts'
import { VirtualList } from '../kit/VirtualList.tsx'
import { mirror, useClock, useMirror, useUi } from '../store/hooks.ts'
import { mergeRows } from '../store/row-book.ts'
import { updateUi } from '../store/ui-state.ts'
import { instantText } from './format-time.ts'
import styles from './history.module.css'
import { actorName, afterName, rowText } from './words.ts'

const ROW_PX = 46
const PAGE = 2_000
const MOST = 20_000

/** All steps of the shown branch as a list: the current one marked, the future dimmed; a press jumps there. */
export function HistoryPanel({ closable }: { readonly closable: boolean }): ReactNode {
  const { t } = useTranslation(['timeline', 'common'])
  const book = useMirror((state) => state.rows)
  const index = useClock((clock) => clock.index, 0)
  const origin = useClock((clock) => clock.origin, { at: 0, index: 0 })
  const end = useClock((clock) => clock.endIndex, 0)
  const filter = useUi((state) => state.historyFilter)
  const [all, setAll] = useState(false)
  useFetchedRows(book.branch, origin.index, end)
  const rows = useMemo(() => shownRows(book.rows, origin.index, filter, all), [book, origin.index, filter, all])
  const current = useMemo(() => lastUpTo(rows, index), [rows, index])
  return (
    <section className={styles['panel']} aria-label={t('history')}>
      <div className={styles['bar']}>
        <input type="search" value={filter} placeholder={t('filterRows')} aria-label={t('filterRows')} onChange={(event) => updateUi((draft) => void (draft.historyFilter = event.target.value))} />
        <label className={styles['all']} title={t('showAllHint')}>
          <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} />
          {t('showAll')}
        </label>
        {closable && <IconButton small icon="close" label={t('common:close')} keys="H" onClick={() => updateUi((draft) => void (draft.historyOpen = false))} />}
      </div>
      {rows.length === 0 ? (
        <EmptyState title={t('noRows')}>{t('noRowsHint')}</EmptyState>
      ) : (
        <VirtualList
          className={styles['list'] ?? ''}
          label={t('history')}
          count={rows.length}
          rowPx={ROW_PX}
          shownIndex={Math.max(0, current)}
          keyOf={(at) => rows[at]?.index ?? at}
          row={(at) => {
            const row = rows[at]
            return row === undefined ? null : <Row row={row} origin={origin.at} now={at === current} future={row.index > index} />
          }}
        />
      )}
      <p className={styles['foot']}>{t('rowsCount', { count: rows.length })}</p>
    </section>
  )
}

function Row({ row, origin, now, future }: { readonly row: HistoryRow; readonly origin: number; readonly now: boolean; readonly future: boolean }): ReactNode {
  return (
    <button
      type="button"
      className={join(styles['row'], now && styles['now'], future && styles['future'])}
      data-kind={row.kind}
      data-index={row.index}
      aria-current={now ? 'step' : undefined}
      onClick={() => session.seek({ index: row.index })}
    >
      <span className={styles['head']}>
        <b>{actorName(row.actor)}</b>
        <time>{instantText(row.at - origin)}</time>
      </span>
      <span className={styles['words']}>{afterName(row.actor, rowText(row))}</span>
    </button>
  )
}

/** Rows that say something, in order; all of them when asked. */
function shownRows(rows: ReadonlyMap<number, HistoryRow>, from: number, filter: string, all: boolean): readonly HistoryRow[] {
  const words = filter.trim().toLowerCase()
  return [...rows.values()]
    .filter((row) => row.index > from && (all || row.sentence !== null || row.kind === 'command' || row.kind === 'change'))
    .filter((row) => words === '' || matches(row, words))
    .sort((a, b) => a.index - b.index)
}

const matches = (row: HistoryRow, words: string): boolean =>
  row.actor.toLowerCase().includes(words) || row.touched.some((key) => key.includes(words)) || rowText(row).toLowerCase().includes(words)

/** Place of the last row at or before a step; -1 when there is none. */
function lastUpTo(rows: readonly HistoryRow[], index: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle]?.index ?? 0) <= index) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Fetches rows of the branch that the page has not seen, newest pages last. */
function useFetchedRows(branch: number, from: number, end: number): void {
  useEffect(() => {
    let off = false
    const fetchAll = async (): Promise<void> => {
      const known = mirror.getState().rows.rows
      for (let page = Math.max(from + 1, end - MOST); page <= end && !off; page += PAGE) {
        const last = Math.min(end, page + PAGE - 1)
        if (known.has(page) && known.has(last) && known.has((page + last) >> 1)) continue
        const { rows } = await session.ask<'rows'>({ type: 'rows', from: page, count: last - page + 1 })
        if (!off && mirror.getState().rows.branch === branch) mirror.setState((state) => ({ rows: mergeRows(state.rows, branch, rows) }))
      }
    }
    const timer = setTimeout(() => void fetchAll().catch((error: unknown) => report(error)), 200)
    return () => {
      off = true
      clearTimeout(timer)
    }
    // The end moves with every step while playing; those rows come with the frames.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [branch, from])
}
