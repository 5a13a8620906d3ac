import type { CSSProperties, ReactNode } from 'react'
import { lastNotch, notchOf, valueAt, type LogScale } from './log-scale.ts'
import styles from './Slider.module.css'

export interface SliderProps extends LogScale {
  readonly label: string
  readonly value: number
  onChange(value: number): void
  /** How a value is written and read out, e.g. 10 → "10×". */
  format(value: number): string
  /** Values with a tick. */
  readonly ticks?: readonly number[]
  readonly widthPx?: number
}

/** A logarithmic slider: equal ways are equal factors. The native control underneath brings keyboard and touch. */
export function Slider({ label, value, onChange, format, ticks = [], widthPx = 128, ...scale }: SliderProps): ReactNode {
  const last = lastNotch(scale)
  const share = (of: number): string => `${(notchOf(scale, of) / last) * 100}%`
  return (
    <span className={styles['slider']} style={{ width: widthPx, '--at': share(value) } as CSSProperties}>
      <span className={styles['track']} aria-hidden="true">
        {ticks.map((tick) => (
          <i key={tick} style={{ left: share(tick) }} />
        ))}
      </span>
      <input
        type="range"
        aria-label={label}
        aria-valuetext={format(value)}
        min={0}
        max={last}
        step={1}
        value={notchOf(scale, value)}
        onChange={(event) => onChange(valueAt(scale, event.currentTarget.valueAsNumber))}
      />
    </span>
  )
}
