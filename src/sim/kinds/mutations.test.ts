import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gvkOf, type JsonValue, type KubeObject } from '../api/meta.ts'
import { validateStructure } from '../api/schema/structure.ts'
import { isStatus } from '../api/status.ts'
import { recordings } from '../testing/recordings.ts'
import { scheme } from './index.ts'

const file = `${recordings()}/requests/mutation/bases.json`
const bases = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, KubeObject>>) : {}

type Node = Record<string, JsonValue> | JsonValue[]
const isNode = (value: JsonValue | undefined): value is Node => typeof value === 'object' && value !== null

/** Every place of a document: what holds it and its key there. */
function places(value: JsonValue, out: [Node, string | number][] = []): [Node, string | number][] {
  if (!isNode(value)) return out
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  for (const key of keys) {
    out.push([value, key])
    places((value as Record<string | number, JsonValue>)[key]!, out)
  }
  return out
}

const REPLACEMENTS: readonly JsonValue[] = [
  '', 'x', 'a..b', '-lead', '__proto__', 'None', '10.0.0.1', '010.0.0.1', '::ffff:1.2.3.4', '10.0.0.1/8', '1Gi', 'self.x == oldSelf', 'a'.repeat(300), 0, -1, 1, 65_536, true, false, [], {}, [{}], [''], { a: 'b' }, [null], null,
]

/** One change at a random place: something else stands there, it stands there twice, or nothing does. */
function mutate(object: KubeObject, pick: number, how: number): void {
  const all = places(object as unknown as JsonValue).filter(([, key]) => key !== 'apiVersion' && key !== 'kind')
  const place = all[pick % Math.max(1, all.length)]
  if (!place) return
  const [holder, key] = place
  const node = holder as Record<string | number, JsonValue>
  if (how === 0) Array.isArray(holder) ? holder.splice(key as number, 1) : delete node[key]
  else if (how === 1 && Array.isArray(holder)) holder.push(structuredClone(node[key]!))
  else node[key] = structuredClone(REPLACEMENTS[how % REPLACEMENTS.length]!)
}

/** Everything that the server does with it as a new object and as a successor of the unchanged one. */
function exercise(changed: KubeObject, base: KubeObject): void {
  const kind = scheme.kindFor(gvkOf(base))!
  const decoded = validateStructure(changed, 'Ignore')
  const original = validateStructure(base, 'Ignore')
  if (isStatus(decoded) || isStatus(original) || !decoded.object.metadata?.name) return
  const who = { name: 'someone', groups: ['system:authenticated'] }
  const made = kind.prepareCreate(kind.defaults(decoded.object), who)
  const errors = kind.validateCreate(made)
  for (const error of errors) expect(error.body.length).toBeGreaterThan(0)
  if (errors.length === 0) {
    kind.warnings?.(made)
    for (const column of kind.columns) column.cell(made, 0)
  }
  const old = kind.prepareCreate(kind.defaults(original.object), who)
  kind.validateUpdate(kind.prepareUpdate(kind.defaults(decoded.object), old), old)
  kind.validateStatusUpdate(kind.prepareStatusUpdate(kind.defaults(decoded.object), old, '2026-01-01T00:00:00Z'), old)
  for (const rules of Object.values(kind.updatesThrough ?? {})) rules.validateUpdate(rules.prepareUpdate(kind.defaults(decoded.object), old), old)
}

describe('mutations of rich manifests', () => {
  it.skipIf(!existsSync(file)).each(Object.entries(bases))('%s: none makes a rule throw', (_name, base) => {
    const change = fc.tuple(fc.nat(), fc.nat({ max: 60 }))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const changed = structuredClone(base)
        for (const [pick, how] of changes) mutate(changed, pick, how)
        exercise(changed, base)
      }),
      { numRuns: 50 },
    )
  })
})
