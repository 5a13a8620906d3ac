import { lazy, Suspense, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../kit/Button.tsx'
import { Kbd } from '../kit/Kbd.tsx'
import { Segmented } from '../kit/Segmented.tsx'
import { useUi } from '../store/hooks.ts'
import { updateUi, type ViewName } from '../store/ui-state.ts'
import styles from './map.module.css'
import { SentenceBar } from './SentenceBar.tsx'
import { Tray } from './Tray.tsx'

const ClusterView = lazy(async () => ({ default: (await import('./cluster/ClusterView.tsx')).ClusterView }))
const WorkloadsView = lazy(async () => ({ default: (await import('./workloads/WorkloadsView.tsx')).WorkloadsView }))
const ControlPlaneView = lazy(async () => ({ default: (await import('./control-plane/ControlPlaneView.tsx')).ControlPlaneView }))
const TableView = lazy(async () => ({ default: (await import('./table/TableView.tsx')).TableView }))

const VIEWS: readonly ViewName[] = ['cluster', 'workloads', 'control-plane', 'table']

/** The middle of the page: the chosen view, the sentence of the step, and what is not scheduled. */
export function MapPanel(): ReactNode {
  const { t } = useTranslation('views')
  const view = useUi((state) => state.view)
  const terminalOpen = useUi((state) => state.terminalOpen)
  return (
    <main className={styles['map']} id="map" tabIndex={-1}>
      <div className={styles['bar']}>
        <Segmented
          label={t('view')}
          value={view}
          options={VIEWS.map((id) => ({ id, label: t(`views.${id}`) }))}
          onChange={(next) => updateUi((draft) => void (draft.view = next))}
        />
        <span className={styles['spacer']} />
        <Button
          small
          aria-pressed={terminalOpen}
          onClick={() => updateUi((draft) => void (draft.terminalOpen = !draft.terminalOpen))}
          keys="T"
        >
          {t('terminal')}
        </Button>
        <FilterBox />
      </div>
      <div className={styles['view']} data-view={view}>
        <Suspense fallback={null}>
          {view === 'cluster' && <ClusterView />}
          {view === 'workloads' && <WorkloadsView />}
          {view === 'control-plane' && <ControlPlaneView />}
          {view === 'table' && <TableView />}
        </Suspense>
      </div>
      <SentenceBar />
      <Tray />
    </main>
  )
}

function FilterBox(): ReactNode {
  const { t } = useTranslation('views')
  const filter = useUi((state) => state.filter)
  return (
    <label className={styles['filter']}>
      <span className="visually-hidden">{t('filter')}</span>
      <input
        type="search"
        id="filter"
        value={filter}
        placeholder={t('filter')}
        onChange={(event) => updateUi((draft) => void (draft.filter = event.target.value))}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          updateUi((draft) => void (draft.filter = ''))
          event.currentTarget.blur()
        }}
      />
      {filter === '' && <Kbd keys="/" />}
    </label>
  )
}
