import { columns, inColumns } from './columns.ts'
import { commonStart, emptyLine, nextLine, pressKey, replace, splitKeys, type Line } from './line-editor.ts'
import type { TerminalPanelProps } from './types.ts'

/** As much of xterm as the session needs; a fake one serves in tests. */
export interface Screen {
  readonly cols: number
  write(data: string): void
  clear(): void
}

const LIST_ALL = 100

/**
 * One terminal: takes keys, keeps the line, draws it, runs it. Keys that come while a line runs are kept for the next
 * prompt, except Ctrl-C. `said` hears plain output, line by line, for those who do not see the screen.
 */
export class ShellSession {
  #line: Line
  #running = false
  /** Keys that came while a line ran. */
  #waiting: string[] = []
  /** Row of the cursor below the prompt's row, to find the way back when redrawing. */
  #row = 0
  #atLineStart = true
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
    this.input(`\x15${line}\r`)
  }

  input(data: string): void {
    if (this.#running && data.includes('\x03')) {
      this.#waiting = []
      this.#write('^C')
      this.#props().interrupt()
      return
    }
    this.#waiting.push(...splitKeys(data.replace(/\r\n|\n/g, '\r')))
    this.#goOn()
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
      this.#row = 0
    }
    if (asked === 'clear') {
      this.#screen.clear()
      this.#screen.write('\x1b[H\x1b[2J')
      this.#row = 0
    }
    this.#draw()
  }

  async #run(text: string): Promise<void> {
    this.#draw()
    this.#screen.write('\r\n')
    this.#row = 0
    this.#atLineStart = true
    const { history } = this.#line
    this.#line = nextLine(this.#line, text)
    if (this.#line.history !== history) this.#props().onHistory?.(this.#line.history)
    if (text.trim() !== '') {
      this.#running = true
      try {
        await this.#props().run(text, (output) => this.#write(output))
      } catch (error) {
        this.#write(`${error instanceof Error ? error.message : String(error)}\n`)
      }
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
    this.#offer(found.candidates, found.replaceFrom)
    this.#draw()
    this.#goOn()
  }

  #offer(candidates: readonly string[], from: number): void {
    const { text, cursor } = this.#line
    const typed = text.slice(from, cursor)
    const only = candidates.length === 1
    const shared = commonStart(candidates)
    const open = only && !/[=/:,]$/.test(shared) && text[cursor] !== ' '
    if (only || shared.length > typed.length) {
      this.#line = replace(this.#line, from, cursor, shared + (open ? ' ' : ''))
      return
    }
    if (candidates.length === 0) return
    const shown = candidates.slice(0, LIST_ALL)
    const rest = candidates.length - shown.length
    this.#screen.write(`\r\n${inColumns(shown, this.#screen.cols)}${rest > 0 ? `\r\n… +${rest}` : ''}\r\n`)
    this.#said(shown.join(' '))
    this.#row = 0
  }

  #write(text: string): void {
    if (text === '') return
    this.#atLineStart = text.endsWith('\n')
    this.#screen.write(text.replace(/\r?\n/g, '\r\n'))
    this.#said(text)
  }

  /** Draws prompt and line anew from the prompt's row and leaves the cursor where it belongs. */
  #draw(): void {
    const { text, cursor, search } = this.#line
    const prompt = search === null ? this.#props().prompt : `(reverse-i-search)\`${search}': `
    const { cols } = this.#screen
    const total = columns(prompt + text)
    const to = columns(prompt + text.slice(0, cursor))
    let out = `${this.#row > 0 ? `\x1b[${this.#row}A` : ''}\r\x1b[J${search === null ? `\x1b[33m${prompt}\x1b[0m` : prompt}${text}`
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
    if (this.#running) return
    this.#row = 0
    this.#draw()
  }
}
