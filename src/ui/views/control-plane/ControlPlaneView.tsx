import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Segmented } from '../../kit/Segmented.tsx'
import { useUi } from '../../store/hooks.ts'
import { updateUi, type ControlPlanePart } from '../../store/ui-state.ts'
import styles from './control-plane.module.css'
import { EtcdPanel } from './EtcdPanel.tsx'
import { LoopPanel } from './LoopPanel.tsx'
import { RequestPanel } from './RequestPanel.tsx'
import { SchedulerPanel } from './SchedulerPanel.tsx'

const PARTS: readonly ControlPlanePart[] = ['controllers', 'scheduler', 'apiserver', 'etcd']

/** The control plane held still: a controller's machinery from reflector to worker, the scheduler's queue and decisions, the last request, or etcd. */
export function ControlPlaneView(): ReactNode {
  const { t } = useTranslation('views')
  const controller = useUi((state) => state.controller)
  const part = useUi((state) => state.controlPlanePart)
  return (
    <div className={styles['view']}>
      <Segmented<ControlPlanePart> label={t('loops:parts')} options={PARTS.map((id) => ({ id, label: t(`part.${id}`) }))} value={part} onChange={(next) => updateUi((draft) => void (draft.controlPlanePart = next))} />
      {part === 'controllers' && <LoopPanel key={controller} controller={controller} />}
      {part === 'scheduler' && <SchedulerPanel />}
      {part === 'apiserver' && <RequestPanel />}
      {part === 'etcd' && <EtcdPanel />}
    </div>
  )
}
