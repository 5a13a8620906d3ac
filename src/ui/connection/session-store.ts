import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { SaveFile } from '../../workers/protocol.ts'
import type { ViewState } from '../store/ui-state.ts'

/** All that a person would miss: the session and what surrounds it. */
export interface StoredSession {
  readonly save: SaveFile
  readonly view: ViewState
}

interface Schema extends DBSchema {
  sessions: { key: string; value: StoredSession }
}

const KEY = 'autosave'
let database: Promise<IDBPDatabase<Schema>> | undefined

function open(): Promise<IDBPDatabase<Schema>> {
  database ??= openDB<Schema>('orrery', 1, { upgrade: (db) => void db.createObjectStore('sessions') })
  return database
}

/** The last stored session; null where there is none, or where the browser keeps no data. */
export async function storedSession(): Promise<StoredSession | null> {
  try {
    return (await (await open()).get('sessions', KEY)) ?? null
  } catch {
    return null
  }
}

/** Keeps a session; false where the browser keeps no data. */
export async function storeSession(session: StoredSession): Promise<boolean> {
  try {
    await (await open()).put('sessions', session, KEY)
    return true
  } catch {
    return false
  }
}
