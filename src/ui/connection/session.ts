import type { Answers, ApplyResult, ClusterSettings, NodeAction, Query, SaveFile, Seat, StepUnit } from '../../workers/protocol.ts'
import { FIRST_SAMPLE } from '../editor/first-sample.ts'
import { ShareError, type SharedSession } from '../share/shared-session.ts'
import { mirror } from '../store/hooks.ts'
import { applyFrame } from '../store/mirror.ts'
import { initialUi, ui, updateUi, viewStateOf, type FileState, type ViewState } from '../store/ui-state.ts'
import { report, say } from './announce.ts'
import { Connection, type WorkerLike } from './connection.ts'
import type { StoredSession } from './session-store.ts'

type Output = (text: string) => void

/** Kept apart from the first load: the page stands before the last visit is looked up. */
const store = (): Promise<typeof import('./session-store.ts')> => import('./session-store.ts')

/**
 * The page's session: the connection, the mirror that it feeds, and everything a person can do to the cluster. There is
 * one; views call it and read the stores.
 */
class Session {
  #connection: Connection | null = null
  #last: SaveFile | null = null
  #saveTimer: ReturnType<typeof setTimeout> | undefined
  #savedIndex = ''
  #outputs = new Map<number, Output>()
  #edits: ((session: number, edit: number, name: string, text: string) => void) | undefined
  #seats: ((session: number, seat: Seat) => void) | undefined
  #seeking = false
  #nextSeek: Extract<Query, { type: 'seek' }> | null = null
  #restarts = 0

