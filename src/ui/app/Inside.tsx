import { lazy, Suspense, type ReactNode } from 'react'
import { useUi } from '../store/hooks.ts'

const InsideView = lazy(async () => ({ default: (await import('../views/inside/InsideView.tsx')).InsideView }))

/** What lies over the middle of the page while somebody looks into a node or pod. */
export function Inside(): ReactNode {
  const inside = useUi((state) => state.inside)
  return <Suspense fallback={null}>{inside !== null && <InsideView objectKey={inside} />}</Suspense>
}
