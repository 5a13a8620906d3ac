import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import type { Seat } from '../../workers/protocol.ts'
import { say } from '../connection/announce.ts'
import { session } from '../connection/session.ts'
import { IconButton } from '../kit/IconButton.tsx'
import { Tabs, tabPanel } from '../kit/Tabs.tsx'
import { useUi } from '../store/hooks.ts'
import { updateUi } from '../store/ui-state.ts'
import { chooseTerminal, closeTerminal, FIRST_TERMINAL, freeTerminal, markTerminal, MOST_TERMINALS, openTerminal, seatTerminal, takeLine, terminals } from '../terminal/sessions.ts'
import { TerminalPanel } from '../terminal/TerminalPanel.tsx'
import type { RequestedLine } from '../terminal/types.ts'
import { startEdit } from './edit-in-editor.ts'
import styles from './terminal.module.css'

/** The terminal drawer: tabs, each a shell of its own; hidden ones go on. Lines go to the worker's shell, output comes back as it is printed. */
export function Terminal(): ReactNode {
  const { t } = useTranslation('terminal')
  const request = useUi((state) => state.terminalRequest)
  const inSight = useUi((state) => state.terminalOpen)
  const { open, active, seats } = useStore(terminals)
  const [asked, setAsked] = useState<{ readonly session: number; readonly request: RequestedLine } | null>(null)
  useEffect(() => {
    session.onSeat(seatTerminal)
    session.onEdit((_, edit, name, text) => startEdit(edit, name, text))
  }, [])
  // A line that the page asks for runs where nothing else does: a shell in a container must not get it.
  useEffect(() => {
    if (request === null || !takeLine(request.id)) return
    const target = freeTerminal()
    if (target === null) say('warn', t('allBusy', { line: request.line }))
    else setAsked({ session: target, request })
  }, [request, t])
  const close = (id: number): void => {
    session.do({ type: 'closeTerminal', session: id })
    closeTerminal(id)
  }
  return (
    <div className={styles['drawer']}>
      <Tabs
        prefix="terminal"
        label={t('sessions')}
        tabs={open.map((id) => ({ id: String(id), label: t('tab', { n: id }), ...(open.length > 1 && { closeLabel: t('close', { n: id }) }) }))}
        active={String(active)}
        onSelect={(id) => chooseTerminal(Number(id))}
        onClose={(id) => close(Number(id))}
      >
        <IconButton icon="plus" label={t('another')} disabled={open.length >= MOST_TERMINALS} onClick={openTerminal} />
      </Tabs>
      {open.map((id) => (
        <div key={id} {...tabPanel('terminal', String(id))} className={styles['session']} hidden={id !== active}>
          <OneTerminal id={id} shown={id === active && inSight} seat={seats[id] ?? 'none'} request={asked?.session === id ? asked.request : null} />
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
}

function OneTerminal({ id, shown, seat, request }: OneTerminalProps): ReactNode {
  const { t } = useTranslation('terminal')
  const history = useUi((state) => state.terminalHistory)
  const write = useRef<((text: string) => void) | null>(null)
  useEffect(() => session.onOutput(id, (text) => write.current?.(text)), [id])
  const run = useCallback(
    async (line: string, out: (text: string) => void) => {
      write.current = out
      markTerminal(id, true)
      try {
        return (await session.ask<'terminal'>({ type: 'terminal', line, session: id })).exit
      } finally {
        markTerminal(id, false)
      }
    },
    [id],
  )
  return (
    <TerminalPanel
      prompt="$ "
      {...(id === FIRST_TERMINAL && { greeting: t('greeting') })}
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
