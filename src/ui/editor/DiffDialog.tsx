import { lazy, Suspense, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Boundary } from '../kit/Boundary.tsx'
import { Button } from '../kit/Button.tsx'
import { Dialog } from '../kit/Dialog.tsx'
import { PlainDiff } from './PlainDiff.tsx'

const MonacoDiff = lazy(async () => ({ default: (await import('./MonacoDiff.tsx')).MonacoDiff }))

export interface DiffDialogProps {
  readonly name: string
  readonly before: string
  readonly after: string
  readonly busy: boolean
  onApply(): void
  onClose(): void
}

/** What an apply would change, before it is done: side by side where there is room. */
export function DiffDialog({ name, before, after, busy, onApply, onClose }: DiffDialogProps): ReactNode {
  const { t } = useTranslation(['editor', 'common'])
  const [plain] = useState(() => matchMedia('(max-width: 640px)').matches)
  const inOneColumn = <PlainDiff before={before} after={after} />
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
      {plain ? (
        inOneColumn
      ) : (
        <Boundary fallback={inOneColumn}>
          <Suspense fallback={inOneColumn}>
            <MonacoDiff before={before} after={after} />
          </Suspense>
        </Boundary>
      )}
    </Dialog>
  )
}
