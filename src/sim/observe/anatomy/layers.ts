import type { ContainerView, LayerView } from '../../../workers/protocol-anatomy.ts'
import type { Container } from '../../api/container.ts'
import { allContainers } from '../../api/pod.ts'
import { hashText } from '../../engine/hash.ts'
import { LOCAL, type Resolved } from '../../images/registry.ts'
import { layerId } from '../../node/kubelet/puller.ts'
import type { PodRow } from '../../node/kubelet/state.ts'
import { containerNamed, type KubeletWorld } from '../../node/kubelet/world.ts'
import { differences } from '../../node/linux/fs.ts'
import { rootOf } from '../../node/linux/rootfs.ts'

type Found = Extract<Resolved, { found: true }>

const MOST_CHANGES = 60

export function imageOf(world: KubeletWorld, node: string, container: Container): Found | undefined {
  const image = world.registry.on(node).resolve(container.image ?? '', [LOCAL])
  return image.found ? image : undefined
}

/** A layer's digest: equal layers (see layerId) have equal ones. */
export function layerDigest(id: string): string {
  let hex = ''
  for (let i = 0; i < 8; i++) hex += hashText(id, i + 1).toString(16).padStart(8, '0')
  return `sha256:${hex}`
}

/** Who on a node stands on which layer: layer id → "pod/container". */
export function usersOfLayers(world: KubeletWorld, node: string): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>()
  for (const key of world.byNode.keys(node)) {
    const row = world.pods.get(key)!
    for (const name of Object.keys(row.machine?.containers ?? {})) {
      const container = containerNamed(row.pod, name)
      const image = container && imageOf(world, node, container)
      if (!image) continue
      for (const id of new Set(image.layers.map((size) => layerId(image, size)))) users.set(id, [...(users.get(id) ?? []), `${row.pod.metadata.name}/${name}`])
    }
  }
  return users
}

/** The read-only layers of an image, bottom first, with the other containers of the node that share them. */
export function layersOf(image: Found, users: ReadonlyMap<string, readonly string[]>, self: string): readonly LayerView[] {
  return image.layers.map((bytes, i) => {
    const id = layerId(image, bytes)
    const same = image.layers.slice(0, i).filter((size) => size === bytes).length
    return { digest: layerDigest(same > 0 ? `${id}#${same}` : id), bytes, sharedWith: (users.get(id) ?? []).filter((who) => who !== self) }
  })
}

/** What the image says of how it is run, as the instructions of a Dockerfile that leave no layer. */
export function configOf({ image }: Found): ContainerView['config'] {
  const { entrypoint, cmd, env = [], user, workingDir, stopSignal } = image.config ?? {}
  const list = (words: readonly string[]): string => `[${words.map((word) => JSON.stringify(word)).join(', ')}]`
  return [
    ...env.map((line) => ['ENV', line] as const),
    ...(workingDir ? [['WORKDIR', workingDir] as const] : []),
    ...(user ? [['USER', user] as const] : []),
    ...(stopSignal ? [['STOPSIGNAL', stopSignal] as const] : []),
    ...(entrypoint ? [['ENTRYPOINT', list(entrypoint)] as const] : []),
    ...(cmd ? [['CMD', list(cmd)] as const] : []),
  ]
}

/** What the container has changed of its image: the files of the upper directory. */
export function changesOf(row: PodRow, container: Container, image: Found): Pick<ContainerView, 'changes' | 'moreChanges'> {
  const upper = row.machine?.roots[`root:${container.name}`]
  if (!upper) return { changes: [], moreChanges: 0 }
  const all = differences(rootOf(image.image, (container.ports ?? []).map((p) => p.containerPort)), upper)
  // A directory that only leads to a change says nothing of its own; nor do the places at which something is mounted.
  const places = (row.machine?.containers[container.name]?.mounts ?? []).map(({ at }) => at)
  const told = all.filter(({ path, kind }, i) => (kind === 'D' || !all[i + 1]?.path.startsWith(`${path}/`)) && !places.some((at) => at === path || at.startsWith(`${path}/`)))
  return { changes: told.slice(0, MOST_CHANGES), moreChanges: Math.max(0, told.length - MOST_CHANGES) }
}

/** The role of a container in its pod. */
export function roleOf(row: PodRow, name: string): ContainerView['role'] {
  const { spec } = row.pod
  const init = spec.initContainers?.find((c) => c.name === name)
  if (init) return init.restartPolicy === 'Always' ? 'sidecar' : 'init'
  return spec.containers.some((c) => c.name === name) ? 'app' : 'ephemeral'
}

export const namesOfContainers = (row: PodRow): readonly string[] => allContainers(row.pod.spec).map(({ name }) => name)
