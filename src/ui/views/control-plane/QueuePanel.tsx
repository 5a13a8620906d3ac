import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { QueuedPodState, QueuePlace } from '../../../workers/protocol.ts'
import { useAnswer } from '../../inspector/use-answer.ts'
import { TableHead } from '../../kit/TableHead.tsx'
import { useClock, useMoment } from '../../store/hooks.ts'
import { updateUi } from '../../store/ui-state.ts'
import { instantText, spanText } from '../../timeline/format-time.ts'
import styles from './queue.module.css'

const QUEUE = { type: 'schedulingQueue' } as const
const PLACES: readonly QueuePlace[] = ['in flight', 'active', 'backoff', 'error-backoff', 'unschedulable', 'gated']
const MOST = 60

/** Who waits for the scheduler: in which part of its queue, with which priority, until when, and what would wake whom. */
export function QueuePanel(): ReactNode {
  const { t } = useTranslation('loops')
  const queue = useAnswer<'schedulingQueue'>(QUEUE, useMoment())
  if (queue === undefined) return null
  const all = PLACES.reduce((sum, place) => sum + queue.counts[place], 0)
  return (
    <div className={styles['queue']} data-testid="scheduling-queue">
      <h4>{t('schedulingQueue.title')}</h4>
      <ul className={styles['places']}>
        {PLACES.map((place) => (
          <li key={place} data-some={queue.counts[place] > 0 ? '' : undefined} title={t(`schedulingQueue.hint.${place}`)}>
            {t(`schedulingQueue.place.${place}`)} <b>{queue.counts[place]}</b>
          </li>
        ))}
      </ul>
      {all === 0 ? (
        <p className={styles['none']}>{t('schedulingQueue.empty')}</p>
      ) : (
        <div className={styles['scroll']} tabIndex={0} role="region" aria-label={t('schedulingQueue.title')}>
          <table>
            <TableHead columns={['pod', 'where', 'priority', 'attempts', 'since', 'comes'].map((column) => t(`schedulingQueue.${column}`))} />
            <tbody>
              {queue.pods.slice(0, MOST).map((row) => (
                <Row key={row.pod} row={row} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {all > Math.min(MOST, queue.pods.length) && <p className={styles['none']}>{t('more', { count: all - Math.min(MOST, queue.pods.length) })}</p>}
    </div>
  )
}

function Row({ row }: { readonly row: QueuedPodState }): ReactNode {
  const { t } = useTranslation('loops')
  // Times are said in tenths of a second at most.
  const now = useClock((clock) => Math.floor(clock.at / 100_000) * 100_000, 0)
  const origin = useClock((clock) => clock.origin.at, 0)
  return (
    <tr data-place={row.place}>
      <th scope="row">
        <button type="button" onClick={() => updateUi((draft) => void (draft.attemptPod = `pods/${row.pod}`))} title={t('schedulingQueue.show')}>
          {row.pod}
        </button>
      </th>
      <td>
        {t(`schedulingQueue.place.${row.place}`)}
        {row.objectors.length > 0 && row.place === 'unschedulable' && <small>{row.objectors.join(', ')}</small>}
      </td>
      <td>{row.priority}</td>
      <td>{row.attempts}</td>
      <td>{spanText(Math.max(0, now - row.since))}</td>
      <td>
        {row.due === null ? t(`schedulingQueue.turn.${row.place}`, { gates: row.gates.join(', ') }) : t(`schedulingQueue.turn.${row.place}`, { at: instantText(row.due - origin), span: spanText(Math.max(0, row.due - now)) })}
        {row.wokenBy.length > 0 && (
          <details>
            <summary>{t('schedulingQueue.wokenBy')}</summary>
            <ul>
              {row.wokenBy.map(({ resource, actions }) => (
                <li key={resource}>
                  {resource === 'unschedulable' ? t('schedulingQueue.itself') : resource} <code>{actions.join(', ')}</code>
                </li>
              ))}
            </ul>
          </details>
        )}
      </td>
    </tr>
  )
}
