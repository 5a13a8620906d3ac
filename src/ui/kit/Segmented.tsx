import { useRef, type KeyboardEvent, type ReactNode } from 'react'
import { join } from './join.ts'
import styles from './Segmented.module.css'

export interface SegmentedProps<T extends string> {
  readonly label: string
  readonly options: readonly { readonly id: T; readonly label: ReactNode }[]
  readonly value: T
  onChange(value: T): void
}

/** One of a few, all visible: a radio group. Arrows change the choice. */
export function Segmented<T extends string>({ label, options, value, onChange }: SegmentedProps<T>): ReactNode {
  const group = useRef<HTMLDivElement>(null)
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const at = options.findIndex(({ id }) => id === value)
    const to = (at + step + options.length) % options.length
    const next = options[to]
    if (next === undefined) return
    onChange(next.id)
    const button = group.current?.children[to]
    if (button instanceof HTMLElement) button.focus()
  }
  return (
    <div ref={group} role="radiogroup" aria-label={label} className={styles['group']}>
      {options.map(({ id, label: words }) => (
        <button
          key={id}
          type="button"
          role="radio"
          aria-checked={id === value}
          tabIndex={id === value ? 0 : -1}
          className={join(styles['option'], id === value && styles['on'])}
          onClick={() => onChange(id)}
          onKeyDown={move}
        >
          {words}
        </button>
      ))}
    </div>
  )
}
