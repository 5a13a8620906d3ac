import { ReactFlow, ReactFlowProvider, useReactFlow, useStore, useStoreApi, type Edge, type Node } from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState, type ReactNode, type WheelEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Box, ClusterLayout } from '../../graph/cluster-layout.ts'
import { clusterLayout } from '../../graph/cluster-layout.ts'
import graph from '../../graph/graph.module.css'
import { IconButton } from '../../kit/IconButton.tsx'
import { useUi } from '../../store/hooks.ts'
import { Heading, type HeadingNode } from './Heading.tsx'
import { MachineCard, type MachineNode } from './MachineCard.tsx'
import { PartCard, type PartNode } from './PartCard.tsx'
import { lookInside, select } from '../select.ts'
import styles from './cluster.module.css'
import { useMachineShapes } from './use-machine-shapes.ts'

const ParticleCanvas = lazy(async () => ({ default: (await import('../../graph/ParticleCanvas.tsx')).ParticleCanvas }))
const FarCanvas = lazy(async () => ({ default: (await import('./FarCanvas.tsx')).FarCanvas }))

const NODE_TYPES = { part: PartCard, machine: MachineCard, heading: Heading }
const PART_NAMES = ['kubectl', 'apiserver', 'etcd', 'controllers', 'scheduler'] as const
/** With more machines than this the wires would say nothing. */
const MOST_WIRES = 9
/** With more machines than this, a map zoomed out beyond `FAR_ZOOM` is one drawing; so at most some 500 cards are mounted. */
const MOST_CARDS = 150
const FAR_ZOOM = 0.4
/** The zoom at which a machine that was pressed from afar is shown. */
const NEAR_ZOOM = 0.7
/** Who zooms in further than this wants to see what is inside. */
const NEAREST_ZOOM = 1.99
/** The wheel has come to rest before it was turned again. */
const PAUSE_MS = 300
const MARGIN = { x: 16, y: 56 }

/** The cluster as machines: the control plane above, nodes with their pods below, messages between them. */
export function ClusterView(): ReactNode {
  return (
    <ReactFlowProvider>
      <ClusterFlow />
    </ReactFlowProvider>
  )
}

function ClusterFlow(): ReactNode {
  const { t } = useTranslation('views')
  const flow = useReactFlow()
  const box = useRef<HTMLDivElement>(null)
  const touched = useRef(false)
  const floor = useRef(new Map<string, number>())
  const width = usePaneWidth(box, touched)
  const wheeledAt = useRef(0)
  const furtherIn = (event: WheelEvent): void => {
    const paused = event.timeStamp - wheeledAt.current > PAUSE_MS
    wheeledAt.current = event.timeStamp
    if (paused && event.deltaY < 0 && flow.getZoom() > NEAREST_ZOOM) lookInto(event.target)
  }
  const shapes = useMachineShapes()
  const laidOut = useRef<ClusterLayout | undefined>(undefined)
  const layout = useMemo(() => {
    const made = clusterLayout(shapes, width, floor.current, laidOut.current)
    for (const [name, { height }] of made.machines) floor.current.set(name, height)
    laidOut.current = made
    return made
  }, [shapes, width])
  const masters = shapes.filter((shape) => shape.controlPlane).map(({ name }) => name).join()
  const controlPlane = useMemo(() => new Set(masters.split(',')), [masters])
  const crowd = shapes.length > MOST_CARDS
  const far = useStore((state) => crowd && state.transform[2] < FAR_ZOOM)
  const window = useStore((state) => (crowd ? windowOf(state.transform, state.width, state.height) : ''))
  const nodes = useMemo(() => flowNodes(layout, controlPlane, far, window), [layout, controlPlane, far, window])
  const flowStore = useStoreApi()
  const fit = useCallback(() => {
    const { width: paneWidth, height: paneHeight } = flowStore.getState()
    void flow.setViewport(viewportFor(boundsOf(layout), paneWidth, paneHeight))
  }, [flow, flowStore, layout])
  useOpenFromAfar(crowd, touched, fit)
  const edges = useMemo(() => wires(layout, controlPlane), [layout, controlPlane])
  const find = useCallback((place: string) => centreOf(layout, place), [layout])
  return (
    <div ref={box} className={graph['flow']} onDoubleClick={(event) => lookInto(event.target)} onWheelCapture={furtherIn}>
      <ReactFlow<ClusterNode>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        defaultViewport={{ ...MARGIN, zoom: 1 }}
        minZoom={0.02}
        maxZoom={2}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnDoubleClick={false}
        panOnScroll={false}
        onlyRenderVisibleElements={shapes.length > 40}
        onPaneClick={(event) => {
          if (!far) return
          const { x, y } = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY })
          for (const [name, box] of layout.machines) {
            if (x < box.x || y < box.y || x > box.x + box.width || y > box.y + box.height) continue
            touched.current = true
            select(`nodes/${name}`)
            void flow.setCenter(box.x + box.width / 2, box.y + box.height / 2, { zoom: NEAR_ZOOM })
          }
        }}
        onMove={(event) => {
          if (event !== null) touched.current = true
        }}
        aria-label={t('cluster')}
      />
      <Suspense>
        {far && <FarCanvas machines={layout.machines} />}
        <ParticleCanvas find={find} />
      </Suspense>
      <FitButtons
        onFit={() => {
          touched.current = true
          floor.current.clear()
          if (crowd) fit()
          else void flow.fitView({ padding: { top: '64px', x: '16px', bottom: '16px' }, maxZoom: 1 })
        }}
        onHome={() => {
          touched.current = false
          floor.current.clear()
        }}
      />
    </div>
  )
}

