import { useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useAnswer } from '../../inspector/use-answer.ts'
import { Button } from '../../kit/Button.tsx'
import { EmptyState } from '../../kit/EmptyState.tsx'
import { openConfiguration } from '../../settings/open-configuration.ts'
import { useClock, useMoment, useKeys, useMirror, useUi } from '../../store/hooks.ts'
import { UNSCHEDULED } from '../../store/indexes.ts'
import { instantText } from '../../timeline/format-time.ts'
import styles from './control-plane.module.css'
import { Decision } from './Decision.tsx'
import { PodSelect } from './PodSelect.tsx'
import { QueuePanel } from './QueuePanel.tsx'
import { StopButton } from './StopButton.tsx'

/** The scheduler: its queue, and what it made of a pod: who was filtered out and why, scores by plugin, the choice. */
export function SchedulerPanel(): ReactNode {
  const { t } = useTranslation('loops')
  const chosen = useUi((state) => state.attemptPod)
  const selected = useUi((state) => state.selected)
  const waiting = useKeys('node', UNSCHEDULED)
  const pods = useKeys('kind', 'Pod')
  const newest = useMirror((state) => state.current?.touched.find((key) => key.startsWith('pods/')))
  const pod = chosen ?? (selected?.startsWith('pods/') === true ? selected : undefined) ?? waiting[0] ?? newest ?? pods.find((key) => !key.startsWith('pods/kube-system/')) ?? pods[0] ?? ''
  const name = pod.slice('pods/'.length)
  const query = useMemo(() => ({ type: 'attempt' as const, pod: name }), [name])
  const attempt = useAnswer<'attempt'>(query, useMoment())
  const origin = useClock((clock) => clock.origin.at, 0)
  const stopped = useMirror((state) => state.components.some(({ name: part, running }) => part === 'scheduler' && !running))
  return (
    <section className={styles['section']} aria-label={t('scheduler')}>
      <header>
        <h3>kube-scheduler</h3>
        <StopButton name="scheduler" stopped={stopped} />
        <Button variant="ghost" onClick={() => void openConfiguration('kube-scheduler')}>
          {t('schedulerFile')}
        </Button>
      </header>
      {stopped ? <p className={styles['stopped']}>{t('schedulerStopped')}</p> : <QueuePanel />}
      <header className={styles['decisionHead']}>
        <h4>{t('decision')}</h4>
        <PodSelect pod={pod} />
        {attempt?.at != null && <small>{t('decidedAt', { at: instantText(attempt.at - origin) })}</small>}
      </header>
      {attempt === null && <EmptyState title={t('noAttempt')}>{t(stopped && waiting.includes(pod) ? 'untried.stopped' : 'noAttemptHint')}</EmptyState>}
      {attempt != null && <Decision attempt={attempt} />}
    </section>
  )
}
