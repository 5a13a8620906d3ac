import { flightOf, flightsOf, rowOf, sentenceOf, STEP_UNITS, indexBack, lookAhead, Requested, type Cluster, type KubeObject, type Step } from '../sim/index.ts'
import type { BranchInfo, ClockState, Flight, Frame, HistoryRow, Mark, RecordChange, StepPreview, StepUnit, ApiObject } from './protocol.ts'

/** How many steps to run ahead for the buttons' words, how many rows and particles a frame may carry. */
const AHEAD = 1500
const MAX_ROWS = 400
const MAX_FLIGHTS = 80
/** A frame with more objects would hold the page up while it is read; what is left follows in the next ones. */
const MAX_CHANGES = 2000
/** The same in play, when the next one is a sixtieth of a second away. */
const MAX_PLAYED = 500

/** Load and faults change the figures of nodes though no object does: they are read again after so much virtual time (microseconds). */
const FIGURES_EVERY = 500_000

/** Collects what changed since the last frame and makes frames of it. Cost follows change. */
export class FrameMaker {
  #cluster: Cluster
  readonly #dirty = new Set<string>()
  #sent = new Map<string, KubeObject>()
  #reset = true
  #rowsSent = 0
  #lastIndex = -1
  #lastBranch = -1
  #flights: Flight[] = []
  #shape = ''
  #requested = new Requested()
  #figuresAt = -FIGURES_EVERY

  readonly #most: number

  constructor(cluster: Cluster, most = MAX_CHANGES) {
    this.#cluster = cluster
    this.#most = most
    this.attach(cluster)
  }

