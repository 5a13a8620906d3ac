import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { Button } from './Button.tsx'
import { Glyph } from './Glyph.tsx'
import { IconButton } from './IconButton.tsx'
import styles from './Toasts.module.css'
import { dismiss, toasts } from './toasts.ts'

/** Where messages appear; render it once. Failures are announced at once, the rest when the reader is idle. */
export function Toasts(): ReactNode {
  const { t } = useTranslation('common')
  const shown = useStore(toasts)
  return (
    <section className={styles['stack']} aria-label={t('notifications')}>
      {shown.map(({ id, status, text, action }) => (
        <div key={id} className={styles['toast']} role={status === 'bad' ? 'alert' : 'status'}>
          <Glyph status={status} size={11} />
          <span className={styles['text']}>{text}</span>
          {action !== undefined && (
            <Button
              small
              onClick={() => {
                dismiss(id)
                action.run()
              }}
            >
              {action.label}
            </Button>
          )}
          <IconButton icon="close" small label={t('dismiss')} onClick={() => dismiss(id)} />
        </div>
      ))}
    </section>
  )
}
