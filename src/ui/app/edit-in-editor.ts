import { session } from '../connection/session.ts'
import { updateUi } from '../store/ui-state.ts'

/** Texts that `kubectl edit` is waiting for: the tab's name → the number of the edit. */
const open = new Map<string, number>()

/** Opens what `kubectl edit` asks to have edited as a tab; applying the tab or closing it answers. */
export function startEdit(edit: number, name: string, text: string): void {
  const tab = `edit-${name.replace(/[^\w.-]/g, '-')}.yaml`
  open.set(tab, edit)
  updateUi((draft) => {
    draft.files = [...draft.files.filter((file) => file.name !== tab), { name: tab, text, applied: text }]
    draft.activeFile = tab
  })
}

/** True when the tab belonged to an edit; `text` null cancels it. */
export function finishEdit(tab: string, text: string | null): boolean {
  const edit = open.get(tab)
  if (edit === undefined) return false
  open.delete(tab)
  session.do({ type: 'edited', edit, text })
  if (text === null) return true
  updateUi((draft) => {
    draft.files = draft.files.filter((file) => file.name !== tab)
    draft.activeFile = draft.files[0]?.name ?? ''
  })
  return true
}