  /** Looks at another cluster from now on; the next frame is everything. */
  attach(cluster: Cluster): void {
    this.#cluster.objects.listen(undefined)
    this.#cluster = cluster
    this.#reset = true
    this.#dirty.clear()
    this.#sent = new Map()
    this.#requested = new Requested()
    this.#rowsSent = 0
    this.#lastIndex = -1
    this.#shape = ''
    cluster.objects.listen((key) => this.#dirty.add(key))
  }

  /** Notes the messages that a step sent, for the particles. */
  saw(step: Step): void {
    if (this.#flights.length < MAX_FLIGHTS) this.#flights.push(...flightsOf(step))
  }

  /** True when a frame would say something new. */
  due(): boolean {
    return this.#reset || this.#dirty.size > 0 || this.#cluster.timeline.index !== this.#lastIndex || this.#cluster.timeline.branch !== this.#lastBranch
  }

  make(playing: boolean, speed: number, previews: boolean): Frame {
    const { timeline } = this.#cluster
    const changes = this.#changes(playing && !this.#reset ? Math.min(MAX_PLAYED, this.#most) : this.#most)
    const reset = this.#reset
    this.#reset = false
    const rows = this.#rows()
    const shape = timeline.branches().map((b) => `${b.id}:${b.commands.length}`).join()
    const shapeChanged = shape !== this.#shape || reset || this.#lastBranch !== timeline.branch
    this.#shape = shape
    const flights = playing ? this.#flights : inTheAir(this.#cluster)
    this.#flights = []
    const moved = timeline.index !== this.#lastIndex
    this.#lastIndex = timeline.index
    this.#lastBranch = timeline.branch
    // While more is to follow the sums are not whole. Asked before anything runs ahead, which touches objects and takes it back.
    const isWhole = this.#dirty.size === 0
    const news = changes.length > 0 || shapeChanged || (moved && !playing)
    const current = timeline.at(timeline.index)
    return {
      type: 'frame',
      clock: clockOf(this.#cluster, playing, speed),
      changes,
      reset,
      rows,
      current: current ? rowOf(current, timeline.index) : null,
      branches: branchesOf(this.#cluster),
      flights: flights.slice(0, MAX_FLIGHTS),
      components: this.#cluster.components(),
      previews: previews ? ahead(this.#cluster) : null,
      backPreviews: previews ? behind(this.#cluster) : null,
      marks: shapeChanged ? marksOf(this.#cluster) : null,
      nodes: (isWhole && news) || this.#figuresAreOld() ? this.#figures() : null,
    }
  }

  #figuresAreOld(): boolean {
    return Math.abs(this.#cluster.timeline.clock - this.#figuresAt) >= FIGURES_EVERY
  }

  #figures(): Frame['nodes'] {
    this.#figuresAt = this.#cluster.timeline.clock
    return this.#cluster.nodeFigures(this.#requested)
  }

  #changes(most: number): RecordChange[] {
    const changes: RecordChange[] = []
    const left: string[] = []
    const keys = this.#reset ? this.#cluster.objects.keys() : this.#dirty
    for (const key of keys) {
      if (changes.length === most) {
        left.push(key)
        continue
      }
      const value = this.#cluster.objects.get(key)
      // A step forward and back again leaves the same object: nothing to say.
      const sent = this.#sent.get(key)
      if (sent === value) continue
      this.#requested.change(key, sent, value)
      if (value === undefined) this.#sent.delete(key)
      else this.#sent.set(key, value)
      changes.push({ key, value: (value as ApiObject | undefined) ?? null })
    }
    this.#dirty.clear()
    for (const key of left) this.#dirty.add(key)
    return changes
  }

  /** Rows that the page has not got: the ones after the last sent, or after a jump the ones up to the cursor. */
  #rows(): HistoryRow[] {
    const { timeline } = this.#cluster
    const jumped = timeline.branch !== this.#lastBranch || timeline.index < this.#lastIndex
    const from = Math.max(jumped ? timeline.index - 60 : this.#rowsSent + 1, timeline.index - MAX_ROWS + 1, 1)
    const rows: HistoryRow[] = []
    for (let index = from; index <= timeline.index; index++) {
      const step = timeline.at(index)
      if (step) rows.push(rowOf(step, index))
    }
    this.#rowsSent = timeline.index
    return rows
  }
}

function clockOf(cluster: Cluster, playing: boolean, speed: number): ClockState {
  const { timeline } = cluster
  const next = timeline.nextAt()
  return {
    at: timeline.clock,
    index: timeline.index,
    endIndex: timeline.endIndex,
    endAt: timeline.endAt,
    origin: cluster.origin,
    playing,
    speed,
    branch: timeline.branch,
    quietUntil: next !== undefined && next - timeline.clock > 1_000_000 ? next : null,
  }
}

function branchesOf(cluster: Cluster): BranchInfo[] {
  return cluster.timeline.branches().map((branch) => {
    const first = branch.commands.find((command) => command.index > cluster.origin.index)
    return {
      id: branch.id,
      parent: branch.parent,
      forkIndex: branch.forkIndex,
      forkAt: branch.forkAt,
      endIndex: branch.endIndex,
      endAt: branch.endAt,
      label: first ? cluster.describeCommand(first) : null,
    }
  })
}

const marksOf = (cluster: Cluster): Mark[] =>
  cluster.timeline
    .commands()
    .filter((command) => command.index > cluster.origin.index)
    .map((command) => ({ index: command.index, at: command.at, kind: 'command', sentence: cluster.describeCommand(command) }))

/** Messages that are under way at this instant. */
function inTheAir(cluster: Cluster): Flight[] {
  const flights: Flight[] = []
  for (const event of cluster.engine.queue.unordered()) {
    const flight = flightOf(event)
    if (flight && flight.sentAt <= cluster.timeline.clock && flight.arrivesAt - flight.sentAt < 1_000_000) flights.push(flight)
    if (flights.length >= MAX_FLIGHTS) break
  }
  return flights.sort((a, b) => a.arrivesAt - b.arrivesAt || a.id - b.id)
}

const previewOf = (step: Step | undefined): StepPreview | null =>
  step ? { at: step.event.at, actor: step.event.actor, sentence: sentenceOf(step) } : null

function ahead(cluster: Cluster): Record<StepUnit, StepPreview | null> {
  const found = lookAhead(cluster.timeline, AHEAD)
  return Object.fromEntries(STEP_UNITS.map((unit) => [unit, previewOf(found[unit])])) as Record<StepUnit, StepPreview | null>
}

function behind(cluster: Cluster): Record<StepUnit, StepPreview | null> {
  const { timeline } = cluster
  const of = (unit: StepUnit): StepPreview | null => {
    const target = Math.max(indexBack(timeline, unit), cluster.origin.index)
    return target < timeline.index ? previewOf(timeline.at(target + 1)) : null
  }
  return Object.fromEntries(STEP_UNITS.map((unit) => [unit, of(unit)])) as Record<StepUnit, StepPreview | null>
}

