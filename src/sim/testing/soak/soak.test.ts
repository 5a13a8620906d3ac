import { expect, test } from 'vitest'
import { Dice } from './dice.ts'
import { soak } from './soak.ts'

test.each([['kwok', 11], ['detailed', 12]] as const)('random commands and faults leave every invariant and all of history intact (%s kubelets, seed %i)', (kubelet, seed) => {
  const given: string[] = []
  const result = soak({ seed, commands: 50, kubelet, log: (text) => given.push(text) })
  expect(result.violations, given.slice(-5).join('\n')).toEqual([])
  expect(result.commands).toBe(50)
}, 120_000)

test('the dice fall the same for the same seed and cover their range', () => {
  const roll = (seed: number): number[] => {
    const dice = new Dice(seed)
    return Array.from({ length: 200 }, () => dice.below(6))
  }
  expect(roll(1)).toEqual(roll(1))
  expect(roll(1)).not.toEqual(roll(2))
  expect(new Set(roll(1)).size).toBe(6)
})
