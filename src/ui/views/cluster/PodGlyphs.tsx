import { memo, useMemo, type MouseEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { podFace, severity } from '../../kinds/face.ts'
import { STATUS_COLOUR } from '../../kit/status.ts'
import { useMirrorShallow, useUi } from '../../store/hooks.ts'
import { select } from '../select.ts'
import styles from './cluster.module.css'

const CELL = 17
const COLUMNS = 11

/** Pods as glyphs in one drawing: a disc is ready, a half disc on its way, a cross failing, a ring going. */
export const PodGlyphs = memo(function PodGlyphs({ keys, most }: { readonly keys: readonly string[]; readonly most: number }): ReactNode {
  const { t } = useTranslation('views')
  const selected = useUi((state) => state.selected)
  const statuses = useMirrorShallow((state) => keys.map((key) => { const pod = state.records.get(key); return pod === undefined ? 'gone' : podFace(pod).status }))
  const shown = useMemo(() => {
    const all = keys.map((key, at) => ({ key, status: statuses[at] ?? 'gone', at }))
    if (all.length <= most) return all
    const kept = new Set([...all].sort((a, b) => severity(a.status) - severity(b.status) || a.at - b.at).slice(0, most))
    return all.filter((pod) => kept.has(pod))
  }, [keys, statuses, most])
  const pick = (event: MouseEvent): void => {
    const key = (event.target as Element).closest('[data-key]')?.getAttribute('data-key')
    if (key != null) select(key)
  }
  const rows = Math.ceil(shown.length / COLUMNS)
  return (
    <>
      <svg className={styles['glyphs']} width="100%" viewBox={`0 0 ${COLUMNS * CELL} ${Math.max(1, rows) * CELL}`} role="img" aria-label={t('glyphs', { count: keys.length })} onClick={pick}>
        {shown.map(({ key, status }, at) => {
          const [x, y] = [(at % COLUMNS) * CELL + CELL / 2, Math.floor(at / COLUMNS) * CELL + CELL / 2]
          return (
            <g key={key} data-key={key} color={STATUS_COLOUR[status]}>
              {key === selected && <rect x={x - 8} y={y - 8} width="16" height="16" rx="4" fill="none" stroke="var(--brass)" strokeWidth="2" />}
              <GlyphShape status={status} x={x} y={y} />
            </g>
          )
        })}
      </svg>
      {shown.length < keys.length && <p className={styles['left']}>{t('leftOut', { shown: shown.length, all: keys.length })}</p>}
    </>
  )
})

function GlyphShape({ status, x, y }: { readonly status: string; readonly x: number; readonly y: number }): ReactNode {
  if (status === 'bad') return <path d={`M${x - 4},${y - 4}L${x + 4},${y + 4}M${x + 4},${y - 4}L${x - 4},${y + 4}`} stroke="currentColor" strokeWidth="3" />
  if (status === 'warn') return <path d={`M${x},${y - 5.5}l5.500,5.500l-5.500,5.500l-5.500,-5.500z`} fill="currentColor" />
  if (status === 'busy') {
    return (
      <>
        <circle cx={x} cy={y} r="4.6" fill="none" stroke="currentColor" strokeWidth="1.4" />
        <path d={`M${x},${y - 4.6}a4.6,4.6 0 0 0 0,9.200z`} fill="currentColor" />
      </>
    )
  }
  if (status === 'ok') return <circle cx={x} cy={y} r="5" fill="currentColor" />
  if (status === 'done') return <path d={`M${x - 5},${y}l3.500,3.500l6,-7`} fill="none" stroke="currentColor" strokeWidth="2" />
  return <circle cx={x} cy={y} r="4.4" fill="none" stroke="currentColor" strokeWidth="1.4" strokeDasharray="2 1.6" />
}
