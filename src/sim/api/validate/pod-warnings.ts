import { at, child, goQuote, type Path } from '../field.ts'
import type { AppArmorProfile, Container, ContainerPort } from '../container.ts'
import { deepEqual } from '../deep.ts'
import type { StringMap } from '../meta.ts'
import type { PodSpec, PodTemplateSpec } from '../pod-spec.ts'
import { milliValue } from '../quantity.ts'
import type { PodAffinityTerm, WeightedPodAffinityTerm } from '../scheduling.ts'
import type { Volume } from '../volume.ts'
import { ipWarnings } from './ip-warnings.ts'
import { deprecatedNodeLabel, nodeSelectorTermWarnings } from './node-labels.ts'
import { eachContainer } from './operating-system.ts'
import { Seen } from './simple.ts'
import { overlappingPaths } from './volume-warnings.ts'

const NO_POD = 'a null labelSelector results in matching no pod'

function scheduling(spec: PodSpec, path: Path, out: string[]): void {
  for (const key of Object.keys(spec.nodeSelector ?? {}).sort()) {
    const text = deprecatedNodeLabel(key)
    if (text) out.push(`${at(child(path, 'nodeSelector'), key)}: ${text}`)
  }
  const nodes = spec.affinity?.nodeAffinity
  const nodePath = child(path, 'affinity.nodeAffinity')
  nodes?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms?.forEach((t, i) =>
    nodeSelectorTermWarnings(t, false, at(child(nodePath, 'requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms'), i), out),
  )
  nodes?.preferredDuringSchedulingIgnoredDuringExecution?.forEach((t, i) =>
    nodeSelectorTermWarnings(t.preference, true, child(at(child(nodePath, 'preferredDuringSchedulingIgnoredDuringExecution'), i), 'preference'), out),
  )
  spec.topologySpreadConstraints?.forEach((c, i) => {
    const here = at(child(path, 'topologySpreadConstraints'), i)
    const text = deprecatedNodeLabel(c.topologyKey)
    if (text) out.push(`${child(here, 'topologyKey')}: ${c.topologyKey} is ${text}`)
    if (!c.labelSelector) out.push(`${child(here, 'labelSelector')}: ${NO_POD}`)
  })
}

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod'
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/'
export const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/'
const DEPRECATED_ANNOTATIONS: readonly (readonly [string, string])[] = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  ['security.alpha.kubernetes.io/unsafe-sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
]

/** Annotations that warnings are about; pods without them are warned about for their spec alone. */
export const hasWatchedAnnotation = (annotations: StringMap | undefined): boolean => {
  for (const key in annotations) if (key.includes('alpha.kubernetes.io/') || key.startsWith(APPARMOR)) return true
  return false
}

/** The profile that an annotation of old stands for (ApparmorFieldForAnnotation). */
export function appArmorOfAnnotation(text: string): AppArmorProfile | undefined {
  if (text === 'unconfined') return { type: 'Unconfined' }
  if (text === 'runtime/default') return { type: 'RuntimeDefault' }
  return text.startsWith('localhost/') && text.length > 10 ? { type: 'Localhost', localhostProfile: text.slice(10) } : undefined
}

function containerAnnotations(c: Container, spec: PodSpec, annotations: StringMap, template: boolean, path: Path, out: string[]): void {
  const seccomp = SECCOMP_CONTAINER + c.name
  if (!c.securityContext?.seccompProfile && annotations[seccomp] !== undefined) out.push(`${at(path, seccomp)}: non-functional in v1.27+; use the "seccompProfile" field instead`)
  const key = APPARMOR + c.name
  const given = annotations[key]
  if (!template || c.securityContext?.appArmorProfile || given === undefined) return
  const own = spec.securityContext?.appArmorProfile
  if (!own || !deepEqual(own, appArmorOfAnnotation(given))) out.push(`${at(path, key)}: deprecated since v1.30; use the "appArmorProfile" field instead`)
}

const DEPRECATED_VOLUMES: readonly (readonly [keyof Volume, string, string])[] = [
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]

