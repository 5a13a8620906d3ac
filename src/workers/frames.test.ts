import { expect, test } from 'vitest'
import { createCluster } from '../sim/index.ts'
import { FrameMaker } from './frames.ts'

test('a large cluster comes in several frames, each small enough to be read at once, and nothing is left out', () => {
  const cluster = createCluster({ nodes: 1, kubelet: 'kwok' })
  cluster.boot()
  const frames = new FrameMaker(cluster, 100)
  const seen = new Map<string, unknown>()
  let count = 0
  for (; frames.due() && count < 50; count++) {
    const { changes, reset } = frames.make(false, 1, false)
    expect(reset).toBe(count === 0)
    expect(changes.length).toBeLessThanOrEqual(100)
    for (const { key, value } of changes) seen.set(key, value)
  }
  expect(count).toBeGreaterThan(1)
  expect([...seen.keys()].sort()).toEqual([...cluster.objects.keys()])
  for (const [key, value] of seen) expect(value).toBe(cluster.objects.get(key))
})

test('while time stands the figures of nodes follow a fault, and the step back over it', () => {
  const cluster = createCluster({ seed: 1, nodes: 1 })
  cluster.boot()
  const frames = new FrameMaker(cluster)
  const faultNow = (): string | null | undefined => frames.make(false, 1, true).nodes?.find(({ name }) => name === 'node-1')?.fault
  expect(faultNow()).toBeNull()
  cluster.nodeAction('freeze', 'node-1')
  expect(faultNow()).toBe('frozen')
  cluster.timeline.seek(cluster.timeline.index - 1)
  expect(faultNow()).toBeNull()
})
