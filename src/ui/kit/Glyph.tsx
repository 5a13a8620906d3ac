import type { ReactNode } from 'react'
import { STATUS_COLOUR, type Status } from './status.ts'

const SHAPES: Readonly<Record<Status, ReactNode>> = {
  ok: <circle cx="6" cy="6" r="4.2" fill="currentColor" />,
  busy: (
    <>
      <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="M6 2a4 4 0 0 0 0 8z" fill="currentColor" />
    </>
  ),
  warn: <path d="M6 .9 11.1 6 6 11.1.9 6z" fill="currentColor" />,
  bad: <path d="M2.4 1 6 4.6 9.6 1 11 2.4 7.4 6 11 9.6 9.6 11 6 7.4 2.4 11 1 9.6 4.6 6 1 2.4z" fill="currentColor" />,
  gone: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.4" strokeDasharray="2 1.6" />,
  unknown: (
    <path
      d="M3.5 4.1C3.5 2.6 4.6 1.6 6 1.6s2.5.9 2.5 2.2c0 1.9-2.4 1.8-2.4 3.6M6.1 9.4v1.2"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
    />
  ),
  done: <path d="m1.8 6.4 2.8 2.8 5.6-6.4" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />,
  idle: <circle cx="6" cy="6" r="3.8" fill="none" stroke="currentColor" strokeWidth="1.4" />,
}

/** The glyph of a status in its colour. Decoration: the word beside it is what is read out. */
export function Glyph({ status, size = 10 }: { readonly status: Status; readonly size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 12 12" aria-hidden="true" style={{ color: STATUS_COLOUR[status], flex: 'none' }}>
      {SHAPES[status]}
    </svg>
  )
}
