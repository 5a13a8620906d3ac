import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Seat } from '../../workers/protocol.ts'
import { session } from '../connection/session.ts'
import { IconButton } from '../kit/IconButton.tsx'
import { Tabs, tabPanel } from '../kit/Tabs.tsx'
import { useUi } from '../store/hooks.ts'
import { updateUi } from '../store/ui-state.ts'
import { TerminalPanel } from '../terminal/TerminalPanel.tsx'
import type { RequestedLine } from '../terminal/types.ts'
import { startEdit } from './edit-in-editor.ts'
import styles from './terminal.module.css'

const FIRST = 1
const MOST = 6

/** What is known of the terminals: who reads at them, and which run a line. */
interface Doing {
  readonly seats: Readonly<Record<number, Seat>>
  readonly busy: ReadonlySet<number>
}

/** The terminal drawer: tabs, each a shell of its own; hidden ones go on. Lines go to the worker's shell, output comes back as it is printed. */
export function Terminal(): ReactNode {
  const { t } = useTranslation('terminal')
  const request = useUi((state) => state.terminalRequest)
  const [sessions, setSessions] = useState<readonly number[]>([FIRST])
  const [active, setActive] = useState(FIRST)
  const doing = useRef<Doing>({ seats: {}, busy: new Set() })
  const [seats, setSeats] = useState<Readonly<Record<number, Seat>>>({})
  const [asked, setAsked] = useState<{ readonly session: number; readonly request: RequestedLine } | null>(null)
  useEffect(() => {
    session.onSeat((from, next) => {
      doing.current = { ...doing.current, seats: { ...doing.current.seats, [from]: next } }
      setSeats(doing.current.seats)
    })
    session.onEdit((_, edit, name, text) => startEdit(edit, name, text))
  }, [])
  const open = useCallback((): number => {
    const id = Math.max(FIRST, ...sessions) + 1
    setSessions((all) => [...all, id])
    setActive(id)
    return id
  }, [sessions])
  // A line that the page asks for runs where nothing else does: a shell in a container must not get it.
  const handled = useRef(-1)
  useEffect(() => {
    if (request === null || request.id === handled.current) return
    handled.current = request.id
    const { busy } = doing.current
    const free = !busy.has(active) ? active : sessions.find((id) => !busy.has(id))
    const target = free ?? (sessions.length < MOST ? open() : active)
    setActive(target)
    setAsked({ session: target, request })
  }, [request, active, sessions, open])
  const close = (id: number): void => {
    session.do({ type: 'interrupt', session: id })
    const at = sessions.indexOf(id)
    setSessions(sessions.filter((other) => other !== id))
    if (id === active) setActive(sessions[at + 1] ?? sessions[at - 1] ?? FIRST)
  }
  const mark = (id: number, isBusy: boolean): void => {
    const busy = new Set(doing.current.busy)
    if (isBusy) busy.add(id)
    else busy.delete(id)
    doing.current = { ...doing.current, busy }
  }
  return (
    <div className={styles['drawer']}>
      <Tabs
        prefix="terminal"
        label={t('sessions')}
        tabs={sessions.map((id) => ({ id: String(id), label: t('tab', { n: id }), ...(sessions.length > 1 && { closeLabel: t('close', { n: id }) }) }))}
        active={String(active)}
        onSelect={(id) => setActive(Number(id))}
        onClose={(id) => close(Number(id))}
      >
        <IconButton icon="plus" label={t('another')} disabled={sessions.length >= MOST} onClick={() => void open()} />
      </Tabs>
      {sessions.map((id) => (
        <div key={id} {...tabPanel('terminal', String(id))} className={styles['session']} hidden={id !== active}>
          <OneTerminal id={id} shown={id === active} seat={seats[id] ?? 'none'} request={asked?.session === id ? asked.request : null} onBusy={mark} />
        </div>
      ))}
    </div>
  )
}

interface OneTerminalProps {
  readonly id: number
  readonly shown: boolean
  readonly seat: Seat
  readonly request: RequestedLine | null
  onBusy(id: number, isBusy: boolean): void
}

function OneTerminal({ id, shown, seat, request, onBusy }: OneTerminalProps): ReactNode {
  const { t } = useTranslation('terminal')
  const history = useUi((state) => state.terminalHistory)
  const write = useRef<((text: string) => void) | null>(null)
  const busy = useRef(onBusy)
  useEffect(() => {
    busy.current = onBusy
  })
  useEffect(() => session.onOutput(id, (text) => write.current?.(text)), [id])
  const run = useCallback(
    async (line: string, out: (text: string) => void) => {
      write.current = out
      busy.current(id, true)
      try {
        return (await session.ask<'terminal'>({ type: 'terminal', line, session: id })).exit
      } finally {
        busy.current(id, false)
      }
    },
    [id],
  )
  return (
    <TerminalPanel
      prompt="$ "
      {...(id === FIRST && { greeting: t('greeting') })}
      run={run}
      complete={(line, cursor) => session.ask<'complete'>({ type: 'complete', line, cursor, session: id })}
      interrupt={() => session.do({ type: 'interrupt', session: id })}
      seat={seat}
      shown={shown}
      typed={(input) => session.do({ type: 'typed', session: id, ...input })}
      {...(request !== null && { request })}
      history={history}
      onHistory={(lines) => updateUi((draft) => void (draft.terminalHistory = [...lines].slice(-200)))}
    />
  )
}
