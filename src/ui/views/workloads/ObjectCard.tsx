import { Handle, Position, type Node, type NodeProps } from '@xyflow/react'
import { memo, type CSSProperties, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiObject } from '../../../workers/protocol.ts'
import { listAt, numberAt, shortName, textAt } from '../../kinds/access.ts'
import { faceOf } from '../../kinds/face.ts'
import { podRevision, recordByUid, revisionOf } from '../../kinds/revision.ts'
import { controllerOf } from '../../kinds/access.ts'
import { Glyph } from '../../kit/Glyph.tsx'
import { join } from '../../kit/join.ts'
import { STATUS_COLOUR } from '../../kit/status.ts'
import { useMirror, useRecord, useUi } from '../../store/hooks.ts'
import type { Mirror } from '../../store/mirror.ts'
import cluster from '../cluster/cluster.module.css'
import { FaceWord } from '../cluster/FaceWord.tsx'
import { PodGlyphs } from '../cluster/PodGlyphs.tsx'
import { usePodButton } from '../cluster/PodTile.tsx'
import { select } from '../select.ts'
import styles from './workloads.module.css'

export type ObjectNode = Node<{ readonly objectKey: string; readonly fold: ((key: string) => void) | null }, 'object'>
export type GroupNode = Node<{ readonly keys: readonly string[]; readonly group: string; toggle(key: string): void }, 'group'>

/** An object of the workloads view: kind, name, state and its one figure. */
export const ObjectCard = memo(function ObjectCard({ data }: NodeProps<ObjectNode>): ReactNode {
  const { objectKey, fold } = data
  const { t } = useTranslation('views')
  const object = useRecord(objectKey)
  const revision = useMirror((state) => revisionMark(state, state.records.get(objectKey)))
  const written = useMirror((state) => state.current?.touched.includes(objectKey) === true)
  const { selected, menu, openMenu } = usePodButton(objectKey)
  if (object === undefined) return null
  const face = faceOf(object)
  const style = { '--c': STATUS_COLOUR[face.status], '--r': revision === 'new' ? 'var(--rev-new)' : 'var(--rev-old)' } as CSSProperties
  return (
    <div className={styles['wrap']}>
      <button
        type="button"
        className={join(styles['card'], face.status === 'gone' && cluster['ghost'], selected && cluster['selected'], written && cluster['acting'])}
        style={style}
        data-object={objectKey}
        data-status={face.status}
        aria-pressed={selected}
        title={object.metadata.name}
        onClick={() => select(objectKey)}
        onContextMenu={object.kind === 'Pod' ? openMenu : undefined}
      >
        <span className={styles['kind']}>
          {object.kind}
          <span>{figure(object)}</span>
        </span>
        <span className={styles['name']}>{shortName(object.metadata.name, 25)}</span>
        {revision !== null && <span className={join(cluster['rev'], revision === 'new' && cluster['filled'])} />}
        <span className={styles['state']}>
          {face.word !== 'exists' && (
            <>
              <Glyph status={face.status} size={9} />
              <FaceWord face={face} />
            </>
          )}
        </span>
        <span key={String(object.metadata['resourceVersion'])} className={cluster['pulse']} />
      </button>
      {fold !== null && (
        <button type="button" className={styles['fold']} onClick={() => fold(`${objectKey}#pods`)}>
          {t('collapse')}
        </button>
      )}
      {menu}
      <Handles />
    </div>
  )
})

/** Many pods of one owner in one card, with the worst state in sight. */
export const GroupCard = memo(function GroupCard({ data }: NodeProps<GroupNode>): ReactNode {
  const { t } = useTranslation('views')
  const holdsSelected = useUi((state) => state.selected !== null && data.keys.includes(state.selected))
  return (
    <div className={join(styles['group'], holdsSelected && cluster['selected'])}>
      <span className={styles['kind']}>
        {t('morePods', { count: data.keys.length })}
        <button type="button" className={styles['fold']} onClick={() => data.toggle(data.group)}>
          {t('expand')}
        </button>
      </span>
      <PodGlyphs keys={data.keys} most={44} />
      <Handles />
    </div>
  )
})

function Handles(): ReactNode {
  return (
    <>
      <Handle type="target" position={Position.Left} className={cluster['handle'] ?? ''} isConnectable={false} />
      <Handle type="source" id="out" position={Position.Right} className={cluster['handle'] ?? ''} isConnectable={false} />
    </>
  )
}

function revisionMark(state: Mirror, object: ApiObject | undefined): 'old' | 'new' | null {
  if (object?.kind === 'Pod') return podRevision(state, object)
  if (object?.kind !== 'ReplicaSet') return null
  const deployment = recordByUid(state, controllerOf(object)?.uid)
  if (deployment === undefined) return null
  const current = revisionOf(deployment)
  return current !== '1' && current === revisionOf(object) ? 'new' : 'old'
}

function figure(object: ApiObject): string {
  switch (object.kind) {
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
      return `${numberAt(object, 'status', 'readyReplicas')}/${textAt(object, 'spec', 'replicas') || '1'}`
    case 'DaemonSet':
      return `${numberAt(object, 'status', 'numberReady')}/${numberAt(object, 'status', 'desiredNumberScheduled')}`
    case 'Pod':
      return textAt(object, 'spec', 'nodeName')
    case 'Service':
      return listAt(object, 'spec', 'ports').map((port) => `:${textAt(port, 'port')}`).join(' ')
    default:
      return ''
  }
}
