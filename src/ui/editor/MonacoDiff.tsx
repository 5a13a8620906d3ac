import { useEffect, useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useTheme } from '../theme/theme.ts'
import styles from './DiffDialog.module.css'
import { monaco, showTheme, startMonaco } from './monaco.ts'

/** Two texts side by side in Monaco. */
export function MonacoDiff({ before, after }: { readonly before: string; readonly after: string }): ReactNode {
  const { t } = useTranslation('editor')
  const { theme } = useTheme()
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (host.current === null) return undefined
    startMonaco()
    showTheme(theme)
    const editor = monaco.editor.createDiffEditor(host.current, {
      theme: 'orrery',
      readOnly: true,
      automaticLayout: true,
      fontFamily: '"JetBrains Mono", ui-monospace, monospace',
      fontSize: 12,
      lineHeight: 19,
      minimap: { enabled: false },
      scrollBeyondLastLine: false,
      renderOverviewRuler: false,
      renderSideBySide: innerWidth > 900,
      hideUnchangedRegions: { enabled: true, contextLineCount: 4 },
      originalAriaLabel: t('diffBefore'),
      modifiedAriaLabel: t('diffAfter'),
    })
    const original = monaco.editor.createModel(before, 'yaml')
    const modified = monaco.editor.createModel(after, 'yaml')
    editor.setModel({ original, modified })
    return () => {
      editor.dispose()
      original.dispose()
      modified.dispose()
    }
  }, [before, after, theme, t])
  return (
    <>
      <div className={styles['legend']}>
        <span>{t('diffBefore')}</span>
        <span>{t('diffAfter')}</span>
      </div>
      <div ref={host} className={styles['diff']} />
    </>
  )
}
