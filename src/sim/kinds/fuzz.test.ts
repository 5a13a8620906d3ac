import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonValue, KubeObject } from '../api/meta.ts'
import { definition, type TypeNode } from '../api/schema/schema.ts'
import { validateStructure } from '../api/schema/structure.ts'
import { isStatus } from '../api/status.ts'
import type { Micros } from '../engine/time.ts'
import type { KindDefinition } from './definition.ts'
import { resourceKind, scheme } from './index.ts'

/** Draws numbers; a plain generator so that one seed makes a whole object fast. */
type Draw = (bound: number) => number

function draws(seed: number): Draw {
  let state = seed | 0
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return ((state >>> 8) % bound + bound) % bound
  }
}

const TEXTS = ['', 'a', 'x', 'Always', 'Never', 'RollingUpdate', 'Recreate', 'In', 'Exists', 'a/b', '../x', '-bad-', 'UPPER', '10.0.0.1', '::1', '10.0.0.0/8', '50%', '%', '__proto__', 'constructor', 'toString', '2026-01-01T00:00:00Z', '*/5 * * * *', 'é\u0000', 'a'.repeat(300)]
const NUMBERS = [0, 1, -1, 5, 80, 100, 65_536, 2_147_483_647, -2_147_483_648]
const QUANTITIES = ['0', '1', '-1', '100m', '1n', '1Gi', '1e3', '10E']
const NAMES = ['a', 'cpu', 'memory', 'example.com/gpu', 'hugepages-2Mi', '__proto__', 'constructor', 'bad key!']

const pick = <T>(draw: Draw, list: readonly T[]): T => list[draw(list.length)]!

/** A random value of a type, rather shallow. */
function value(type: TypeNode, draw: Draw, depth: number): JsonValue {
  switch (type.k) {
    case 's':
      return pick(draw, TEXTS)
    case 'b':
      return draw(2) === 0
    case 'i32':
    case 'i64':
    case 'n':
      return pick(draw, NUMBERS)
    case 'io':
      return draw(2) === 0 ? pick(draw, NUMBERS) : pick(draw, TEXTS)
    case 'q':
      return pick(draw, QUANTITIES)
    case 't':
      return '2026-01-01T00:00:00Z'
    case 'mt':
      return '2026-01-01T00:00:00.000000Z'
    case 'bytes':
      return pick(draw, ['', 'YQ==', 'e30='])
    case 'any':
      return pick<JsonValue>(draw, [{}, 1, 'a', { a: 1 }, [], null])
    case 'list':
      return Array.from({ length: draw(4) }, () => value(type.of, draw, depth + 1))
    case 'map': {
      const out: Record<string, JsonValue> = {}
      for (let i = draw(4); i > 0; i--) Object.defineProperty(out, pick(draw, NAMES), { value: value(type.of, draw, depth + 1), enumerable: true, writable: true, configurable: true })
      return out
    }
    default:
      return object(type.ref, draw, depth + 1)
  }
}

function object(name: string, draw: Draw, depth: number): JsonValue {
  const def = definition(name)
  const out: Record<string, JsonValue> = {}
  if (!def || depth > 12) return out
  for (const [key, field] of def.fields) {
    const likely = def.required.includes(key) || key === 'spec' || key === 'template'
    if (likely ? draw(8) > 0 : draw(depth < 3 ? 3 : 6) === 0) out[key] = value(field.type, draw, depth)
  }
  return out
}

