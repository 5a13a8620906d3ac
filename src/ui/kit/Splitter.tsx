import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react'
import styles from './Splitter.module.css'

export interface SplitterProps {
  readonly label: string
  /** The id of the pane whose size it changes. */
  readonly controls: string
  /** "vertical": a vertical line between left and right. */
  readonly orientation: 'vertical' | 'horizontal'
  /** Size of the controlled pane in pixels. */
  readonly size: number
  readonly min: number
  readonly max: number
  /** The pane lies after the line (right of it, below it), so that dragging back makes it larger. */
  readonly after?: boolean
  onResize(size: number): void
  /** Double press or Enter: back to the size that fits most. */
  onReset?(): void
}

const STEP_PX = 16

/** The line between two panes: drag it, or focus it and use the arrows, Home and End. */
export function Splitter(props: SplitterProps): ReactNode {
  const { label, controls, orientation, size, min, max, after, onResize, onReset } = props
  const drag = useRef<{ from: number; size: number } | null>(null)
  const sign = after === true ? -1 : 1
  const vertical = orientation === 'vertical'
  const resize = (to: number): void => onResize(Math.round(Math.min(max, Math.max(min, to))))
  const coordinate = (event: PointerEvent): number => (vertical ? event.clientX : event.clientY)
  const keys = (event: KeyboardEvent): void => {
    const grow = vertical ? 'ArrowRight' : 'ArrowDown'
    const shrink = vertical ? 'ArrowLeft' : 'ArrowUp'
    const to = { [grow]: size + sign * STEP_PX, [shrink]: size - sign * STEP_PX, Home: min, End: max }[event.key]
    if (to !== undefined) {
      event.preventDefault()
      event.stopPropagation()
      resize(to)
    }
    if (event.key === 'Enter') onReset?.()
  }
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-controls={controls}
      aria-orientation={orientation}
      aria-valuenow={size}
      aria-valuemin={min}
      aria-valuemax={max}
      className={styles['splitter']}
      onKeyDown={keys}
      onDoubleClick={onReset}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        drag.current = { from: coordinate(event), size }
      }}
      onPointerMove={(event) => {
        if (drag.current !== null) resize(drag.current.size + sign * (coordinate(event) - drag.current.from))
      }}
      onPointerUp={() => {
        drag.current = null
      }}
      onPointerCancel={() => {
        drag.current = null
      }}
    />
  )
}
