import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { conditionOf } from '../kinds/access.ts'
import { useKeys, useRecord, useUi } from '../store/hooks.ts'
import { UNSCHEDULED } from '../store/indexes.ts'
import { PodTile } from './cluster/PodTile.tsx'
import styles from './map.module.css'
import { showDecision } from './select.ts'

const MOST = 40

/** Pods that no node has, always in sight, with the scheduler's reason. */
export function Tray(): ReactNode {
  const { t } = useTranslation('views')
  const keys = useKeys('node', UNSCHEDULED)
  const first = useRecord(keys[0])
  const terminalOpen = useUi((state) => state.terminalOpen)
  const message = first === undefined ? undefined : conditionOf(first, 'PodScheduled')?.message
  // The terminal needs the room more than an empty tray does.
  if (keys.length === 0 && terminalOpen) return null
  return (
    <section className={styles['tray']} aria-label={t('notScheduled')} data-count={keys.length}>
      <span className={styles['trayName']}>{t('notScheduled')}</span>
      <b>{keys.length}</b>
      {keys.length === 0 && <span className={styles['trayHint']}>{t('trayHint')}</span>}
      {keys.length > 0 && (
        <div className={styles['trayPods']}>
          {keys.slice(0, MOST).map((key) => (
            <PodTile key={key} podKey={key} most={16} />
          ))}
          {keys.length > MOST && <span className={styles['trayHint']}>{t('leftOut', { shown: MOST, all: keys.length })}</span>}
        </div>
      )}
      {message !== undefined && (
        <button
          type="button"
          className={styles['trayReason']}
          title={message}
          onClick={() => showDecision(keys[0]!)}
        >
          {message}
        </button>
      )}
    </section>
  )
}
