import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../kit/Dialog.tsx'
import { Glyph } from '../kit/Glyph.tsx'
import type { Status } from '../kit/status.ts'
import styles from './help.module.css'

const BADGES: readonly (readonly [string, Status])[] = [
  ['modelled', 'ok'],
  ['simplified', 'busy'],
  ['refused', 'gone'],
]
const STATES: readonly Status[] = ['ok', 'busy', 'warn', 'bad', 'gone', 'unknown', 'done']

/** What is modelled, simplified and not modelled, and what the glyphs mean. */
export function LegendDialog({ onClose }: { onClose(): void }): ReactNode {
  const { t } = useTranslation('help')
  return (
    <Dialog title={t('legend')} onClose={onClose} wide>
      {BADGES.map(([badge, status]) => (
        <section key={badge} className={styles['badge']}>
          <h3>
            <Glyph status={status} /> {t(`badge.${badge}`)}
          </h3>
          <p>{t(`badgeText.${badge}`)}</p>
          <ul>
            {(t(`list.${badge}`, { returnObjects: true }) as readonly string[]).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </section>
      ))}
      <h3 className={styles['heading']}>{t('glyphs')}</h3>
      <ul className={styles['glyphs']}>
        {STATES.map((status) => (
          <li key={status}>
            <Glyph status={status} size={12} /> {t(`state.${status}`)}
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
