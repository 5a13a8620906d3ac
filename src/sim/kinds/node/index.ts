import { defaultResourceList } from '../../api/pod-defaults.ts'
import { assignSame } from '../../api/share.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'
import { nodeColumns } from './columns.ts'
import type { Node } from './node.ts'
import { nodeWarnings, validateNode, validateNodeUpdate } from './validate.ts'

function defaults(node: Node): Node {
  const status = node.status
  if (!status?.capacity) return node
  const capacity = defaultResourceList(status.capacity)
  return assignSame(node, { status: assignSame(status, { capacity, allocatable: defaultResourceList(status.allocatable) ?? capacity }) })
}

/** v1 Node (registry/core/node: strategy.go). Unlike others a new node keeps the status it comes with. */
export const nodeKind = defineKind<Node>('', 'v1', 'Node', {
  keepsStatus: true,
  defaults,
  validate: validateNode,
  validateUpdate: validateNodeUpdate,
  validateStatusUpdate: validateNodeUpdate,
  warnings: nodeWarnings,
  columns: [nameColumn, ...nodeColumns(0), ageColumn, textColumn('Version', (n) => n.status?.nodeInfo?.kubeletVersion ?? ''), ...nodeColumns(1)],
  selectableFields: (n) => ({ 'spec.unschedulable': String(n.spec?.unschedulable ?? false) }),
})
