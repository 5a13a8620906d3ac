import { useStoreApi } from '@xyflow/react'
import { useEffect, useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ClusterLayout } from '../../graph/cluster-layout.ts'
import { STATUS_COLOUR, type Status } from '../../kit/status.ts'
import { mirror, useMirror } from '../../store/hooks.ts'
import { token, useTheme } from '../../theme/theme.ts'
import styles from './cluster.module.css'
import { farMachine, type FarMachine } from './far-summary.ts'

/** How often changed pods are drawn anew, ms; moving the map draws at once. */
const REFRESH_MS = 200

type Machines = ClusterLayout['machines']

/** Hundreds of machines from afar: one drawing instead of a card each. */
export function FarCanvas({ machines }: { readonly machines: Machines }): ReactNode {
  const { t } = useTranslation('views')
  const canvas = useRef<HTMLCanvasElement>(null)
  const store = useStoreApi()
  const { theme } = useTheme()
  const pods = useMirror((state) => state.indexes.list('kind', 'Pod').length)
  useEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (element == null || context == null) return undefined
    const paint = painter()
    let summaries = summariesOf(machines)
    let frame = 0
    let timer: ReturnType<typeof setTimeout> | undefined
    const draw = (): void => {
      frame = 0
      const { transform, width, height } = store.getState()
      fitTo(element, width, height)
      context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
      context.clearRect(0, 0, width, height)
      for (const [name, machine] of summaries) {
        const box = onScreen(machines.get(name), transform)
        if (box && box.x < width && box.y < height && box.x + box.width > 0 && box.y + box.height > 0) paint(context, name, machine, box)
      }
    }
    const ask = (): void => {
      if (frame === 0) frame = requestAnimationFrame(draw)
    }
    const refresh = (): void => {
      timer = undefined
      summaries = summariesOf(machines)
      ask()
    }
    ask()
    const offMirror = mirror.subscribe((state, before) => {
      if (state.version !== before.version) timer ??= setTimeout(refresh, REFRESH_MS)
    })
    const offFlow = store.subscribe((state, before) => {
      if (state.transform !== before.transform || state.width !== before.width || state.height !== before.height) ask()
    })
    return () => {
      offMirror()
      offFlow()
      clearTimeout(timer)
      cancelAnimationFrame(frame)
    }
  }, [machines, store, theme])
  return <canvas ref={canvas} className={styles['farCanvas']} role="img" aria-label={t('farMap', { machines: machines.size, pods })} />
}

interface ScreenBox {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

type Transform = readonly [number, number, number]

const onScreen = (box: ScreenBox | undefined, [dx, dy, zoom]: Transform): ScreenBox | undefined =>
  box && { x: box.x * zoom + dx, y: box.y * zoom + dy, width: box.width * zoom, height: box.height * zoom }

function summariesOf(machines: Machines): readonly (readonly [string, FarMachine])[] {
  const state = mirror.getState()
  const found: (readonly [string, FarMachine])[] = []
  for (const name of machines.keys()) {
    const machine = farMachine(state, name)
    if (machine) found.push([name, machine])
  }
  return found
}

function fitTo(element: HTMLCanvasElement, width: number, height: number): void {
  if (element.width === width * devicePixelRatio && element.height === height * devicePixelRatio) return
  element.width = width * devicePixelRatio
  element.height = height * devicePixelRatio
}

/** Draws a machine as a frame in its state's colour with one stretch for each state of its pods. */
function painter(): (context: CanvasRenderingContext2D, name: string, machine: FarMachine, box: ScreenBox) => void {
  const colours = new Map<Status, string>()
  for (const [status, css] of Object.entries(STATUS_COLOUR)) colours.set(status as Status, token(css.slice('var('.length, -1) as `--${string}`))
  const [panel, sunken, line, text] = [token('--panel'), token('--sunken'), token('--line-strong'), token('--text-2')]
  return (context, name, machine, { x, y, width, height }) => {
    const inset = Math.max(1, width * 0.06)
    context.fillStyle = panel
    context.fillRect(x, y, width, height)
    context.strokeStyle = machine.status === 'ok' ? line : colours.get(machine.status)!
    context.lineWidth = machine.status === 'ok' ? 1 : 2
    context.strokeRect(x, y, width, height)
    const head = width > 60 ? 18 : inset
    if (width > 60) {
      context.fillStyle = text
      context.font = '500 11px "Inter Variable", sans-serif'
      context.fillText(name, x + inset, y + 13, width - 2 * inset)
    }
    const room = { x: x + inset, y: y + head, width: width - 2 * inset, height: Math.max(2, height - head - inset) }
    context.fillStyle = sunken
    context.fillRect(room.x, room.y, room.width, room.height)
    let from = room.x
    for (const [status, count] of machine.parts) {
      const share = (room.width * count) / machine.pods
      context.fillStyle = colours.get(status)!
      context.fillRect(from, room.y, share, room.height)
      from += share
    }
  }
}
