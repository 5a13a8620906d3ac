import { useEffect, useId, useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './Dialog.module.css'
import { IconButton } from './IconButton.tsx'

export interface DialogProps {
  readonly title: string
  onClose(): void
  readonly children: ReactNode
  /** Buttons at the foot. */
  readonly actions?: ReactNode
  readonly wide?: boolean
}

/** A modal dialog, mounted while it is open. The browser keeps the focus inside; Esc and a press outside close it. */
export function Dialog({ title, onClose, children, actions, wide }: DialogProps): ReactNode {
  const { t } = useTranslation('common')
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    const element = dialog.current
    if (element !== null && !element.open) element.showModal()
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      className={styles['dialog']}
      data-wide={wide === true ? '' : undefined}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onPointerDown={(event) => event.target === dialog.current && onClose()}
    >
      <div className={styles['inner']}>
        <header className={styles['head']}>
          <h2 id={titleId}>{title}</h2>
          <IconButton icon="close" label={t('close')} small onClick={onClose} />
        </header>
        <div className={styles['body']}>{children}</div>
        {actions !== undefined && <footer className={styles['foot']}>{actions}</footer>}
      </div>
    </dialog>
  )
}
