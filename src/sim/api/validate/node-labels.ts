import { at, child, type Path } from '../field.ts'
import type { LabelSelector } from '../labels.ts'
import { isLabelValue } from '../names.ts'
import type { NodeSelectorTerm } from '../scheduling.ts'

/** Labels of nodes that should no longer be used, with what to say (pkg/api/node/util.go). */
export const DEPRECATED_NODE_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
}

const deprecated = (key: string): string | undefined => (Object.hasOwn(DEPRECATED_NODE_LABELS, key) ? DEPRECATED_NODE_LABELS[key] : undefined)

export { deprecated as deprecatedNodeLabel }

/** Warnings about a term of a node selector; of a preferred one also about values that are no label values. */
export function nodeSelectorTermWarnings(term: NodeSelectorTerm | undefined, checkValues: boolean, path: Path, out: string[]): void {
  term?.matchExpressions?.forEach((e, i) => {
    const here = at(child(path, 'matchExpressions'), i)
    const text = deprecated(e.key ?? '')
    if (text) out.push(`${child(here, 'key')}: ${e.key} is ${text}`)
    if (!checkValues) return
    e.values?.forEach((v, j) => {
      for (const m of isLabelValue(v)) out.push(`${at(child(here, 'values'), j)}: ${v} is invalid, ${m}`)
    })
  })
}

/** Warnings about a label selector that chooses nodes (GetWarningsForNodeSelector). */
export function nodeSelectorWarnings(selector: LabelSelector | undefined, path: Path): readonly string[] {
  const out: string[] = []
  selector?.matchExpressions?.forEach((e, i) => {
    const text = deprecated(e.key)
    if (text) out.push(`${child(at(child(path, 'matchExpressions'), i), 'key')}: ${e.key} is ${text}`)
  })
  for (const key of Object.keys(selector?.matchLabels ?? {}).sort()) {
    const text = deprecated(key)
    if (text) out.push(`${child(child(path, 'matchLabels'), key)}: ${text}`)
  }
  return out
}
