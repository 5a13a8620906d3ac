import { useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { say } from '../connection/announce.ts'
import { session } from '../connection/session.ts'
import { setLanguage, useLanguage } from '../i18n/i18n.ts'
import { Button } from '../kit/Button.tsx'
import { Icon, Logo } from '../kit/Icon.tsx'
import { IconButton } from '../kit/IconButton.tsx'
import { MenuButton } from '../kit/Menu.tsx'
import { parseSessionFile, ShareError } from '../share/shared-session.ts'
import { saveToFile } from '../share/files.ts'
import { useUi } from '../store/hooks.ts'
import { updateUi } from '../store/ui-state.ts'
import { setTheme, useTheme } from '../theme/theme.ts'
import styles from './app.module.css'

/** Name, session, search, share, language and theme. */
export function Header(): ReactNode {
  const { t } = useTranslation('app')
  const { theme } = useTheme()
  const language = useLanguage()
  const connection = useUi((state) => state.connection)
  const inspectorOpen = useUi((state) => state.inspectorOpen)
  return (
    <header className={styles['header']}>
      <h1 className={styles['brand']}>
        <Logo />
        Orrery
      </h1>
      <SessionMenu />
      {connection !== 'running' && (
        <span className={styles['connection']} role="status">
          {t(`connection.${connection}`)}
        </span>
      )}
      <span className={styles['spacer']} />
      <Facts />
      <Button variant="ghost" keys="Mod+K" className={styles['search']} onClick={() => updateUi((draft) => void (draft.paletteOpen = true))}>
        {t('search')}
      </Button>
      <Button variant="ghost" onClick={() => updateUi((draft) => void (draft.dialog = 'tour'))} className={styles['optional']}>
        {t('tour')}
      </Button>
      <Button onClick={() => updateUi((draft) => void (draft.dialog = 'share'))}>{t('share')}</Button>
      <Button variant="ghost" lang={language === 'en' ? 'zh-CN' : 'en'} onClick={() => void setLanguage(language === 'en' ? 'zh-CN' : 'en')}>
        {language === 'en' ? '中文' : 'English'}
      </Button>
      <IconButton icon={theme === 'dark' ? 'sun' : 'moon'} label={t(theme === 'dark' ? 'toLight' : 'toDark')} onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')} />
      <IconButton icon="help" label={t('help')} keys="?" onClick={() => updateUi((draft) => void (draft.dialog = 'help'))} />
      {!inspectorOpen && <IconButton icon="chevronLeft" label={t('showInspector')} keys="I" onClick={() => updateUi((draft) => void (draft.inspectorOpen = true))} />}
    </header>
  )
}

function Facts(): ReactNode {
  const { t } = useTranslation('app')
  const verified = useUi((state) => state.verified)
  return (
    <button type="button" className={styles['facts']} onClick={() => updateUi((draft) => void (draft.dialog = 'legend'))} title={t('legendHint')}>
      Kubernetes v1.36
      {verified !== null && (
        <span style={{ color: verified.ok ? 'var(--ok)' : 'var(--bad)' }} data-testid="verified">
          {' · '}
          {verified.ok ? `✓ ${t('reproduced')} ${verified.hash}` : `✕ ${t('notReproduced')}`}
        </span>
      )}
    </button>
  )
}

function SessionMenu(): ReactNode {
  const { t } = useTranslation('app')
  const input = useRef<HTMLInputElement>(null)
  const open = async (file: File): Promise<void> => {
    try {
      await session.open(parseSessionFile(await file.text()))
    } catch (error) {
      if (error instanceof ShareError) say('bad', '', 'link.altered')
    }
  }
  return (
    <>
      <MenuButton
        label={t('session')}
        className={styles['session'] ?? ''}
        items={[
          { id: 'new', label: t('newCluster'), hint: t('newClusterHint'), onChoose: () => updateUi((draft) => void (draft.dialog = 'new')) },
          { id: 'components', label: t('components'), onChoose: () => updateUi((draft) => void (draft.dialog = 'components')) },
          { id: 'dockerfile', label: t('anatomy:dockerfile.title'), hint: t('anatomy:dockerfile.hint'), onChoose: () => updateUi((draft) => void (draft.dialog = 'dockerfile')) },
          { id: 'open', label: t('openFile'), divided: true, onChoose: () => input.current?.click() },
          { id: 'save', label: t('saveFile'), onChoose: () => void saveToFile() },
        ]}
      >
        {t('session')} <Icon name="chevronDown" size={11} />
      </MenuButton>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        hidden
        aria-hidden="true"
        tabIndex={-1}
        onChange={(event) => {
          const file = event.target.files?.[0]
          event.target.value = ''
          if (file !== undefined) void open(file)
        }}
      />
    </>
  )
}
