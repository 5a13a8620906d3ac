import type { Container } from '../../api/container.ts'
import { allContainers, type Pod } from '../../api/pod.ts'
import type { AdmissionPlugin } from './plugin.ts'

type Lists = Pick<Pod['spec'], 'containers' | 'initContainers' | 'ephemeralContainers'>

const pulling = (containers: readonly Container[]): readonly Container[] => containers.map((container) => (container.imagePullPolicy === 'Always' ? container : { ...container, imagePullPolicy: 'Always' as const }))

/** An update that brings no new image is left alone. */
function bringsImages(pod: Pod, old: Pod | undefined): boolean {
  if (!old) return true
  const known = new Set(allContainers(old.spec).map((container) => container.image))
  return allContainers(pod.spec).some((container) => !known.has(container.image))
}

/** Images are pulled before each start, so that only who may pull one can use it (plugin/pkg/admission/alwayspullimages). */
export const alwaysPullImages: AdmissionPlugin = {
  name: 'AlwaysPullImages',
  optional: true,
  resources: ['pods'],
  admit(_exec, object, old) {
    const pod = object as Pod
    if (!bringsImages(pod, old as Pod | undefined)) return object
    const { containers, initContainers, ephemeralContainers } = pod.spec
    const lists: Partial<Lists> = {
      containers: pulling(containers),
      ...(initContainers && { initContainers: pulling(initContainers) }),
      ...(ephemeralContainers && { ephemeralContainers: pulling(ephemeralContainers as readonly Container[]) as Lists['ephemeralContainers'] }),
    }
    return { ...pod, spec: { ...pod.spec, ...lists } } as Pod
  },
}
