import { useMemo, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useAnswer } from '../../inspector/use-answer.ts'
import { TableHead } from '../../kit/TableHead.tsx'
import { useMoment } from '../../store/hooks.ts'
import { select } from '../select.ts'
import styles from './control-plane.module.css'

const PREFIX = '/registry/'

/** etcd: its keys with their revisions, who watches which prefix, and from where a watch may still start. */
export function EtcdPanel(): ReactNode {
  const { t } = useTranslation('loops')
  const [filter, setFilter] = useState('')
  const moment = useMoment()
  const query = useMemo(() => ({ type: 'etcd' as const, filter }), [filter])
  const etcd = useAnswer<'etcd'>(query, moment)
  return (
    <section className={styles['section']} aria-label="etcd" data-testid="etcd">
      <header>
        <h3>etcd</h3>
        {etcd != null && <small>{t('etcd.figures', { revision: etcd.revision, compacted: etcd.compacted, total: etcd.total })}</small>}
        <span className={styles['spacer']} />
        <input type="search" className={styles['search']} placeholder={t('etcd.filter')} aria-label={t('etcd.filter')} value={filter} onChange={(event) => setFilter(event.target.value)} />
      </header>
      {etcd != null && (
        <div className={styles['etcd']}>
          <div tabIndex={0} role="region" aria-label={t('etcd.prefix')}>
            <table>
              <TableHead columns={[t('etcd.prefix'), t('etcd.keys'), t('etcd.watches')]} />
              <tbody>
                {etcd.prefixes.map(({ prefix, keys, watches }) => (
                  <tr key={prefix}>
                    <td>
                      <button type="button" onClick={() => setFilter(prefix)}>
                        {prefix}
                      </button>
                    </td>
                    <td>{keys}</td>
                    <td>{watches}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <div tabIndex={0} role="region" aria-label={t('etcd.keys')}>
            <table>
              <TableHead columns={[t('etcd.key'), t('etcd.modRevision'), t('etcd.bytes')]} />
              <tbody>
                {etcd.keys.map(({ key, revision, bytes }) => (
                  <tr key={key} data-newest={revision === etcd.revision ? '' : undefined}>
                    <td>
                      <button type="button" onClick={() => select(key.slice(PREFIX.length))}>
                        {key}
                      </button>
                    </td>
                    <td>{revision}</td>
                    <td>{bytes}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {etcd.matching > etcd.keys.length && <p className={styles['total']}>{t('etcd.more', { shown: etcd.keys.length, all: etcd.matching })}</p>}
        </div>
      )}
    </section>
  )
}
