import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Splitter } from '../kit/Splitter.tsx'
import { Toasts } from '../kit/Toasts.tsx'
import { useClock, useUi } from '../store/hooks.ts'
import { NARROW, PANE_DEFAULTS, updateUi } from '../store/ui-state.ts'
import { Timeline } from '../timeline/Timeline.tsx'
import { MapPanel } from '../views/MapPanel.tsx'
import styles from './app.module.css'
import { Header } from './Header.tsx'
import { Inside } from './Inside.tsx'
import { Side } from './Side.tsx'
import { useMedia } from './use-media.ts'
import { useShortcuts } from './use-shortcuts.ts'

const Editor = lazy(async () => ({ default: (await import('./Editor.tsx')).Editor }))
const PhoneLayout = lazy(async () => ({ default: (await import('./PhoneLayout.tsx')).PhoneLayout }))
const Terminal = lazy(async () => ({ default: (await import('./Terminal.tsx')).Terminal }))
const Palette = lazy(async () => ({ default: (await import('../palette/Palette.tsx')).Palette }))
const Dialogs = lazy(async () => ({ default: (await import('./Dialogs.tsx')).Dialogs }))

/** The page: one layout for desks and projectors, one for phones, and what may lie above either. */
export function App(): ReactNode {
  const phone = useMedia('(max-width: 700px)')
  useShortcuts()
  return (
    <>
      {phone ? (
        <Suspense fallback={null}>
          <PhoneLayout />
        </Suspense>
      ) : (
        <DeskLayout />
      )}
      <Overlays />
      <Toasts />
    </>
  )
}

function DeskLayout(): ReactNode {
  const { t } = useTranslation('app')
  const narrow = useMedia(NARROW)
  const panes = useUi((state) => state.panes)
  const inspectorOpen = useUi((state) => state.inspectorOpen)
  const terminalOpen = useUi((state) => state.terminalOpen)
  // What was opened once keeps what it shows and runs while it is out of sight.
  const [hasTerminal, setHasTerminal] = useState(terminalOpen)
  if (terminalOpen && !hasTerminal) setHasTerminal(true)
  // A pane that has become a drawer shall not cover the map to say that nothing is selected.
  useEffect(() => updateUi((draft) => void (draft.inspectorOpen = !narrow || (draft.inspectorOpen && (draft.selected !== null || draft.historyOpen)))), [narrow])
  const still = useClock((clock) => !clock.playing, true)
  const resize = (pane: keyof typeof PANE_DEFAULTS) => (size: number) => updateUi((draft) => void (draft.panes[pane] = size))
  const reset = (pane: keyof typeof PANE_DEFAULTS) => () => updateUi((draft) => void (draft.panes[pane] = PANE_DEFAULTS[pane]))
  const editor = Math.min(panes.editor, narrow ? 320 : 900)
  return (
    <div className={styles['page']} data-still={still ? '' : undefined}>
      <a className={styles['skip']} href="#map">
        {t('skip')}
      </a>
      <Header />
      <div className={styles['middle']}>
        <aside id="editor-pane" className={styles['editor']} style={{ width: editor }} aria-label={t('editor')}>
          <Suspense fallback={null}>
            <Editor />
          </Suspense>
        </aside>
        <Splitter label={t('resizeEditor')} controls="editor-pane" orientation="vertical" size={panes.editor} min={240} max={700} onResize={resize('editor')} onReset={reset('editor')} />
        <div className={styles['centre']}>
          <MapPanel />
          {terminalOpen && <Splitter label={t('resizeTerminal')} controls="terminal-pane" orientation="horizontal" after size={panes.terminal} min={120} max={600} onResize={resize('terminal')} onReset={reset('terminal')} />}
          {hasTerminal && (
            <div id="terminal-pane" hidden={!terminalOpen} className={styles['terminal']} style={{ height: panes.terminal }}>
              <Suspense fallback={null}>
                <Terminal />
              </Suspense>
            </div>
          )}
        </div>
        {inspectorOpen && !narrow && (
          <Splitter label={t('resizeInspector')} controls="side-pane" orientation="vertical" after size={panes.inspector} min={260} max={700} onResize={resize('inspector')} onReset={reset('inspector')} />
        )}
        {inspectorOpen && (
          <aside id="side-pane" className={narrow ? styles['drawer'] : styles['side']} style={{ width: narrow ? 336 : panes.inspector }} aria-label={t('inspector')}>
            <Side closable={narrow} />
          </aside>
        )}
        <Inside />
      </div>
      <Timeline />
    </div>
  )
}

function Overlays(): ReactNode {
  const dialog = useUi((state) => state.dialog !== null || state.offers.length > 0)
  const palette = useUi((state) => state.paletteOpen)
  return (
    <Suspense fallback={null}>
      {palette && <Palette onClose={() => updateUi((draft) => void (draft.paletteOpen = false))} />}
      {dialog && <Dialogs />}
    </Suspense>
  )
}
