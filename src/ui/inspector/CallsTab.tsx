import { Fragment, useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { PodCall } from '../../workers/protocol.ts'
import { session } from '../connection/session.ts'
import { useClock, useMoment } from '../store/hooks.ts'
import { instantText, spanText } from '../timeline/format-time.ts'
import { Said } from '../views/inside/Said.tsx'
import styles from './calls.module.css'
import inspector from './inspector.module.css'
import { useAnswer } from './use-answer.ts'

/** Between calls that are further apart than this a new stretch begins, drawn to its own scale; µs. */
const PAUSE = 5_000_000

/** What the kubelet asked for on behalf of a pod, call by call, as a waterfall; each leads to its step. */
export function CallsTab({ objectKey }: { readonly objectKey: string }): ReactNode {
  const { t } = useTranslation('anatomy')
  const moment = useMoment()
  const origin = useClock((clock) => clock.origin.at, 0)
  const index = useClock((clock) => clock.index, 0)
  const query = useMemo(() => ({ type: 'podCalls' as const, key: objectKey }), [objectKey])
  const calls = useAnswer<'podCalls'>(query, moment)
  const stretches = useMemo(() => stretchesOf(calls ?? []), [calls])
  if (calls === undefined) return null
  if (calls.length === 0) return <p className={inspector['note']}>{t('calls.none')}</p>
  return (
    <div className={styles['calls']} data-testid="calls">
      <p>{t('calls.text')}</p>
      {stretches.map((stretch, at) => (
        <Fragment key={stretch.from}>
          {at > 0 && <p className={styles['pause']}>{t('calls.pause', { span: spanText(stretch.from - stretches[at - 1]!.to) })}</p>}
          <ol>
            {stretch.calls.map((call, n) => (
              <li key={`${call.index} ${call.call} ${call.about} ${n}`} data-side={call.side} data-ok={call.ok ? undefined : 'no'} data-now={call.index === index ? '' : undefined}>
                <button type="button" onClick={() => session.seek({ index: call.index })} title={t('calls.goTo', { call: call.call, about: call.about })}>
                  <time>{instantText(call.from - origin)}</time>
                  <span>
                    <b>{call.call}</b> {call.about}
                    <small>
                      {t(`calls.side.${call.side}`)}
                      {call.to > call.from && ` · ${spanText(call.to - call.from)}`}
                      {call.detail !== null && ' · '}
                      {call.detail !== null && <Said text={call.detail} />}
                    </small>
                  </span>
                  <i aria-hidden="true">
                    <u style={barOf(call, stretch)} />
                  </i>
                </button>
              </li>
            ))}
          </ol>
        </Fragment>
      ))}
    </div>
  )
}

interface Stretch {
  readonly from: number
  readonly to: number
  readonly calls: readonly PodCall[]
}

function stretchesOf(calls: readonly PodCall[]): readonly Stretch[] {
  const found: { from: number; to: number; calls: PodCall[] }[] = []
  for (const call of [...calls].sort((a, b) => a.from - b.from || a.index - b.index)) {
    const last = found.at(-1)
    if (last === undefined || call.from - last.to > PAUSE) found.push({ from: call.from, to: call.to, calls: [call] })
    else {
      last.calls.push(call)
      last.to = Math.max(last.to, call.to)
    }
  }
  return found
}

function barOf({ from, to }: PodCall, stretch: Stretch): { left: string; width: string } {
  const whole = Math.max(1, stretch.to - stretch.from)
  const left = Math.min(98.5, ((from - stretch.from) / whole) * 100)
  return { left: `${left}%`, width: `${Math.max(1.5, ((to - from) / whole) * 100)}%` }
}
