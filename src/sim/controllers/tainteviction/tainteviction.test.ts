import { expect, test } from 'vitest'
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
