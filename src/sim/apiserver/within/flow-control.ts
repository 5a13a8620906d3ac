import { findCondition } from '../../api/conditions.ts'
import { deepEqual } from '../../api/deep.ts'
import type { Condition, KubeObject } from '../../api/meta.ts'
import type { EventContext } from '../../engine/engine.ts'
import { formatTime, ms, seconds, type Micros } from '../../engine/time.ts'
import tables from './flow-control.json'
import { ownKind, type InnerController, type Inside } from './inner.ts'

const GROUP = 'flowcontrol.apiserver.k8s.io'
const FLOW_SCHEMAS = 'flowschemas'
const LEVELS = 'prioritylevelconfigurations'
const AUTO_UPDATE = 'apf.kubernetes.io/autoupdate-spec'
/** Their specs are put right whatever the annotation says (apf mandatory configuration). */
const MANDATORY: ReadonlySet<string> = new Set(['exempt', 'catch-all'])
const PERIOD = seconds(60)

interface FlowSchema extends KubeObject<{ readonly priorityLevelConfiguration: { readonly name: string } }, { readonly conditions?: readonly Condition[] }> {
  readonly spec: { readonly priorityLevelConfiguration: { readonly name: string } }
}

const made = (kind: string, name: string, spec: object, status: object): KubeObject =>
  ({ apiVersion: `${GROUP}/v1`, kind, metadata: { name, generation: 1, annotations: { [AUTO_UPDATE]: 'true' } }, spec, status }) as KubeObject

/** The priority levels that kube-apiserver brings along. */
export const priorityLevelObjects = (): readonly KubeObject[] => Object.entries(tables.priorityLevels).map(([name, spec]) => made('PriorityLevelConfiguration', name, spec, {}))

/** The flow schemas that kube-apiserver brings along, with their status at `time`. */
export const flowSchemaObjects = (time: string): readonly KubeObject[] =>
  Object.entries(tables.flowSchemas).map(([name, spec]) => made('FlowSchema', name, spec, { conditions: [dangling(spec.priorityLevelConfiguration.name, true, time)] }))

function dangling(level: string, exists: boolean, lastTransitionTime: string): Condition {
  const message = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)} ${exists ? 'and it exists' : 'but there is no such object'}`
  return { type: 'Dangling', status: exists ? 'False' : 'True', lastTransitionTime, reason: exists ? 'Found' : 'NotFound', message }
}

/** Does each FlowSchema name a priority level that exists (apiserver: util/flowcontrol, apf_controller.go)? */
export const flowSchemaStatus: InnerController = {
  name: 'flow-schemas',
  wakes: {
    [FLOW_SCHEMAS]: ({ type, object }) => (type === 'DELETED' ? [] : [object.metadata.name]),
    [LEVELS]: ({ type, object }, { store }) =>
      type === 'MODIFIED' ? [] : store.keys(FLOW_SCHEMAS).map((key) => store.get(key) as FlowSchema).filter((s) => s.spec.priorityLevelConfiguration.name === object.metadata.name).map((s) => s.metadata.name),
  },
  delay: () => ms(20),
  sync(inside, ctx, name) {
    const schema = inside.store.get(`${FLOW_SCHEMAS}/${name}`) as FlowSchema | undefined
    if (!schema) return
    const level = schema.spec.priorityLevelConfiguration.name
    const conditions = schema.status?.conditions ?? []
    const before = findCondition(conditions, 'Dangling')
    const next = dangling(level, inside.store.get(`${LEVELS}/${level}`) !== undefined, formatTime(ctx.now))
    if (before?.status === next.status && before.reason === next.reason && before.message === next.message) return
    ctx.note('apiserver.flowSchema', { name, level })
    inside.put(ctx, ownKind(GROUP, 'v1', FLOW_SCHEMAS), { ...schema, status: { ...schema.status, conditions: before ? conditions.map((c) => (c === before ? next : c)) : [...conditions, next] } } as KubeObject)
  },
}

const BOOTSTRAP: Readonly<Record<string, Readonly<Record<string, object>>>> = { [FLOW_SCHEMAS]: tables.flowSchemas, [LEVELS]: tables.priorityLevels }
const ours = (resource: string, name: string): object | undefined => (Object.hasOwn(BOOTSTRAP[resource]!, name) ? BOOTSTRAP[resource]![name] : undefined)
const wakesFor = (resource: string) => ({ object }: { readonly object: KubeObject }): readonly string[] => (ours(resource, object.metadata.name) ? [`${resource}/${object.metadata.name}`] : [])

/** Once a minute what kube-apiserver brought along is put right again, unless its annotation says that somebody else cares (registry/flowcontrol/ensurer). */
export const flowControlEnsurer: InnerController = {
  name: 'flow-control-ensurer',
  wakes: { [FLOW_SCHEMAS]: wakesFor(FLOW_SCHEMAS), [LEVELS]: wakesFor(LEVELS) },
  delay: (now: Micros) => PERIOD - (now % PERIOD),
  sync: ensure,
}

function ensure(inside: Inside, ctx: EventContext, key: string): void {
  const [resource = '', name = ''] = key.split('/')
  const spec = ours(resource, name)!
  const kind = ownKind(GROUP, 'v1', resource)
  const current = inside.store.get(key)
  if (!current) {
    const fresh = made(kind.kind, name, spec, {})
    ctx.note('apiserver.flowEnsured', { kind: kind.kind, name })
    inside.put(ctx, kind, { ...fresh, metadata: { ...fresh.metadata, creationTimestamp: formatTime(ctx.now) } })
    return
  }
  const annotation = current.metadata.annotations?.[AUTO_UPDATE]
  const updates = MANDATORY.has(name) || annotation === 'true' || (annotation !== 'false' && current.metadata.generation === 1)
  const changed = updates && !deepEqual(current.spec, spec)
  if (!changed && annotation === `${updates}`) return
  ctx.note('apiserver.flowEnsured', { kind: kind.kind, name })
  const metadata = { ...current.metadata, generation: (current.metadata.generation ?? 1) + (changed ? 1 : 0), annotations: { ...current.metadata.annotations, [AUTO_UPDATE]: `${updates}` } }
  inside.put(ctx, kind, { ...current, metadata, ...(changed ? { spec } : {}) } as KubeObject)
}
