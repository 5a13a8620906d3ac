import { useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ReconcileState } from '../../../workers/protocol.ts'
import { session } from '../../connection/session.ts'
import { useAnswer } from '../../inspector/use-answer.ts'
import { TableHead } from '../../kit/TableHead.tsx'
import { useClock, useMoment } from '../../store/hooks.ts'
import { instantText, spanText } from '../../timeline/format-time.ts'
import styles from './reconciles.module.css'

const COUNT = 20
const FIRST = ['desired', 'observed', 'difference', 'willDo'] as const
const MOST_ACTIONS = 6

/** A controller's last reconciles, newest first: what it read, desired, observed and did. Each leads to its instant. */
export function ReconcileList({ controller }: { readonly controller: string }): ReactNode {
  const { t } = useTranslation('loops')
  const query = useMemo(() => ({ type: 'reconciles' as const, controller, count: COUNT }), [controller])
  const reconciles = useAnswer<'reconciles'>(query, useMoment())
  if (reconciles === undefined) return null
  return (
    <div className={styles['list']}>
      <h4>{t('last.title')}</h4>
      {reconciles.length === 0 ? (
        <p className={styles['none']}>{t('noSync')}</p>
      ) : (
        <div className={styles['scroll']} tabIndex={0} role="region" aria-label={t('last.title')}>
          <table>
            <TableHead columns={[t('last.when'), t('last.read'), t('last.numbers'), t('last.actions'), t('last.end')]} />
            <tbody>
              {reconciles.map((reconcile) => (
                <Row key={reconcile.index} reconcile={reconcile} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  )
}

function Row({ reconcile }: { readonly reconcile: ReconcileState }): ReactNode {
  const { t } = useTranslation('loops')
  const origin = useClock((clock) => clock.origin.at, 0)
  const { key, index, at, reads, actions } = reconcile
  const shown = instantText(at - origin)
  return (
    <tr data-outcome={reconcile.outcome}>
      <th scope="row">
        <button type="button" onClick={() => session.seek({ index })} title={t('last.goTo', { at: shown })}>
          {shown}
        </button>
        <code>{key}</code>
      </th>
      <td>{reads.length === 0 ? '–' : reads.map(({ kind, count, name }) => (name === null ? `${count} ${kind}` : `${kind} ${name}`)).join(', ')}</td>
      <td>
        <Numbers params={reconcile.params} />
      </td>
      <td>
        {actions.length === 0 && '–'}
        {actions.slice(0, MOST_ACTIONS).map((action) => (
          <button key={`${action.index} ${action.verb} ${action.object} ${action.answeredIndex ?? ''}`} type="button" className={styles['action']} data-answer={action.answer === null ? 'open' : action.answer === 'ok' ? 'ok' : 'bad'} onClick={() => session.seek({ index: action.index })}>
            {`${action.verb} ${action.object} `}
            <em>{action.answer === null ? t('last.open') : action.answer === 'ok' ? '✓' : action.answer}</em>
          </button>
        ))}
        {actions.length > MOST_ACTIONS && <small>{t('more', { count: actions.length - MOST_ACTIONS })}</small>}
      </td>
      <td>
        <Ending reconcile={reconcile} origin={origin} />
      </td>
    </tr>
  )
}

function Numbers({ params }: Pick<ReconcileState, 'params'>): ReactNode {
  const { t } = useTranslation('loops')
  const rest = Object.keys(params).filter((name) => !(FIRST as readonly string[]).includes(name))
  const first = FIRST.filter((name) => params[name] !== undefined)
  if (first.length + rest.length === 0) return '–'
  return (
    <dl>
      {first.map((name) => (
        <div key={name}>
          <dt>{t(name)}</dt>
          <dd>{name === 'difference' && Number(params[name]) > 0 ? `+${params[name]}` : params[name]}</dd>
        </div>
      ))}
      {rest.map((name) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{params[name]}</dd>
        </div>
      ))}
    </dl>
  )
}

function Ending({ reconcile, origin }: { readonly reconcile: ReconcileState; readonly origin: number }): ReactNode {
  const { t } = useTranslation('loops')
  const { outcome, why, again, endAt, endIndex, at } = reconcile
  return (
    <>
      {endAt === null || endIndex === null ? (
        t(`last.${outcome}`)
      ) : (
        <button type="button" onClick={() => session.seek({ index: endIndex })} title={t('last.goTo', { at: instantText(endAt - origin) })}>
          {endAt === at ? t(`last.${outcome}`) : `${t(`last.${outcome}`)} · ${spanText(endAt - at)}`}
        </button>
      )}
      {why !== null && <p>{why}</p>}
      {again !== null && <small>{t('last.again', { at: instantText(again - origin) })}</small>}
    </>
  )
}
