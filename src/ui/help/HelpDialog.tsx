import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../kit/Dialog.tsx'
import { Kbd } from '../kit/Kbd.tsx'
import styles from './help.module.css'

const GROUPS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  time: [
    ['Space', 'play'],
    ['→ .', 'change'],
    ['←', 'changeBack'],
    ['E', 'event'],
    ['R', 'reconcile'],
    ['S', 'settle'],
    ['N', 'timer'],
    ['Shift', 'backwards'],
    ['PageDown PageUp', 'clicker'],
    ['Home End', 'ends'],
    ['Mod+Z', 'undo'],
    ['Mod+Shift+Z', 'redo'],
  ],
  page: [
    ['Mod+K', 'palette'],
    ['/', 'filter'],
    ['1 2 3 4', 'views'],
    ['H', 'history'],
    ['T', 'terminal'],
    ['I', 'inspector'],
    ['O', 'inside'],
    ['Mod+Enter', 'apply'],
    ['Esc', 'deselect'],
    ['?', 'help'],
  ],
}

/** The page's keys. */
export function HelpDialog({ onClose }: { onClose(): void }): ReactNode {
  const { t } = useTranslation('help')
  return (
    <Dialog title={t('title')} onClose={onClose} wide>
      <div className={styles['columns']}>
        {Object.entries(GROUPS).map(([group, keys]) => (
          <section key={group}>
            <h3>{t(`group.${group}`)}</h3>
            <dl className={styles['keys']}>
              {keys.map(([key, what]) => (
                <div key={key}>
                  <dt>
                    {key.split(' ').map((one) => (
                      <Kbd key={one} keys={one} />
                    ))}
                  </dt>
                  <dd>{t(`key.${what}`)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <h3 className={styles['heading']}>{t('particles')}</h3>
      <p className={styles['text']}>{t('particlesText')}</p>
    </Dialog>
  )
}
