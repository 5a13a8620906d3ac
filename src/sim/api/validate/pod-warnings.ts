import { at, child, type Path } from '../field.ts'
import type { PodSpec, PodTemplateSpec } from '../pod-spec.ts'

const DEPRECATED_NODE_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
}

/** Warnings about a pod's spec (pkg/api/pod/warnings.go). */
export function podSpecWarnings(spec: PodSpec, path: Path): readonly string[] {
  const out: string[] = []
  for (const key of Object.keys(spec.nodeSelector ?? {}).sort()) {
    const text = DEPRECATED_NODE_LABELS[key]
    if (text) out.push(`${at(child(path, 'nodeSelector'), key)}: ${text}`)
  }
  spec.topologySpreadConstraints?.forEach((c, i) => {
    if (!c.labelSelector) out.push(`${at(child(path, 'topologySpreadConstraints'), i)}.labelSelector: a null labelSelector results in matching no pod`)
  })
  return out
}

/** Warnings about a template; none when an update leaves it as it was. */
export const templateWarnings = (template: PodTemplateSpec, path: Path, old?: PodTemplateSpec): readonly string[] =>
  template === old ? [] : podSpecWarnings(template.spec, child(path, 'spec'))
