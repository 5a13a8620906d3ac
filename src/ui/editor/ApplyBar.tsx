import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../kit/Button.tsx'
import { Glyph } from '../kit/Glyph.tsx'
import type { EditState } from './edit-state.ts'
import styles from './EditorPanel.module.css'

export interface ApplyBarProps {
  readonly state: EditState
  readonly busy: boolean
  /** How many files are not applied, this one included. */
  readonly others: number
  onDiff(): void
  onApply(): void
  onApplyAll(): void
}

/** Says whether the shown text is what the cluster was given, and gives it. */
export function ApplyBar({ state, busy, others, onDiff, onApply, onApplyAll }: ApplyBarProps): ReactNode {
  const { t } = useTranslation('editor')
  const words = !state.edited ? t('appliedAsShown') : state.everApplied ? t('changes', { count: state.ranges.length }) : t('neverApplied')
  return (
    <div className={styles['bar']}>
      <span className={styles['badge']} role="status" data-clean={state.edited ? undefined : ''}>
        <Glyph status={state.edited ? 'warn' : 'done'} size={9} />
        {words}
      </span>
      <span className={styles['spacer']} />
      {others > 1 && (
        <Button variant="ghost" busy={busy} onClick={onApplyAll}>
          {t('applyAll')}
        </Button>
      )}
      <Button disabled={!state.edited || !state.everApplied} onClick={onDiff}>
        {t('diff')}
      </Button>
      <Button variant="primary" keys="Mod+Enter" busy={busy} onClick={onApply}>
        {t('apply')}
      </Button>
    </div>
  )
}
