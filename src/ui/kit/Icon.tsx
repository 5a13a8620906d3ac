import type { ReactNode } from 'react'

const PATHS = {
  play: 'M4 2.5v11l9-5.5z',
  pause: 'M4 3h3v10H4zM9 3h3v10H9z',
  toStart: 'M3 3h2v10H3zM13 3v10L6 8z',
  toEnd: 'M11 3h2v10h-2zM3 3v10l7-5z',
  stepBack: 'M11 3v10L4 8z',
  stepForward: 'M5 3v10l7-5z',
} as const

const STROKES = {
  close: 'm4 4 8 8M12 4l-8 8',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  check: 'm3 8.5 3.2 3.2L13 4.5',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.3 10.3 14 14',
  chevronDown: 'm4 6 4 4 4-4',
  chevronRight: 'm6 4 4 4-4 4',
  chevronLeft: 'm10 4-4 4 4 4',
  chevronUp: 'm4 10 4-4 4 4',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  share: 'M8 10V2M5 4.5 8 1.8l3 2.7M3 8v5.5h10V8',
  download: 'M8 2v8M5 7.5 8 10.2l3-2.7M3 11v2.5h10V11',
  upload: 'M8 10.5v-8M5 5 8 2.3 11 5M3 11v2.5h10V11',
  file: 'M4 1.8h5l3 3v9.4H4zM9 1.8v3h3',
  undo: 'M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M5.8 3.5 3 6.5l2.8 3',
  redo: 'M13 6.5H6.5a3.5 3.5 0 0 0 0 7H10M10.2 3.5 13 6.5l-2.8 3',
  sun: 'M8 10.7a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4ZM8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M12.6 3.4l-1.1 1.1M4.5 11.5l-1.1 1.1',
  moon: 'M13 9.6A5.6 5.6 0 0 1 6.4 3 5.6 5.6 0 1 0 13 9.6Z',
  help: 'M5.6 6c0-1.5 1.1-2.5 2.5-2.500s2.4.9 2.4 2.200c0 1.9-2.4 1.8-2.4 3.500M8.1 12v.2',
  flag: 'M4 14V2.500h8l-2 3 2 3H4',
  history: 'M2.5 8A5.5 5.5 0 1 0 4.3 3.900L2.5 5.500M2.5 2.500v3h3M8 5v3.300l2.2 1.4',
  terminal: 'm3 4.5 3.5 3.500L3 11.500M8 12h5',
  fit: 'M2.5 6V2.500H6M10 2.500h3.500V6M13.5 10v3.500H10M6 13.500H2.500V10',
  filter: 'M2 3.500h12L9.5 8.500v4l-3 1.500V8.500z',
  branch: 'M4.5 4.500v7M4.5 4.500a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM4.5 14.500a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM11.5 6a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM11.5 6c0 3-4 2.5-6.5 4.5',
  link: 'M6.5 9.500a3 3 0 0 0 4.3 0l2-2a3 3 0 0 0-4.3-4.300l-.8.800M9.5 6.500a3 3 0 0 0-4.3 0l-2 2a3 3 0 0 0 4.3 4.300l.8-.8',
} as const

export type IconName = keyof typeof PATHS | keyof typeof STROKES

/** A 16-unit line icon in the text's colour. Decoration: whoever uses it gives the name. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }): ReactNode {
  const filled = name in PATHS
  const d = filled ? PATHS[name as keyof typeof PATHS] : STROKES[name as keyof typeof STROKES]
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden="true"
      fill={filled ? 'currentColor' : 'none'}
      stroke={filled ? 'none' : 'currentColor'}
      strokeWidth={name === 'more' ? 2 : 1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      style={{ flex: 'none' }}
    >
      <path d={d} />
    </svg>
  )
}

/** The mark of the product: a planet on its orbit. */
export function Logo({ size = 22 }: { readonly size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 22 22" fill="none" stroke="var(--brass)" strokeWidth="1.4" aria-hidden="true">
      <circle cx="11" cy="11" r="2.2" fill="var(--brass)" />
      <ellipse cx="11" cy="11" rx="9.2" ry="4" transform="rotate(-24 11 11)" />
      <circle cx="11" cy="11" r="6.1" opacity=".5" />
      <circle cx="18.9" cy="7.2" r="1.5" fill="var(--brass)" stroke="none" />
    </svg>
  )
}
