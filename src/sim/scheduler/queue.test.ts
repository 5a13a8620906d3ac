import { describe, expect, test } from 'vitest'
import type { Pod } from '../api/pod.ts'
import { Engine, type EventContext } from '../engine/engine.ts'
import { minutes, seconds, type Micros } from '../engine/time.ts'
import type { ClusterEvent } from './cluster-event.ts'
import { backoffDuration, SchedulingQueue } from './queue.ts'

const pod = (name: string, priority = 0, over: Partial<Pod['spec']> = {}): Pod => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'd', uid: name },
  spec: { priority, containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1' } } }], ...over },
})
const gone: ClusterEvent = { resource: 'pods', action: 'Delete', old: { ...pod('x'), spec: { ...pod('x').spec, nodeName: 'n' } } }
const otherLabel: ClusterEvent = {
  resource: 'nodes', action: 'UpdateNodeLabel',
  old: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec: {} }, object: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', labels: { a: 'b' } }, spec: {} },
}

/** A queue whose work is done by hand: what is popped is written down. */
function world() {
  const engine = new Engine({ seed: 1 })
  const queue = new SchedulingQueue(engine, 's')
  const popped: string[] = []
  engine.actor('s', {
    work: () => queue.worked(),
    flush: (ctx) => queue.flush(ctx),
    do: (ctx, what: (ctx: EventContext) => void) => what(ctx),
  })
  const at = (when: Micros, what: (ctx: EventContext) => void): void => void engine.command(when, 's', 'do', what)
  const pop = (when: Micros): string | undefined => {
    let key: string | undefined
    at(when, () => {
      key = queue.pop()?.key
      if (key) popped.push(key)
    })
    return key
  }
  const runTo = (when: Micros): void => {
    while ((engine.queue.pending()[0]?.at ?? Infinity) <= when) engine.step()
  }
  return { engine, queue, at, pop, runTo }
}

describe('the scheduling queue', () => {
  test('hands out pods by priority, then by age', () => {
    const { queue, at, pop } = world()
    at(0, (ctx) => [pod('a'), pod('low', -5), pod('high', 9)].forEach((p) => queue.add(ctx, p)))
    at(1, (ctx) => queue.add(ctx, pod('b')))
    expect([1, 1, 1, 1, 1].map(pop)).toEqual(['d/high', 'd/a', 'd/b', 'd/low', undefined])
  })
  test('wakes an unschedulable pod for an event that may help it, and for no other', () => {
    const { queue, at, pop } = world()
    at(0, (ctx) => queue.add(ctx, pod('a')))
    pop(0)
    at(0, (ctx) => queue.failed(ctx, 'd/a', pod('a'), ['NodeResourcesFit']))
    at(seconds(3), (ctx) => queue.wake(ctx, otherLabel))
    expect(queue.pods.get('d/a')?.place).toBe('unschedulable')
    at(seconds(3), (ctx) => queue.wake(ctx, gone))
    expect(queue.pods.get('d/a')?.place).toBe('active')
  })
  test('takes a pod out of its back-off when nothing else is to be done', () => {
    const { queue, at, pop } = world()
    at(0, (ctx) => queue.add(ctx, pod('a')))
    pop(0)
    at(0, (ctx) => queue.failed(ctx, 'd/a', pod('a'), ['NodeResourcesFit']))
    at(1, (ctx) => queue.wake(ctx, gone))
    expect(queue.pods.get('d/a')?.place).toBe('backoff')
    expect(pop(2)).toBe('d/a')
  })
  test('lets a pod that failed by an error sit its back-off out', () => {
    const { queue, at, pop, runTo } = world()
    at(0, (ctx) => queue.add(ctx, pod('a')))
    pop(0)
    at(0, (ctx) => queue.failed(ctx, 'd/a', pod('a'), []))
    expect(queue.pods.get('d/a')?.place).toBe('error-backoff')
    expect(pop(seconds(0.5))).toBeUndefined()
    runTo(seconds(1.5))
    expect(pop(seconds(1.5))).toBe('d/a')
  })
  test('tries a pod again that nothing has woken for five minutes, and keeps no timer without one', () => {
    const { engine, queue, at, pop, runTo } = world()
    at(0, (ctx) => queue.add(ctx, pod('a')))
    pop(0)
    at(seconds(10), (ctx) => queue.failed(ctx, 'd/a', pod('a'), ['NodeAffinity']))
    runTo(minutes(5))
    expect(queue.pods.get('d/a')?.place).toBe('unschedulable')
    runTo(minutes(6))
    expect(queue.pods.get('d/a')?.place).toBe('active')
    pop(minutes(6))
    at(minutes(6), (ctx) => queue.failed(ctx, 'd/a', pod('a'), ['NodeAffinity']))
    expect(engine.queue.pending().map((e) => e.what)).toEqual(['flush'])
    at(minutes(6), (ctx) => queue.remove(ctx, 'd/a'))
    expect(engine.queue.pending()).toEqual([])
  })
  test('holds a gated pod until its last gate is gone', () => {
    const { queue, at, pop } = world()
    const gated = pod('a', 0, { schedulingGates: [{ name: 'x' }] })
    at(0, (ctx) => queue.add(ctx, gated))
    expect(queue.pods.get('d/a')?.place).toBe('gated')
    expect(pop(0)).toBeUndefined()
    at(1, (ctx) => queue.update(ctx, pod('a'), []))
    expect(pop(1)).toBe('d/a')
  })
})

test('back-off doubles from one second to ten', () => {
  expect([0, 1, 2, 3, 4, 5, 9].map((n) => backoffDuration(n) / 1e6)).toEqual([0, 1, 2, 4, 8, 10, 10])
})
