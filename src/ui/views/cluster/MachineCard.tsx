import { Handle, Position, useStore, type Node, type NodeProps } from '@xyflow/react'
import type { TFunction } from 'i18next'
import { memo, useState, type MouseEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { NodeFigures } from '../../../workers/protocol.ts'
import { MOST_TILES } from '../../graph/cluster-layout.ts'
import { placeOfActor } from '../../graph/places.ts'
import { textAt } from '../../kinds/access.ts'
import { nodeFace } from '../../kinds/face.ts'
import { Glyph } from '../../kit/Glyph.tsx'
import { Icon } from '../../kit/Icon.tsx'
import { join } from '../../kit/join.ts'
import { MenuList } from '../../kit/Menu.tsx'
import { mirror, useKeys, useMirror, useRecord, useUi } from '../../store/hooks.ts'
import { select } from '../select.ts'
import styles from './cluster.module.css'
import { FaceWord } from './FaceWord.tsx'
import { nodeMenu } from './menus.ts'
import { isSystemPod } from './pod-class.ts'
import { PodBar } from './PodBar.tsx'
import { PodChip, PodTile } from './PodTile.tsx'
import { PodGlyphs } from './PodGlyphs.tsx'

export type MachineNode = Node<{ readonly name: string; readonly wide: boolean; readonly count: number }, 'machine'>

type Nearness = 'near' | 'middle' | 'far'

/** A node of the cluster: state, requested and used resources, and its pods as near as the zoom allows. */
export const MachineCard = memo(function MachineCard({ data }: NodeProps<MachineNode>): ReactNode {
  const { name, wide, count } = data
  const { t } = useTranslation('views')
  const key = `nodes/${name}`
  const node = useRecord(key)
  const selected = useUi((state) => state.selected === key)
  const acting = useMirror((state) => state.current !== null && placeOfActor(state.current.actor) === `node/${name}`)
  const fault = useMirror((state) => state.figures.get(name)?.fault ?? null)
  const near = useStore((state): Nearness => (state.transform[2] >= 0.55 ? 'near' : state.transform[2] >= 0.26 ? 'middle' : 'far'))
  const [menuAt, setMenuAt] = useState<{ x: number; y: number } | null>(null)
  if (node === undefined) return null
  const face = nodeFace(node)
  const openMenu = (event: MouseEvent): void => {
    event.preventDefault()
    event.stopPropagation()
    const box = event.currentTarget.getBoundingClientRect()
    setMenuAt(event.clientX === 0 ? { x: box.left, y: box.bottom } : { x: event.clientX, y: event.clientY })
  }
  return (
    <div className={join(styles['machine'], wide && styles['wide'], acting && styles['acting'], selected && styles['selected'])} data-node={name} data-key={key} data-status={face.status} onContextMenu={openMenu}>
      <header>
        <button type="button" className={styles['nodeName']} onClick={() => select(key)} aria-pressed={selected}>
          <Glyph status={face.status} />
          <span>{name}</span>
          {face.status !== 'ok' && <FaceWord face={face} />}
        </button>
        {fault !== null && (
          <em className={styles['fault']} title={t('faultHint')}>
            {t(`fault.${fault}`)}
          </em>
        )}
        {near === 'near' && face.status === 'ok' && fault === null && <small>{textAt(node, 'spec', 'podCIDR')}</small>}
        <button type="button" className={styles['dots']} aria-label={t('nodeMenu', { node: name })} aria-haspopup="menu" onClick={openMenu}>
          <Icon name="more" size={13} />
        </button>
      </header>
      {near !== 'far' && <Bars name={name} />}
      <Pods name={name} near={near} wide={wide} most={Math.max(20, Math.floor(500 / count))} />
      <Handle type="target" id="top" position={Position.Top} className={styles['handle'] ?? ''} isConnectable={false} />
      {menuAt !== null && <MenuList label={t('nodeMenu', { node: name })} at={menuAt} items={nodeMenu(node, t)} onClose={() => setMenuAt(null)} />}
    </div>
  )
})

function Pods({ name, near, wide, most }: { readonly name: string; readonly near: Nearness; readonly wide: boolean; readonly most: number }): ReactNode {
  const keys = useKeys('node', name)
  if (near === 'far') return <PodBar keys={keys} />
  const { records } = mirror.getState()
  const chips = keys.filter((key) => isSystemPod(records.get(key)))
  const tiles = keys.filter((key) => !isSystemPod(records.get(key)))
  if (near === 'middle' || tiles.length > MOST_TILES) return <PodGlyphs keys={keys} most={most} />
  return (
    <div className={wide ? styles['chips'] : styles['pods']}>
      {tiles.map((key) => (wide ? <PodChip key={key} podKey={key} /> : <PodTile key={key} podKey={key} />))}
      {chips.map((key) => (
        <PodChip key={key} podKey={key} />
      ))}
    </div>
  )
}

function Bars({ name }: { readonly name: string }): ReactNode {
  const { t } = useTranslation('views')
  const figures = useMirror((state) => state.figures.get(name))
  if (figures === undefined) return null
  return (
    <div className={styles['bars']}>
      <Bar label="cpu" figures={figures.cpu} amount={cores} unit="" name={t('cpuBar')} t={t} />
      <Bar label="mem" figures={figures.memory} amount={gib} unit=" Gi" name={t('memoryBar')} t={t} />
    </div>
  )
}

interface BarProps {
  readonly label: string
  readonly figures: NodeFigures['cpu']
  readonly unit: string
  readonly name: string
  readonly t: TFunction<'views'>
  amount(value: number): string
}

/** Requested against allocatable as a grey bar, with what is used in colour before it. */
const Bar = memo(function Bar({ label, figures, unit, name, t, amount }: BarProps): ReactNode {
  const { requested, used, allocatable } = figures
  const text = `${amount(requested)} / ${amount(allocatable)}${unit}`
  const spoken = t('barText', { requested: amount(requested), used: amount(used), allocatable: `${amount(allocatable)}${unit}` })
  const share = (value: number): string => `${Math.min(100, figures.allocatable === 0 ? 0 : (value / figures.allocatable) * 100)}%`
  return (
    <>
      <span aria-hidden="true">{label}</span>
      <span className={styles['bar']} role="img" aria-label={`${name}: ${spoken}`} title={spoken}>
        <u style={{ width: share(figures.requested) }} />
        <u style={{ width: share(figures.used) }} />
      </span>
      <em aria-hidden="true">{text}</em>
    </>
  )
})

const cores = (milli: number): string => String(Number((milli / 1000).toFixed(milli < 100 && milli > 0 ? 2 : 1)))
const gib = (bytes: number): string => String(Number((bytes / 2 ** 30).toFixed(bytes < 2 ** 28 && bytes > 0 ? 2 : 1)))
