import { startTransition, useEffect, useReducer, useState } from 'react'
import type { StoreApi } from 'zustand/vanilla'

const more = (count: number): number => count + 1

/**
 * What `select` finds in a store that changes up to sixty times a second. React learns of a change as a transition: it
 * renders in slices and lets go in between, where zustand's own hook renders everything that changed in one piece, and a
 * frame with a thousand pods would hold up whoever types or drags.
 */
export function useWatched<S, T>(store: StoreApi<S>, select: (state: S) => T, equal: (a: T, b: T) => boolean): T {
  const [, renew] = useReducer(more, 0)
  const found = select(store.getState())
  const [shown] = useState({ value: found, select })
  const value = equal(shown.value, found) ? shown.value : found
  useEffect(() => {
    shown.value = value
    shown.select = select
  })
  useEffect(() => {
    const look = (): void => {
      if (!equal(shown.value, shown.select(store.getState()))) startTransition(renew)
    }
    look()
    return store.subscribe(look)
  }, [store, shown, equal])
  return value
}
