import { columns, inColumns } from './columns.ts'
import { commonStart, emptyLine, nextLine, pressKey, replace, splitKeys, type Line } from './line-editor.ts'
import type { TerminalPanelProps } from './types.ts'
import { isUnfinished, joined } from './unfinished.ts'

/** As much of xterm as the session needs; a fake one serves in tests. */
export interface Screen {
  readonly cols: number
  write(data: string): void
  clear(): void
}

const LIST_ALL = 100
/** Before the lines that go on with an unfinished one. */
const GOES_ON = '> '
/** So much of an unfinished line of output is remembered as a prompt. */
const TAIL = 400
// eslint-disable-next-line no-control-regex
const plain = (text: string): string => text.replace(/\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x1f]/g, '')

/**
 * One terminal: takes keys, keeps the line, draws it, runs it. Keys that come while a line runs are kept for the next
 * prompt, except Ctrl-C. `said` hears plain output, line by line, for those who do not see the screen.
 */
export class ShellSession {
  #line: Line
  #running = false
  /** Lines of a command that is not finished: an open quote, block or here-document. */
  #begun = ''
  /** Keys that came while a line ran. */
  #waiting: string[] = []
  /** Row of the cursor below the prompt's row, to find the way back when redrawing. */
  #row = 0
  #atLineStart = true
  #seat: 'none' | 'plain' | 'tty' = 'none'
  /** The line that is written for the process that sits here, with a history of its own. */
  #inner: Line = emptyLine
  /** Candidates for Tab are on their way. */
  #completing = false
  /** Output behind its last line break: that process's prompt. */
  #tail = ''
  readonly #screen: Screen
  readonly #props: () => TerminalPanelProps
  readonly #said: (text: string) => void

  constructor(screen: Screen, props: () => TerminalPanelProps, said: (text: string) => void) {
    this.#screen = screen
    this.#props = props
    this.#said = said
    const history = props().history ?? []
    this.#line = { ...emptyLine, history, at: history.length }
  }

  get running(): boolean {
    return this.#running
  }

  start(): void {
    const { greeting } = this.#props()
    if (greeting !== undefined) this.#write(`${greeting}\n`)
    this.#draw()
  }

  /** Types a line and runs it, also while another one runs (then it waits its turn). */
  submit(line: string): void {
    this.#begun = ''
    this.input(`\x15${line}\r`)
  }

  input(data: string): void {
    const keys = splitKeys(data.replace(/\r\n|\n/g, '\r'))
    if (this.#completing) {
      this.#waiting.push(...keys)
      return
    }
    if (this.#seat !== 'none') {
      for (const [i, key] of keys.entries()) {
        this.#pressInner(key)
        if (!this.#completing) continue
        this.#waiting.push(...keys.slice(i + 1))
        return
      }
      return
    }
    if (this.#running && data.includes('\x03')) {
      this.#waiting = []
      this.#write('^C')
      this.#props().interrupt()
      return
    }
    this.#waiting.push(...keys)
    this.#goOn()
  }

  /** A process begins to read what is typed, or the shell is back. Keys that came too early are for the process. */
  sit(seat: 'none' | 'plain' | 'tty'): void {
    if (seat === this.#seat || (seat !== 'none' && !this.#running)) return
    if (seat === 'none') this.#eraseInner()
    this.#seat = seat
    this.#inner = { ...nextLine(this.#inner, ''), text: '', cursor: 0 }
    if (seat === 'none') return
    for (const key of this.#waiting.splice(0)) this.#pressInner(key)
  }

  #pressInner(key: string): void {
    const { line, asked } = pressKey(this.#inner, key)
    const isTty = this.#seat === 'tty'
    const { typed } = this.#props()
    this.#inner = line
    if (asked === 'run') {
      // A terminal over there writes what it gets; without one the line stays as it was typed.
      if (isTty) this.#eraseInner()
      else this.#said(`${line.text}\n`)
      this.#inner = nextLine(line, line.text)
      if (!isTty) this.#leaveLine()
      typed?.({ text: `${line.text}\n` })
      return
    }
    if (asked === 'complete') {
      if (isTty) void this.#completeInner()
      return
    }
    if (asked === 'interrupt' || key === '\x1c' || (key === '\x1a' && isTty)) {
      this.#eraseInner()
      this.#inner = nextLine(line, '')
      if (isTty) typed?.({ text: key })
      else this.#interruptInner()
      return
    }
    if (asked === 'end') typed?.(isTty ? { text: '\x04' } : { end: true })
    if (asked === 'clear') {
      this.#screen.clear()
      this.#screen.write('\x1b[H\x1b[2J')
      this.#row = 0
    }
    this.#drawInner()
  }

  #interruptInner(): void {
    this.#write('^C')
    this.#props().interrupt()
  }

  #leaveLine(): void {
    this.#screen.write('\r\n')
    this.#row = 0
    this.#tail = ''
    this.#atLineStart = true
  }

  /** Takes the line that is being written off the screen; the cursor is behind the process's prompt again. */
  #eraseInner(): void {
    this.#drawLine(this.#tail, { ...this.#inner, text: '', cursor: 0, search: null }, false)
  }

