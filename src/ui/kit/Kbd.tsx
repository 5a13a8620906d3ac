import type { ReactNode } from 'react'
import styles from './Kbd.module.css'

const mac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform)
const SYMBOLS: Readonly<Record<string, string>> = mac
  ? { Mod: '⌘', Shift: '⇧', Alt: '⌥', Enter: '↵' }
  : { Mod: 'Ctrl', Enter: '↵' }

/** "Mod+K" as this machine writes it: "⌘K" on a Mac, "Ctrl K" elsewhere. */
export function keyLabel(keys: string): string {
  return keys
    .split('+')
    .map((key) => SYMBOLS[key] ?? key)
    .join(mac ? '' : ' ')
}

/** A keyboard shortcut, e.g. `<Kbd keys="Mod+Enter" />`. */
export function Kbd({ keys }: { readonly keys: string }): ReactNode {
  return <kbd className={styles['kbd']}>{keyLabel(keys)}</kbd>
}
