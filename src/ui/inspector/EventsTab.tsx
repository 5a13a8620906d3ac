import { useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { numberAt, textAt } from '../kinds/access.ts'
import { Glyph } from '../kit/Glyph.tsx'
import { mirror, useMirror } from '../store/hooks.ts'
import { askWhy } from '../views/select.ts'
import styles from './inspector.module.css'

const when = (event: unknown): string => textAt(event, 'lastTimestamp') || textAt(event, 'eventTime') || textAt(event, 'metadata', 'creationTimestamp')

/** Kubernetes' events about the object, the newest first. */
export function EventsTab({ keys }: { readonly keys: readonly string[] }): ReactNode {
  const { t } = useTranslation('inspector')
  const version = useMirror((state) => state.version)
  const events = useMemo(() => {
    void version
    const { records } = mirror.getState()
    return keys
      .map((key) => ({ key, event: records.get(key) }))
      .sort((a, b) => (when(a.event) < when(b.event) ? 1 : when(a.event) > when(b.event) ? -1 : a.key < b.key ? 1 : -1))
  }, [keys, version])
  if (events.length === 0) return <p className={styles['note']}>{t('noEvents')}</p>
  return (
    <ul className={styles['events']}>
      {events.map(({ key, event }) => {
        const count = numberAt(event, 'count') || numberAt(event, 'series', 'count') || 1
        return (
          <li key={key}>
            <Glyph status={textAt(event, 'type') === 'Warning' ? 'warn' : 'idle'} size={9} />
            <div>
              <p>
                <b>{textAt(event, 'reason')}</b>
                {count > 1 && ` ×${count}`} <small>{textAt(event, 'source', 'component') || textAt(event, 'reportingComponent')}</small>
                <time>{when(event).replace(/^.*T([\d:]+).*$/, '$1')}</time>
              </p>
              <p>{textAt(event, 'message')}</p>
            </div>
            <button type="button" className={styles['ask']} aria-label={t('whyOf', { field: textAt(event, 'reason') })} onClick={() => askWhy(key)}>
              ?
            </button>
          </li>
        )
      })}
    </ul>
  )
}