  #drawInner(): void {
    this.#drawLine(this.#tail, this.#inner, false)
  }

  /** Takes what was typed, until a line runs. */
  #goOn(): void {
    while (!this.#running) {
      const key = this.#waiting.shift()
      if (key === undefined) return
      this.#press(key)
    }
  }

  #press(key: string): void {
    const { line, asked } = pressKey(this.#line, key)
    this.#line = line
    if (asked === 'run') {
      void this.#run(line.text)
      return
    }
    if (asked === 'complete') {
      void this.#complete()
      return
    }
    if (asked === 'interrupt') {
      this.#draw()
      this.#screen.write('^C\r\n')
      this.#line = nextLine(line, '')
      this.#begun = ''
      this.#row = 0
    }
    if (asked === 'clear') {
      this.#screen.clear()
      this.#screen.write('\x1b[H\x1b[2J')
      this.#row = 0
    }
    this.#draw()
  }

  async #run(last: string): Promise<void> {
    this.#draw()
    this.#leaveLine()
    const { history } = this.#line
    this.#line = nextLine(this.#line, last)
    if (this.#line.history !== history) this.#props().onHistory?.(this.#line.history)
    const text = this.#begun + last
    if (isUnfinished(text)) {
      this.#begun = `${text}\n`
      this.#draw()
      this.#goOn()
      return
    }
    this.#begun = ''
    if (text.trim() !== '') {
      this.#running = true
      try {
        await this.#props().run(joined(text), (output) => this.#write(output))
      } catch (error) {
        this.#write(`${error instanceof Error ? error.message : String(error)}\n`)
      }
      this.sit('none')
      this.#running = false
    }
    if (!this.#atLineStart) this.#write('\n')
    this.#draw()
    this.#goOn()
  }

  async #complete(): Promise<void> {
    const { text, cursor } = this.#line
    this.#running = true
    const found = await this.#props()
      .complete(text, cursor)
      .catch(() => ({ candidates: [] as readonly string[], replaceFrom: cursor }))
    this.#running = false
    this.#line = this.#offer(this.#line, found.candidates, found.replaceFrom)
    this.#draw()
    this.#goOn()
  }

  /** Tab in the line of the process that sits here. Keys that come meanwhile wait. */
  async #completeInner(): Promise<void> {
    const { text, cursor } = this.#inner
    this.#completing = true
    const found = await this.#props()
      .complete(text, cursor)
      .catch(() => ({ candidates: [] as readonly string[], replaceFrom: cursor }))
    this.#completing = false
    if (this.#seat === 'none') return this.#goOn()
    this.#inner = this.#offer(this.#inner, found.candidates, found.replaceFrom)
    this.#drawInner()
    this.input(this.#waiting.splice(0).join(''))
  }

  /** The line with what all candidates share, or as it was with the candidates listed below it. */
  #offer(line: Line, candidates: readonly string[], from: number): Line {
    const { text, cursor } = line
    const typed = text.slice(from, cursor)
    const only = candidates.length === 1
    const shared = commonStart(candidates)
    const open = only && !/[=/:,]$/.test(shared) && text[cursor] !== ' '
    if (only || shared.length > typed.length) {
      return replace(line, from, cursor, shared + (open ? ' ' : ''))
    }
    if (candidates.length === 0) return line
    const shown = candidates.slice(0, LIST_ALL)
    const rest = candidates.length - shown.length
    this.#screen.write(`\r\n${inColumns(shown, this.#screen.cols)}${rest > 0 ? `\r\n… +${rest}` : ''}\r\n`)
    this.#said(shown.join(' '))
    this.#row = 0
    return line
  }

  #write(text: string): void {
    if (text === '') return
    const isEditing = this.#seat !== 'none' && this.#inner.text !== ''
    if (isEditing) this.#eraseInner()
    this.#atLineStart = text.endsWith('\n')
    this.#tail = (this.#tail + text).slice(-TAIL).replace(/^[^]*[\r\n]/, '')
    this.#screen.write(text.replace(/\r?\n/g, '\r\n'))
    this.#row = Math.floor(columns(plain(this.#tail)) / this.#screen.cols)
    this.#said(text)
    if (isEditing) this.#drawInner()
  }

  /** Draws prompt and line anew from the prompt's row and leaves the cursor where it belongs. */
  #draw(): void {
    this.#drawLine(this.#begun === '' ? this.#props().prompt : GOES_ON, this.#line, true)
  }

  #drawLine(usual: string, { text, cursor, search }: Line, isOwn: boolean): void {
    const prompt = search === null ? usual : `(reverse-i-search)\`${search}': `
    const { cols } = this.#screen
    const shown = plain(prompt)
    const total = columns(shown + text)
    const to = columns(shown + text.slice(0, cursor))
    let out = `${this.#row > 0 ? `\x1b[${this.#row}A` : ''}\r\x1b[J${search === null && isOwn ? `\x1b[33m${prompt}\x1b[0m` : prompt}${text}`
    // A line that fills its row exactly leaves the cursor pending on it; a new row makes the arithmetic hold.
    if (total > 0 && total % cols === 0) out += '\r\n'
    const up = Math.floor(total / cols) - Math.floor(to / cols)
    if (up > 0) out += `\x1b[${up}A`
    out += '\r'
    if (to % cols > 0) out += `\x1b[${to % cols}C`
    this.#row = Math.floor(to / cols)
    this.#screen.write(out)
  }

  /** After the width changed: the prompt's row is unknown, so a fresh one is begun. */
  redraw(): void {
    if (this.#seat !== 'none') {
      this.#row = 0
      this.#drawInner()
    }
    if (this.#running) return
    this.#row = 0
    this.#draw()
  }
}
