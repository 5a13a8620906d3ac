import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addQuantities, canonicalQuantity, compareQuantities, fromBytes, fromMilli, milliValue, parseQuantity, subQuantities, value } from './quantity.ts'

describe('quantities', () => {
  it.each([
    ['1024Mi', '1Gi'], ['0.5', '500m'], ['1000m', '1'], ['1.5Gi', '1536Mi'], ['100m', '100m'], ['12e3', '12e3'], ['0', '0'], ['0.0001', '100u'],
    ['1000000', '1M'], ['123456Ki', '123456Ki'], ['-1', '-1'], ['1023', '1023'], ['0Gi', '0'], ['.5', '500m'], ['1n', '1n'], ['0.1n', '1n'],
  ])('writes %s as %s', (given, wanted) => {
    expect(canonicalQuantity(given)).toBe(wanted)
  })

  it.each(['', 'x', '1x', '1Kb', '--1', '1.2.3', '1 Gi'])('refuses %j with a reason', (text) => {
    expect(typeof parseQuantity(text)).toBe('string')
  })

  it('reads numbers as they are written', () => {
    expect(canonicalQuantity(0.1)).toBe('100m')
    expect(milliValue(2)).toBe(2000)
  })

  it('rounds values up', () => {
    expect(value('1m')).toBe(1)
    expect(milliValue('1u')).toBe(1)
    expect(value('1Ki')).toBe(1024)
    expect(milliValue(undefined)).toBe(0)
  })

  it('is its own canonical form', () => {
    fc.assert(fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.constantFrom('', 'm', 'k', 'Mi', 'Gi', 'u'), (n, suffix) => {
      const once = canonicalQuantity(`${n}${suffix}`)
      expect(canonicalQuantity(once)).toBe(once)
      expect(compareQuantities(once, `${n}${suffix}`)).toBe(0)
    }))
  })

  it('adds and subtracts exactly', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 1e9 }), (a, b) => {
      expect(milliValue(addQuantities(fromMilli(a), fromMilli(b)))).toBe(a + b)
      expect(value(subQuantities(fromBytes(a + b), fromBytes(b)))).toBe(a)
    }))
  })

  it('orders as the numbers do', () => {
    fc.assert(fc.property(fc.integer({ min: -1e6, max: 1e6 }), fc.integer({ min: -1e6, max: 1e6 }), (a, b) => {
      expect(Math.sign(compareQuantities(fromMilli(a), fromMilli(b)))).toBe(Math.sign(a - b))
    }))
  })
})