  /** Starts the worker and brings back what the address or the last visit holds. */
  async start(make: () => WorkerLike): Promise<void> {
    updateUi((draft) => {
      if (draft.files.length === 0) setFiles(draft, freshFiles())
    })
    this.#connection = new Connection(make, {
      frame: (frame) => {
        applyFrame(mirror, frame)
        this.#saveSoon()
      },
      output: (session, _stream, text) => this.#outputs.get(session)?.(text),
      seat: (session, seat) => this.#seats?.(session, seat),
      edit: (session, edit, name, text) => this.#edits?.(session, edit, name, text),
      ready: () => undefined,
      lost: (message, save) => void this.#recover(message, save),
    })
    const stored = await (await store()).storedSession()
    if (stored !== null) this.#takeView(stored.view)
    try {
      await this.#connection.start()
      updateUi((draft) => {
        draft.connection = 'running'
      })
    } catch {
      return
    }
    const opened = await this.#openAddress()
    if (!opened && stored !== null) await this.#restore(stored.save)
    if (!opened && stored === null) this.play()
    ui.subscribe(() => this.#saveSoon())
  }

  ask<T extends Query['type']>(query: Extract<Query, { type: T }>): Promise<Answers[T]> {
    return this.#connection === null ? Promise.reject(new Error('the simulation is not running')) : this.#connection.ask<T>(query)
  }

  /** Asks, and shows a failure to the person. */
  do<T extends Query['type']>(query: Extract<Query, { type: T }>): void {
    this.ask<T>(query).catch((error: unknown) => report(error))
  }

  play = (): void => this.do({ type: 'play' })
  pause = (): void => this.do({ type: 'pause' })
  toggle = (): void => (mirror.getState().clock?.playing === true ? this.pause() : this.play())
  step = (unit: StepUnit, back = false): void => this.do({ type: 'step', unit, back })

  /** Goes to a step. While one jump is under way only the latest next one is kept, so that dragging never queues up. */
  seek = (to: { readonly index?: number; readonly at?: number; readonly branch?: number }): void => {
    this.#nextSeek = { type: 'seek', ...to }
    if (!this.#seeking) void this.#seekOn()
  }

  async #seekOn(): Promise<void> {
    this.#seeking = true
    while (this.#nextSeek !== null) {
      const query = this.#nextSeek
      this.#nextSeek = null
      await this.ask<'seek'>(query).catch((error: unknown) => report(error))
    }
    this.#seeking = false
  }

  /** To the command before the cursor, or after it: undo and redo. */
  undo = (): void => {
    const { clock, marks } = mirror.getState()
    if (clock === null) return
    const before = marks.filter(({ kind, index }) => kind === 'command' && index <= clock.index).at(-1)
    if (before !== undefined) this.seek({ index: before.index - 1 })
  }

  redo = (): void => {
    const { clock, marks } = mirror.getState()
    if (clock === null) return
    const after = marks.filter(({ kind, index }) => kind === 'command' && index > clock.index)
    if (after.length === 0) return
    this.seek(after[1] === undefined ? { at: clock.endAt } : { index: after[1].index - 1 })
  }

  /** Applies texts as `kubectl apply -f`; problems go to the editor, kubectl's lines are returned. */
  async apply(files: readonly { readonly name: string; readonly text: string }[]): Promise<ApplyResult | null> {
    updateUi((draft) => {
      draft.applying = true
      draft.problems = []
    })
    try {
      const result = await this.ask<'apply'>({ type: 'apply', files })
      updateUi((draft) => {
        draft.problems = [...result.problems]
        draft.offers = [...(result.offers ?? [])]
        if (draft.offers.length > 0 || result.problems.some(({ severity }) => severity === 'error') || result.lines.some(({ ok }) => !ok)) return
        for (const file of draft.files) if (files.some(({ name }) => name === file.name)) Object.assign(file, { applied: files.find(({ name }) => name === file.name)?.text ?? null })
      })
      for (const line of result.lines) say(line.ok ? 'done' : 'bad', line.text)
      return result
    } catch (error) {
      report(error)
      return null
    } finally {
      updateUi((draft) => {
        draft.applying = false
      })
    }
  }

  async remove(key: string): Promise<void> {
    try {
      const result = await this.ask<'delete'>({ type: 'delete', key })
      for (const line of result.lines) say(line.ok ? 'done' : 'bad', line.text)
    } catch (error) {
      report(error)
    }
  }

  node = (action: NodeAction, name: string): void => this.do({ type: 'node', action, name })

  onOutput(session: number, output: Output): () => void {
    this.#outputs.set(session, output)
    return () => this.#outputs.delete(session)
  }

  /** Hears who reads what is typed at the terminals. */
  onSeat(handler: (session: number, seat: Seat) => void): void {
    this.#seats = handler
  }

  onEdit(handler: (session: number, edit: number, name: string, text: string) => void): void {
    this.#edits = handler
  }

  /** The whole session for a link or a file. */
  async shared(): Promise<SharedSession> {
    const save = await this.ask<'save'>({ type: 'save' })
    const { files, activeFile, view, selected } = ui.getState()
    return { save, files, activeFile, view, selected }
  }

  /** Opens a shared session. What was there is kept until the new one stands. */
  async open(session: SharedSession): Promise<void> {
    const before = await this.ask<'save'>({ type: 'save' }).catch(() => this.#last)
    try {
      const { verified, found } = await this.ask<'load'>({ type: 'load', save: session.save })
      updateUi((draft) => {
        if (session.files.length > 0) setFiles(draft, session.files, session.activeFile)
        draft.view = session.view
        draft.selected = session.selected
        draft.verified = { hash: found.slice(0, 6), ok: verified }
      })
    } catch (error) {
      report(error, 'openFailed')
      if (before !== null) await this.ask<'load'>({ type: 'load', save: before }).catch((again: unknown) => report(again))
    }
  }

  /** A new cluster from its boot; texts stay. */
  reset(settings: Partial<ClusterSettings> = {}): void {
    updateUi((draft) => {
      draft.verified = null
      draft.selected = null
      draft.inside = null
      for (const file of draft.files) Object.assign(file, { applied: null })
    })
    this.do({ type: 'reset', ...settings })
    this.play()
  }

  async #openAddress(): Promise<boolean> {
    const { hash } = location
    if (!hash.startsWith('#s=')) return false
    history.replaceState(null, '', location.pathname + location.search)
    try {
      const { decodeSession } = await import('../share/codec.ts')
      await this.open(decodeSession(hash.slice(3)))
      return true
    } catch (error) {
      if (error instanceof ShareError) say('bad', '', `link.${error.code}`)
      else report(error)
      return false
    }
  }

  #takeView(view: Partial<ViewState>): void {
    updateUi((draft) => {
      Object.assign(draft, { ...initialUi(), ...view, files: draft.files })
      if (view.files !== undefined && view.files.length > 0) setFiles(draft, view.files, view.activeFile)
    })
  }

  async #restore(save: SaveFile): Promise<void> {
    if (save.branches.every(({ commands }) => commands.length === 0) && save.branches.length === 1 && save.cursor.index === 0) return
    try {
      const { verified } = await this.ask<'load'>({ type: 'load', save })
      if (!verified) say('warn', '', 'restoredDifferently')
    } catch (error) {
      report(error, 'restoreFailed')
    }
  }

  /** A new worker with the last known session. Texts live in the page and are not touched. */
  async #recover(message: string, save: SaveFile | null): Promise<void> {
    updateUi((draft) => {
      draft.connection = 'lost'
      draft.applying = false
    })
    say('bad', message, 'crashed')
    if (++this.#restarts > 3) return
    const last = save ?? this.#last ?? (await (await store()).storedSession())?.save ?? null
    try {
      await this.#connection?.start()
      updateUi((draft) => {
        draft.connection = 'running'
      })
      if (last !== null) await this.#restore(last)
      say('done', '', 'recovered')
      setTimeout(() => {
        this.#restarts = 0
      }, 60_000)
    } catch (error) {
      report(error, 'restoreFailed')
    }
  }

  #saveSoon(): void {
    if (this.#saveTimer !== undefined) return
    this.#saveTimer = setTimeout(() => {
      this.#saveTimer = undefined
      void this.save()
    }, 1_500)
  }

  /** Stores the session now, if something changed since. */
  async save(): Promise<void> {
    if (ui.getState().connection !== 'running') return
    const { clock } = mirror.getState()
    const view = viewStateOf(ui.getState())
    const place = clock === null ? '' : `${clock.branch}/${clock.index}/${clock.at}`
    try {
      if (place !== this.#savedIndex || this.#last === null) this.#last = await this.ask<'save'>({ type: 'save' })
      this.#savedIndex = place
      const stored: StoredSession = { save: this.#last, view }
      await (await store()).storeSession(stored)
    } catch {
      // The worker is gone or busy; the next frame tries again.
    }
  }
}

function freshFiles(): FileState[] {
  return [{ name: FIRST_SAMPLE.name, text: FIRST_SAMPLE.text, applied: null }]
}

function setFiles(draft: { files: FileState[]; activeFile: string }, files: readonly FileState[], active?: string): void {
  draft.files = files.map((file) => ({ ...file }))
  draft.activeFile = draft.files.some(({ name }) => name === active) ? (active ?? '') : (draft.files[0]?.name ?? '')
}

export const session = new Session()
