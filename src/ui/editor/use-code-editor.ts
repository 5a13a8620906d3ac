import { useEffect, useState, type ComponentType } from 'react'
import type { CodeEditorProps } from './MonacoEditor.tsx'

/** Below this width, or with a finger as the pointer, the plain text area serves better. */
const PHONE = '(max-width: 640px)'

export interface CodeEditorState {
  /** Undefined: the plain text area. */
  readonly Editor: ComponentType<CodeEditorProps> | undefined
  /** Monaco could not be loaded; the plain text area stays. */
  readonly failed: boolean
}

function whenIdle(run: () => void): () => void {
  if (typeof requestIdleCallback === 'function') {
    const id = requestIdleCallback(run, { timeout: 1_500 })
    return () => cancelIdleCallback(id)
  }
  const id = setTimeout(run, 300)
  return () => clearTimeout(id)
}

/** Fetches Monaco when the page has come to rest. */
export function useCodeEditor(): CodeEditorState {
  const [state, setState] = useState<CodeEditorState>({ Editor: undefined, failed: false })
  useEffect(() => {
    if (matchMedia(PHONE).matches) return undefined
    let gone = false
    const cancel = whenIdle(() => {
      import('./MonacoEditor.tsx').then(
        ({ MonacoEditor }) => !gone && setState({ Editor: MonacoEditor, failed: false }),
        () => !gone && setState({ Editor: undefined, failed: true }),
      )
    })
    return () => {
      gone = true
      cancel()
    }
  }, [])
  return state
}
