import type { ReactNode } from 'react'
import { useUi } from '../../store/hooks.ts'
import { AttemptTable } from './AttemptTable.tsx'
import styles from './control-plane.module.css'
import { LoopPanel } from './LoopPanel.tsx'

/** Control loops held still: a controller's machinery from reflector to worker, and the scheduler's last decision. */
export function ControlPlaneView(): ReactNode {
  const controller = useUi((state) => state.controller)
  return (
    <div className={styles['view']}>
      <LoopPanel key={controller} controller={controller} />
      <AttemptTable />
    </div>
  )
}
