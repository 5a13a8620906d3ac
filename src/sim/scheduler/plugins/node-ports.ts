import { hasPortConflict } from '../node-info.ts'
import type { Plugin } from '../plugin.ts'
import { unschedulable } from '../rejection.ts'

const NAME = 'NodePorts'
const TAKEN = unschedulable(NAME, "node(s) didn't have free ports for the requested pod ports")

/** Host ports exclude each other on a node (plugins/nodeports). */
export const nodePorts: Plugin = {
  name: NAME,
  local: true,
  preFilter: ({ info: { ports } }) => (ports.length ? { filter: (node) => (hasPortConflict(node, ports) ? TAKEN : undefined) } : undefined),
}
