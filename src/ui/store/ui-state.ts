import { produce } from 'immer'
import { createStore } from 'zustand/vanilla'
import type { ManifestProblem, OfferedFile } from '../../workers/protocol.ts'

export type ViewName = 'cluster' | 'workloads' | 'control-plane' | 'table'
export type ControlPlanePart = 'controllers' | 'scheduler' | 'apiserver' | 'etcd'
export type InspectorTab = 'summary' | 'yaml' | 'events' | 'calls' | 'why'

/** A text of the editor and what was last applied under its name. */
export interface FileState {
  readonly name: string
  readonly text: string
  readonly applied: string | null
}

/** What a person sees and does, as far as it is not the cluster's. Saved with the session. */
export interface UiState {
  files: FileState[]
  activeFile: string
  problems: ManifestProblem[]
  applying: boolean
  view: ViewName
  /** Record key of the selected object. */
  selected: string | null
  inspectorTab: InspectorTab
  /** The field that "why?" was asked of, e.g. "spec.replicas". */
  whyPath: string | null
  filter: string
  historyOpen: boolean
  historyFilter: string
  terminalOpen: boolean
  inspectorOpen: boolean
  paletteOpen: boolean
  dialog: 'components' | 'help' | 'share' | 'storage' | 'tour' | 'legend' | 'new' | 'dockerfile' | null
  /** Files of components that were to be applied, and what the person is asked about them. */
  offers: OfferedFile[]
  panes: { editor: number; inspector: number; terminal: number }
  /** The part whose loop the control-plane view shows. */
  controller: string
  attemptPod: string | null
  /** The part that the control-plane view shows. */
  controlPlanePart: ControlPlanePart
  terminalHistory: string[]
  /** A line that the terminal should run. */
  terminalRequest: { id: number; line: string } | null
  connection: 'starting' | 'running' | 'lost'
  /** Short hash of a session that was opened and reproduced; "altered" when it was not. */
  verified: { hash: string; ok: boolean } | null
  /** Record key of the node or pod that is looked into. */
  inside: string | null
  insideContainer: string | null
  insideV1: boolean
  phoneTab: 'map' | 'inspector' | 'terminal' | 'history'
  tourSeen: boolean
}

export const PANE_DEFAULTS = { editor: 356, inspector: 336, terminal: 260 } as const

/** Where the inspector lies over the map: it opens there only when there is something to say. */
export const NARROW = '(max-width: 1180px)'
const isNarrow = (): boolean => typeof matchMedia === 'function' && matchMedia(NARROW).matches

export const initialUi = (): UiState => ({
  files: [],
  activeFile: '',
  problems: [],
  applying: false,
  view: 'cluster',
  selected: null,
  inspectorTab: 'summary',
  whyPath: null,
  filter: '',
  historyOpen: false,
  historyFilter: '',
  terminalOpen: false,
  inspectorOpen: !isNarrow(),
  paletteOpen: false,
  dialog: null,
  offers: [],
  panes: { ...PANE_DEFAULTS },
  controller: 'replicaset-controller',
  attemptPod: null,
  controlPlanePart: 'controllers',
  terminalHistory: [],
  terminalRequest: null,
  connection: 'starting',
  verified: null,
  inside: null,
  insideContainer: null,
  insideV1: false,
  phoneTab: 'map',
  tourSeen: false,
})

export const ui = createStore<UiState>(initialUi)

/** Changes the page's own state with Immer: the recipe writes to a draft. */
export function updateUi(recipe: (draft: UiState) => void): void {
  ui.setState((state) => produce(state, recipe), true)
}

/** The part that is saved and shared. */
export type ViewState = Pick<UiState, 'files' | 'activeFile' | 'view' | 'selected' | 'inspectorTab' | 'panes' | 'terminalHistory' | 'tourSeen' | 'controller' | 'controlPlanePart' | 'inside'>

export function viewStateOf(state: UiState): ViewState {
  const { files, activeFile, view, selected, inspectorTab, panes, terminalHistory, tourSeen, controller, controlPlanePart, inside } = state
  return { files, activeFile, view, selected, inspectorTab, panes, terminalHistory, tourSeen, controller, controlPlanePart, inside }
}
