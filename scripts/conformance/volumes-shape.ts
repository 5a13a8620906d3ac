import type { KubeObject } from '../../src/sim/api/meta.ts'
import { NAMESPACE, type VolumesWorld } from './volumes-world.ts'

type Loose = Readonly<Record<string, unknown>>

const KINDS = ['StorageClass', 'VolumeAttributesClass', 'PersistentVolume', 'PersistentVolumeClaim', 'Pod', 'StatefulSet', 'VolumeAttachment', 'Node']
const DROPPED = new Set(['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields'])
const NODE_CONTROLLERS = ['node-controller', 'taint-eviction-controller', 'node-lifecycle-controller']

/** Claim → the volume in its spec, null without one. */
export const bindingsOf = (world: VolumesWorld): Loose =>
  Object.fromEntries(world.list('PersistentVolumeClaim').map((c) => [c.metadata.name, (c.spec as { volumeName?: string }).volumeName ?? null]))

export const phasesOf = (world: VolumesWorld): Loose =>
  Object.fromEntries(
    ['PersistentVolumeClaim', 'PersistentVolume'].flatMap((kind) => world.list(kind).map((o) => [`${kind}/${o.metadata.name}`, (o.status as { phase?: string } | undefined)?.phase] as const)),
  )

export const eventsOf = (world: VolumesWorld): readonly Loose[] =>
  world
    .list('Event')
    .concat(world.list('Event', 'default').filter((e) => !(e as unknown as { involvedObject: { namespace?: string } }).involvedObject.namespace))
    .map((e) => e as unknown as { involvedObject: { kind: string; name: string }; type: string; reason: string; message: string; source?: { component?: string }; reportingComponent?: string })
    .map((e) => ({ kind: e.involvedObject.kind, name: e.involvedObject.name, type: e.type, reason: e.reason, message: e.message, from: e.source?.component ?? e.reportingComponent }))
    .filter((e) => !NODE_CONTROLLERS.includes(e.from ?? '') && e.kind !== 'Node')

/** The objects of an observation; of nodes only those that the case made. */
export const observed = (world: VolumesWorld, nodes: ReadonlySet<string>): readonly unknown[] =>
  KINDS.flatMap((kind) => world.list(kind).filter((o) => kind !== 'Node' || nodes.has(o.metadata.name)).map((o) => withoutNulls(shown(o))))

const pick = (from: unknown, keys: readonly string[]): Loose => Object.fromEntries(keys.filter((k) => (from as Loose | undefined)?.[k] !== undefined).map((k) => [k, (from as Loose)[k]]))

function shown(object: KubeObject): unknown {
  const { apiVersion: _version, metadata, ...rest } = object
  const meta = Object.fromEntries(Object.entries(metadata).filter(([key]) => !DROPPED.has(key)))
  switch (object.kind) {
    case 'Pod':
      return { kind: 'Pod', metadata: meta, spec: podSpec(object), status: podStatus(object) }
    case 'Node':
      return { kind: 'Node', metadata: { name: metadata.name }, spec: nodeSpec(object), status: pick(object.status, ['volumesAttached', 'volumesInUse']) }
    case 'StatefulSet':
      return { kind: 'StatefulSet', metadata: { name: metadata.name }, spec: pick(object.spec, ['replicas', 'persistentVolumeClaimRetentionPolicy']) }
    default:
      return { ...rest, metadata: meta }
  }
}

/** Taints as the recorder kept them, without their times. */
function nodeSpec({ spec }: KubeObject): Loose {
  const { taints } = (spec ?? {}) as { taints?: readonly Loose[] }
  return taints?.length ? { taints: taints.map((t) => pick(t, ['key', 'value', 'effect'])) } : {}
}

/** Members that are null say nothing. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!value || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== null).map(([k, v]) => [k, withoutNulls(v)]))
}

function podSpec({ spec }: KubeObject): Loose {
  const { nodeName, volumes = [] } = spec as { nodeName?: string; volumes?: readonly Loose[] }
  return { ...(nodeName ? { nodeName } : {}), volumes: volumes.filter((v) => v['persistentVolumeClaim'] ?? v['ephemeral']) }
}

function podStatus({ status }: KubeObject): Loose {
  const { conditions = [] } = (status ?? {}) as { conditions?: readonly { readonly type: string }[] }
  const told = conditions.filter((c) => c.type === 'PodScheduled' || c.type === 'DisruptionTarget')
  return { ...pick(status, ['phase', 'nominatedNodeName']), ...(told.length ? { conditions: told } : {}) }
}

/** Ids, times, the namespace and generations as the recordings write them; `hideAttachments` hides their names' digests. */
export function normalised(value: Record<string, unknown>, world: VolumesWorld, hideAttachments: boolean): Record<string, unknown> {
  const text = (s: string): string => {
    if (TIME.test(s)) return '<time>'
    const named = s.replaceAll(NAMESPACE, '$NS').replace(UID, (uid) => world.seen.get(uid) ?? '<uid>')
    return hideAttachments ? named.replace(/csi-[0-9a-f]{64}/g, 'csi-<sha256>') : named
  }
  const walk = (v: unknown): unknown => {
    if (Array.isArray(v)) return v.map(walk)
    if (v && typeof v === 'object') return Object.fromEntries(Object.entries(v).filter(([k]) => !DROPPED_ANYWHERE.has(k)).map(([k, item]) => [k, walk(item)]))
    return typeof v === 'string' ? text(v) : v
  }
  return walk(value) as Record<string, unknown>
}

const DROPPED_ANYWHERE = new Set(['generation', 'observedGeneration', 'resourceVersion'])
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/
const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
