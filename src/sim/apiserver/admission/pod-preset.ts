import { semanticEqual } from '../../api/deep.ts'
import { selectorMatches, type LabelSelector } from '../../api/labels.ts'
import type { Container } from '../../api/container.ts'
import type { KubeObject } from '../../api/meta.ts'
import { nameAsked } from '../../api/name-suffix.ts'
import type { Pod } from '../../api/pod.ts'
import type { AdmissionPlugin } from './plugin.ts'

type Named = { readonly name: string }
type Mounted = Named & { readonly mountPath: string }

/** What settings.k8s.io/v1alpha1 had: fields that are put into the pods of its namespace that the selector chooses. */
export interface PodPreset extends KubeObject {
  readonly spec?: {
    readonly selector?: LabelSelector
    readonly env?: readonly Named[]
    readonly envFrom?: readonly object[]
    readonly volumes?: readonly Named[]
    readonly volumeMounts?: readonly Mounted[]
  }
}

const PREFIX = 'podpreset.admission.kubernetes.io'
/** A pod with this annotation is left alone. */
const EXCLUDE = `${PREFIX}/exclude`
const MIRROR = 'kubernetes.io/config.mirror'
/** Resource of the custom kind under which presets are stored (bootstrap-pod-preset.ts). */
export const POD_PRESETS = 'podpresets.settings.k8s.io'

type Taken<T> = { readonly list: readonly T[]; readonly errors: readonly string[] }

/** Appends what is not there yet; the same name with another value is a conflict. */
function byName<T extends Named>(what: string, own: readonly T[], presets: readonly PodPreset[], of: (preset: PodPreset) => readonly T[] | undefined, where = ''): Taken<T> {
  const known = new Map(own.map((one) => [one.name, one]))
  const list = [...own]
  const errors: string[] = []
  for (const preset of presets) {
    for (const one of of(preset) ?? []) {
      const before = known.get(one.name)
      if (!before) {
        known.set(one.name, one)
        list.push(one)
      } else if (!semanticEqual(before, one)) errors.push(`merging ${what} for ${preset.metadata.name} has a conflict on ${one.name}${where}`)
    }
  }
  return { list, errors }
}

/** Mounts must agree in their names and in their places. */
function mounts(own: readonly Mounted[], presets: readonly PodPreset[], where: string): Taken<Mounted> {
  const merged = byName('volume mounts', own, presets, (preset) => preset.spec?.volumeMounts, where)
  const places = new Map(own.map((one) => [one.mountPath, one]))
  const errors = [...merged.errors]
  for (const preset of presets) {
    for (const one of preset.spec?.volumeMounts ?? []) {
      const before = places.get(one.mountPath)
      if (!before) places.set(one.mountPath, one)
      else if (!semanticEqual(before, one)) errors.push(`merging volume mounts for ${preset.metadata.name} has a conflict on mount path ${one.mountPath}${where}`)
    }
  }
  return { list: merged.list, errors }
}

/** A container with everything that the presets add; the errors say why it cannot be done. */
function withPresets(container: Container, presets: readonly PodPreset[]): { readonly container: Container; readonly errors: readonly string[] } {
  const where = ` in container ${container.name}`
  const env = byName('env', (container.env ?? []) as readonly Named[], presets, (preset) => preset.spec?.env, where)
  const mounted = mounts((container.volumeMounts ?? []) as readonly Mounted[], presets, where)
  const envFrom = [...(container.envFrom ?? []), ...presets.flatMap((preset) => preset.spec?.envFrom ?? [])]
  const filled = { ...container, ...(env.list.length > 0 ? { env: env.list } : {}), ...(envFrom.length > 0 ? { envFrom } : {}), ...(mounted.list.length > 0 ? { volumeMounts: mounted.list } : {}) } as Container
  return { container: filled, errors: [...env.errors, ...mounted.errors] }
}

/**
 * Puts the fields of a namespace's PodPresets into new pods (plugin/pkg/admission/podpreset of Kubernetes v1.19, the last one that
 * had it). All presets that match are merged, or, where two disagree, none: the pod is then made as it was asked for.
 */
export const podPreset: AdmissionPlugin = {
  name: 'PodPreset',
  optional: true,
  resources: ['pods'],
  admit({ store, warnings }, object, old) {
    const pod = object as Pod
    const annotations = pod.metadata.annotations ?? {}
    if (old || annotations[EXCLUDE] === 'true' || annotations[MIRROR] !== undefined) return object
    const presets = store.keys(POD_PRESETS, pod.metadata.namespace).map((key) => store.get(key) as PodPreset).filter(({ spec }) => selectorMatches(spec?.selector ?? {}, pod.metadata.labels))
    if (presets.length === 0) return object
    const volumes = byName('volumes', (pod.spec.volumes ?? []) as readonly Named[], presets, (preset) => preset.spec?.volumes)
    const containers = pod.spec.containers.map((container) => withPresets(container, presets))
    const inits = (pod.spec.initContainers ?? []).map((container) => withPresets(container, presets))
    const errors = [...volumes.errors, ...containers.flatMap((c) => c.errors), ...inits.flatMap((c) => c.errors)]
    if (errors.length > 0) {
      warnings.push(`conflict occurred while applying podpresets: ${presets.map(({ metadata }) => metadata.name).join(',')} on pod: ${nameAsked(pod.metadata)} err: ${errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]`}`)
      return object
    }
    const told = Object.fromEntries(presets.map(({ metadata }) => [`${PREFIX}/podpreset-${metadata.name}`, metadata.resourceVersion ?? '']))
    return {
      ...pod,
      metadata: { ...pod.metadata, annotations: { ...annotations, ...told } },
      spec: {
        ...pod.spec, containers: containers.map((c) => c.container),
        ...(pod.spec.initContainers ? { initContainers: inits.map((c) => c.container) } : {}),
        ...(volumes.list.length > 0 ? { volumes: volumes.list } : {}),
      },
    } as Pod
  },
}
