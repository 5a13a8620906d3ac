import type { ReactNode } from 'react'
import { useUi } from '../../store/hooks.ts'
import { AttemptTable } from './AttemptTable.tsx'
import styles from './control-plane.module.css'
import { EtcdPanel } from './EtcdPanel.tsx'
import { LoopPanel } from './LoopPanel.tsx'
import { RequestPanel } from './RequestPanel.tsx'

/** Control loops held still: a controller's machinery from reflector to worker, and the scheduler's last decision. */
export function ControlPlaneView(): ReactNode {
  const controller = useUi((state) => state.controller)
  return (
    <div className={styles['view']}>
      <LoopPanel key={controller} controller={controller} />
      <AttemptTable />
      <RequestPanel />
      <EtcdPanel />
    </div>
  )
}