function random(kind: KindDefinition, seed: number): KubeObject | undefined {
  const apiVersion = kind.group ? `${kind.group}/${kind.version}` : kind.version
  const schema = { apiVersion, kind: kind.kind }
  const draw = draws(seed)
  const made = object(DEFINITIONS.get(kind)!, draw, 0) as Record<string, JsonValue>
  const meta = { ...(made['metadata'] as object | undefined), name: pick(draw, ['a', 'Bad_Name', 'a.b', 'x'.repeat(70)]), uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' }
  const checked = validateStructure({ ...made, ...schema, metadata: kind.namespaced ? { ...meta, namespace: 't' } : { ...meta, namespace: undefined } } as unknown as KubeObject, 'Ignore')
  return isStatus(checked) ? undefined : checked.object
}

const MINE = [
  ['', 'pods'], ['', 'podtemplates'], ['', 'replicationcontrollers'], ['', 'nodes'], ['', 'namespaces'], ['', 'configmaps'], ['', 'secrets'], ['', 'serviceaccounts'], ['', 'endpoints'], ['', 'events'],
  ['events.k8s.io', 'events'], ['apps', 'deployments'], ['apps', 'replicasets'], ['apps', 'statefulsets'], ['apps', 'daemonsets'], ['apps', 'controllerrevisions'], ['batch', 'jobs'],
  ['batch', 'cronjobs'], ['autoscaling', 'horizontalpodautoscalers'], ['policy', 'poddisruptionbudgets'], ['coordination.k8s.io', 'leases'], ['scheduling.k8s.io', 'priorityclasses'], ['node.k8s.io', 'runtimeclasses'],
  ['', 'services'], ['', 'persistentvolumes'], ['', 'persistentvolumeclaims'], ['storage.k8s.io', 'storageclasses'], ['storage.k8s.io', 'csidrivers'], ['storage.k8s.io', 'csinodes'],
  ['storage.k8s.io', 'csistoragecapacities'], ['storage.k8s.io', 'volumeattachments'], ['storage.k8s.io', 'volumeattributesclasses'], ['discovery.k8s.io', 'endpointslices'],
  ['networking.k8s.io', 'ingresses'], ['networking.k8s.io', 'ingressclasses'], ['networking.k8s.io', 'networkpolicies'], ['networking.k8s.io', 'ipaddresses'], ['networking.k8s.io', 'servicecidrs'],
  ['flowcontrol.apiserver.k8s.io', 'flowschemas'], ['flowcontrol.apiserver.k8s.io', 'prioritylevelconfigurations'], ['resource.k8s.io', 'resourceclaims'], ['resource.k8s.io', 'resourceclaimtemplates'],
  ['resource.k8s.io', 'resourceslices'], ['resource.k8s.io', 'deviceclasses'], ['certificates.k8s.io', 'certificatesigningrequests'], ['apiextensions.k8s.io', 'customresourcedefinitions'],
  ['apiregistration.k8s.io', 'apiservices'],
] as const

const KINDS = MINE.flatMap(([group, plural]) => scheme.kinds.filter((k) => k.group === group && k.plural === plural))
const GROUPS: Readonly<Record<string, string>> = { '': 'core', 'events.k8s.io': 'events', 'coordination.k8s.io': 'coordination', 'scheduling.k8s.io': 'scheduling', 'node.k8s.io': 'node' }
const groupName = (group: string): string => GROUPS[group] ?? group.split('.')[0]!
const DEFINITIONS = new Map(KINDS.map((k) => [k, `${groupName(k.group)}.${k.version}.${k.kind}`]))
const NOW = 1_000_000 as Micros

/** Everything that the server does with a new object and with an update of a stored one. */
function exercise(kind: KindDefinition, fresh: KubeObject, old: KubeObject): void {
  const made = kind.prepareCreate(kind.defaults(fresh))
  const errors = kind.validateCreate(made)
  for (const e of errors) expect(typeof e.field).toBe('string')
  kind.warnings?.(made)
  const stored = kind.prepareCreate(kind.defaults(old))
  const next = kind.prepareUpdate(kind.defaults(fresh), stored)
  kind.validateUpdate(next, stored)
  kind.warnings?.(next, stored)
  kind.validateStatusUpdate(kind.prepareStatusUpdate(kind.defaults(fresh), stored, '2026-01-01T00:00:00Z'), stored)
  for (const rules of Object.values(kind.updatesThrough ?? {})) rules.validateUpdate(rules.prepareUpdate(kind.defaults(fresh), stored), stored)
  if (kind.storedAs) kind.storedAs.fromStored(kind.storedAs.toStored(made))
  kind.selectableFields?.(made)
  for (const c of kind.columns) c.cell(made, NOW)
}

describe('random objects', () => {
  it.each(KINDS.map((k) => [`${k.group}/${k.version} ${k.plural}`, k] as const))('of %s never make a rule throw', (_name, kind) => {
    let seen = 0
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        const [fresh, old] = [random(kind, a), random(kind, b)]
        if (!fresh || !old) return
        seen++
        exercise(kind, fresh, old)
      }),
      { numRuns: 120 },
    )
    expect(seen).toBeGreaterThan(60)
  })

  it('keep defaults that were filled in', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), fc.integer(), (kind, seed) => {
        const fresh = random(kind, seed)
        if (!fresh) return
        const once = kind.defaults(fresh)
        expect(kind.defaults(once)).toEqual(once)
      }),
      { numRuns: 200 },
    )
  })

  it('reach every kind of the list', () => {
    expect(KINDS.length).toBeGreaterThanOrEqual(MINE.length)
    expect(resourceKind('autoscaling', 'v1', 'horizontalpodautoscalers')).toBeDefined()
  })
})
