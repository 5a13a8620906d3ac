import type { ReactNode } from 'react'
import { Glyph } from './Glyph.tsx'
import styles from './Pill.module.css'
import { STATUS_COLOUR, type Status } from './status.ts'

/** A short word in a frame, e.g. a label or a version. */
export function Pill({ children, title }: { readonly children: ReactNode; readonly title?: string }): ReactNode {
  return (
    <span className={styles['pill']} title={title}>
      {children}
    </span>
  )
}

/** A status as colour, glyph and word. `plain` leaves the frame away. */
export function StatusBadge(props: { readonly status: Status; readonly word: string; readonly plain?: boolean }): ReactNode {
  return (
    <span className={props.plain === true ? styles['plain'] : styles['pill']} style={{ color: STATUS_COLOUR[props.status] }}>
      <Glyph status={props.status} size={9} />
      {props.word}
    </span>
  )
}
