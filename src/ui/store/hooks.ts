import { shallow } from 'zustand/shallow'
import { useStore } from 'zustand'
import type { ApiObject, ClockState } from '../../workers/protocol.ts'
import type { IndexName } from './indexes.ts'
import { useWatched } from './use-watched.ts'
import { createMirror, type Mirror } from './mirror.ts'
import { ui, type UiState } from './ui-state.ts'

/** The page's one mirror of the cluster. */
export const mirror = createMirror()

/** One thing of the mirror; renders again only when it changes. Select small. */
export function useMirror<T>(select: (state: Mirror) => T): T {
  return useWatched(mirror, select, Object.is)
}

/** Several things of the mirror at once, compared one by one. */
export function useMirrorShallow<T>(select: (state: Mirror) => T): T {
  return useWatched(mirror, select, shallow)
}

export function useUi<T>(select: (state: UiState) => T): T {
  return useStore(ui, select)
}

/** The object under a key, or undefined. */
export function useRecord(key: string | null | undefined): ApiObject | undefined {
  return useMirror((state) => (key == null ? undefined : state.records.get(key)))
}

/** Sorted record keys of an index, e.g. the pods of a node. */
export function useKeys(index: IndexName, of: string): readonly string[] {
  return useMirror((state) => state.indexes.list(index, of))
}

export function useClock<T>(select: (clock: ClockState) => T, otherwise: T): T {
  return useMirror((state) => (state.clock === null ? otherwise : select(state.clock)))
}

/** A number that changes when what the worker works out should be asked for again: with each step while paused, four times a virtual second in play. */
export const useMoment = (): number => useClock((clock) => (clock.playing ? Math.floor(clock.at / 250_000) : clock.index * 1e6 + clock.branch), 0)
