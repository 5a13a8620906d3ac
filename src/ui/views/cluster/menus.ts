import type { useTranslation } from 'react-i18next'
import type { ApiObject, NodeAction, NodeFigures } from '../../../workers/protocol.ts'
import { session } from '../../connection/session.ts'
import { textAt } from '../../kinds/access.ts'
import type { MenuItem } from '../../kit/Menu.tsx'
import { mirror } from '../../store/hooks.ts'
import { askWhy, lookInside, rootShell, runInTerminal, select } from '../select.ts'

type Translate = ReturnType<typeof useTranslation>['t']

type Fault = NonNullable<NodeFigures['fault']>

const MENDS = { crashed: 'restart', frozen: 'thaw', partitioned: 'heal' } as const satisfies Record<Fault, NodeAction>
const MENDING: ReadonlySet<string> = new Set(Object.values(MENDS))

/** A sound machine can be broken in several ways, a broken one mended or broken worse. */
function faults(fault: Fault | null): readonly NodeAction[] {
  if (fault === null) return ['crash', 'freeze', 'partition', 'reboot', 'shutdown']
  return fault === 'crashed' ? ['restart'] : [MENDS[fault], 'crash']
}

/** What one can do to a node. */
export function nodeMenu(node: ApiObject, t: Translate): readonly MenuItem[] {
  const { name } = node.metadata
  const key = `nodes/${name}`
  const cordoned = textAt(node, 'spec', 'unschedulable') === 'true'
  const fault = mirror.getState().figures.get(name)?.fault ?? null
  return [
    ...faults(fault).map((action) => ({
      id: action,
      label: t(`menu.${action}`),
      hint: t(`menu.${action}Hint`),
      danger: !MENDING.has(action),
      onChoose: () => session.node(action, name),
    })),
    cordoned
      ? { id: 'uncordon', label: t('menu.uncordon'), divided: true, onChoose: () => session.node('uncordon', name) }
      : { id: 'cordon', label: t('menu.cordon'), hint: t('menu.cordonHint'), divided: true, onChoose: () => session.node('cordon', name) },
    { id: 'drain', label: t('menu.drain'), hint: t('menu.drainHint'), onChoose: () => runInTerminal(`kubectl drain ${name} --ignore-daemonsets --delete-emptydir-data`) },
    { id: 'describe', label: t('menu.describe'), onChoose: () => runInTerminal(`kubectl describe node ${name}`) },
    { id: 'inspect', label: t('menu.inspect'), divided: true, onChoose: () => select(key, 'summary') },
    { id: 'inside', label: t('anatomy:lookInside'), hint: t('anatomy:lookInsideHint'), onChoose: () => lookInside(key) },
    { id: 'root', label: t('anatomy:rootShell'), hint: t('anatomy:rootShellHint'), onChoose: () => runInTerminal(rootShell(name)) },
    { id: 'why', label: t('menu.why'), onChoose: () => askWhy(key) },
    { id: 'remove', divided: true, label: t('menu.remove'), hint: t('menu.removeHint'), danger: true, onChoose: () => runInTerminal(`kubectl delete node ${name}`) },
  ]
}

/** What one can do to a pod. */
export function podMenu(key: string, t: Translate): readonly MenuItem[] {
  const [, namespace = 'default', name = ''] = key.split('/')
  const inNamespace = namespace === 'default' ? '' : ` -n ${namespace}`
  return [
    { id: 'inspect', label: t('menu.inspect'), onChoose: () => select(key, 'summary') },
    { id: 'inside', label: t('anatomy:lookInside'), hint: t('anatomy:lookInsideHint'), onChoose: () => lookInside(key) },
    { id: 'why', label: t('menu.why'), onChoose: () => askWhy(key) },
    { id: 'logs', label: t('menu.logs'), divided: true, onChoose: () => runInTerminal(`kubectl logs ${name}${inNamespace}`) },
    { id: 'describe', label: t('menu.describe'), onChoose: () => runInTerminal(`kubectl describe pod ${name}${inNamespace}`) },
    { id: 'delete', label: t('menu.delete'), divided: true, danger: true, onChoose: () => void session.remove(key) },
  ]
}
