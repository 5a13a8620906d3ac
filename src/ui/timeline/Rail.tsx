import { useCallback, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Mark } from '../../workers/protocol.ts'
import { session } from '../connection/session.ts'
import { useMirror } from '../store/hooks.ts'
import { BURST_US } from '../store/row-book.ts'
import { clockText, instantText, spanText } from './format-time.ts'
import { railLanes, type Lane } from './rail-lanes.ts'
import { railLabels, railScale } from './rail-scale.ts'
import styles from './Timeline.module.css'
import { linkText } from './words.ts'

const PAD = 10
const LINE_Y = 27
const SHORTEST_US = 12_000_000

/** Instant and number of rows. */
type Burst = readonly [number, number]

/** The ruled line of time: ticks where something happened, commands as dots, other branches below; drag to scrub. */
export function Rail(): ReactNode {
  const { t } = useTranslation('timeline')
  const [width, follow] = useWidth()
  const clock = useMirror((state) => state.clock)
  const book = useMirror((state) => state.rows)
  const branches = useMirror((state) => state.branches)
  const marks = useMirror((state) => state.marks)
  const drag = useRef(false)
  const from = clock?.origin.at ?? 0
  const lanes = useMemo(() => railLanes(branches, clock?.branch ?? 0), [branches, clock?.branch])
  const end = Math.max(clock?.endAt ?? 0, clock?.at ?? 0, from + SHORTEST_US, ...lanes.map(({ to }) => to))
  const bursts = useMemo(() => [...book.bursts].map(([bucket, count]): Burst => [bucket * BURST_US, count]).sort((a, b) => a[0] - b[0]), [book])
  const scale = useMemo(() => railScale(from, end, bursts.map(([at]) => at).filter((at) => at > from)), [from, end, bursts])
  if (clock === null) return <div className={styles['rail']} />
  const x = (at: number): number => PAD + (Math.max(1, width) - 2 * PAD) * scale.place(at)
  const seekTo = (event: PointerEvent): void => {
    const { left } = event.currentTarget.getBoundingClientRect()
    const at = scale.instant((event.clientX - left - PAD) / Math.max(1, width - 2 * PAD))
    session.seek({ at: Math.min(at, clock.endAt) })
  }
  /** While time is dragged nothing pulses or glides: what is seen is the instant under the pointer. */
  const scrub = (on: boolean): void => {
    drag.current = on
    document.documentElement.toggleAttribute('data-scrubbing', on)
  }
  const keys = (event: KeyboardEvent): void => {
    const { key } = event
    if (key === 'Home') session.seek({ index: clock.origin.index })
    else if (key === 'End') session.seek({ at: clock.endAt })
    else if (key === 'ArrowRight' || key === 'ArrowUp') session.step('change')
    else if (key === 'ArrowLeft' || key === 'ArrowDown') session.step('change', true)
    else if (key === 'PageUp') session.step('settle', true)
    else if (key === 'PageDown') session.step('settle')
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div className={styles['rail']} ref={follow}>
      <svg
        width="100%"
        height="74"
        role="slider"
        tabIndex={0}
        aria-label={t('rail')}
        aria-valuemin={0}
        aria-valuemax={Math.round((clock.endAt - from) / 1000)}
        aria-valuenow={Math.round((clock.at - from) / 1000)}
        aria-valuetext={instantText(clock.at - from)}
        onKeyDown={keys}
        onPointerDown={(event) => {
          if (event.button !== 0 || (event.target as Element).closest('[data-jump]') !== null) return
          event.currentTarget.setPointerCapture(event.pointerId)
          scrub(true)
          seekTo(event)
        }}
        onPointerMove={(event) => drag.current && seekTo(event)}
        onPointerUp={() => scrub(false)}
        onPointerCancel={() => scrub(false)}
      >
        <Ticks bursts={bursts} x={x} now={clock.at} from={from} />
        <line x1={x(from)} x2={x(clock.at)} y1={LINE_Y} y2={LINE_Y} stroke="var(--brass)" strokeWidth="2.5" />
        <line x1={x(clock.at)} x2={x(Math.max(clock.endAt, clock.at))} y1={LINE_Y} y2={LINE_Y} stroke="var(--line-strong)" strokeWidth="2" />
        <line x1={x(Math.max(clock.endAt, clock.at))} x2={x(end)} y1={LINE_Y} y2={LINE_Y} stroke="var(--line)" strokeWidth="2" strokeDasharray="2 4" />
        {lanes.map((lane) => (
          <LaneLine key={lane.branch.id} lane={lane} x={x} width={width} />
        ))}
        <Marks marks={marks} x={x} now={clock.at} />
        <circle cx={x(clock.at)} cy={LINE_Y} r="7.5" fill="var(--brass)" stroke="var(--panel)" strokeWidth="2" />
        {railLabels(scale, from, end, Math.max(3, Math.floor(width / 110))).map((at) => (
          <text key={at} x={x(at)} y="71" textAnchor={at === from ? 'start' : x(at) > width - 30 ? 'end' : 'middle'} className={styles['figure']}>
            {clockText(at - from)}
          </text>
        ))}
      </svg>
    </div>
  )
}

