import type { Plugin } from '../plugin.ts'
import { unresolvable } from '../rejection.ts'

const NAME = 'NodeName'
const OTHER = unresolvable(NAME, "node(s) didn't match the requested node name")

/** A pod that names its node goes nowhere else (plugins/nodename). */
export const nodeName: Plugin = {
  name: NAME,
  local: true,
  preFilter: ({ pod }) => (pod.spec.nodeName ? { filter: ({ name }) => (name === pod.spec.nodeName ? undefined : OTHER) } : undefined),
}
