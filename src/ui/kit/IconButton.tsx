import type { ButtonHTMLAttributes, ReactNode } from 'react'
import styles from './Button.module.css'
import { Icon, type IconName } from './Icon.tsx'
import { join } from './join.ts'
import { Tooltip } from './Tooltip.tsx'

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'aria-label'> {
  readonly icon: IconName
  /** The accessible name, also shown as tooltip. */
  readonly label: string
  readonly keys?: string
  readonly variant?: 'plain' | 'primary' | 'ghost'
  readonly small?: boolean
  readonly round?: boolean
  /** For toggles. */
  readonly pressed?: boolean
  readonly ref?: React.Ref<HTMLButtonElement>
}

/** A button that shows only an icon; its name is its label. */
export function IconButton(props: IconButtonProps): ReactNode {
  const { icon, label, keys, variant = 'ghost', small, round, pressed, className, ...rest } = props
  return (
    <Tooltip text={label} {...(keys !== undefined && { keys })}>
      <button
        type="button"
        {...rest}
        aria-label={label}
        aria-pressed={pressed}
        className={join(
          styles['button'],
          styles[variant],
          styles['icon'],
          small === true && styles['small'],
          round === true && styles['round'],
          pressed === true && styles['pressed'],
          className,
        )}
      >
        <Icon name={icon} size={small === true ? 14 : 16} />
      </button>
    </Tooltip>
  )
}
