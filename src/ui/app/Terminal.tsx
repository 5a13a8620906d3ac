import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Seat } from '../../workers/protocol.ts'
import { session } from '../connection/session.ts'
import { useUi } from '../store/hooks.ts'
import { updateUi } from '../store/ui-state.ts'
import { TerminalPanel } from '../terminal/TerminalPanel.tsx'
import { startEdit } from './edit-in-editor.ts'

const SESSION = 1

/** The terminal drawer: lines go to the worker's shell, output comes back as it is printed. */
export function Terminal(): ReactNode {
  const { t } = useTranslation('terminal')
  const request = useUi((state) => state.terminalRequest)
  const history = useUi((state) => state.terminalHistory)
  const write = useRef<((text: string) => void) | null>(null)
  const [seat, setSeat] = useState<Seat>('none')
  useEffect(() => {
    session.onSeat((_, next) => setSeat(next))
    session.onEdit((_, edit, name, text) => startEdit(edit, name, text))
    return session.onOutput(SESSION, (text) => write.current?.(text))
  }, [])
  const run = useCallback(async (line: string, out: (text: string) => void) => {
    write.current = out
    return (await session.ask<'terminal'>({ type: 'terminal', line, session: SESSION })).exit
  }, [])
  return (
    <TerminalPanel
      prompt="$ "
      greeting={t('greeting')}
      run={run}
      complete={(line, cursor) => session.ask<'complete'>({ type: 'complete', line, cursor, session: SESSION })}
      interrupt={() => session.do({ type: 'interrupt', session: SESSION })}
      seat={seat}
      typed={(input) => session.do({ type: 'typed', session: SESSION, ...input })}
      {...(request !== null && { request })}
      history={history}
      onHistory={(lines) => updateUi((draft) => void (draft.terminalHistory = [...lines].slice(-200)))}
    />
  )
}