/** The innermost zoom: the inside of the pod or node under the pointer. */
function lookInto(target: EventTarget): void {
  const key = (target as Element).closest('[data-key]')?.getAttribute('data-key')
  if (key != null) lookInside(key)
}

type ClusterNode = PartNode | MachineNode | HeadingNode

/** Cards this far beyond the edge of the pane are mounted, so that they are there when they come into sight; in pixels of the drawing. */
const CELL = 600

/** What is to be seen of the drawing, in whole cells: changes only now and then while one pans. "x y to-x to-y" */
function windowOf([x, y, zoom]: readonly [number, number, number], width: number, height: number): string {
  const low = (offset: number): number => Math.floor(-offset / zoom / CELL) * CELL
  const high = (offset: number, size: number): number => Math.ceil((size - offset) / zoom / CELL) * CELL
  return `${low(x)} ${low(y)} ${high(x, width)} ${high(y, height)}`
}

function isIn(window: string, { x, y, width, height }: Box): boolean {
  if (window === '') return true
  const [fromX = 0, fromY = 0, toX = 0, toY = 0] = window.split(' ').map(Number)
  return x < toX && y < toY && x + width > fromX && y + height > fromY
}

/** The whole drawing. */
function boundsOf(layout: ClusterLayout): Box {
  const boxes = [...Object.values(layout.parts), ...layout.machines.values()]
  return { x: 0, y: 0, width: Math.max(...boxes.map((box) => box.x + box.width)), height: Math.max(...boxes.map((box) => box.y + box.height)) }
}

/** All of a drawing in a pane, below the buttons at its upper edge. */
function viewportFor({ width, height }: Box, paneWidth: number, paneHeight: number): { x: number; y: number; zoom: number } {
  const zoom = Math.min(1, (paneWidth - 2 * MARGIN.x) / width, (paneHeight - MARGIN.y - MARGIN.x) / height)
  return { x: (paneWidth - width * zoom) / 2, y: MARGIN.y, zoom }
}

/** A crowd is shown from afar at once, unless the reader has moved the drawing already. */
function useOpenFromAfar(crowd: boolean, touched: React.RefObject<boolean>, fit: () => void): void {
  const ready = useStore((state) => state.width > 0)
  const done = useRef(false)
  useEffect(() => {
    if (!crowd) done.current = false
    if (!crowd || !ready || done.current) return
    done.current = true
    if (!touched.current) fit()
  }, [crowd, ready, touched, fit])
}

