import type { Container } from '../api/container.ts'
import { formatLabelSelector } from '../api/labels.ts'
import type { StringMap } from '../api/meta.ts'
import type { PodTemplateSpec } from '../api/pod-spec.ts'
import type { Volume } from '../api/volume.ts'
import { containerText } from './describe-container.ts'
import { volumeText } from './describe-volume.ts'

/** "Labels:\ta=b" with one pair a line below each other; values cut as describe does. */
export function mapLines(indent: string, title: string, map: StringMap | undefined, separator: string, skip: ReadonlySet<string> = new Set()): string {
  const keys = Object.keys(map ?? {}).filter((k) => !skip.has(k)).sort()
  const head = `${indent}${title}:\t`
  if (keys.length === 0) return `${head}<none>\n`
  return keys.map((k, i) => `${i === 0 ? head : '\t'}${k}${separator}${map![k]!}\n`).join('')
}

/** "Pod Template:" and what follows (kubectl: describe.go, DescribePodTemplate), cells separated by tabs. */
export function podTemplateText(template: PodTemplateSpec | undefined): string {
  let out = 'Pod Template:\n'
  if (!template) return `${out}  <unset>`
  const { metadata, spec } = template
  out += mapLines('  ', 'Labels', metadata?.labels, '=')
  if (Object.keys(metadata?.annotations ?? {}).length > 0) out += mapLines('  ', 'Annotations', metadata?.annotations, ': ')
  if (spec.serviceAccountName) out += `  Service Account:\t${spec.serviceAccountName}\n`
  if (spec.initContainers?.length) out += containersText('Init Containers', spec.initContainers)
  out += containersText('Containers', spec.containers)
  out += volumesText(spec.volumes)
  if (spec.topologySpreadConstraints?.length) {
    out += spec.topologySpreadConstraints
      .map((c, i) => `${i === 0 ? '  Topology Spread Constraints:\t' : '\t'}${c.topologyKey}:${c.whenUnsatisfiable} when max skew ${c.maxSkew} is exceeded${c.labelSelector ? ` for selector ${formatLabelSelector(c.labelSelector)}` : ''}\n`)
      .join('')
  }
  if (spec.priorityClassName) out += `  Priority Class Name:\t${spec.priorityClassName}\n`
  out += mapLines('  ', 'Node-Selectors', spec.nodeSelector, '=')
  out += tolerationLines('  ', spec.tolerations)
  return out
}

const containersText = (title: string, containers: readonly Container[]): string => `  ${title}:\n${containers.map((c) => containerText('   ', c)).join('')}`

/** "  Volumes:" with each volume's kind. */
export function volumesText(volumes: readonly Volume[] | undefined, indent = '  '): string {
  if (!volumes?.length) return `${indent}Volumes:\t<none>\n`
  return `${indent}Volumes:\n${volumes.map((v) => `${indent} ${v.name}:\n${volumeText(v)}`).join('')}`
}

interface Toleration {
  readonly key?: string
  readonly operator?: string
  readonly value?: string
  readonly effect?: string
  readonly tolerationSeconds?: number
}

export function tolerationText(t: Toleration): string {
  let out = t.key ?? ''
  if (t.value) out += `=${t.value}`
  if (t.effect) out += `:${t.effect}`
  if (t.operator === 'Exists' && !t.value) out += t.key || t.effect ? ' op=Exists' : 'op=Exists'
  else if (t.operator && t.operator !== 'Equal' && t.operator !== 'Exists') out += ` op=${t.operator}`
  if (t.tolerationSeconds !== undefined) out += ` for ${t.tolerationSeconds}s`
  return out
}

export function tolerationLines(indent: string, tolerations: readonly Toleration[] | undefined): string {
  if (!tolerations?.length) return `${indent}Tolerations:\t<none>\n`
  const sorted = [...tolerations].sort((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : (a.key ?? '') > (b.key ?? '') ? 1 : 0))
  return sorted.map((t, i) => `${indent}${i === 0 ? 'Tolerations:' : ''}\t${tolerationText(t)}\n`).join('')
}
