import { useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { updateUi } from '../store/ui-state.ts'
import styles from './help.module.css'

/** Four stops, each with the part of the page that it is about. */
const STOPS = [
  { id: 'apply', target: '#editor-pane' },
  { id: 'watch', target: '#map' },
  { id: 'step', target: '[role=group][aria-label]' },
  { id: 'why', target: '#side-pane' },
] as const

/** The tour. Each stop frames its part of the page; it can be left at any time. */
export function Tour({ onClose }: { onClose(): void }): ReactNode {
  const { t } = useTranslation('help')
  const [at, setAt] = useState(0)
  const stop = STOPS[at] ?? STOPS[0]
  useEffect(() => {
    updateUi((draft) => void (draft.tourSeen = true))
  }, [])
  useEffect(() => {
    const target = stop.id === 'step' ? document.querySelector('footer, section[aria-label] [role=group]') : document.querySelector(stop.target)
    target?.setAttribute('data-tour', '')
    return () => target?.removeAttribute('data-tour')
  }, [stop])
  const last = at === STOPS.length - 1
  return (
    <Dialog
      title={t(`tour.${stop.id}.title`)}
      onClose={onClose}
      actions={
        <>
          <span className={styles['count']}>{t('stop', { at: at + 1, all: STOPS.length })}</span>
          {at > 0 && <Button onClick={() => setAt(at - 1)}>{t('before')}</Button>}
          <Button variant="primary" onClick={() => (last ? onClose() : setAt(at + 1))}>
            {t(last ? 'done' : 'next')}
          </Button>
        </>
      }
    >
      <p className={styles['text']}>{t(`tour.${stop.id}.text`)}</p>
    </Dialog>
  )
}
