import { describe, expect, test } from 'vitest'
import { filterCells, verdictOf } from './verdict.ts'
import type { AttemptState } from '../../../workers/protocol.ts'

const FILTERS = ['NodeName', 'TaintToleration', 'NodeAffinity', 'NodeResourcesFit']
const t = ((id: string, params?: object) => `${id} ${JSON.stringify(params ?? {})}`) as unknown as Parameters<typeof verdictOf>[1]
const attempt = (over: Partial<AttemptState>): AttemptState => ({
  pod: 'default/p', at: 0, former: false, nodes: [], examined: 0, feasible: 0, filters: FILTERS, plugins: ['Fit'], weights: {}, scoredFrom: null, preemption: null, chosen: null, message: '', queued: null, remedies: [], ...over,
})
const node = (name: string, total: number): AttemptState['nodes'][number] => ({ node: name, rejectedBy: null, reasons: [], scores: { Fit: total }, total })

describe('the cells of the filter table', () => {
  test('pass up to the plugin that refused; behind it nobody was asked', () => {
    expect(filterCells(FILTERS, 'TaintToleration')).toEqual(['passed', 'refused', 'unasked', 'unasked'])
  })
  test('all pass for a node that would do', () => {
    expect(filterCells(FILTERS, null)).toEqual(['passed', 'passed', 'passed', 'passed'])
  })
  test('show who left a node out before filters were asked', () => {
    expect(filterCells(FILTERS, 'PreFilter:[NodeAffinity NodeName]')).toEqual(['refused', 'unasked', 'refused', 'unasked'])
  })
})

describe('the verdict in one sentence', () => {
  test('names all that share the highest score, and where scoring began', () => {
    const said = verdictOf(attempt({ nodes: [node('a', 7), node('b', 7), node('c', 5)], chosen: 'b', scoredFrom: 'b' }), t)
    expect(said).toBe('tie {"nodes":"a, b","total":7,"node":"b","first":"b"}')
  })
  test('says what decided', () => {
    expect(verdictOf(attempt({ nodes: [node('a', 9), node('b', 7)], chosen: 'a' }), t)).toBe('decidedBy {"plugin":"Fit","lead":2,"node":"a","second":"b","by":2}')
  })
  test('says that a pod was refused before any node was looked at', () => {
    expect(verdictOf(attempt({ examined: 3, message: '0/3 nodes are available: x.' }), t)).toBe('wholePod {} 0/3 nodes are available: x.')
  })
  test('tells a node that was promised from one that alone would do', () => {
    const room = (name: string): AttemptState['preemption'] => ({ at: 0, candidates: [{ node: name, violations: 0, highest: 0, sum: 0, earliest: '', victims: [] }] })
    expect(verdictOf(attempt({ nodes: [node('a', 0)], examined: 3, feasible: 1, chosen: 'a', preemption: room('a') }), t)).toBe('promised {"node":"a"}')
    expect(verdictOf(attempt({ nodes: [node('a', 0)], examined: 1, feasible: 1, chosen: 'a' }), t)).toBe('onlyOne {"node":"a"}')
  })
  test('of a pod behind gates names them', () => {
    const queued = { pod: 'default/p', place: 'gated' as const, priority: 0, since: 0, attempts: 0, objectors: [], due: null, wokenBy: [], gates: ['g'] }
    expect(verdictOf(attempt({ at: null, queued }), t)).toBe('untried.gated {"gates":"g"}')
  })
})
