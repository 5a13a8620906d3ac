import i18next from 'i18next'
import { useCallback, useEffect, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { report, say } from '../connection/announce.ts'
import { session } from '../connection/session.ts'
import { provideComponentSchemas } from '../editor/component-schemas.ts'
import { EditorPanel } from '../editor/EditorPanel.tsx'
import type { EditorFile, Sample } from '../editor/types.ts'
import { useUi } from '../store/hooks.ts'
import { ui, updateUi, type FileState } from '../store/ui-state.ts'
import { finishEdit } from './edit-in-editor.ts'

/** The editor with the page's texts. */
export function Editor({ readOnly = false }: { readonly readOnly?: boolean }): ReactNode {
  const files = useUi((state) => state.files)
  const active = useUi((state) => state.activeFile)
  const problems = useUi((state) => state.problems)
  const busy = useStore(ui, (state) => state.applying)
  useComponentSchemas()
  useLiveCheck(files.find(({ name }) => name === active))
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
      onMendAll={(file) => void mendAll(file)}
      onSample={(sample: Sample) => {
        if (files.some(({ name }) => name === sample.name)) updateUi((draft) => void (draft.activeFile = sample.name))
        else addFile(sample.name, sample.text)
      }}
    />
  )
}

/** Gives the editor the schemas of components' files, once the simulation runs. */
function useComponentSchemas(): void {
  const running = useUi((state) => state.connection === 'running')
  useEffect(() => {
    if (!running) return
    // Without them the editor marks such a file's kind as unknown; nothing else is lost.
    session.ask<'fileSchemas'>({ type: 'fileSchemas' }).then(provideComponentSchemas, () => undefined)
  }, [running])
}

/** How long the text must rest before the server is asked what it would say. */
const REST_MS = 600
/** Longer texts are checked when they are applied. */
const MOST_CHECKED = 300_000

/** Asks for the server's dry-run answer to the shown text while it is being written. */
function useLiveCheck(file: FileState | undefined): void {
  const running = useUi((state) => state.connection === 'running')
  const [name, text] = [file?.name, file?.text]
  useEffect(() => {
    if (!running || name === undefined || text === undefined || text.trim() === '' || text.length > MOST_CHECKED) return undefined
    const timer = setTimeout(() => {
      session
        .ask<'check'>({ type: 'check', files: [{ name, text }] })
        .then(({ problems }) =>
          updateUi((draft) => {
            if (draft.files.find((known) => known.name === name)?.text !== text) return
            draft.problems = [...draft.problems.filter((problem) => problem.file !== name), ...problems]
          }),
        )
        // The worker is gone or busy; the next change asks again.
        .catch(() => undefined)
    }, REST_MS)
    return () => clearTimeout(timer)
  }, [running, name, text])
}

async function mendAll({ name, text }: EditorFile): Promise<void> {
  try {
    const mended = await session.ask<'mend'>({ type: 'mend', file: { name, text } })
    updateUi((draft) => {
      const file = draft.files.find((known) => known.name === name)
      if (file?.text === text) Object.assign(file, { text: mended.text })
    })
    say('done', i18next.t(mended.count === 0 ? 'notMended' : 'mended', { ns: 'mend', count: mended.count }))
  } catch (error) {
    report(error)
  }
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
