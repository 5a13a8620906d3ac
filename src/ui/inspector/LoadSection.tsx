import { useMemo, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { LoadView } from '../../workers/protocol.ts'
import { Button } from '../kit/Button.tsx'
import { useClock, useMoment } from '../store/hooks.ts'
import { spanText } from '../timeline/format-time.ts'
import { UsageBars } from '../views/inside/UsageBars.tsx'
import styles from './load.module.css'
import { LoadForm } from './LoadForm.tsx'
import { Section, type SummaryProps } from './SummaryParts.tsx'
import { useAnswer } from './use-answer.ts'

/** What a pod uses, what will come of it, and a way to change it; for a workload only the way to change it. */
export function LoadSection({ objectKey, object }: SummaryProps): ReactNode {
  const { t } = useTranslation('anatomy')
  const [open, setOpen] = useState(false)
  const isPod = objectKey.startsWith('pods/')
  return (
    <Section title={t('load.title')}>
      <div className={styles['load']} data-testid="load">
        {isPod && <Now objectKey={objectKey} />}
        <Button small aria-expanded={open} onClick={() => setOpen(!open)}>
          {t(open ? 'load.close' : 'load.change')}
        </Button>
        {open && <LoadForm objectKey={objectKey} object={object} />}
      </div>
    </Section>
  )
}

function Now({ objectKey }: { readonly objectKey: string }): ReactNode {
  const { t } = useTranslation('anatomy')
  const moment = useMoment()
  const query = useMemo(() => ({ type: 'podLoad' as const, key: objectKey }), [objectKey])
  const load = useAnswer<'podLoad'>(query, moment)
  if (load == null) return null
  return (
    <>
      {load.containers.map((container) => (
        <div key={container.name} className={styles['container']}>
          <p>
            <b>{container.name}</b> <small>{container.declared === '' ? t(`load.source.${load.source}`) : container.declared}</small>
          </p>
          {container.usage !== null && <UsageBars usage={container.usage} />}
          <Ahead container={container} />
        </div>
      ))}
    </>
  )
}

type ContainerLoad = LoadView['containers'][number]

/** The next minutes as two lines with their limits, and in words what will happen. */
function Ahead({ container }: { readonly container: ContainerLoad }): ReactNode {
  const { t } = useTranslation('anatomy')
  const now = useClock((clock) => clock.at, 0)
  const { usage, cpuAhead, memoryAhead, oomAt, throttledAt } = container
  if (usage === null) return null
  const changes = [cpuAhead, memoryAhead].some((line) => line.some((value) => value !== line[0]))
  return (
    <>
      {changes && (
        <div className={styles['ahead']} role="img" aria-label={t('load.ahead')} title={t('load.ahead')}>
          <Line values={cpuAhead} limit={usage.cpuLimit} name="cpu" />
          <Line values={memoryAhead} limit={usage.memoryLimit} name="mem" />
        </div>
      )}
      {oomAt !== null && <p className={styles['bad']}>{oomAt <= now ? t('load.oomNow') : t('load.oomIn', { span: spanText(oomAt - now) })}</p>}
      {throttledAt !== null && throttledAt > now && <p className={styles['warn']}>{t('load.throttledIn', { span: spanText(throttledAt - now) })}</p>}
    </>
  )
}

const WIDTH = 120
const HEIGHT = 30

function Line({ values, limit, name }: { readonly values: readonly number[]; readonly limit: number | null; readonly name: string }): ReactNode {
  const most = Math.max(1, limit ?? 0, ...values) * 1.1
  const y = (value: number): number => HEIGHT - (Math.min(value, most) / most) * HEIGHT
  const points = values.map((value, at) => `${((at / Math.max(1, values.length - 1)) * WIDTH).toFixed(1)},${y(value).toFixed(1)}`).join(' ')
  return (
    <span>
      <small>{name}</small>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {limit !== null && <line x1="0" x2={WIDTH} y1={y(limit)} y2={y(limit)} />}
        <polyline points={points} />
      </svg>
    </span>
  )
}

