import { lazy, Suspense, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { session } from '../connection/session.ts'
import { setLanguage, useLanguage } from '../i18n/i18n.ts'
import { Button } from '../kit/Button.tsx'
import { Logo } from '../kit/Icon.tsx'
import { IconButton } from '../kit/IconButton.tsx'
import { useUi } from '../store/hooks.ts'
import { updateUi } from '../store/ui-state.ts'
import { setTheme, useTheme } from '../theme/theme.ts'
import { Transport } from '../timeline/Timeline.tsx'
import { PhoneMap } from '../views/PhoneMap.tsx'
import styles from './app.module.css'
import { Inside } from './Inside.tsx'

const Inspector = lazy(async () => ({ default: (await import('../inspector/Inspector.tsx')).Inspector }))
const HistoryPanel = lazy(async () => ({ default: (await import('../timeline/HistoryPanel.tsx')).HistoryPanel }))
const Terminal = lazy(async () => ({ default: (await import('./Terminal.tsx')).Terminal }))
const TABS = ['map', 'inspector', 'terminal', 'history'] as const

/** The page on a phone: to look at and to step through, one thing at a time. */
export function PhoneLayout(): ReactNode {
  const { t } = useTranslation('app')
  const tab = useUi((state) => state.phoneTab)
  const { theme } = useTheme()
  const language = useLanguage()
  // Once opened it stays, so that what runs in it goes on.
  const [visited, setVisited] = useState(false)
  if (tab === 'terminal' && !visited) setVisited(true)
  return (
    <div className={styles['phone']}>
      <header className={styles['header']}>
        <h1 className={styles['brand']}>
          <Logo />
          Orrery
        </h1>
        <span className={styles['spacer']} />
        <Button variant="ghost" lang={language === 'en' ? 'zh-CN' : 'en'} onClick={() => void setLanguage(language === 'en' ? 'zh-CN' : 'en')}>
          {language === 'en' ? '中文' : 'English'}
        </Button>
        <IconButton icon={theme === 'dark' ? 'sun' : 'moon'} label={t(theme === 'dark' ? 'toLight' : 'toDark')} onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')} />
      </header>
      <main className={styles['phoneBody']} role="tabpanel" id="phone-panel" aria-labelledby={`phone-${tab}`}>
        <Suspense fallback={null}>
          {tab === 'map' && <PhoneMap />}
          {tab === 'inspector' && <Inspector closable={false} />}
          {visited && (
            <div className={styles['phoneTerminal']} hidden={tab !== 'terminal'}>
              <Terminal />
            </div>
          )}
          {tab === 'history' && <HistoryPanel closable={false} />}
        </Suspense>
        <Inside />
      </main>
      <div className={styles['phoneTransport']}>
        <Transport />
        <span className={styles['spacer']} />
        <IconButton icon="stepBack" label={t('stepBack')} variant="plain" onClick={() => session.step('change', true)} />
        <IconButton icon="stepForward" label={t('stepForward')} variant="plain" onClick={() => session.step('change')} />
      </div>
      <div className={styles['phoneTabs']} role="tablist" aria-label={t('parts')}>
        {TABS.map((id) => (
          <button key={id} id={`phone-${id}`} type="button" role="tab" aria-selected={tab === id} aria-controls="phone-panel" onClick={() => updateUi((draft) => void (draft.phoneTab = id))}>
            {t(`phone.${id}`)}
          </button>
        ))}
      </div>
    </div>
  )
}
