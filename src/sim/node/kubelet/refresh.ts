import type { Volume } from '../../api/volume.ts'
import { CONFIG_MAPS, SECRETS } from '../../client/request.ts'
import type { WatchDelivery } from '../../client/transport.ts'
import type { EventContext } from '../../engine/engine.ts'
import { SYNC_FREQUENCY } from '../../flags/kubelet.ts'
import { lookUp, type FsNode } from '../linux/fs.ts'
import { advanced, lookAhead } from './linux.ts'
import type { PodRow } from './state.ts'
import { actorOf, type KubeletWorld } from './world.ts'
import { readsFrom, setUpVolume } from './volumes.ts'

/** From a change of an object to that of the files: the pod's next regular sync, as shares of its period (timings of a real node: 55 to 78 s). */
const EARLIEST = 52 / 60
const SPREAD = 28 / 60

interface Reference {
  readonly kind: 'ConfigMap' | 'Secret'
  readonly name: string
}

/** The objects whose content volumes show; the cluster's root certificate is not followed. */
function referencesOf(volumes: readonly Volume[]): readonly Reference[] {
  const found: Reference[] = []
  const add = (kind: Reference['kind'], name: string | undefined): void => {
    if (name && name !== 'kube-root-ca.crt' && !found.some((r) => r.kind === kind && r.name === name)) found.push({ kind, name })
  }
  for (const v of volumes) {
    add('ConfigMap', v.configMap?.name)
    add('Secret', v.secret?.secretName)
    for (const s of v.projected?.sources ?? []) {
      add('ConfigMap', s.configMap?.name)
      add('Secret', s.secret?.name)
    }
  }
  return found
}

/** Watches each object that a pod's volumes show, one by one as the kubelet's managers do (pkg/kubelet/util/manager: watch_based_manager.go). */
export function followObjects(world: KubeletWorld, ctx: EventContext, row: PodRow): void {
  const { namespace } = row.pod.metadata
  for (const { kind, name } of referencesOf(row.pod.spec.volumes ?? [])) {
    const node = world.node(row)
    const id = `${actorOf(row.node)}/${kind === 'ConfigMap' ? 'configmaps' : 'secrets'}/${namespace}/${name}`
    if (node.followed?.includes(id)) continue
    world.nodes.set(node.name, { ...node, followed: [...(node.followed ?? []), id] })
    world.client(row.node).watch(ctx, id, { ...(kind === 'ConfigMap' ? CONFIG_MAPS : SECRETS), namespace, fieldSelector: `metadata.name=${name}` }, { actor: actorOf(row.node), what: 'object', data: { kind, namespace, name } })
  }
}

/** An object has changed: the pods that show it get new files some time later. */
export function objectChanged(world: KubeletWorld, ctx: EventContext, { type, data }: WatchDelivery): void {
  if (type === 'SYNC' || type === 'EXPIRED') return
  const { kind, namespace, name } = data as { kind: string; namespace: string; name: string }
  for (const key of world.byNode.keys(ctx.instance)) {
    const row = world.pods.get(key)!
    if (row.life !== 'sync' || row.pod.metadata.namespace !== namespace || !(row.pod.spec.volumes ?? []).some((v) => readsFrom(v, kind, name))) continue
    const period = world.flags.get(SYNC_FREQUENCY)
    world.later(ctx, row, Math.round(EARLIEST * period) + ctx.random.below(Math.max(1, Math.round(SPREAD * period))), 'refresh')
  }
}

/** Do two versions of a volume hold the same files? Their directories have different names. */
function sameFiles(a: FsNode | undefined, b: FsNode | undefined): boolean {
  const inside = (root: FsNode | undefined): FsNode | undefined => {
    const to = root && lookUp(root, ['..data'])
    return to?.t === 'l' ? lookUp(root!, [to.to]) : undefined
  }
  const equal = (x: FsNode | undefined, y: FsNode | undefined): boolean => {
    if (x?.t === 'f' && y?.t === 'f') return x.data === y.data && x.mode === y.mode
    if (x?.t !== 'd' || y?.t !== 'd') return x === y
    const names = Object.keys(x.entries)
    return names.length === Object.keys(y.entries).length && names.every((name) => equal(x.entries[name], y.entries[name]))
  }
  return equal(inside(a), inside(b))
}

/** Lays new versions of the pod's content volumes down where the content has changed; containers see them at once. */
export function refreshVolumes(world: KubeletWorld, ctx: EventContext, given: PodRow): PodRow {
  if (!given.machine || given.life !== 'sync') return given
  const changed: Record<string, FsNode> = {}
  for (const v of given.pod.spec.volumes ?? []) {
    const fs = `volume:${v.name}`
    const isContent = v.configMap ?? v.secret ?? v.downwardAPI ?? v.projected
    const present = given.machine.roots[fs]
    if (!isContent || !present) continue
    const made = setUpVolume(world, ctx, given, v)
    // A token is new each time; it alone is no reason.
    if ('error' in made || !made.tree || sameFiles(present, made.tree)) continue
    changed[fs] = made.tree
  }
  if (Object.keys(changed).length === 0) return given
  const row = advanced(world, ctx, given)
  ctx.note('kubelet.refreshed', { pod: row.pod.metadata.name, node: row.node, volumes: Object.keys(changed).map((fs) => fs.slice('volume:'.length)).join(', ') })
  return lookAhead(world, ctx, { ...row, machine: { ...row.machine!, roots: { ...row.machine!.roots, ...changed } } })
}

