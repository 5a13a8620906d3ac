import { describe, expect, it } from 'vitest'
import type { ApiObject, Frame, RecordChange } from '../../workers/protocol.ts'
import { aboutKey } from './indexes.ts'
import { applyFrame, createMirror } from './mirror.ts'

const pod = (name: string, nodeName?: string, owner?: string): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: name, ...(owner && { ownerReferences: [{ uid: owner }] }) },
  spec: { nodeName },
})

const frame = (changes: readonly RecordChange[], more: Partial<Frame> = {}): Frame => ({
  type: 'frame',
  clock: { at: 0, index: 1, endIndex: 1, endAt: 0, origin: { at: 0, index: 0 }, playing: false, speed: 1, branch: 0, quietUntil: null },
  changes,
  reset: false,
  rows: [],
  current: null,
  branches: null,
  flights: [],
  components: [],
  previews: null,
  backPreviews: null,
  marks: null,
  nodes: null,
  ...more,
})

const put = (object: ApiObject): RecordChange => ({ key: `pods/default/${object.metadata.name}`, value: object })

describe('the mirror', () => {
  it('keeps pods by node and moves one when it is bound', () => {
    const store = createMirror()
    applyFrame(store, frame([put(pod('a')), put(pod('b', 'node-1'))]))
    const { indexes } = store.getState()
    expect(indexes.list('node', '')).toEqual(['pods/default/a'])
    applyFrame(store, frame([put(pod('a', 'node-1'))]))
    expect(indexes.list('node', '')).toEqual([])
    expect(indexes.list('node', 'node-1')).toEqual(['pods/default/a', 'pods/default/b'])
  })

  it('leaves the list of a node alone when only a status changes', () => {
    const store = createMirror()
    applyFrame(store, frame([put(pod('a', 'node-1', 'rs'))]))
    const before = store.getState().indexes.list('node', 'node-1')
    applyFrame(store, frame([put({ ...pod('a', 'node-1', 'rs'), status: { phase: 'Running' } })]))
    expect(store.getState().indexes.list('node', 'node-1')).toBe(before)
    expect(store.getState().records.get('pods/default/a')).toMatchObject({ status: { phase: 'Running' } })
  })

  it('forgets a record everywhere when it is gone', () => {
    const store = createMirror()
    applyFrame(store, frame([put(pod('a', 'node-1', 'rs'))]))
    applyFrame(store, frame([{ key: 'pods/default/a', value: null }]))
    const { records, indexes } = store.getState()
    expect(records.size).toBe(0)
    expect([indexes.list('kind', 'Pod'), indexes.list('node', 'node-1'), indexes.list('owner', 'rs')]).toEqual([[], [], []])
    expect(indexes.names('kind')).toEqual([])
  })

  it('starts anew on a reset', () => {
    const store = createMirror()
    applyFrame(store, frame([put(pod('a', 'node-1'))]))
    applyFrame(store, frame([put(pod('b', 'node-2'))], { reset: true }))
    expect([...store.getState().records.keys()]).toEqual(['pods/default/b'])
    expect(store.getState().indexes.list('node', 'node-1')).toEqual([])
  })

  it('finds the events about an object', () => {
    const store = createMirror()
    const event: ApiObject = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'a.1', namespace: 'default' }, involvedObject: { kind: 'Pod', namespace: 'default', name: 'a' } }
    applyFrame(store, frame([{ key: 'events/default/a.1', value: event }]))
    expect(store.getState().indexes.list('about', aboutKey('Pod', 'default', 'a'))).toEqual(['events/default/a.1'])
  })

  it('drops the rows of a branch that was left, because their numbers mean other steps', () => {
    const store = createMirror()
    const row = (index: number): Frame['rows'][number] => ({ index, at: index, actor: 'x', what: 'y', kind: 'change', touched: [], sentence: null })
    applyFrame(store, frame([], { rows: [row(1), row(2)] }))
    expect([...store.getState().rows.rows.keys()]).toEqual([1, 2])
    applyFrame(store, frame([], { rows: [row(2)], clock: { ...frame([]).clock, branch: 1 } }))
    expect([...store.getState().rows.rows.keys()]).toEqual([2])
  })

  it('costs what it changes: the records are not copied, and nodes without a change keep their lists', () => {
    const store = createMirror()
    const many = (status: ApiObject['status'], from: number, to: number): Frame =>
      frame(Array.from({ length: to - from }, (_, i) => put({ ...pod(`p${from + i}`, `node-${Math.floor((from + i) / 20)}`, `rs${(from + i) % 50}`), status })))
    applyFrame(store, many({ phase: 'Pending' }, 0, 2_000))
    const { records, indexes } = store.getState()
    const before = Array.from({ length: 100 }, (_, n) => indexes.list('node', `node-${n}`))
    applyFrame(store, many({ phase: 'Running' }, 0, 200))
    applyFrame(store, frame([put(pod('new', 'node-3'))]))
    expect(store.getState().records).toBe(records)
    expect(before.flatMap((list, n) => (indexes.list('node', `node-${n}`) === list ? [] : [n]))).toEqual([3])
    expect([...records.values()].filter(({ status }) => (status as { phase?: string } | undefined)?.phase === 'Running')).toHaveLength(200)
  })
})
