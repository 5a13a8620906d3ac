import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ApiObject, BranchInfo, ClockState, ComponentState, Flight, Frame, HistoryRow, Mark, NodeFigures, StepPreview, StepUnit } from '../../workers/protocol.ts'
import { emptyIndexes, indexChange, type Indexes } from './indexes.ts'
import { emptyRows, mergeRows, type RowBook } from './row-book.ts'

type Previews = Readonly<Partial<Record<StepUnit, StepPreview | null>>>

/**
 * What the page knows of the cluster. `records` and the maps of `indexes` are changed in place, so that a frame costs what
 * it changes; what they hold (objects, key lists) is replaced, so that a selector of one thing sees only that thing change.
 */
export interface Mirror {
  readonly records: ReadonlyMap<string, ApiObject>
  readonly indexes: Indexes
  /** Grows by one with every frame that changed a record. */
  readonly version: number
  readonly clock: ClockState | null
  readonly current: HistoryRow | null
  readonly rows: RowBook
  readonly branches: readonly BranchInfo[]
  readonly marks: readonly Mark[]
  /** Marks of every branch that was shown, for the words beside the others' lines. */
  readonly marksOf: ReadonlyMap<number, readonly Mark[]>
  readonly flights: readonly Flight[]
  readonly components: readonly ComponentState[]
  readonly previews: Previews | null
  readonly backPreviews: Previews | null
  readonly figures: ReadonlyMap<string, NodeFigures>
}

export type MirrorStore = StoreApi<Mirror>

export function createMirror(): MirrorStore {
  return createStore<Mirror>(() => ({
    records: new Map(),
    indexes: emptyIndexes(),
    version: 0,
    clock: null,
    current: null,
    rows: emptyRows(),
    branches: [],
    marks: [],
    marksOf: new Map(),
    flights: [],
    components: [],
    previews: null,
    backPreviews: null,
    figures: new Map(),
  }))
}

/** Applies one frame. Costs in proportion to what the frame carries; a reset starts from nothing. */
export function applyFrame(store: MirrorStore, frame: Frame): void {
  const before = store.getState()
  const records = (frame.reset ? new Map() : before.records) as Map<string, ApiObject>
  const indexes = frame.reset ? emptyIndexes() : before.indexes
  const touched = new Set<string>()
  for (const { key, value } of frame.changes) {
    indexChange(indexes, key, records.get(key), value, touched)
    if (value === null) records.delete(key)
    else records.set(key, value)
  }
  indexes.publish(touched)
  const changed = frame.reset || frame.changes.length > 0
  store.setState({
    records,
    indexes,
    version: before.version + (changed ? 1 : 0),
    clock: frame.clock,
    current: frame.current,
    rows: mergeRows(frame.reset ? emptyRows() : before.rows, frame.clock.branch, frame.rows),
    branches: sameBranches(before.branches, frame.branches),
    marks: frame.marks ?? (frame.reset ? [] : before.marks),
    marksOf: frame.marks === null ? before.marksOf : new Map([...(frame.reset ? [] : before.marksOf), [frame.clock.branch, frame.marks]]),
    flights: frame.flights.length === 0 && before.flights.length === 0 ? before.flights : frame.flights,
    components: sameComponents(before.components, frame.components),
    previews: frame.previews,
    backPreviews: frame.backPreviews,
    figures: frame.nodes === null ? before.figures : mergeFigures(before.figures, frame.nodes),
  })
}

function sameBranches(before: readonly BranchInfo[], now: readonly BranchInfo[] | null): readonly BranchInfo[] {
  if (now === null) return before
  const same =
    now.length === before.length &&
    now.every((branch, at) => branch.id === before[at]?.id && branch.endIndex === before[at].endIndex && branch.endAt === before[at].endAt && (branch.label === null) === (before[at].label === null))
  return same ? before : now
}

const componentKey = (part: ComponentState): string =>
  `${part.running} ${part.busy} ${part.queued} ${Object.entries(part.figures).join()}`

/** Keeps the objects of parts that did not change, so that only the changed card renders. */
function sameComponents(before: readonly ComponentState[], now: readonly ComponentState[]): readonly ComponentState[] {
  return now.map((part) => {
    const known = before.find(({ name }) => name === part.name)
    return known !== undefined && componentKey(known) === componentKey(part) ? known : part
  })
}

const figureKey = ({ fault, cpu, memory }: NodeFigures): string =>
  [fault, cpu.requested, cpu.used, cpu.allocatable, memory.requested, memory.used, memory.allocatable].join()

function mergeFigures(before: ReadonlyMap<string, NodeFigures>, now: readonly NodeFigures[]): ReadonlyMap<string, NodeFigures> {
  return new Map(
    now.map((node) => {
      const known = before.get(node.name)
      return [node.name, known !== undefined && figureKey(known) === figureKey(node) ? known : node]
    }),
  )
}
