import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Kbd } from '../kit/Kbd.tsx'
import { findCommands, type Command } from './commands.ts'
import styles from './palette.module.css'

/** The palette: type a few letters of a command or an object. */
export function Palette({ onClose }: { onClose(): void }): ReactNode {
  const { t } = useTranslation('palette')
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const found = useMemo(() => findCommands(query), [query])
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const element = dialog.current
    if (element !== null && !element.open) element.showModal()
    return () => element?.close()
  }, [])
  useEffect(() => {
    document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: 'nearest' })
  }, [at, id])
  const run = (command: Command | undefined): void => {
    onClose()
    command?.run()
  }
  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && found.length > 0) {
      event.preventDefault()
      setAt((now) => (now + step + found.length) % found.length)
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      run(found[at])
    }
  }
  return (
    <dialog ref={dialog} className={styles['palette']} aria-label={t('palette')} onCancel={(event) => { event.preventDefault(); onClose() }} onPointerDown={(event) => event.target === dialog.current && onClose()}>
      <input
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={found.length > 0 ? `${id}-${at}` : undefined}
        aria-label={t('palette')}
        placeholder={t('hint')}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value)
          setAt(0)
        }}
        onKeyDown={keys}
      />
      <div id={`${id}-list`} role="listbox" aria-label={t('results')} className={styles['list']}>
        {found.map((command, place) => (
          <div key={command.id} id={`${id}-${place}`} role="option" aria-selected={place === at} className={styles['option']} onPointerMove={() => setAt(place)} onClick={() => run(command)}>
            <span>{command.label}</span>
            <small>{command.detail}</small>
            {command.keys !== undefined && <Kbd keys={command.keys} />}
          </div>
        ))}
        {found.length === 0 && <p className={styles['none']}>{t('nothing')}</p>}
      </div>
    </dialog>
  )
}
