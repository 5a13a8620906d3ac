import { useStoreApi } from '@xyflow/react'
import { useEffect, useRef, type ReactNode } from 'react'
import { mirror } from '../store/hooks.ts'
import { token, useTheme } from '../theme/theme.ts'
import styles from './graph.module.css'
import { Particles, type Dot, type PlaceFinder } from './particles.ts'

/** Below this zoom words beside the particles would hide the machines. */
const LEGIBLE_ZOOM = 0.4

const reduced = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches

/** Requests and watch events as particles, on a canvas above the map. It draws only while something flies. */
export function ParticleCanvas({ find }: { readonly find: PlaceFinder }): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null)
  const flow = useStoreApi()
  const { theme } = useTheme()
  const places = useRef(find)
  useEffect(() => {
    places.current = find
  }, [find])
  useEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (element == null || context == null) return undefined
    const particles = new Particles()
    const colours = { request: token('--brass'), response: token('--text-3'), watch: token('--busy'), bad: token('--bad'), text: token('--text-2') }
    let timer = 0
    const draw = (now: number): void => {
      timer = 0
      const { transform, width, height } = flow.getState()
      const ratio = devicePixelRatio
      if (element.width !== width * ratio || element.height !== height * ratio) {
        element.width = width * ratio
        element.height = height * ratio
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0)
      context.clearRect(0, 0, width, height)
      const dots = particles.dots(now)
      paint(context, dots, transform, colours, mirror.getState().clock?.playing !== true && transform[2] >= LEGIBLE_ZOOM)
      if (particles.moving) ask()
    }
    const ask = (): void => {
      if (timer === 0) timer = requestAnimationFrame(draw)
    }
    const take = (): void => {
      const { flights, clock } = mirror.getState()
      if (clock === null) return
      if (!clock.playing || reduced()) particles.hold(clock.playing ? [] : flights, places.current, clock.at)
      else particles.add(flights, places.current, performance.now(), Math.min(clock.speed, 1e6))
      ask()
    }
    take()
    const offMirror = mirror.subscribe((state, before) => {
      if (state.flights !== before.flights || state.clock !== before.clock) take()
    })
    const offFlow = flow.subscribe((state, before) => {
      if (state.transform !== before.transform || state.width !== before.width) ask()
    })
    return () => {
      offMirror()
      offFlow()
      cancelAnimationFrame(timer)
    }
  }, [flow, theme])
  return <canvas ref={canvas} className={styles['particles']} aria-hidden="true" />
}

interface Colours {
  readonly request: string
  readonly response: string
  readonly watch: string
  readonly bad: string
  readonly text: string
}

/** Requests are discs, answers rings, watch events diamonds; a refusal is a cross. */
function paint(context: CanvasRenderingContext2D, dots: readonly Dot[], [dx, dy, zoom]: readonly [number, number, number], colours: Colours, words: boolean): void {
  context.lineWidth = 1.6
  dots.forEach(({ x, y, flight }, at) => {
    const [px, py] = [x * zoom + dx, y * zoom + dy]
    const size = 3.4 * Math.max(0.7, Math.min(1.2, zoom))
    context.fillStyle = context.strokeStyle = flight.ok ? colours[flight.kind] : colours.bad
    context.beginPath()
    if (!flight.ok) {
      context.moveTo(px - size, py - size)
      context.lineTo(px + size, py + size)
      context.moveTo(px + size, py - size)
      context.lineTo(px - size, py + size)
      context.stroke()
    } else if (flight.kind === 'watch') {
      context.moveTo(px, py - size * 1.3)
      context.lineTo(px + size * 1.3, py)
      context.lineTo(px, py + size * 1.3)
      context.lineTo(px - size * 1.3, py)
      context.fill()
    } else {
      context.arc(px, py, size, 0, 7)
      if (flight.kind === 'response') context.stroke()
      else context.fill()
    }
    if (!words || at > 2 || flight.kind === 'response') return
    context.font = '500 10.5px "JetBrains Mono", monospace'
    context.fillStyle = colours.text
    context.fillText(`${flight.verb.toUpperCase()} ${flight.object.replace(/^(.{12}).*(.{16})$/, '$1…$2')}`, px + 9, py + 3 + at * 13)
  })
}
