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
  tokens.clear()
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

/** Values of tokens in the theme that is shown: to read one from the document makes the browser work out the style of the whole page. */
const tokens = new Map<string, string>()

/** A token's value as it is now, e.g. `token('--brass')`; for canvases and libraries that cannot read CSS variables. */
export function token(name: `--${string}`): string {
  const known = tokens.get(name)
  if (known !== undefined) return known
  const value = getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  // Before the style sheet is there nothing has a value.
  if (value !== '') tokens.set(name, value)
  return value
}
