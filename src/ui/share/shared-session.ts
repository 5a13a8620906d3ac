import type { SaveFile } from '../../workers/protocol.ts'
import type { FileState, ViewName } from '../store/ui-state.ts'

/** What a link or a session file carries. */
export interface SharedSession {
  readonly save: SaveFile
  readonly files: readonly FileState[]
  readonly activeFile: string
  readonly view: ViewName
  readonly selected: string | null
}

/** Why a link or file cannot be opened; `code` picks the sentence. */
export class ShareError extends Error {
  readonly code: 'truncated' | 'altered' | 'version'
  constructor(code: 'truncated' | 'altered' | 'version') {
    super(code)
    this.code = code
  }
}

/** The session of a file's text: plain JSON of the same shape, so that it can be read and kept in a repository. */
export function parseSessionFile(text: string): SharedSession {
  try {
    return checkShape(JSON.parse(text))
  } catch {
    throw new ShareError('altered')
  }
}

/** A parsed session, with what may be missing filled in. Throws ShareError where it is something else. */
export function checkShape(value: unknown): SharedSession {
  const session = value as Partial<SharedSession> | null
  if (typeof session !== 'object' || session === null) throw new ShareError('altered')
  const { save, files } = session
  if (typeof save !== 'object' || save === null || !Array.isArray(save.branches) || typeof save.hash !== 'string') throw new ShareError('altered')
  if (!Array.isArray(files) || files.some((file) => typeof file?.name !== 'string' || typeof file.text !== 'string')) throw new ShareError('altered')
  return {
    save,
    files,
    activeFile: session.activeFile ?? files[0]?.name ?? '',
    view: session.view ?? 'cluster',
    selected: session.selected ?? null,
  }
}
