import type { Taint } from '../../api/scheduling.ts'
import type { Plugin } from '../plugin.ts'
import { unresolvable } from '../rejection.ts'
import { toleratesAny } from '../../api/tolerations.ts'

const NAME = 'NodeUnschedulable'
const TAINT: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }
const CORDONED = unresolvable(NAME, 'node(s) were unschedulable')

/** Keeps pods off cordoned nodes (plugins/nodeunschedulable). */
export const nodeUnschedulable: Plugin = {
  name: NAME,
  local: true,
  preFilter: ({ pod }) =>
    toleratesAny(pod.spec.tolerations, TAINT) ? undefined : { filter: ({ node }) => (node.spec.unschedulable ? CORDONED : undefined) },
}