function Ticks({ bursts, x, now, from }: { readonly bursts: readonly Burst[]; readonly x: (at: number) => number; readonly now: number; readonly from: number }): ReactNode {
  let past = ''
  let future = ''
  let last = -1
  for (const [at, count] of bursts) {
    if (at < from) continue
    const place = Math.round(x(at))
    if (place === last) continue
    last = place
    const tick = `M${place},${(20 - Math.min(14, 3 + Math.log2(count + 1) * 2)).toFixed(1)}V20`
    if (at <= now) past += tick
    else future += tick
  }
  return (
    <>
      <path d={past} stroke="var(--text-2)" opacity=".75" />
      <path d={future} stroke="var(--line-strong)" />
    </>
  )
}

function Marks({ marks, x, now }: { readonly marks: readonly Mark[]; readonly x: (at: number) => number; readonly now: number }): ReactNode {
  const { t } = useTranslation('timeline')
  let free = -Infinity
  return marks.map((mark) => {
    const place = x(mark.at)
    const words = linkText(mark.sentence, 'user')
    const label = words.length > 30 ? `${words.slice(0, 29)}…` : words
    const shown = place >= free
    if (shown) free = place + label.length * 6 + 20
    const title = t('goTo', { what: words })
    return (
      <g key={mark.index} data-jump="" className={styles['mark']} data-future={mark.at > now ? '' : undefined} onClick={() => session.seek({ index: mark.index })}>
        <title>{title}</title>
        <circle cx={place} cy={LINE_Y} r="4.5" fill={mark.kind === 'warning' ? 'var(--warn)' : 'var(--brass)'} stroke="var(--panel)" strokeWidth="2" />
        {shown && (
          <text x={place + 7} y="43" className={styles['label']}>
            {label}
          </text>
        )}
      </g>
    )
  })
}

function LaneLine({ lane, x, width }: { readonly lane: Lane; readonly x: (at: number) => number; readonly width: number }): ReactNode {
  const { t } = useTranslation('timeline')
  const [a, b] = [x(lane.from), x(lane.to)]
  const y = LINE_Y + 12 + lane.lane * 13
  const bend = Math.min(18, Math.max(4, (b - a) / 3))
  const own = useMirror((state) => state.marksOf.get(lane.branch.id)?.find(({ at }) => at >= lane.from)?.sentence)
  const sentence = own ?? lane.branch.label
  const words = sentence === null ? t('branch', { id: lane.branch.id + 1 }) : linkText(sentence, 'user')
  const room = Math.floor((width - b - 12) / 6.2)
  const label = `${words.slice(0, Math.max(14, Math.min(40, room)))} · ${spanText(lane.to - lane.from)}`
  const pick = (): void => session.seek({ branch: lane.branch.id })
  return (
    <g
      data-jump=""
      data-branch={lane.branch.id}
      className={styles['lane']}
      role="button"
      tabIndex={0}
      aria-label={t('pickUp', { what: words })}
      onClick={pick}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        event.stopPropagation()
        pick()
      }}
    >
      <title>{t('pickUp', { what: words })}</title>
      <path d={`M${a},${LINE_Y} C${a + bend / 2},${LINE_Y} ${a + bend / 2},${y} ${a + bend},${y} H${Math.max(b, a + bend + 6)}`} />
      <path className={styles['hit']} d={`M${a + bend},${y} H${Math.max(b, a + bend + 6)}`} />
      <text x={room < 12 ? b - 6 : b + 8} y={room < 12 ? y - 4 : y + 4} textAnchor={room < 12 ? 'end' : 'start'} className={styles['label']}>
        {label}
      </text>
    </g>
  )
}

/** Width of an element, from a ref callback, so that it also works for one that appears later. */
function useWidth(): readonly [number, (element: HTMLElement | null) => (() => void) | undefined] {
  const [width, setWidth] = useState(1000)
  const follow = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [width, follow]
}