function duplicates(spec: PodSpec, path: Path, out: string[]): void {
  const ips = new Seen()
  spec.hostAliases?.forEach((h, i) => {
    if (ips.has(h.ip)) out.push(`${child(at(child(path, 'hostAliases'), i), 'ip')}: duplicate ip ${goQuote(h.ip)}`)
    ips.add(h.ip)
  })
  const secrets = new Seen()
  const here = child(path, 'imagePullSecrets')
  spec.imagePullSecrets?.forEach((s, i) => {
    const name = s.name ?? ''
    if (secrets.has(name)) out.push(`${child(at(here, i), 'name')}: duplicate name ${goQuote(name)}`)
    secrets.add(name)
  })
  spec.imagePullSecrets?.forEach((s, i) => {
    if (!s.name) out.push(`${child(at(here, i), 'name')}: invalid empty name ""`)
  })
}

function container(c: Container, path: Path, out: string[]): void {
  for (const name of ['memory', 'ephemeral-storage']) {
    for (const side of ['limits', 'requests'] as const) {
      const q = c.resources?.[side]?.[name]
      if (q !== undefined && milliValue(q) % 1000 !== 0) {
        out.push(`${at(child(child(path, 'resources'), side), name)}: fractional byte value ${goQuote(q)} is invalid, must be an integer`)
      }
    }
  }
  if (!c.env || c.env.length < 2) return
  const seen = new Set<string>()
  c.env.forEach((e, i) => {
    const ref = `$(${e.name})`
    const hides = e.valueFrom !== undefined || e.value === ref || !(e.value ?? '').includes(ref)
    if (seen.has(e.name) && hides) out.push(`${at(child(path, 'env'), i)}: hides previous definition of ${goQuote(e.name)}, which may be dropped when using apply`)
    seen.add(e.name)
  })
}

interface Block {
  readonly at: Path
  readonly port: ContainerPort
}

function compare(p: ContainerPort, here: Path, other: Block): string | undefined {
  const [a, b] = [p.hostIP ?? '', other.port.hostIP ?? '']
  const [m, n] = [p.hostPort ?? 0, other.port.hostPort ?? 0]
  if (a === b && m === n) return `${here}: duplicate port definition with ${other.at}`
  if (m === 0 || n === 0) return `${here}: overlapping port definition with ${other.at}`
  if (m === n && (a === '') !== (b === '')) return `${here}: dangerously ambiguous port definition with ${other.at}`
  return undefined
}

/** Ports of one number and protocol that were there before. */
function overlaps({ at: here, port }: Block, earlier: Map<string, Block[]>, out: string[]): void {
  const key = `${port.containerPort}/${port.protocol}`
  const others = earlier.get(key) ?? []
  for (const other of others) {
    const text = compare(port, here, other)
    if (text) out.push(text)
  }
  others.push({ at: here, port })
  earlier.set(key, others)
}

function sameNames(blocks: readonly Block[], out: string[]): void {
  const names = new Map<string, Path>()
  for (const { at: here, port } of blocks) {
    if (!port.name) continue
    const other = names.get(port.name)
    if (other !== undefined) out.push(`${here}: duplicate port name ${goQuote(port.name)} with ${other}, services and probes that select ports by name will use ${other}`)
    else names.set(port.name, here)
  }
}

function ports(spec: PodSpec, path: Path, out: string[]): void {
  const blocks: Block[] = []
  eachContainer(spec, path, (c, cPath) => c.ports?.forEach((port, i) => blocks.push({ at: at(child(cPath, 'ports'), i), port })))
  const earlier = blocks.length > 1 ? new Map<string, Block[]>() : undefined
  for (const block of blocks) {
    const { name = '', containerPort, protocol, hostIP, hostPort } = block.port
    if (hostIP && !hostPort) out.push(`${block.at}: hostIP set without hostPort: {Name:${name} HostPort:0 ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`)
    if (earlier) overlaps(block, earlier, out)
  }
  if (earlier) sameNames(blocks, out)
}

