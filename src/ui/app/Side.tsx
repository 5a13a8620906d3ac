import { lazy, Suspense, type ReactNode } from 'react'
import { useUi } from '../store/hooks.ts'

const Inspector = lazy(async () => ({ default: (await import('../inspector/Inspector.tsx')).Inspector }))
const HistoryPanel = lazy(async () => ({ default: (await import('../timeline/HistoryPanel.tsx')).HistoryPanel }))

/** The right-hand pane: the inspector, or the history when it is open. */
export function Side({ closable }: { readonly closable: boolean }): ReactNode {
  const history = useUi((state) => state.historyOpen)
  return <Suspense fallback={null}>{history ? <HistoryPanel closable /> : <Inspector closable={closable} />}</Suspense>
}
