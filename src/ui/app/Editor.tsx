import { useCallback, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { session } from '../connection/session.ts'
import { EditorPanel } from '../editor/EditorPanel.tsx'
import type { Sample } from '../editor/types.ts'
import { useUi } from '../store/hooks.ts'
import { ui, updateUi } from '../store/ui-state.ts'
import { finishEdit } from './edit-in-editor.ts'

/** The editor with the page's texts. */
export function Editor({ readOnly = false }: { readonly readOnly?: boolean }): ReactNode {
  const files = useUi((state) => state.files)
  const active = useUi((state) => state.activeFile)
  const problems = useUi((state) => state.problems)
  const busy = useStore(ui, (state) => state.applying)
  const appliedText = useCallback((name: string) => files.find((file) => file.name === name)?.applied ?? undefined, [files])
  return (
    <EditorPanel
      files={files}
      active={active}
      problems={problems}
      busy={busy}
      readOnly={readOnly}
      appliedText={appliedText}
      onChange={(name, text) =>
        updateUi((draft) => {
          const file = draft.files.find((known) => known.name === name)
          if (file !== undefined) Object.assign(file, { text })
          if (draft.problems.some((problem) => problem.file === name)) draft.problems = draft.problems.filter((problem) => problem.file !== name)
        })
      }
      onSelect={(name) => updateUi((draft) => void (draft.activeFile = name))}
      onAdd={() => addFile('new.yaml', '')}
      onRemove={(name) => {
        finishEdit(name, null)
        updateUi((draft) => {
          draft.files = draft.files.filter((file) => file.name !== name)
          if (draft.activeFile === name) draft.activeFile = draft.files[0]?.name ?? ''
        })
      }}
      onApply={(chosen) => {
        const edited = chosen.filter(({ name, text }) => !finishEdit(name, text))
        if (edited.length > 0) void session.apply(edited.map(({ name, text }) => ({ name, text })))
      }}
      onSample={(sample: Sample) => {
        if (files.some(({ name }) => name === sample.name)) updateUi((draft) => void (draft.activeFile = sample.name))
        else addFile(sample.name, sample.text)
      }}
    />
  )
}

/** Adds a tab; a taken name gets a number. */
export function addFile(name: string, text: string): string {
  const { files } = ui.getState()
  let free = name
  for (let at = 2; files.some((file) => file.name === free); at++) free = name.replace(/(\.[^.]*)?$/, `-${at}$1`)
  updateUi((draft) => {
    draft.files.push({ name: free, text, applied: null })
    draft.activeFile = free
  })
  return free
}
