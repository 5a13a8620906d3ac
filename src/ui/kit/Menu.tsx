import { useCallback, useEffect, useId, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { createPortal } from 'react-dom'
import { join } from './join.ts'
import { Kbd } from './Kbd.tsx'
import styles from './Menu.module.css'

export interface MenuItem {
  readonly id: string
  readonly label: string
  readonly keys?: string
  /** A second, quieter line: what it will do, or why it cannot. */
  readonly hint?: string
  readonly disabled?: boolean
  readonly danger?: boolean
  /** For choices: shows a mark before the chosen one. */
  readonly checked?: boolean
  /** A line above this item. */
  readonly divided?: boolean
  onChoose(): void
}

export interface MenuListProps {
  readonly label: string
  readonly items: readonly MenuItem[]
  /** Where it opens, in the window's pixels; it is moved so that it fits. */
  readonly at: { readonly x: number; readonly y: number }
  onClose(): void
}

/** An open menu: a context menu at a point, or what MenuButton shows. Arrows, Home, End, first letters; Esc closes. */
export function MenuList({ label, items, at, onClose }: MenuListProps): ReactNode {
  const list = useRef<HTMLDivElement>(null)
  // Who leaves the menu without a choice comes back to where it was opened.
  const opener = useRef<Element | null>(null)
  const [place, setPlace] = useState(at)
  useLayoutEffect(() => {
    const box = list.current?.getBoundingClientRect()
    if (box === undefined) return
    opener.current ??= document.activeElement
    setPlace({ x: Math.max(4, Math.min(at.x, innerWidth - box.width - 4)), y: Math.max(4, Math.min(at.y, innerHeight - box.height - 4)) })
    list.current?.querySelector<HTMLElement>('[role^=menuitem]:not(:disabled)')?.focus()
  }, [at.x, at.y])
  useEffect(() => {
    const outside = (event: Event): void => {
      if (!(event.target instanceof Node) || list.current?.contains(event.target) !== true) onClose()
    }
    addEventListener('pointerdown', outside, true)
    addEventListener('blur', onClose)
    return () => {
      removeEventListener('pointerdown', outside, true)
      removeEventListener('blur', onClose)
    }
  }, [onClose])
  const move = (event: KeyboardEvent): void => {
    event.stopPropagation()
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault()
      onClose()
      if (opener.current instanceof HTMLElement) opener.current.focus()
      return
    }
    const buttons = [...(list.current?.querySelectorAll<HTMLElement>('[role^=menuitem]:not(:disabled)') ?? [])]
    const target = nextItem(event.key, buttons)
    if (target === undefined) return
    event.preventDefault()
    target.focus()
  }
  return createPortal(
    <div
      ref={list}
      role="menu"
      tabIndex={-1}
      aria-label={label}
      className={styles['menu']}
      style={{ left: place.x, top: place.y }}
      onKeyDown={move}
    >
      {items.map((item) => (
        <button
          key={item.id}
          type="button"
          role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
          aria-checked={item.checked}
          tabIndex={-1}
          disabled={item.disabled}
          className={join(styles['item'], item.danger === true && styles['danger'], item.divided === true && styles['divided'])}
          onPointerEnter={(event) => event.currentTarget.focus()}
          onClick={() => {
            onClose()
            item.onChoose()
          }}
        >
          <span>{item.label}</span>
          {item.keys !== undefined && <Kbd keys={item.keys} />}
          {item.hint !== undefined && <small>{item.hint}</small>}
        </button>
      ))}
    </div>,
    document.body,
  )
}

/** The item that a key leads to, from the focused one; undefined: the key means nothing here. */
function nextItem(key: string, buttons: readonly HTMLElement[]): HTMLElement | undefined {
  const at = buttons.findIndex((button) => button === document.activeElement)
  if (key === 'ArrowDown') return buttons[(at + 1) % buttons.length]
  if (key === 'ArrowUp') return buttons[(at - 1 + buttons.length) % buttons.length]
  if (key === 'Home') return buttons[0]
  if (key === 'End') return buttons.at(-1)
  if (key.length !== 1 || key === ' ') return undefined
  const after = [...buttons.slice(at + 1), ...buttons.slice(0, at + 1)]
  return after.find((button) => button.textContent.toLowerCase().startsWith(key.toLowerCase()))
}

export interface MenuButtonProps {
  readonly label: string
  readonly items: readonly MenuItem[]
  readonly children: ReactNode
  readonly className?: string
}

/** A button that opens a menu below itself. Give it a Button's look with `className` or take the default. */
export function MenuButton({ label, items, children, className }: MenuButtonProps): ReactNode {
  const button = useRef<HTMLButtonElement>(null)
  const [at, setAt] = useState<{ x: number; y: number } | null>(null)
  const id = useId()
  const open = (): void => {
    const box = button.current?.getBoundingClientRect()
    if (box !== undefined) setAt({ x: box.left, y: box.bottom + 4 })
  }
  const close = useCallback(() => {
    setAt(null)
    button.current?.focus()
  }, [])
  return (
    <>
      <button
        ref={button}
        id={id}
        type="button"
        aria-haspopup="menu"
        aria-expanded={at !== null}
        aria-label={label}
        className={join(styles['trigger'], className)}
        onClick={() => (at === null ? open() : setAt(null))}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return
          event.preventDefault()
          open()
        }}
      >
        {children}
      </button>
      {at !== null && <MenuList label={label} items={items} at={at} onClose={close} />}
    </>
  )
}
