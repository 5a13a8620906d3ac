import { textColumn } from '../define.ts'
import type { Column } from '../definition.ts'
import type { Node } from './node.ts'

/** "Ready", "NotReady", "Ready,SchedulingDisabled" (printers: printNode). */
export function nodeStatusText(node: Node): string {
  const ready = node.status?.conditions?.find((c) => c.type === 'Ready')
  const word = !ready ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
  return node.spec?.unschedulable ? `${word},SchedulingDisabled` : word
}

const ROLE = 'node-role.kubernetes.io/'

/** Roles from labels, sorted; "<none>" where there are none. */
export function nodeRolesText(node: Node): string {
  const roles = new Set<string>()
  const labels = node.metadata.labels ?? {}
  for (const key of Object.keys(labels)) {
    if (key.startsWith(ROLE) && key.length > ROLE.length) roles.add(key.slice(ROLE.length))
    else if (key === 'kubernetes.io/role' && labels[key]) roles.add(labels[key])
  }
  return [...roles].sort().join(',') || '<none>'
}

const address = (node: Node, type: string): string => node.status?.addresses?.find((a) => a.type === type)?.address ?? '<none>'

function kernel(node: Node): string {
  const info = node.status?.nodeInfo
  return `${info?.kernelVersion || '<unknown>'}${info?.architecture ? ` (${info.architecture})` : ''}`
}

/** The node's own columns of one priority. */
export const nodeColumns = (priority: 0 | 1): readonly Column<Node>[] =>
  priority === 0
    ? [textColumn('Status', nodeStatusText), textColumn('Roles', nodeRolesText)]
    : [
        textColumn('Internal-IP', (n) => address(n, 'InternalIP'), 1),
        textColumn('External-IP', (n) => address(n, 'ExternalIP'), 1),
        textColumn('OS-Image', (n) => n.status?.nodeInfo?.osImage || '<unknown>', 1),
        textColumn('Kernel-Version', kernel, 1),
        textColumn('Container-Runtime', (n) => n.status?.nodeInfo?.containerRuntimeVersion || '<unknown>', 1),
      ]
