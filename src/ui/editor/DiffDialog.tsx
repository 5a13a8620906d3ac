import { useEffect, useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { useTheme } from '../theme/theme.ts'
import { monaco, showTheme, startMonaco } from './monaco.ts'
import styles from './EditorPanel.module.css'

export interface DiffDialogProps {
  readonly name: string
  readonly before: string
  readonly after: string
  readonly busy: boolean
  onApply(): void
  onClose(): void
}

/** What an apply would change, side by side, before it is done. */
export function DiffDialog({ name, before, after, busy, onApply, onClose }: DiffDialogProps): ReactNode {
  const { t } = useTranslation(['editor', 'common'])
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
    const original = monaco.editor.createModel(before, 'plaintext')
    const modified = monaco.editor.createModel(after, 'plaintext')
    monaco.editor.setModelLanguage(original, 'yaml')
    monaco.editor.setModelLanguage(modified, 'yaml')
    editor.setModel({ original, modified })
    return () => {
      editor.dispose()
      original.dispose()
      modified.dispose()
    }
  }, [before, after, theme, t])
  return (
    <Dialog
      wide
      title={t('diffTitle', { file: name })}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('common:cancel')}</Button>
          <Button variant="primary" keys="Mod+Enter" busy={busy} onClick={onApply}>
            {t('apply')}
          </Button>
        </>
      }
    >
      <div className={styles['diffLegend']}>
        <span>{t('diffBefore')}</span>
        <span>{t('diffAfter')}</span>
      </div>
      <div ref={host} className={styles['diff']} />
    </Dialog>
  )
}
