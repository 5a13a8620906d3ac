import { expect, test } from 'vitest'
import { createCluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'
import type { Event } from '../../kinds/event/event.ts'
import { toleratedSeconds } from './index.ts'

const unreachable = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' } as const
const other = { key: 'mine', value: 'x', effect: 'NoExecute' } as const

test('a taint that nothing tolerates means at once', () => expect(toleratedSeconds([unreachable], [])).toBe(0))
test('a toleration without a time means for ever', () => expect(toleratedSeconds([unreachable], [{ operator: 'Exists' }])).toBeUndefined())
test('the shortest of the tolerations that are used counts', () => {
  const tolerations = [{ key: unreachable.key, operator: 'Exists', tolerationSeconds: 300 }, { key: 'mine', value: 'x', tolerationSeconds: 20 }] as const
  expect(toleratedSeconds([unreachable], tolerations)).toBe(300)
  expect(toleratedSeconds([unreachable, other], tolerations)).toBe(20)
})
test('no time at all means at once', () => expect(toleratedSeconds([unreachable], [{ operator: 'Exists', tolerationSeconds: 0 }])).toBe(0))

/** A node with pods, by what they tolerate for how long; what is told of each after these lines of kubectl, ten seconds apart. */
function told(pods: Readonly<Record<string, string>>, lines: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const cluster = createCluster({ seed: 5, nodes: 1, kubelet: 'kwok', bare: true })
  cluster.boot()
  cluster.runFor(seconds(15))
  const pod = (name: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {nodeName: node-1, tolerations: [${pods[name]}], containers: [{name: c, image: nginx}]}\n`
  expect(cluster.kubectlNow({ argv: ['apply', '-f', 'x.yaml'], files: { 'x.yaml': Object.keys(pods).map(pod).join('---\n') } }).stderr).toBe('')
  for (const line of lines) {
    cluster.kubectlNow({ argv: line.split(' ') })
    cluster.runFor(seconds(10))
  }
  const events = cluster.list<Event>('events', 'default').filter((e) => e.reason === 'TaintManagerEviction')
  expect(events.filter((e) => e.involvedObject?.uid !== undefined)).toEqual([])
  return Object.fromEntries(Object.keys(pods).map((name) => [name, events.filter((e) => e.involvedObject?.name === name).map((e) => e.message!.split(' ')[0]!).sort()]))
}
const tolerating = (key: string, time: number): string => `{key: ${key}, operator: Exists, effect: NoExecute, tolerationSeconds: ${time}}`

test('a pod that goes when its time has come is not told to stay', () => {
  expect(told({ soon: tolerating('one', 5) }, ['taint node node-1 one=1:NoExecute', 'taint node node-1 one-'])).toEqual({ soon: ['Marking'] })
})

test('a further taint ends the time of those that do not tolerate it, and a taint that goes lets pods stay', () => {
  const pods = { both: `${tolerating('one', 15)}, ${tolerating('two', 60)}`, first: tolerating('one', 60), long: `${tolerating('one', 60)}, ${tolerating('two', 90)}` }
  expect(told(pods, ['taint node node-1 one=1:NoExecute', 'taint node node-1 two=1:NoExecute', 'taint node node-1 one- two-'])).toEqual({ both: ['Marking'], first: ['Cancelling', 'Marking'], long: ['Cancelling'] })
})
