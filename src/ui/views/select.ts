import { updateUi, type ControlPlanePart, type InspectorTab } from '../store/ui-state.ts'

/** Selects an object; the inspector shows it. */
export function select(key: string | null, tab?: InspectorTab): void {
  updateUi((draft) => {
    draft.selected = key
    draft.whyPath = null
    if (tab !== undefined) draft.inspectorTab = tab
    else if (draft.inspectorTab === 'why') draft.inspectorTab = 'summary'
    if (key !== null) draft.inspectorOpen = true
    if (key !== null) draft.historyOpen = false
  })
}

/** Asks why an object, or one of its fields, is as it is. */
export function askWhy(key: string, path: string | null = null): void {
  updateUi((draft) => {
    draft.selected = key
    draft.inspectorTab = 'why'
    draft.whyPath = path
    draft.inspectorOpen = true
    draft.historyOpen = false
    draft.phoneTab = 'inspector'
  })
}

/** Runs a line in the terminal, which opens. */
export function runInTerminal(line: string): void {
  updateUi((draft) => {
    draft.terminalOpen = true
    draft.phoneTab = 'terminal'
    draft.terminalRequest = { id: (draft.terminalRequest?.id ?? 0) + 1, line }
  })
}

/** The line that opens a shell of the node's root, as an administrator gets one through the API. */
export const rootShell = (node: string): string => `kubectl debug node/${node} -it --image=busybox:1.36 --profile=sysadmin -- chroot /host bash`

/** Opens the inside of a node or pod; null goes back to the page. */
export function lookInside(key: string | null): void {
  updateUi((draft) => {
    draft.inside = key
    draft.insideContainer = null
    if (key !== null) draft.selected = key
  })
}

/** Opens the view of the control plane at one of its parts. */
export function openPart(part: ControlPlanePart): void {
  updateUi((draft) => {
    draft.view = 'control-plane'
    draft.controlPlanePart = part
  })
}

/** Shows what the scheduler made of a pod. */
export function showDecision(pod: string): void {
  updateUi((draft) => void (draft.attemptPod = pod))
  openPart('scheduler')
}
