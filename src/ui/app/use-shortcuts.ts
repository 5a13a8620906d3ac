import { useEffect } from 'react'
import type { StepUnit } from '../../workers/protocol.ts'
import { session } from '../connection/session.ts'
import { mirror } from '../store/hooks.ts'
import { ui, updateUi, type ViewName } from '../store/ui-state.ts'
import { lookInside } from '../views/select.ts'

const VIEW_KEYS: Readonly<Record<string, ViewName>> = { '1': 'cluster', '2': 'workloads', '3': 'control-plane', '4': 'table' }
const STEP_KEYS: Readonly<Record<string, StepUnit>> = { '.': 'change', e: 'event', r: 'reconcile', s: 'settle', n: 'timer' }

/** Texts, terminals, sliders, menus and dialogs keep their keys. */
function typing(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false
  return target.closest('input, textarea, select, [contenteditable=true], .monaco-editor, .xterm, [role=menu], dialog, [role=tablist], [role=radiogroup], [role=separator]') !== null
}

/** Space on a button presses the button. */
const pressable = (target: EventTarget | null): boolean => target instanceof Element && target.closest('button, a, [role=button]') !== null

const toggle = (key: 'historyOpen' | 'terminalOpen' | 'inspectorOpen'): void =>
  updateUi((draft) => {
    draft[key] = !draft[key]
    if (key === 'historyOpen' && draft.historyOpen) draft.inspectorOpen = true
  })

/** True when the key meant something. */
function withModifier(event: KeyboardEvent): boolean {
  const key = event.key.toLowerCase()
  if (key === 'k') {
    updateUi((draft) => void (draft.paletteOpen = !draft.paletteOpen))
    return true
  }
  if (typing(event.target)) return false
  if (key === 'z') {
    if (event.shiftKey) session.redo()
    else session.undo()
    return true
  }
  return false
}

function plain(event: KeyboardEvent): boolean {
  const { key, shiftKey } = event
  const { clock } = mirror.getState()
  // The palette or a dialog is on its way: what is typed is meant for it.
  if (ui.getState().paletteOpen || ui.getState().dialog !== null) return false
  if (key === ' ') {
    if (pressable(event.target)) return false
    session.toggle()
    return true
  }
  const unit = STEP_KEYS[key.toLowerCase()]
  if (unit !== undefined) session.step(unit, shiftKey)
  else if (key === 'ArrowRight' || key === 'PageDown') session.step(shiftKey ? 'reconcile' : 'change')
  else if (key === 'ArrowLeft' || key === 'PageUp') session.step(shiftKey ? 'reconcile' : 'change', true)
  else if (key === 'Home' && clock !== null) session.seek({ index: clock.origin.index })
  else if (key === 'End' && clock !== null) session.seek({ at: clock.endAt })
  else if (key === 'h' || key === 'H') toggle('historyOpen')
  else if (key === 't' || key === 'T') toggle('terminalOpen')
  else if (key === 'i' || key === 'I') toggle('inspectorOpen')
  else if ((key === 'o' || key === 'O') && /^(?:pods|nodes)\//.test(ui.getState().selected ?? '')) lookInside(ui.getState().selected)
  else if (key === '/') document.getElementById('filter')?.focus()
  else if (key === '?') updateUi((draft) => void (draft.dialog = 'help'))
  else if (VIEW_KEYS[key] !== undefined) updateUi((draft) => void (draft.view = VIEW_KEYS[key] ?? draft.view))
  else if (key === 'Escape' && ui.getState().selected !== null) updateUi((draft) => void (draft.selected = null))
  else return false
  return true
}

/** The page's keys. */
export function useShortcuts(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey || event.isComposing) return
      const used = event.ctrlKey || event.metaKey ? withModifier(event) : !typing(event.target) && plain(event)
      if (used) event.preventDefault()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}