function flowNodes(layout: ClusterLayout, controlPlane: ReadonlySet<string>, far: boolean, window: string): ClusterNode[] {
  const nodes: ClusterNode[] = PART_NAMES.map((name) => ({
    id: name,
    type: 'part' as const,
    position: layout.parts[name],
    data: { name },
    ...size(layout.parts[name]),
  }))
  nodes.push({ id: 'heading', type: 'heading', position: { x: 0, y: layout.headingY }, data: {}, width: 320, height: 16 })
  if (far) return nodes
  for (const [name, place] of layout.machines) {
    if (!isIn(window, place)) continue
    nodes.push({ id: `node/${name}`, type: 'machine', position: place, data: { name, wide: controlPlane.has(name), count: layout.machines.size }, ...size(place) })
  }
  return nodes
}

const size = ({ width, height }: { width: number; height: number }): Pick<Node, 'width' | 'height' | 'style'> => ({ width, height, style: { width, height } })

function wires(layout: ClusterLayout, controlPlane: ReadonlySet<string>): Edge[] {
  const line = (source: string, target: string, sourceHandle: string, targetHandle: string, dotted: boolean): Edge => ({
    id: `${source}-${target}`,
    source,
    target,
    sourceHandle,
    targetHandle,
    type: dotted ? 'default' : 'straight',
    focusable: false,
    className: dotted ? (styles['wire'] ?? '') : (styles['bus'] ?? ''),
  })
  const bus = [line('kubectl', 'apiserver', 'right', 'left', false), line('apiserver', 'etcd', 'right', 'left', false), line('etcd', 'controllers', 'right', 'left', false), line('controllers', 'scheduler', 'right', 'left', false)]
  const workers = [...layout.machines.keys()].filter((name) => !controlPlane.has(name))
  if (workers.length > MOST_WIRES) return bus
  return [...bus, ...workers.map((name) => line('apiserver', `node/${name}`, 'bottom', 'top', true))]
}

/** Where messages of a place leave and arrive: the lower edge of a part, the upper edge of a machine. */
function centreOf(layout: ClusterLayout, place: string): { x: number; y: number } | undefined {
  const part = (layout.parts as Record<string, ClusterLayout['parts']['etcd']>)[place]
  if (part !== undefined) return { x: part.x + part.width / 2, y: part.y + part.height }
  const machine = layout.machines.get(place.replace(/^node\//, '')) ?? (place === 'nodes' ? [...layout.machines.values()].at(-1) : undefined)
  return machine === undefined ? undefined : { x: machine.x + machine.width / 2, y: machine.y }
}

/** Follows the pane's width until the reader has moved the drawing; from then on the layout stays. */
function usePaneWidth(box: React.RefObject<HTMLDivElement | null>, touched: React.RefObject<boolean>): number {
  const [width, setWidth] = useState(716)
  useEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const observer = new ResizeObserver(() => {
      if (!touched.current && element.clientWidth > 0) setWidth(element.clientWidth - 2 * MARGIN.x)
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [box, touched])
  return width
}

function FitButtons({ onFit, onHome }: { onFit(): void; onHome(): void }): ReactNode {
  const { t } = useTranslation('views')
  const flow = useReactFlow()
  const zoom = useStore((state) => Math.round(state.transform[2] * 100))
  const still = useUi((state) => state.view)
  return (
    <div className={styles['zoom']} data-view={still}>
      <IconButton small icon="minus" label={t('zoomOut')} onClick={() => void flow.zoomOut()} />
      <button
        type="button"
        className={styles['zoomValue']}
        aria-label={t('zoomHome', { zoom })}
        onClick={() => {
          onHome()
          void flow.setViewport({ ...MARGIN, zoom: 1 })
        }}
      >
        {zoom} %
      </button>
      <IconButton small icon="plus" label={t('zoomIn')} onClick={() => void flow.zoomIn()} />
      <IconButton
        small
        icon="fit"
        label={t('fit')}
        onClick={onFit}
      />
    </div>
  )
}
