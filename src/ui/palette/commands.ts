import i18next from 'i18next'
import type { StepUnit } from '../../workers/protocol.ts'
import { session } from '../connection/session.ts'
import { setLanguage } from '../i18n/i18n.ts'
import { mirror } from '../store/hooks.ts'
import { updateUi, type UiState, type ViewName } from '../store/ui-state.ts'
import { setTheme } from '../theme/theme.ts'
import { openPart, select } from '../views/select.ts'
import { matchScore } from './match.ts'

/** Something the palette can do. */
export interface Command {
  readonly id: string
  readonly label: string
  readonly detail: string
  readonly keys?: string
  run(): void
}

const t = (key: string): string => i18next.t(key)
const open = (change: (draft: UiState) => void) => (): void => updateUi(change)

function actions(): readonly Command[] {
  const step = (unit: StepUnit, keys: string): Command => ({ id: `step-${unit}`, label: t(`timeline:step.${unit}`), detail: '', keys, run: () => session.step(unit) })
  const view = (id: ViewName, keys: string): Command => ({ id: `view-${id}`, label: `${t('palette:showView')} ${t(`views:views.${id}`)}`, detail: '', keys, run: open((draft) => void (draft.view = id)) })
  return [
    { id: 'toggle', label: t(mirror.getState().clock?.playing === true ? 'timeline:pause' : 'timeline:play'), detail: '', keys: 'Space', run: session.toggle },
    step('change', '→'),
    step('reconcile', 'R'),
    step('settle', 'S'),
    step('timer', 'N'),
    { id: 'undo', label: t('timeline:undo'), detail: '', keys: 'Mod+Z', run: session.undo },
    { id: 'redo', label: t('timeline:redo'), detail: '', keys: 'Mod+Shift+Z', run: session.redo },
    view('cluster', '1'),
    view('workloads', '2'),
    view('control-plane', '3'),
    view('table', '4'),
    ...(['scheduler', 'apiserver', 'etcd'] as const).map((part): Command => ({ id: `part-${part}`, label: `${t('palette:showView')} ${t(`views:part.${part}`)}`, detail: '', run: () => openPart(part) })),
    { id: 'add-node', label: t('views:addNode'), detail: t('views:addNodeHint'), run: () => session.node('add', '') },
    { id: 'history', label: t('timeline:history'), detail: '', keys: 'H', run: open((draft) => void (draft.historyOpen = draft.inspectorOpen = true)) },
    { id: 'terminal', label: t('views:terminal'), detail: '', keys: 'T', run: open((draft) => void (draft.terminalOpen = true)) },
    { id: 'share', label: t('app:share'), detail: '', run: open((draft) => void (draft.dialog = 'share')) },
    { id: 'tour', label: t('app:tour'), detail: '', run: open((draft) => void (draft.dialog = 'tour')) },
    { id: 'dockerfile', label: t('anatomy:dockerfile.title'), detail: '', run: open((draft) => void (draft.dialog = 'dockerfile')) },
    { id: 'help', label: t('app:help'), detail: '', keys: '?', run: open((draft) => void (draft.dialog = 'help')) },
    { id: 'legend', label: t('app:legendHint'), detail: '', run: open((draft) => void (draft.dialog = 'legend')) },
    { id: 'new', label: t('app:newCluster'), detail: t('app:newClusterHint'), run: open((draft) => void (draft.dialog = 'new')) },
    { id: 'components', label: t('flags:title'), detail: '', run: open((draft) => void (draft.dialog = 'components')) },
    { id: 'storage', label: t('settings:storage.title'), detail: '', run: open((draft) => void (draft.dialog = 'storage')) },
    { id: 'dark', label: t('app:toDark'), detail: '', run: () => setTheme('dark') },
    { id: 'light', label: t('app:toLight'), detail: '', run: () => setTheme('light') },
    { id: 'english', label: 'English', detail: '', run: () => void setLanguage('en') },
    { id: 'chinese', label: '中文', detail: '', run: () => void setLanguage('zh-CN') },
  ]
}

const MOST = 40

/** Commands and objects that answer the query, the best first. */
export function findCommands(query: string): readonly Command[] {
  const found: { readonly score: number; readonly command: Command }[] = []
  for (const command of actions()) {
    const score = matchScore(query, command.label)
    if (score !== null) found.push({ score, command })
  }
  if (query.trim() !== '') {
    for (const [key, object] of mirror.getState().records) {
      if (object.kind === 'Event') continue
      const score = matchScore(query, `${object.kind} ${object.metadata.name}`) ?? matchScore(query, object.metadata.name)
      if (score !== null) found.push({ score: score + 0.5, command: { id: key, label: object.metadata.name, detail: `${object.kind}${object.metadata.namespace === undefined ? '' : ` · ${object.metadata.namespace}`}`, run: () => select(key) } })
    }
  }
  return found.sort((a, b) => a.score - b.score).slice(0, MOST).map(({ command }) => command)
}
