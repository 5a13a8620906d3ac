import { useId, useRef, useState, type ReactNode } from 'react'
import { createPortal } from 'react-dom'
import { Kbd } from './Kbd.tsx'
import styles from './Tooltip.module.css'

const DELAY_MS = 350

interface Place {
  readonly left: number
  readonly top: number
  readonly above: boolean
}

/** Below the element, above it where there is no room. */
function placeFor(element: Element): Place {
  const box = element.getBoundingClientRect()
  const above = box.bottom + 48 > innerHeight
  const left = Math.min(Math.max(box.left + box.width / 2, 12), innerWidth - 12)
  return { left, top: above ? box.top - 6 : box.bottom + 6, above }
}

export interface TooltipProps {
  readonly text: string
  readonly keys?: string
  readonly children: ReactNode
}

/** A hint on hover and on keyboard focus. Never the only place where something is said. Esc hides it. */
export function Tooltip({ text, keys, children }: TooltipProps): ReactNode {
  const id = useId()
  const wrap = useRef<HTMLSpanElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const [place, setPlace] = useState<Place | null>(null)
  const hide = (): void => {
    clearTimeout(timer.current)
    setPlace(null)
  }
  const show = (delay: number): void => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      const target = wrap.current?.firstElementChild
      if (target instanceof Element) setPlace(placeFor(target))
    }, delay)
  }
  return (
    <span
      ref={wrap}
      role="presentation"
      className={styles['wrap']}
      onPointerEnter={(event) => event.pointerType === 'mouse' && show(DELAY_MS)}
      onPointerLeave={hide}
      onPointerDown={hide}
      onFocus={(event) => event.target.matches(':focus-visible') && show(0)}
      onBlur={hide}
      onKeyDown={(event) => event.key === 'Escape' && hide()}
    >
      {children}
      {place !== null &&
        createPortal(
          <span
            id={id}
            role="tooltip"
            className={styles['tip']}
            data-above={place.above ? '' : undefined}
            style={{ left: place.left, top: place.top }}
          >
            {text}
            {keys !== undefined && <Kbd keys={keys} />}
          </span>,
          document.body,
        )}
    </span>
  )
}
