import { useSyncExternalStore } from 'react'

/** What the person chose. "system" follows the operating system, also when that changes while the page is open. */
export type ThemeChoice = 'dark' | 'light' | 'system'
export type Theme = 'dark' | 'light'

const KEY = 'orrery.theme'
const listeners = new Set<() => void>()
const systemLight = (): MediaQueryList | undefined =>
  typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: light)') : undefined

function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(KEY)
    return value === 'dark' || value === 'light' ? value : 'system'
  } catch {
    return 'system'
  }
}

let choice: ThemeChoice = stored()

/** The theme that is shown. */
export function currentTheme(): Theme {
  if (choice !== 'system') return choice
  return systemLight()?.matches === true ? 'light' : 'dark'
}

function show(): void {
  const theme = currentTheme()
  document.documentElement.dataset['theme'] = theme
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', theme === 'dark' ? '#0e161e' : '#f4eee2')
  for (const listener of listeners) listener()
}

/** Applies the stored choice and follows the system from now on. Call once, before rendering. */
export function startTheme(): void {
  show()
  systemLight()?.addEventListener('change', show)
}

/** Chooses and remembers a theme; the page changes at once. */
export function setTheme(next: ThemeChoice): void {
  choice = next
  try {
    if (next === 'system') localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, next)
  } catch {
    // Storage may be blocked; the choice then lasts as long as the page.
  }
  show()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The shown theme and the choice behind it; renders again when either changes. */
export function useTheme(): { readonly theme: Theme; readonly choice: ThemeChoice } {
  const key = useSyncExternalStore(subscribe, () => `${currentTheme()}/${choice}`)
  const [theme, chosen] = key.split('/') as [Theme, ThemeChoice]
  return { theme, choice: chosen }
}

/** A token's value as it is now, e.g. `token('--brass')`; for canvases and libraries that cannot read CSS variables. */
export function token(name: `--${string}`): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}
