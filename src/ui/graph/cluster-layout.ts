/** A box of the drawing, in its own pixels at 100 %. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** What the layout needs to know of a machine. */
export interface MachineShape {
  readonly name: string
  readonly controlPlane: boolean
  /** Pods drawn as tiles, and system pods drawn as one-line chips. */
  readonly tiles: number
  readonly chips: number
}

export interface ClusterLayout {
  readonly parts: Readonly<Record<'kubectl' | 'apiserver' | 'etcd' | 'controllers' | 'scheduler', Box>>
  readonly machines: ReadonlyMap<string, Box>
  /** Where the heading of the nodes stands. */
  readonly headingY: number
}

const GAP = 14
const PART_GAP = 10
const KUBECTL_WIDTH = 78
const PART_HEIGHT = 72
const MACHINES_Y = 130
const NARROWEST = 216
const MIN_WIDTH = 560

/** More tiles than this on one node are drawn as glyphs. */
export const MOST_TILES = 14
export const TILE_ROW = 48
export const CHIP_ROW = 30
/** Head, bars and padding of a card. */
const CARD_HEAD = 86
const GLYPH_ROW = 17
const GLYPHS_A_ROW = 11

const up = (value: number, step: number): number => Math.ceil(value / step) * step

/** Height of a worker's card; grows by two rows at a time so that one more pod seldom moves anything. */
export function cardHeight({ tiles, chips }: Pick<MachineShape, 'tiles' | 'chips'>): number {
  if (tiles > MOST_TILES) return CARD_HEAD + up(Math.ceil((tiles + chips) / GLYPHS_A_ROW) * GLYPH_ROW, 51) + 8
  return CARD_HEAD + Math.max(3, up(Math.ceil(tiles / 2), 2)) * TILE_ROW + Math.ceil(chips / 2) * CHIP_ROW
}

/** Columns of the grid of workers: what fits for a few, nearly square for many. */
export function columnsFor(machines: number, width: number): number {
  const fit = Math.max(2, Math.floor((width + GAP) / (NARROWEST + GAP)))
  if (machines <= fit * 3) return Math.min(Math.max(1, machines), fit)
  return Math.max(fit, Math.ceil(Math.sqrt(machines * 1.4)))
}

/**
 * Places of everything in the cluster view. A pure function of the machines' names and shapes and of the width; machines
 * keep the order given. `floor`: heights that cards already had, so that none shrinks under the reader's eyes. `before`:
 * the layout that this one follows; where nothing has moved it is given back, so that nothing is drawn again.
 */
export function clusterLayout(machines: readonly MachineShape[], paneWidth: number, floor: ReadonlyMap<string, number> = new Map(), before?: ClusterLayout): ClusterLayout {
  const width = Math.max(MIN_WIDTH, paneWidth)
  const workers = machines.filter(({ controlPlane }) => !controlPlane)
  const masters = machines.filter(({ controlPlane }) => controlPlane)
  const columns = columnsFor(workers.length, width)
  const cardWidth = columns * (NARROWEST + GAP) - GAP > width ? NARROWEST : Math.floor((width - (columns - 1) * GAP) / columns)
  const boxes = new Map<string, Box>()
  let y = MACHINES_Y
  for (let first = 0; first < workers.length; first += columns) {
    const row = workers.slice(first, first + columns)
    const height = Math.max(...row.map((machine) => Math.max(cardHeight(machine), floor.get(machine.name) ?? 0)))
    row.forEach((machine, column) => boxes.set(machine.name, { x: column * (cardWidth + GAP), y, width: cardWidth, height }))
    y += height + GAP
  }
  for (const machine of masters) {
    boxes.set(machine.name, { x: 0, y, width, height: 46 + Math.max(1, Math.ceil((machine.chips + machine.tiles) / Math.floor(width / 170))) * CHIP_ROW + 6 })
    y += (boxes.get(machine.name)?.height ?? 0) + GAP
  }
  const layout = { parts: partBoxes(width), machines: boxes, headingY: MACHINES_Y - 22 }
  return before !== undefined && isSame(before, layout) ? before : layout
}

function partBoxes(width: number): ClusterLayout['parts'] {
  const left = KUBECTL_WIDTH + PART_GAP
  const each = Math.floor((width - left - 3 * PART_GAP) / 4)
  const box = (at: number): Box => ({ x: left + at * (each + PART_GAP), y: 0, width: each, height: PART_HEIGHT })
  return { kubectl: { x: 0, y: 0, width: KUBECTL_WIDTH, height: PART_HEIGHT }, apiserver: box(0), etcd: box(1), controllers: box(2), scheduler: box(3) }
}

const sameBox = (a: Box | undefined, b: Box): boolean => a !== undefined && a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height

function isSame(a: ClusterLayout, b: ClusterLayout): boolean {
  return a.machines.size === b.machines.size && sameBox(a.parts.scheduler, b.parts.scheduler) && [...b.machines].every(([name, box]) => sameBox(a.machines.get(name), box))
}
