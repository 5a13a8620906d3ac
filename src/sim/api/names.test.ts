import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isDns1123Label, isDns1123Subdomain, isPathSegmentName } from './names.ts'

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const text = fc.string({ unit: fc.constantFrom('a', 'z', '0', '9', '-', '.', 'A', '_', 'é', '\n'), maxLength: 8 })

describe('names', () => {
  it('are labels and subdomains just where Kubernetes\' expressions match', () => {
    fc.assert(
      fc.property(text, (name) => {
        expect(isDns1123Label(name).length === 0).toBe(new RegExp(`^(?:${LABEL})$`).test(name))
        expect(isDns1123Subdomain(name).length === 0).toBe(new RegExp(`^(?:${LABEL}(\\.${LABEL})*)$`).test(name))
      }),
      { seed: 7, numRuns: 3000 },
    )
  })

  it('have a length, in bytes', () => {
    expect(isDns1123Label('a'.repeat(63))).toEqual([])
    expect(isDns1123Label('a'.repeat(64))).toEqual(['must be no more than 63 characters'])
    expect(isDns1123Subdomain('a'.repeat(253))).toEqual([])
    expect(isDns1123Subdomain('a'.repeat(254))).toEqual(['must be no more than 253 characters'])
    expect(isDns1123Label('é'.repeat(40))).toHaveLength(2)
    expect(isDns1123Label('a.b')).toEqual(['must not contain dots'])
  })

  it('of paths have no slash and no percent sign', () => {
    expect(isPathSegmentName('system:node')).toEqual([])
    expect(isPathSegmentName('a/b%')).toEqual(["may not contain '/'", "may not contain '%'"])
    expect(isPathSegmentName('..')).toEqual(["may not be '..'"])
  })
})
