import { changedLines } from './changed-lines.ts'

/** How a text stands to what was last applied under its name. */
export interface EditState {
  /** Differs from what was applied, or was never applied. */
  readonly edited: boolean
  readonly everApplied: boolean
  /** Places that differ; 0 for a text that was never applied. */
  readonly changes: number
}

export function editState(text: string, applied: string | undefined): EditState {
  if (applied === undefined) return { edited: text.trim() !== '', everApplied: false, changes: 0 }
  const changes = changedLines(applied, text).length
  return { edited: changes > 0, everApplied: true, changes }
}
