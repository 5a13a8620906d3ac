import { lazy, Suspense, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Boundary } from '../kit/Boundary.tsx'
import styles from './TerminalPanel.module.css'
import type { TerminalPanelProps } from './types.ts'

const XtermView = lazy(async () => ({ default: (await import('./XtermView.tsx')).XtermView }))

/** The terminal; xterm is fetched when it is first shown. Fills its parent. */
export function TerminalPanel(props: TerminalPanelProps): ReactNode {
  const { t } = useTranslation(['terminal', 'common'])
  return (
    <section className={styles['panel']} aria-label={t('terminal')}>
      <Boundary fallback={<p className={styles['loading']}>{t('failed')}</p>}>
        <Suspense fallback={<p className={styles['loading']}>{t('common:loading')}</p>}>
          <XtermView {...props} />
        </Suspense>
      </Boundary>
    </section>
  )
}
