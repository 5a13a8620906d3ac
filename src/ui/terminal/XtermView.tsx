import { FitAddon } from '@xterm/addon-fit'
import { Terminal } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { token, useTheme } from '../theme/theme.ts'
import { ShellSession } from './shell-session.ts'
import styles from './TerminalPanel.module.css'
import { plainText } from './transcript.ts'
import type { TerminalPanelProps } from './types.ts'

const SAID_LINES = 40

/** The request that ran last: a terminal that is closed and opened again must not run it again. */
let handledRequest = -1

function colours(): Record<string, string> {
  return {
    background: token('--sunken'),
    foreground: token('--text'),
    cursor: token('--brass'),
    cursorAccent: token('--sunken'),
    selectionBackground: `${token('--brass')}55`,
    black: token('--sunken'),
    red: token('--bad'),
    green: token('--ok'),
    yellow: token('--brass'),
    blue: token('--busy'),
    magenta: token('--unknown'),
    cyan: token('--done'),
    white: token('--text'),
    brightBlack: token('--text-3'),
    brightRed: token('--bad'),
    brightGreen: token('--ok'),
    brightYellow: token('--warn'),
    brightBlue: token('--busy'),
    brightMagenta: token('--unknown'),
    brightCyan: token('--done'),
    brightWhite: token('--text'),
  }
}

/** xterm, the line editor on it, and a transcript for those who cannot see it. */
export function XtermView(props: TerminalPanelProps): ReactNode {
  const { t } = useTranslation('terminal')
  const { theme } = useTheme()
  const host = useRef<HTMLDivElement>(null)
  const latest = useRef(props)
  const terminal = useRef<Terminal | null>(null)
  const session = useRef<ShellSession | null>(null)
  const [said, setSaid] = useState<readonly string[]>([])
  const { request, seat = 'none', shown = true } = props
  useLayoutEffect(() => {
    latest.current = props
  })

  useEffect(() => {
    if (host.current === null) return undefined
    const made = new Terminal({
      fontFamily: '"JetBrains Mono", ui-monospace, Consolas, monospace',
      fontSize: 12,
      lineHeight: 1.35,
      cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      scrollback: 5_000,
      theme: colours(),
      allowProposedApi: false,
    })
    const fit = new FitAddon()
    made.loadAddon(fit)
    made.open(host.current)
    fit.fit()
    const shell = new ShellSession(
      made,
      () => latest.current,
      (text) => setSaid((all) => [...all, ...plainText(text)].slice(-SAID_LINES)),
    )
    terminal.current = made
    session.current = shell
    made.onData((data) => shell.input(data))
    // Esc then Tab leaves the terminal, as it leaves the editor.
    let leaving = false
    made.attachCustomKeyEventHandler((event) => {
      if (event.type !== 'keydown') return true
      if (event.key === 'Tab' && (leaving || event.shiftKey)) return false
      leaving = event.key === 'Escape'
      if ((event.ctrlKey || event.metaKey) && event.key === 'c' && made.hasSelection()) return false
      return !((event.ctrlKey || event.metaKey) && event.key === 'v')
    })
    shell.start()
    const observer = new ResizeObserver(() => {
      const { cols } = made
      fit.fit()
      if (made.cols !== cols) shell.redraw()
    })
    observer.observe(host.current)
    made.focus()
    return () => {
      observer.disconnect()
      made.dispose()
    }
  }, [])

  useEffect(() => {
    if (terminal.current !== null) terminal.current.options.theme = colours()
  }, [theme])

  useEffect(() => session.current?.sit(seat), [seat])

  // Who comes back to a terminal types in it.
  useEffect(() => {
    if (shown) terminal.current?.focus()
  }, [shown])

  useEffect(() => {
    if (request === undefined || request.id === handledRequest) return undefined
    const timer = setTimeout(() => {
      handledRequest = request.id
      session.current?.submit(request.line)
      terminal.current?.focus()
    })
    return () => clearTimeout(timer)
  }, [request])

  return (
    <div className={styles['view']}>
      <div ref={host} className={styles['xterm']} />
      <div className="visually-hidden" role="log" aria-live="polite" aria-label={t('output')}>
        {said.map((line, index) => (
          <div key={index}>{line}</div>
        ))}
      </div>
    </div>
  )
}
