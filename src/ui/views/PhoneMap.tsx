import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { nodeFace } from '../kinds/face.ts'
import { Glyph } from '../kit/Glyph.tsx'
import { Button } from '../kit/Button.tsx'
import { session } from '../connection/session.ts'
import { useClock, useKeys, useMirror, useRecord, useUi } from '../store/hooks.ts'
import { updateUi } from '../store/ui-state.ts'
import { partLine } from './cluster/part-line.ts'
import cluster from './cluster/cluster.module.css'
import { PodChip, PodTile } from './cluster/PodTile.tsx'
import styles from './phone.module.css'
import { SentenceBar } from './SentenceBar.tsx'
import { select } from './select.ts'
import { Tray } from './Tray.tsx'

const MOST = 60

/** The cluster as a column: parts of the control plane in brief, then one card a node. */
export function PhoneMap(): ReactNode {
  const { t } = useTranslation(['views', 'app'])
  const nodes = useKeys('kind', 'Node')
  const files = useUi((state) => state.files)
  const fresh = useClock((clock) => clock.endIndex <= clock.origin.index, true)
  const unapplied = files.filter(({ applied }) => applied === null)
  return (
    <>
      <div className={styles['scroll']}>
        <Parts />
        {fresh && unapplied.length > 0 && (
          <Button variant="primary" onClick={() => void session.apply(unapplied.slice(0, 1).map(({ name, text }) => ({ name, text })))}>
            {t('app:phoneApply', { file: unapplied[0]?.name })}
          </Button>
        )}
        {nodes.map((key) => (
          <NodeCard key={key} nodeKey={key} />
        ))}
      </div>
      <SentenceBar />
      <Tray />
    </>
  )
}

function Parts(): ReactNode {
  const { t } = useTranslation('views')
  const parts = useMirror((state) => state.components)
  return (
    <div className={styles['parts']}>
      {parts.map((part) => (
        <div key={part.name}>
          <b>{t(`part.${part.name}`)}</b>
          <small>{partLine(part, t)}</small>
        </div>
      ))}
    </div>
  )
}

function NodeCard({ nodeKey }: { readonly nodeKey: string }): ReactNode {
  const { t } = useTranslation('views')
  const node = useRecord(nodeKey)
  const name = nodeKey.slice('nodes/'.length)
  const pods = useKeys('node', name)
  if (node === undefined) return null
  const own = pods.filter((key) => !key.startsWith('pods/kube-system/'))
  const system = pods.filter((key) => key.startsWith('pods/kube-system/'))
  const open = (key: string): void => {
    select(key)
    updateUi((draft) => void (draft.phoneTab = 'inspector'))
  }
  return (
    <section className={styles['node']} onClick={(event) => {
      const pod = (event.target as Element).closest('[data-pod]')
      if (pod !== null) updateUi((draft) => void (draft.phoneTab = 'inspector'))
    }}>
      <button type="button" className={cluster['nodeName']} onClick={() => open(nodeKey)}>
        <Glyph status={nodeFace(node).status} />
        {name}
      </button>
      <div className={cluster['pods']}>
        {own.slice(0, MOST).map((key) => (
          <PodTile key={key} podKey={key} most={18} />
        ))}
      </div>
      <div className={cluster['chips']}>
        {system.map((key) => (
          <PodChip key={key} podKey={key} />
        ))}
      </div>
      {own.length > MOST && <p className={cluster['left']}>{t('leftOut', { shown: MOST, all: own.length })}</p>}
    </section>
  )
}
