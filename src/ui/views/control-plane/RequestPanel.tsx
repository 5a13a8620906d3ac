import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { RequestTrace } from '../../../workers/protocol.ts'
import { useAnswer } from '../../inspector/use-answer.ts'
import { EmptyState } from '../../kit/EmptyState.tsx'
import { join } from '../../kit/join.ts'
import { useClock, useMoment } from '../../store/hooks.ts'
import { instantText } from '../../timeline/format-time.ts'
import styles from './control-plane.module.css'

const QUERY = { type: 'request' } as const
const SHOWN = 6

/** The last request's way through the API server: who asked, whether they may, what admission did, what was stored. */
export function RequestPanel(): ReactNode {
  const { t } = useTranslation('loops')
  const moment = useMoment()
  const origin = useClock((clock) => clock.origin.at, 0)
  const trace = useAnswer<'request'>(QUERY, moment)
  return (
    <section className={styles['section']} aria-label={t('request.title')} data-testid="request">
      <header>
        <h3>kube-apiserver</h3>
        {trace != null && (
          <small>
            <code>
              {trace.verb.toUpperCase()} {trace.path}
            </code>{' '}
            {t('request.at', { at: instantText(trace.at - origin) })}
          </small>
        )}
      </header>
      {trace === null && <EmptyState title={t('request.none')}>{t('request.noneHint')}</EmptyState>}
      {trace != null && <Stages trace={trace} />}
    </section>
  )
}

function Stages({ trace }: { readonly trace: RequestTrace }): ReactNode {
  const { t } = useTranslation('loops')
  const { refusal, admission, stored } = trace
  const forbidden = refusal?.code === 403 && admission.every((step) => step.refusal === null)
  const refusedBy = admission.find((step) => step.refusal !== null)
  const invalid = refusal !== null && !forbidden && refusedBy === undefined
  return (
    <ol className={styles['stages']}>
      <Stage title={t('request.authentication')} passed>
        <code>{trace.user}</code>
        <small>{trace.groups.join(', ')}</small>
      </Stage>
      <Stage title={t('request.authorization')} passed={!forbidden} refused={forbidden}>
        <small>{forbidden ? refusal.message : t('request.mayDo', { mode: trace.authorization })}</small>
      </Stage>
      <Stage title={t('request.admission')} passed={!forbidden && refusedBy === undefined} refused={refusedBy !== undefined}>
        {admission.length === 0 && <small>{t('request.nothingChanged')}</small>}
        {admission.map(({ plugin, phase, changed, refusal: why }) => (
          <div key={`${plugin} ${phase}`} className={styles['plugin']}>
            <b>{plugin}</b> <small>{t(`request.${phase}`)}</small>
            {why !== null && <p>{why}</p>}
            {changed.slice(0, SHOWN).map((path) => (
              <code key={path}>{path}</code>
            ))}
            {changed.length > SHOWN && <small>{t('request.more', { count: changed.length - SHOWN })}</small>}
          </div>
        ))}
      </Stage>
      <Stage title={t('request.validation')} passed={refusal === null} refused={invalid}>
        {invalid && <small>{refusal.message}</small>}
        {trace.warnings.map((warning) => (
          <small key={warning}>{warning}</small>
        ))}
      </Stage>
      <Stage title="etcd" passed={stored.length > 0}>
        {stored.length === 0 && <small>{t(refusal === null ? 'request.read' : 'request.notStored')}</small>}
        {stored.slice(0, SHOWN).map(({ key, type, revision }) => (
          <div key={revision} className={styles['plugin']}>
            <code>{key}</code>
            <small>
              {type} · {t('request.revision', { revision })}
            </small>
          </div>
        ))}
        {stored.length > 0 && <small>{t('request.told', { count: trace.told })}</small>}
      </Stage>
    </ol>
  )
}

interface StageProps {
  readonly title: string
  readonly passed: boolean
  readonly refused?: boolean
  readonly children?: ReactNode
}

function Stage({ title, passed, refused = false, children }: StageProps): ReactNode {
  return (
    <li className={join(styles['stage'], refused && styles['refusedHere'], !passed && !refused && styles['notReached'])}>
      <b>
        {refused ? '✕ ' : passed ? '✓ ' : ''}
        {title}
      </b>
      {children}
    </li>
  )
}
