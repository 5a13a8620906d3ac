import type { ButtonHTMLAttributes, ReactNode } from 'react'
import styles from './Button.module.css'
import { join } from './join.ts'
import { Kbd } from './Kbd.tsx'

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** primary: the one thing to do here; ghost: without a frame; danger: destroys something. */
  readonly variant?: 'plain' | 'primary' | 'ghost' | 'danger'
  readonly small?: boolean
  /** Shows the shortcut, e.g. "Mod+Enter". Listening for it is the caller's. */
  readonly keys?: string
  /** Keeps its place and says that it is at work; cannot be pressed meanwhile. */
  readonly busy?: boolean
  readonly ref?: React.Ref<HTMLButtonElement>
}

/** A button with words. For one with only an icon see IconButton. */
export function Button({ variant = 'plain', small, keys, busy, children, className, disabled, ...rest }: ButtonProps): ReactNode {
  return (
    <button
      type="button"
      {...rest}
      data-primary={variant === 'primary' ? '' : undefined}
      className={join(styles['button'], styles[variant], small === true && styles['small'], className)}
      disabled={disabled === true || busy === true}
      aria-busy={busy === true ? true : undefined}
    >
      {busy === true && <span className={styles['spinner']} aria-hidden="true" />}
      {children}
      {keys !== undefined && <Kbd keys={keys} />}
    </button>
  )
}
