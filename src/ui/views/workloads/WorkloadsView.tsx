import { ReactFlow, ReactFlowProvider, useReactFlow, MarkerType, type Edge } from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import graph from '../../graph/graph.module.css'
import { treeLayout } from '../../graph/tree-layout.ts'
import { EmptyState } from '../../kit/EmptyState.tsx'
import { IconButton } from '../../kit/IconButton.tsx'
import { mirror, useMirror, useUi } from '../../store/hooks.ts'
import { buildForest, selections, type ForestItem } from './forest.ts'
import { GroupCard, ObjectCard, type GroupNode, type ObjectNode } from './ObjectCard.tsx'
import styles from './workloads.module.css'

const NODE_TYPES = { object: ObjectCard, group: GroupCard }
const START = { x: 16, y: 64, zoom: 1 }

/** The cluster by ownership: arrows lead from the owner to what it owns, and from a Service to the pods that it selects. */
export function WorkloadsView(): ReactNode {
  return (
    <ReactFlowProvider>
      <WorkloadsFlow />
    </ReactFlowProvider>
  )
}

function WorkloadsFlow(): ReactNode {
  const { t } = useTranslation('views')
  const [system, setSystem] = useState(false)
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const filter = useUi((state) => state.filter)
  const { forest, shape } = useForest(system, filter, open)
  const places = useMemo(() => { void shape; return treeLayout(forest) }, [forest, shape])
  const toggle = useRef((key: string): void => setOpen((before) => new Set(before.has(key) ? [...before].filter((known) => known !== key) : [...before, key])))
  const nodes = useMemo(() => {
    const items = new Map(flatten(forest).map((item) => [item.key, item]))
    return places.map((place): ObjectNode | GroupNode => {
      const item = items.get(place.key)
      const position = { x: place.x, y: place.y }
      if (item?.pods !== undefined) return { id: place.key, type: 'group', position, data: { keys: item.pods, toggle: toggle.current, group: place.key } }
      return { id: place.key, type: 'object', position, data: { objectKey: place.key, fold: item?.foldable === true ? toggle.current : null } }
    })
  }, [forest, places])
  const edges = useMemo(() => [...ownEdges(forest), ...selectEdges(forest)], [forest])
  return (
    <div className={graph['flow']}>
      {forest.length === 0 && (
        <div className={styles['none']}>
          <EmptyState title={t('noneHere')}>{t('noneHereHint')}</EmptyState>
        </div>
      )}
      <ReactFlow<ObjectNode | GroupNode>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        defaultViewport={START}
        minZoom={0.1}
        maxZoom={2}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnDoubleClick={false}
        onlyRenderVisibleElements={nodes.length > 80}
        aria-label={t('views.workloads')}
      />
      <div className={styles['tools']}>
        <label>
          <input type="checkbox" checked={system} onChange={(event) => setSystem(event.target.checked)} /> {t('showSystem')}
        </label>
        <Fit />
      </div>
    </div>
  )
}

function Fit(): ReactNode {
  const { t } = useTranslation('views')
  const flow = useReactFlow()
  return <IconButton small icon="fit" label={t('fit')} onClick={() => void flow.fitView({ padding: 0.05, maxZoom: 1 })} />
}

/** The forest; rebuilt only when its shape changes, not when a status does. */
function useForest(system: boolean, filter: string, open: ReadonlySet<string>): { readonly forest: readonly ForestItem[]; readonly shape: string } {
  const shape = useMirror((state) => [...['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Pod', 'Service'].map((kind) => listId(state.indexes.list('kind', kind)))].join())
  const version = useMirror((state) => state.version)
  const [calm, setCalm] = useState(version)
  // Labels and selectors may change without the shape; looking twice a second is enough for arrows.
  useEffect(() => {
    const timer = setTimeout(() => setCalm(version), 400)
    return () => clearTimeout(timer)
  }, [version])
  const forest = useMemo(() => { void [shape, calm]; return buildForest(mirror.getState(), { system, filter, open }) }, [shape, calm, system, filter, open])
  return { forest, shape }
}

const ids = new WeakMap<readonly string[], number>()
let nextId = 1
/** Lists are replaced when they change, so their identity tells. */
function listId(list: readonly string[]): number {
  const known = ids.get(list)
  if (known !== undefined) return known
  ids.set(list, nextId)
  return nextId++
}

const flatten = (items: readonly ForestItem[]): readonly ForestItem[] => items.flatMap((item) => [item, ...flatten(item.children)])

function ownEdges(items: readonly ForestItem[]): Edge[] {
  return flatten(items).flatMap((item) =>
    item.children.filter(({ via }) => via === 'owner').map((child): Edge => ({ id: `${item.key}>${child.key}`, source: item.key, target: child.key, type: 'smoothstep', className: styles['own'] ?? '', markerEnd: { type: MarkerType.ArrowClosed, color: 'var(--line-strong)' } })),
  )
}

function selectEdges(items: readonly ForestItem[]): Edge[] {
  return selections(mirror.getState(), flatten(items)).map(([from, to]): Edge => ({ id: `${from}~${to}`, source: from, target: to, sourceHandle: 'out', type: 'default', className: styles['select'] ?? '' }))
}
