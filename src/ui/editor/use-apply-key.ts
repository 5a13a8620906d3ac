import { useEffect, useEffectEvent, type RefObject } from 'react'

/** What takes keys for itself: a line that is typed elsewhere is not a wish to apply. */
const ELSEWHERE = 'input, textarea, select, .xterm, dialog, [role=menu]'

/** Ctrl/Cmd-Enter applies: in the panel, and wherever on the page nothing else is being typed. */
export function useApplyKey(panel: RefObject<HTMLElement | null>, apply: () => void): void {
  const press = useEffectEvent((event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return
    const target = event.target instanceof Element ? event.target : document.body
    if (panel.current?.contains(target) !== true && target.closest(ELSEWHERE) !== null) return
    event.preventDefault()
    apply()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => press(event)
    addEventListener('keydown', listener)
    return () => removeEventListener('keydown', listener)
  }, [])
}
