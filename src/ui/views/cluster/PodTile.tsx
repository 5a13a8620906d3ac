import { memo, useState, type CSSProperties, type MouseEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { shortName } from '../../kinds/access.ts'
import { podFace } from '../../kinds/face.ts'
import { podRevision } from '../../kinds/revision.ts'
import { Glyph } from '../../kit/Glyph.tsx'
import { join } from '../../kit/join.ts'
import { MenuList } from '../../kit/Menu.tsx'
import { STATUS_COLOUR } from '../../kit/status.ts'
import { useMirror, useRecord, useUi } from '../../store/hooks.ts'
import { select } from '../select.ts'
import styles from './cluster.module.css'
import { FaceWord } from './FaceWord.tsx'
import { podMenu } from './menus.ts'

export interface PodTileProps {
  readonly podKey: string
  readonly most?: number
}

/** A pod near: name, state as colour, glyph and word, and a dot for its revision (filled: the new one). */
export const PodTile = memo(function PodTile({ podKey, most = 11 }: PodTileProps): ReactNode {
  const { t } = useTranslation(['views', 'kinds'])
  const pod = useRecord(podKey)
  const revision = useMirror((state) => {
    const record = state.records.get(podKey)
    return record === undefined ? null : podRevision(state, record)
  })
  const { selected, menu, openMenu } = usePodButton(podKey)
  if (pod === undefined) return null
  const face = podFace(pod)
  const colour = STATUS_COLOUR[face.status]
  return (
    <>
      <button
        type="button"
        className={join(styles['pod'], face.status === 'gone' && styles['ghost'], selected && styles['selected'])}
        style={{ '--c': colour, '--r': revision === 'new' ? 'var(--rev-new)' : 'var(--rev-old)' } as CSSProperties}
        data-pod={pod.metadata.name}
        data-key={podKey}
        data-status={face.status}
        aria-pressed={selected}
        title={pod.metadata.name}
        onClick={() => select(podKey)}
        onContextMenu={openMenu}
      >
        <span className={styles['podName']}>{shortName(pod.metadata.name, most)}</span>
        {revision !== null && <span className={join(styles['rev'], revision === 'new' && styles['filled'])} title={t(revision === 'new' ? 'revisionNew' : 'revisionOld')} />}
        <span className={styles['state']}>
          <Glyph status={face.status} size={9} />
          <FaceWord face={face} />
        </span>
        <span key={String(pod.metadata['resourceVersion'])} className={styles['pulse']} />
      </button>
      {menu}
    </>
  )
})

/** A system pod: one line. */
export const PodChip = memo(function PodChip({ podKey }: PodTileProps): ReactNode {
  const pod = useRecord(podKey)
  const { selected, menu, openMenu } = usePodButton(podKey)
  if (pod === undefined) return null
  const face = podFace(pod)
  const words = pod.metadata.name.replace(/-(?:[a-z0-9]{5}|control-plane)$/, '')
  return (
    <>
      <button
        type="button"
        className={join(styles['pod'], styles['chip'], face.status === 'gone' && styles['ghost'], selected && styles['selected'])}
        style={{ '--c': face.status === 'ok' ? 'var(--line-strong)' : STATUS_COLOUR[face.status] } as CSSProperties}
        data-pod={pod.metadata.name}
        data-key={podKey}
        data-status={face.status}
        aria-pressed={selected}
        title={pod.metadata.name}
        onClick={() => select(podKey)}
        onContextMenu={openMenu}
      >
        <span className={styles['podName']}>{shortName(words, 22)}</span>
        {face.status !== 'ok' && <Glyph status={face.status} size={9} />}
      </button>
      {menu}
    </>
  )
})

/** What all shapes of a pod share: selection and the context menu (also by keyboard). */
export function usePodButton(podKey: string): { readonly selected: boolean; readonly menu: ReactNode; openMenu(event: MouseEvent): void } {
  const { t } = useTranslation('views')
  const selected = useUi((state) => state.selected === podKey)
  const [at, setAt] = useState<{ x: number; y: number } | null>(null)
  return {
    selected,
    menu: at !== null && <MenuList label={t('podMenu', { pod: podKey.split('/').at(-1) })} at={at} items={podMenu(podKey, t)} onClose={() => setAt(null)} />,
    openMenu(event) {
      event.preventDefault()
      event.stopPropagation()
      const box = event.currentTarget.getBoundingClientRect()
      setAt(event.clientX === 0 ? { x: box.left, y: box.bottom } : { x: event.clientX, y: event.clientY })
    },
  }
}
