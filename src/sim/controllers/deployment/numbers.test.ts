import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rolloutNumbers } from '../../api/deployment-numbers.ts'
import type { Deployment } from '../../kinds/deployment/deployment.ts'
import type { ReplicaSet } from '../../kinds/replicaset/replicaset.ts'
import { withReplicasAnnotations } from './annotations.ts'
import { maxScaledDown, newSetSize, oldScaleDown, proportionalSizes, unhealthyCleanup } from './numbers.ts'
import { replicasOf, sumAvailable, sumReplicas } from './replicasets.ts'
import { scaling } from './sync.ts'

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'nginx' }] } } as unknown as Deployment['spec']['template']

function deployment(replicas: number, maxSurge: number | string, maxUnavailable: number | string): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default', uid: 'd' },
    spec: { replicas, selector: { matchLabels: { app: 'web' } }, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } }, template },
  }
}

function set(name: string, replicas: number, available: number, age = 0): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, namespace: 'default', uid: name, creationTimestamp: `2026-01-01T00:00:${String(59 - age).padStart(2, '0')}Z` },
    spec: { replicas, selector: {}, template },
    status: { replicas, availableReplicas: available },
  }
}

const bound = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 100 }).map((n) => `${n}%`))

/** A world of sets in which pods become available one by one; the decisions are applied until the rollout is done. */
function rollOut(d: Deployment, oldSizes: readonly number[], order: () => number): { steps: number; most: number; fewest: number } {
  let fresh = set('new', 0, 0)
  let old = oldSizes.map((n, i) => set(`old-${i}`, n, n, i + 1))
  const desired = d.spec.replicas ?? 1
  let most = sumReplicas([...old, fresh])
  let fewest = sumAvailable([...old, fresh])
  const resize = (rs: ReplicaSet, to: number): ReplicaSet => ({ ...rs, spec: { ...rs.spec, replicas: to }, status: { replicas: to, availableReplicas: Math.min(to, rs.status?.availableReplicas ?? 0) } })
  for (let steps = 0; steps < 2000; steps++) {
    const all = [...old, fresh]
    most = Math.max(most, sumReplicas(all))
    fewest = Math.min(fewest, sumAvailable(all))
    if (replicasOf(fresh) === desired && fresh.status!.availableReplicas === desired && sumReplicas(old) === 0) return { steps, most, fewest }
    const size = replicasOf(fresh) < desired ? newSetSize(d, all, replicasOf(fresh)) : desired
    if (size !== replicasOf(fresh)) {
      fresh = resize(fresh, size)
      continue
    }
    const limit = maxScaledDown(d, all, fresh)
    const downs = limit > 0 ? [...unhealthyCleanup(old, limit).resizes, ...oldScaleDown(d, all, old)] : []
    if (downs.length > 0) {
      for (const { rs, to } of downs) old = old.map((known) => (known.metadata.name === rs.metadata.name ? resize(known, to) : known))
      continue
    }
    const missing = replicasOf(fresh) - (fresh.status!.availableReplicas ?? 0)
    if (missing > 0) fresh = { ...fresh, status: { ...fresh.status!, availableReplicas: (fresh.status!.availableReplicas ?? 0) + 1 + (order() % missing) } }
  }
  throw new Error('the rollout does not end')
}

describe('rolling update', () => {
  test('any pattern of surge and unavailable ends and keeps both bounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), bound, bound, fc.infiniteStream(fc.nat(7)), (replicas, surge, unavailable, stream) => {
        const d = deployment(replicas, surge, unavailable)
        const { maxTotal, minAvailable } = rolloutNumbers(d.spec)
        const { most, fewest } = rollOut(d, [replicas], () => stream.next().value as number)
        expect(most).toBeLessThanOrEqual(Math.max(maxTotal, replicas))
        expect(fewest).toBeGreaterThanOrEqual(minAvailable)
      }),
      { numRuns: 200 },
    )
  })

  test('ten pods with 25 percent each begin with three new ones and lose two old ones', () => {
    const d = deployment(10, '25%', '25%')
    const old = set('old', 10, 10, 1)
    expect(newSetSize(d, [old], 0)).toBe(3)
    expect(oldScaleDown(d, [old, set('new', 3, 0)], [old])).toEqual([{ rs: old, to: 8 }])
  })

  test('unavailable new pods do not make healthy old ones go', () => {
    const d = deployment(10, 3, 2)
    expect(maxScaledDown(d, [set('old', 8, 8, 1), set('new', 5, 0)], set('new', 5, 0))).toBe(0)
  })

  test('unhealthy old pods go first, of the oldest set first', () => {
    const [older, newer] = [set('a', 3, 1, 5), set('b', 3, 0, 2)]
    expect(unhealthyCleanup([newer, older], 4)).toEqual({ resizes: [{ rs: older, to: 1 }, { rs: newer, to: 1 }], stale: false })
  })

  test('a status that still counts pods given up already stops the cleanup', () => {
    expect(unhealthyCleanup([set('a', 5, 6)], 1)).toEqual({ resizes: [], stale: true })
    const older = set('b', 3, 1, 5)
    expect(unhealthyCleanup([set('a', 5, 6), older], 4)).toEqual({ resizes: [{ rs: older, to: 1 }], stale: true })
  })
})

describe('scaling in the middle of a rollout', () => {
  test('sets grow in proportion and the largest takes what is left over', () => {
    const before = deployment(10, 3, 2)
    const old = withReplicasAnnotations(set('old', 8, 8, 1), before)
    const fresh = withReplicasAnnotations(set('new', 5, 0), before)
    const sizes = proportionalSizes(deployment(15, 3, 2), [old, fresh])
    expect(sizes.map(({ rs, to }) => [rs.metadata.name, to])).toEqual([['old', 11], ['new', 7]])
  })

  test('the sum of all sets is what the new size allows', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 5 }), fc.integer({ min: 1, max: 60 }), fc.nat(5), (sizes, replicas, surge) => {
        const before = deployment(sizes.reduce((a, b) => a + b, 0), 0, 1)
        const sets = sizes.map((n, i) => withReplicasAnnotations(set(`s${i}`, n, n, i), before))
        const d = deployment(replicas, surge, 1)
        const after = proportionalSizes(d, sets)
        expect(after.reduce((n, { to }) => n + to, 0)).toBe(rolloutNumbers(d.spec).maxTotal)
        for (const { to } of after) expect(to).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  test('the only set with pods takes the whole size', () => {
    const fresh = set('new', 3, 3)
    expect(scaling(deployment(7, 1, 0), { fresh, old: [set('old', 0, 0, 1)] })).toEqual([{ rs: fresh, to: 7, force: false }])
  })
})
