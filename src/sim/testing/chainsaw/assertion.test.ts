import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../../api/meta.ts'
import { assertTree } from './assertion.ts'
import { fillIn } from './expression.ts'

const pod: JsonValue = {
  kind: 'Pod',
  metadata: { name: 'web', generation: 2, labels: { app: 'web' } },
  spec: { containers: [{ name: 'main', image: 'nginx:1.27' }, { name: 'side', image: 'busybox' }], replicas: 3 },
  status: { observedGeneration: 2, conditions: [{ type: 'Ready', status: 'True' }, { type: 'Initialized', status: 'False' }] },
}

describe('assertion trees', () => {
  test.each<[string, JsonValue]>([
    ['a subset of the fields', { kind: 'Pod', metadata: { labels: { app: 'web' } } }],
    ['an expression as a key', { '(status.observedGeneration == metadata.generation)': true }],
    ['a filter and a pipe', { status: { "(conditions[?type=='Ready'].status | [0])": 'True' } }],
    ['a default for what is missing', { status: { '(readyReplicas || `0`)': 0 } }],
    ['lists of the same length', { spec: { containers: [{ name: 'main' }, { name: 'side' }] } }],
    ['each item of a list', { spec: { '~.containers': { '(length(name))': 4 } } }],
    ['each item of what an expression gives', { '~.(spec.containers[].image)': { "(contains(@, ':') || @ == 'busybox')": true } }],
    ['a binding used further down', { '(spec.replicas)->n': { '($n + `1`)': 4 } }],
    ['a scalar that is an expression', { spec: { replicas: '(`1` + `2`)' } }],
    ['a binding from outside', { '($wanted)': 7 }],
  ])('hold for %s', (_, tree) => {
    expect(assertTree(tree, pod, { wanted: 7 })).toEqual([])
  })

  test.each<[string, JsonValue, string]>([
    ['another value', { spec: { replicas: 4 } }, 'spec.replicas: Invalid value: 3: Expected value: 4'],
    ['a missing field, even where null is expected', { spec: { paused: null } }, 'spec.paused: Required value: field not found in the input object'],
    ['a list of another length', { spec: { containers: [{ name: 'main' }] } }, "spec.containers: Invalid value: .*: lengths of slices don't match"],
    ['one item that differs', { spec: { '~.containers': { image: 'busybox' } } }, 'spec.~.containers\\[0\\].image: Invalid value: "nginx:1.27": Expected value: "busybox"'],
    ['text where a number is', { spec: { replicas: '3' } }, 'spec.replicas: Invalid value: 3: Expected value: "3"'],
    ['an unknown binding', { '($nobody)': 1 }, 'Internal error: .*nobody'],
    ['an expression that is none', { '(a ==)': 1 }, 'Internal error'],
  ])('say what is wrong with %s', (_, tree, message) => {
    const mismatches = assertTree(tree, pod, {})
    expect(mismatches).toHaveLength(1)
    expect(mismatches[0]).toMatch(new RegExp(message))
  })
})

test('templates fill in expressions in values and keys and leave plain text alone', () => {
  expect(fillIn({ '($n)': ["(join('-', [$n, 'a']))", 'plain', 3, null] }, { n: 'x' })).toEqual({ x: ['x-a', 'plain', 3, null] })
})
