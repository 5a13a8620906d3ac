import { useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { LoopState, LoopSummary } from '../../../workers/protocol.ts'
import { session } from '../../connection/session.ts'
import { useAnswer } from '../../inspector/use-answer.ts'
import { Button } from '../../kit/Button.tsx'
import { EmptyState } from '../../kit/EmptyState.tsx'
import { join } from '../../kit/join.ts'
import { TableHead } from '../../kit/TableHead.tsx'
import { useClock, useMoment, useMirror } from '../../store/hooks.ts'
import { updateUi } from '../../store/ui-state.ts'
import { instantText, spanText } from '../../timeline/format-time.ts'
import { previewText } from '../../timeline/words.ts'
import styles from './control-plane.module.css'
import { ReconcileList } from './ReconcileList.tsx'
import { StopButton } from './StopButton.tsx'

/** The controllers that one meets first; the others follow by name. */
const FIRST: readonly string[] = ['replicaset', 'deployment', 'endpointslice', 'node-lifecycle', 'garbage-collector', 'namespace'].map((name) => `${name}-controller`)
const LOOPS = { type: 'loops' } as const
const SHOWN = 5

/** One controller's loop: what it heard, what it keeps, what waits, and what its worker has found and will do. */
export function LoopPanel({ controller }: { readonly controller: string }): ReactNode {
  const { t } = useTranslation('loops')
  const moment = useMoment()
  const query = useMemo(() => ({ type: 'loop' as const, controller }), [controller])
  const loop = useAnswer<'loop'>(query, moment)
  const loops = useAnswer<'loops'>(LOOPS, moment)
  const next = useMirror((state) => state.previews?.reconcile)
  const atStart = useClock((clock) => clock.index <= clock.origin.index, true)
  return (
    <section className={styles['section']} aria-label={t('loop')}>
      <header>
        <label>
          <span className="visually-hidden">{t('controller')}</span>
          <select value={controller} onChange={(event) => updateUi((draft) => void (draft.controller = event.target.value))}>
            {ordered(loops ?? []).map(({ controller: name, stopped, queued }) => (
              <option key={name} value={name}>
                {name}
                {stopped ? ` (${t('stoppedWord')})` : queued > 0 ? ` (${queued})` : ''}
              </option>
            ))}
          </select>
        </label>
        {loop != null && !loop.disabled && <StopButton name={controller} stopped={loop.stopped} />}
        <span className={styles['spacer']} />
        <Button disabled={atStart} onClick={() => session.step('event', true)}>
          ◂ {t('back')}
        </Button>
        <Button onClick={() => session.step('event')}>{t('event')} ▸</Button>
        <Button variant="primary" disabled={next === null} onClick={() => session.step('reconcile')} title={next == null ? undefined : previewText(next)}>
          {t('reconcile')} ▸
        </Button>
      </header>
      {loop === null && <EmptyState title={t('none')}>{t('noneHint')}</EmptyState>}
      {loop?.stopped === true && <p className={styles['stopped']}>{t(loop.disabled ? 'disabledHint' : 'stoppedHint')}</p>}
      {loop != null && <Boxes loop={loop} />}
      {loop != null && <Reflectors loop={loop} />}
      {loop != null && <ReconcileList controller={controller} />}
    </section>
  )
}

const ordered = (loops: readonly LoopSummary[]): readonly LoopSummary[] => {
  const rank = ({ controller }: LoopSummary): number => (FIRST.includes(controller) ? FIRST.indexOf(controller) : FIRST.length)
  return [...loops].sort((a, b) => rank(a) - rank(b))
}

function Boxes({ loop }: { readonly loop: LoopState }): ReactNode {
  return (
    <div className={styles['loop']}>
      <ReflectorBox loop={loop} />
      <Arrow />
      <FifoBox loop={loop} />
      <Arrow />
      <IndexerBox loop={loop} />
      <Arrow />
      <QueueBox loop={loop} />
      <Arrow />
      <WorkerBox loop={loop} />
    </div>
  )
}

/** Each of its informers in full: what it listed, up to where it has heard, what it keeps and by what it finds it. */
function Reflectors({ loop }: { readonly loop: LoopState }): ReactNode {
  const { t } = useTranslation('loops')
  return (
    <details className={styles['reflectors']}>
      <summary>{t('informers', { count: loop.reflectors.length })}</summary>
      <div tabIndex={0} role="region" aria-label={t('informers', { count: loop.reflectors.length })}>
        <table>
          <TableHead columns={['resource', 'listedAt', 'heardUpTo', 'relists', 'cachedObjects', 'indexes'].map((column) => t(column))} />
          <tbody>
            {loop.reflectors.map(({ resource, listResourceVersion, lastResourceVersion, relists }) => {
              const cache = loop.cache.find((candidate) => candidate.resource === resource)
              return (
                <tr key={resource}>
                  <th scope="row">{resource}</th>
                  <td>{listResourceVersion}</td>
                  <td>{lastResourceVersion}</td>
                  <td>{relists}</td>
                  <td>{cache?.total ?? 0}</td>
                  <td>{cache?.indexes.join(', ')}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </details>
  )
}

const Arrow = (): ReactNode => (
  <span className={styles['arrow']} aria-hidden="true">
    ▸
  </span>
)

function ReflectorBox({ loop }: { readonly loop: LoopState }): ReactNode {
  const { t } = useTranslation('loops')
  const watched = loop.reflectors.map(({ resource }) => resource)
  const recent = loop.reflectors.flatMap((reflector) => reflector.recent.map((seen) => ({ ...seen, resource: reflector.resource }))).sort((a, b) => Number(b.resourceVersion) - Number(a.resourceVersion))
  return (
    <div className={styles['box']}>
      <b>{t('reflector')}</b>
      <small>{t(watched.length > SHOWN ? 'watchesMore' : 'watches', { what: watched.slice(0, SHOWN).join(', '), count: watched.length - SHOWN })}</small>
      <h4>{t('listWatch')}</h4>
      {loop.reflectors.slice(0, 2).map(({ resource, listResourceVersion }) => (
        <Item key={resource} text={`rv ${listResourceVersion} ${resource}`} tag="list" />
      ))}
      {recent.slice(0, 2).map(({ resourceVersion, key, type }, at) => (
        <Item key={`${resourceVersion}${key}`} text={`rv ${resourceVersion} ${tail(key).split('/').at(-1)}`} tag={type} now={at === 0} />
      ))}
      <h4>{t('relists')}</h4>
      <code>{loop.reflectors.reduce((sum, { relists }) => sum + relists, 0)}</code>
    </div>
  )
}

function FifoBox({ loop }: { readonly loop: LoopState }): ReactNode {
  const { t } = useTranslation('loops')
  return (
    <div className={styles['box']}>
      <b>{t('fifo')}</b>
      <small>{t('fifoHint')}</small>
      {loop.deltas.slice(0, SHOWN).map(({ key, types }) => (
        <Item key={key} text={tail(key)} tag={types.join(', ')} now />
      ))}
      <More shown={SHOWN} all={loop.deltas.length} />
      {loop.deltas.length === 0 && <p className={styles['empty']}>{t('fifoEmpty')}</p>}
    </div>
  )
}

function IndexerBox({ loop }: { readonly loop: LoopState }): ReactNode {
  const { t } = useTranslation('loops')
  const working = loop.queue.processing[0]?.key
  return (
    <div className={styles['box']}>
      <b>{t('indexer')}</b>
      <small>{t('indexerHint')}</small>
      {loop.cache.slice(0, SHOWN).map(({ resource, keys, total }, i) => (
        <div key={resource}>
          {keys.slice(0, i === 0 ? 2 : 1).map((key) => (
            <Item key={key} text={tail(key)} tag={resource} now={working !== undefined && key.endsWith(working)} />
          ))}
          <p className={styles['total']}>{t('cached', { resource, count: total })}</p>
        </div>
      ))}
      <More shown={SHOWN} all={loop.cache.length} />
    </div>
  )
}

function QueueBox({ loop }: { readonly loop: LoopState }): ReactNode {
  const { t } = useTranslation('loops')
  const now = useClock((clock) => clock.at, 0)
  const { queued, processing, dirty: waiting, backoff } = loop.queue
  const soonest = [...backoff].sort((a, b) => a.until - b.until)
  const failed = soonest.filter(({ failures }) => failures > 0)
  // A controller that asked to come back to a key later, as for a deadline, has not failed.
  const later = soonest.filter(({ failures }) => failures === 0)
  return (
    <div className={styles['box']}>
      <b>{t('queue')}</b>
      <small>{t('queueHint')}</small>
      <h4>{t('queued')}</h4>
      {queued.slice(0, SHOWN).map((key) => (
        <Item key={key} text={key} tag="" />
      ))}
      <More shown={SHOWN} all={queued.length} />
      {queued.length === 0 && <None />}
      <h4>{t('processing')}</h4>
      {processing.map(({ key, since }) => (
        <Item key={key} text={key} tag={spanText(Math.max(0, now - since))} now />
      ))}
      {processing.length === 0 && <None />}
      {waiting.length > 0 && (
        <>
          <h4>{t('dirty')}</h4>
          {waiting.map((key) => (
            <Item key={key} text={key} tag={t('again')} />
          ))}
        </>
      )}
      <h4>{t('backoff')}</h4>
      {failed.slice(0, SHOWN).map(({ key, failures, until }) => (
        <Item key={key} text={key} tag={t('failed', { count: failures, span: spanText(Math.max(0, until - now)) })} />
      ))}
      <More shown={SHOWN} all={failed.length} />
      {failed.length === 0 && <None />}
      {later.length > 0 && (
        <>
          <h4 title={t('laterHint')}>{t('later')}</h4>
          {later.slice(0, SHOWN).map(({ key, until }) => (
            <Item key={key} text={key} tag={t('inSpan', { span: spanText(Math.max(0, until - now)) })} />
          ))}
          <More shown={SHOWN} all={later.length} />
        </>
      )}
    </div>
  )
}

function WorkerBox({ loop }: { readonly loop: LoopState }): ReactNode {
  const { t } = useTranslation('loops')
  const origin = useClock((clock) => clock.origin.at, 0)
  const busy = loop.queue.processing.length
  const params = loop.sync?.params ?? {}
  const open = loop.expectations.filter(({ adds, deletes }) => adds > 0 || deletes > 0)
  const rows = (['desired', 'observed', 'difference', 'willDo'] as const).filter((name) => params[name] !== undefined)
  const rest = Object.entries(params).filter(([name]) => !['desired', 'observed', 'difference', 'willDo', 'key', 'name', 'namespace'].includes(name))
  return (
    <div className={join(styles['box'], busy > 0 && styles['acting'])}>
      <b>{busy > 0 ? t('workerBusy', { busy, workers: loop.workers }) : t('workersIdle', { workers: loop.workers })}</b>
      <small>{loop.sync === null ? t('noSync') : t(busy > 0 ? 'reconciles' : 'reconciled', { key: loop.sync.key, at: instantText(loop.sync.at - origin) })}</small>
      <div className={styles['odd']}>
        {rows.map((name) => (
          <div key={name} data-will={name === 'willDo' ? '' : undefined}>
            <span>{t(name)}</span>
            <strong>{name === 'difference' && Number(params[name]) > 0 ? `+${params[name]}` : params[name]}</strong>
            <p>{t(`${name}Hint`)}</p>
          </div>
        ))}
      </div>
      {rest.length > 0 && (
        <dl className={styles['rest']}>
          {rest.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {open.length > 0 && (
        <>
          <h4>{t('expectations')}</h4>
          {open.slice(0, 3).map(({ key, adds, deletes }) => (
            <p key={key} className={styles['expect']}>
              <code>{t('expects', { adds, deletes })}</code> {t('expectsHint', { key: tail(key) })}
            </p>
          ))}
        </>
      )}
    </div>
  )
}

function Item({ text, tag, now }: { readonly text: string; readonly tag: string; readonly now?: boolean }): ReactNode {
  return (
    <p className={join(styles['item'], now === true && styles['now'])} title={text}>
      <span>{text}</span>
      <em>{tag}</em>
    </p>
  )
}

function None(): ReactNode {
  const { t } = useTranslation('loops')
  return <p className={styles['empty']}>{t('nothing')}</p>
}

function More({ shown, all }: { readonly shown: number; readonly all: number }): ReactNode {
  const { t } = useTranslation('loops')
  return all > shown ? <p className={styles['empty']}>{t('more', { count: all - shown })}</p> : null
}

/** "pods/default/web-1" as "default/web-1". */
const tail = (key: string): string => key.split('/').slice(-2).join('/')
