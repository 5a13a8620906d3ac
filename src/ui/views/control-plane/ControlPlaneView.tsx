import { useEffect, useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useUi } from '../../store/hooks.ts'
import { updateUi, type ControlPlanePart } from '../../store/ui-state.ts'
import styles from './control-plane.module.css'
import { EtcdPanel } from './EtcdPanel.tsx'
import { LoopPanel } from './LoopPanel.tsx'
import { RequestPanel } from './RequestPanel.tsx'
import { SchedulerPanel } from './SchedulerPanel.tsx'

const PARTS: readonly ControlPlanePart[] = ['controllers', 'scheduler', 'apiserver', 'etcd']

/** The control plane held still: a controller's machinery from reflector to worker, the scheduler's queue and decisions, the last request, etcd. */
export function ControlPlaneView(): ReactNode {
  const { t } = useTranslation('views')
  const controller = useUi((state) => state.controller)
  const part = useUi((state) => state.controlPlanePart)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (part === null) return
    const section = box.current?.querySelector<HTMLElement>(`#part-${part}`)
    section?.scrollIntoView({ block: 'start' })
    section?.focus({ preventScroll: true })
    updateUi((draft) => void (draft.controlPlanePart = null))
  }, [part])
  return (
    <div className={styles['view']} ref={box}>
      <nav className={styles['parts']} aria-label={t('loops:parts')}>
        {PARTS.map((name) => (
          <button key={name} type="button" onClick={() => updateUi((draft) => void (draft.controlPlanePart = name))}>
            {t(`part.${name}`)}
          </button>
        ))}
      </nav>
      <div id="part-controllers" tabIndex={-1} className={styles['part']}>
        <LoopPanel key={controller} controller={controller} />
      </div>
      <div id="part-scheduler" tabIndex={-1} className={styles['part']}>
        <SchedulerPanel />
      </div>
      <div id="part-apiserver" tabIndex={-1} className={styles['part']}>
        <RequestPanel />
      </div>
      <div id="part-etcd" tabIndex={-1} className={styles['part']}>
        <EtcdPanel />
      </div>
    </div>
  )
}
