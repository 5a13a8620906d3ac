import { changedLines, type ChangedRange } from './changed-lines.ts'

/** How a text stands to what was last applied under its name. */
export interface EditState {
  /** Differs from what was applied, or was never applied. */
  readonly edited: boolean
  readonly everApplied: boolean
  /** The places that differ; none for a text that was never applied. */
  readonly ranges: readonly ChangedRange[]
}

function compute(text: string, applied: string | undefined): EditState {
  if (applied === undefined) return { edited: text.trim() !== '', everApplied: false, ranges: [] }
  const ranges = changedLines(applied, text)
  return { edited: ranges.length > 0, everApplied: true, ranges }
}

interface Known {
  readonly text: string
  readonly applied: string | undefined
  readonly state: EditState
}

const known = new Map<string, Known>()

/** The state of the file `name`; the last answer is kept, so that asking at every rendering costs nothing. */
export function editState(name: string, text: string, applied: string | undefined): EditState {
  const last = known.get(name)
  if (last !== undefined && last.text === text && last.applied === applied) return last.state
  const state = compute(text, applied)
  known.set(name, { text, applied, state })
  return state
}
