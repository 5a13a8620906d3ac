import { Handle, Position, type Node, type NodeProps } from '@xyflow/react'
import { memo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ComponentState } from '../../../workers/protocol.ts'
import { placeOfActor } from '../../graph/places.ts'
import { join } from '../../kit/join.ts'
import { useMirror } from '../../store/hooks.ts'
import { openPart } from '../select.ts'
import { partLine } from './part-line.ts'
import styles from './cluster.module.css'

export type PartNode = Node<{ readonly name: ComponentState['name'] | 'kubectl' }, 'part'>

const MOST_TICKS = 8

/** One part of the control plane: what it is doing and how much waits for it. The part that acts is ringed. */
export const PartCard = memo(function PartCard({ data }: NodeProps<PartNode>): ReactNode {
  const { t } = useTranslation('views')
  const { name } = data
  const part = useMirror((state) => state.components.find((component) => component.name === name))
  const acting = useMirror((state) => state.current !== null && placeOfActor(state.current.actor) === name)
  const queues = name === 'controllers' || name === 'scheduler'
  const body = (
    <>
      <b>{t(`part.${name}`)}</b>
      <small title={part?.busy ?? undefined}>{name === 'kubectl' ? t('you') : part === undefined ? '' : partLine(part, t)}</small>
      {queues && part !== undefined && <Ticks queued={part.queued} label={t('queued', { count: part.queued })} />}
      <Handle type="target" id="left" position={Position.Left} className={styles['handle'] ?? ''} isConnectable={false} />
      <Handle type="source" id="right" position={Position.Right} className={styles['handle'] ?? ''} isConnectable={false} />
      <Handle type="source" id="bottom" position={Position.Bottom} className={styles['handle'] ?? ''} isConnectable={false} />
    </>
  )
  const className = join(styles['part'], acting && styles['acting'], part?.running === false && styles['stopped'], Number(part?.figures['stopped'] ?? 0) > 0 && styles['partly'])
  if (name === 'kubectl') return <div className={className} data-part={name}>{body}</div>
  return (
    <button type="button" className={className} data-part={name} onClick={() => openPart(name)} aria-label={t('openPart', { part: t(`part.${name}`) })}>
      {body}
    </button>
  )
})

function Ticks({ queued, label }: { readonly queued: number; readonly label: string }): ReactNode {
  return (
    <span className={styles['ticks']} role="img" aria-label={label}>
      {Array.from({ length: MOST_TICKS }, (_, at) => (
        <i key={at} className={at < queued ? styles['full'] : undefined} />
      ))}
      {queued > MOST_TICKS && <em>+{queued - MOST_TICKS}</em>}
    </span>
  )
}