function affinityTerms(required: readonly PodAffinityTerm[] | undefined, preferred: readonly WeightedPodAffinityTerm[] | undefined, path: Path, out: string[]): void {
  required?.forEach((t, i) => {
    if (!t.labelSelector) out.push(`${at(child(path, 'requiredDuringSchedulingIgnoredDuringExecution'), i)}.labelSelector: ${NO_POD}`)
  })
  preferred?.forEach((t, i) => {
    if (!t.podAffinityTerm?.labelSelector) out.push(`${at(child(path, 'preferredDuringSchedulingIgnoredDuringExecution'), i)}.podAffinityTerm.labelSelector: ${NO_POD}`)
  })
}

function claimTemplates(v: Volume, path: Path, out: string[]): void {
  const resources = v.ephemeral?.volumeClaimTemplate?.spec?.resources
  for (const side of ['requests', 'limits'] as const) {
    const q = resources?.[side]?.['storage']
    if (q !== undefined && milliValue(q) % 1000 !== 0) {
      out.push(`${child(path, `ephemeral.volumeClaimTemplate.spec.resources.${side}[storage]`)}: fractional byte value ${goQuote(q)} is invalid, must be an integer`)
    }
  }
}

/**
 * Warnings about a pod's spec and annotations (pkg/api/pod/warnings.go), in Kubernetes' order. `path` is that of the
 * spec, `owner` that of the pod or template.
 */
export function podSpecWarnings(spec: PodSpec, path: Path, annotations?: StringMap, owner: Path = ''): readonly string[] {
  const out: string[] = []
  const meta = child(owner, 'metadata.annotations')
  scheduling(spec, path, out)
  if (annotations) for (const [key, text] of DEPRECATED_ANNOTATIONS) if (annotations[key] !== undefined) out.push(`${at(meta, key)}: ${text}`)
  spec.volumes?.forEach((v, i) => {
    const here = at(child(path, 'volumes'), i)
    for (const [key, name, text] of DEPRECATED_VOLUMES) {
      if (key === 'cephfs') claimTemplates(v, here, out)
      if (v[key] !== undefined) out.push(`${child(here, name)}: ${text}`)
    }
  })
  if (spec.volumes) overlappingPaths(spec.volumes, out)
  duplicates(spec, path, out)
  for (const name of ['memory', 'ephemeral-storage']) {
    const q = spec.overhead?.[name]
    if (q !== undefined && milliValue(q) % 1000 !== 0) out.push(`${at(child(path, 'overhead'), name)}: fractional byte value ${goQuote(q)} is invalid, must be an integer`)
  }
  if (annotations && !spec.securityContext?.seccompProfile && annotations[SECCOMP_POD] !== undefined) {
    out.push(`${at(meta, SECCOMP_POD)}: non-functional in v1.27+; use the "seccompProfile" field instead`)
  }
  eachContainer(spec, path, (c, here) => {
    if (annotations) containerAnnotations(c, spec, annotations, owner !== '', meta, out)
    container(c, here, out)
  })
  ports(spec, path, out)
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    out.push(`${child(path, 'terminationGracePeriodSeconds')}: must be >= 0; negative values are invalid and will be treated as 1`)
  }
  for (const key of ['podAffinity', 'podAntiAffinity'] as const) {
    const a = spec.affinity?.[key]
    if (a) affinityTerms(a.requiredDuringSchedulingIgnoredDuringExecution, a.preferredDuringSchedulingIgnoredDuringExecution, child(child(path, 'affinity'), key), out)
  }
  spec.dnsConfig?.nameservers?.forEach((ip, i) => out.push(...ipWarnings(ip, at(child(path, 'dnsConfig.nameservers'), i))))
  spec.hostAliases?.forEach((h, i) => out.push(...ipWarnings(h.ip, child(at(child(path, 'hostAliases'), i), 'ip'))))
  return out
}

/** Warnings about a template; none when an update leaves it as it was. */
export const templateWarnings = (template: PodTemplateSpec, path: Path, old?: PodTemplateSpec): readonly string[] =>
  template === old ? [] : podSpecWarnings(template.spec, child(path, 'spec'), template.metadata?.annotations, path)
