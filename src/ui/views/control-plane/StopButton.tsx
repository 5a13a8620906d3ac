import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { session } from '../../connection/session.ts'
import { Button } from '../../kit/Button.tsx'

/** Stops or starts a control loop, to see what then no longer happens. A command like any other: it can be undone. */
export function StopButton({ name, stopped }: { readonly name: string; readonly stopped: boolean }): ReactNode {
  const { t } = useTranslation('loops')
  return (
    <Button variant="ghost" aria-pressed={stopped} onClick={() => session.do({ type: 'component', name, running: stopped })}>
      {t(stopped ? 'startLoop' : 'stopLoop')}
    </Button>
  )
}
