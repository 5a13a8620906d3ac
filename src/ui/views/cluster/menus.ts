import type { useTranslation } from 'react-i18next'
import type { ApiObject } from '../../../workers/protocol.ts'
import { session } from '../../connection/session.ts'
import { conditionOf, textAt } from '../../kinds/access.ts'
import type { MenuItem } from '../../kit/Menu.tsx'
import { askWhy, runInTerminal, select } from '../select.ts'

type Translate = ReturnType<typeof useTranslation>['t']

/** What one can do to a node. */
export function nodeMenu(node: ApiObject, t: Translate): readonly MenuItem[] {
  const { name } = node.metadata
  const key = `nodes/${name}`
  const cordoned = textAt(node, 'spec', 'unschedulable') === 'true'
  const down = conditionOf(node, 'Ready')?.status !== 'True'
  return [
    { id: 'crash', label: t('menu.crash'), hint: t('menu.crashHint'), danger: true, onChoose: () => session.node('crash', name) },
    { id: 'restart', label: t('menu.restart'), ...(down && { hint: t('menu.restartHint') }), onChoose: () => session.node('restart', name) },
    cordoned
      ? { id: 'uncordon', label: t('menu.uncordon'), divided: true, onChoose: () => session.node('uncordon', name) }
      : { id: 'cordon', label: t('menu.cordon'), hint: t('menu.cordonHint'), divided: true, onChoose: () => session.node('cordon', name) },
    { id: 'describe', label: t('menu.describe'), onChoose: () => runInTerminal(`kubectl describe node ${name}`) },
    { id: 'inspect', label: t('menu.inspect'), divided: true, onChoose: () => select(key, 'summary') },
    { id: 'why', label: t('menu.why'), onChoose: () => askWhy(key) },
  ]
}

/** What one can do to a pod. */
export function podMenu(key: string, t: Translate): readonly MenuItem[] {
  const [, namespace = 'default', name = ''] = key.split('/')
  const inNamespace = namespace === 'default' ? '' : ` -n ${namespace}`
  return [
    { id: 'inspect', label: t('menu.inspect'), onChoose: () => select(key, 'summary') },
    { id: 'why', label: t('menu.why'), onChoose: () => askWhy(key) },
    { id: 'logs', label: t('menu.logs'), divided: true, onChoose: () => runInTerminal(`kubectl logs ${name}${inNamespace}`) },
    { id: 'describe', label: t('menu.describe'), onChoose: () => runInTerminal(`kubectl describe pod ${name}${inNamespace}`) },
    { id: 'delete', label: t('menu.delete'), divided: true, danger: true, onChoose: () => void session.remove(key) },
  ]
}
