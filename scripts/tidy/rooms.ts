import { importsOf, isTest, resolveImport, type Finding, type Source } from './source.ts'

/** DESIGN's table: a room of src/sim imports only from lower ranks; rooms of one rank are strangers. */
export const RANKS: Readonly<Record<string, number>> = {
  engine: 0,
  api: 1,
  cel: 1.5,
  flags: 1.5,
  kinds: 2,
  network: 2,
  manifest: 3,
  store: 3,
  apiserver: 4,
  client: 5,
  controllers: 6,
  scheduler: 6,
  kubectl: 6,
  images: 6,
  csi: 7,
  node: 7,
  faults: 8,
  observe: 8,
}

/** Files directly in src/sim: the composition root. */
const ROOT_RANK = 9

/** Rooms whose folders do not know each other. */
export const STRANGERS: readonly string[] = ['kinds', 'controllers', 'kubectl', 'images']

/** The rooms of the page. */
export const UI_ROOMS: readonly string[] = [
  'app', 'connection', 'editor', 'graph', 'help', 'i18n', 'inspector', 'kinds', 'kit', 'lesson', 'palette',
  'settings', 'share', 'store', 'terminal', 'testing', 'theme', 'timeline', 'tour', 'views',
]

/** What the page's lower rooms may import from the page. */
const UI_BELOW: Readonly<Record<string, readonly string[]>> = {
  theme: ['theme'],
  i18n: ['i18n'],
  kit: ['kit', 'theme', 'i18n'],
  editor: ['editor', 'kit', 'theme', 'i18n'],
  terminal: ['terminal', 'kit', 'theme', 'i18n'],
}

interface Place {
  readonly room: string
  readonly folder: string | undefined
  readonly file: string
}

function simPlace(path: string): Place | undefined {
  const parts = path.split('/')
  if (parts[0] !== 'src' || parts[1] !== 'sim') return undefined
  const inRoom = parts.length > 3
  return { room: inRoom ? (parts[2] ?? '') : '', folder: parts.length > 4 ? parts[3] : undefined, file: parts.at(-1) ?? '' }
}

const rankOf = (room: string): number | undefined => (room === '' ? ROOT_RANK : RANKS[room])

function simFinding(from: Place, to: Place): string | undefined {
  if (to.room === 'testing') return 'src/sim/testing is for tests only: move what is needed to the room that owns it.'
  const mine = rankOf(from.room)
  const theirs = rankOf(to.room)
  if (mine === undefined || theirs === undefined) return undefined
  if (from.room !== to.room) {
    if (theirs < mine) return undefined
    const relation = theirs === mine ? 'is of the same rank' : 'ranks higher'
    return `${from.room || 'the root'} (rank ${mine}) may not import ${to.room || 'the root'} (rank ${theirs}), which ${relation}: move what both need to a lower rank, or let the caller pass it in.`
  }
  if (!STRANGERS.includes(from.room) || from.folder === undefined || to.folder === from.folder) return undefined
  if (to.folder === undefined && to.file !== 'index.ts') return undefined
  return to.folder === undefined
    ? `${from.room}/${from.folder} may not import the index that lists it: import the file that is meant.`
    : `${from.room}/${from.folder} and ${to.room}/${to.folder} are strangers: move what both need to a lower rank.`
}

/** src/sim has one door, and the page talks to it only over the wire. */
function doorFinding(path: string, target: string): string | undefined {
  if (!target.startsWith('src/sim/') || target.endsWith('.json')) return undefined
  if (path.startsWith('src/ui/')) return 'the page does not know the simulation: ask over the wire, src/workers/protocol.ts.'
  return target === 'src/sim/index.ts' ? undefined : 'src/sim has one door, src/sim/index.ts: export it there.'
}

function uiFinding(path: string, target: string): string | undefined {
  if (target.startsWith('src/workers/') && target !== 'src/workers/protocol.ts') {
    return 'of src/workers the page knows only protocol.ts: add what is needed to the wire.'
  }
  const room = path.split('/')[2] ?? ''
  const parts = target.split('/')
  const allowed = UI_BELOW[room]
  if (allowed !== undefined && parts[1] === 'ui' && !allowed.includes(parts[2] ?? '')) {
    return `ui/${room} is a lower room of the page and may import only ${allowed.join(', ')}: take the rest as props.`
  }
  return undefined
}

/** Imports that break the house's ranks. Tests may import what they like. */
export function checkRooms(sources: readonly Source[]): Finding[] {
  const findings: Finding[] = []
  for (const { path, text } of sources) {
    if (isTest(path) || !path.startsWith('src/')) continue
    const from = simPlace(path)
    for (const { specifier, line, typeOnly } of importsOf(text)) {
      const target = resolveImport(path, specifier)
      if (target === undefined) {
        if (from !== undefined && from.room !== 'testing' && specifier.startsWith('node:')) {
          findings.push({ path, line, message: 'src/sim knows no Node: take what is needed as a parameter.' })
        }
        continue
      }
      const to = simPlace(target)
      let message: string | undefined
      if (from !== undefined) {
        if (from.room === 'testing') continue
        message = to === undefined ? 'src/sim imports nothing from outside src/sim: move it inside, or pass it in.' : simFinding(from, to)
        if (target.startsWith('src/workers/protocol') && typeOnly) message = undefined
      } else message = doorFinding(path, target) ?? (path.startsWith('src/ui/') ? uiFinding(path, target) : undefined)
      if (message !== undefined) findings.push({ path, line, message })
    }
  }
  return findings
}

/** Folders that no table lists, and folders of the indexed rooms that their index does not name. */
export function checkFolders(sources: readonly Source[]): Finding[] {
  const findings = new Map<string, Finding>()
  const add = (folder: string, path: string, message: string): void => {
    if (!findings.has(folder)) findings.set(folder, { path, line: 1, message })
  }
  for (const { path } of sources) {
    const parts = path.split('/')
    if (parts[0] !== 'src' || parts.length < 3) continue
    if (!['sim', 'ui', 'workers', 'lessons'].includes(parts[1] ?? '')) {
      add(`src/${parts[1]}`, path, `src/${parts[1]} is not in the house's plan: put the file into sim, ui, workers or lessons.`)
    }
    if (parts[1] === 'sim' && parts.length > 3 && RANKS[parts[2] ?? ''] === undefined && parts[2] !== 'testing') {
      add(`sim/${parts[2]}`, path, `src/sim/${parts[2]} has no rank: use a room of the table, or give it a rank in scripts/tidy/rooms.ts and DESIGN.`)
    }
    if (parts[1] === 'ui' && parts.length > 3 && !UI_ROOMS.includes(parts[2] ?? '')) {
      add(`ui/${parts[2]}`, path, `src/ui/${parts[2]} is not listed: use a room of the page, or list it in scripts/tidy/rooms.ts.`)
    }
  }
  for (const room of STRANGERS) checkIndex(room, sources, add)
  return [...findings.values()]
}

function checkIndex(room: string, sources: readonly Source[], add: (folder: string, path: string, message: string) => void): void {
  const base = `src/sim/${room}/`
  const index = sources.find(({ path }) => path === `${base}index.ts`)
  if (index === undefined) return
  const named = new Set(importsOf(index.text).map(({ specifier }) => specifier.split('/')[1]))
  for (const { path } of sources) {
    const parts = path.slice(base.length).split('/')
    if (!path.startsWith(base) || parts.length < 2 || named.has(parts[0])) continue
    add(`${base}${parts[0]}`, path, `${room}/${parts[0]} is not in ${base}index.ts: add its one line there.`)
  }
}
