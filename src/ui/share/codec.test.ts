import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeSession, encodeSession } from './codec.ts'
import { parseSessionFile, ShareError, type SharedSession } from './shared-session.ts'

const session: SharedSession = {
  save: {
    version: 1,
    seed: 7,
    nodes: 3,
    branches: [{ parent: null, forkIndex: 0, endIndex: 900, commands: [{ index: 410, at: 32_000_000, actor: 'user', what: 'apply', payload: { text: 'kind: Pod' } }] }],
    cursor: { branch: 0, index: 800, at: 42_106_000 },
    hash: '9c41e0d2',
  },
  files: [{ name: 'web.yaml', text: 'kind: Deployment # 部署', applied: null }],
  activeFile: 'web.yaml',
  view: 'workloads',
  selected: 'deployments/default/web',
}

describe('share links', () => {
  it('give back what went in, whatever the texts hold', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ name: fc.string({ unit: 'binary' }), text: fc.string({ unit: 'binary' }), applied: fc.constant(null) })), fc.integer(), (files, seed) => {
        const made = { ...session, files, save: { ...session.save, seed } }
        expect(decodeSession(encodeSession(made))).toEqual(JSON.parse(JSON.stringify(made)))
      }),
    )
  })

  it('are refused when cut anywhere', () => {
    const link = encodeSession(session)
    fc.assert(
      fc.property(fc.nat(link.length - 1), (length) => {
        expect(() => decodeSession(link.slice(0, length))).toThrow(ShareError)
      }),
    )
  })

  it('are refused when one character differs', () => {
    const link = encodeSession(session)
    fc.assert(
      fc.property(fc.nat(link.length - 1), fc.constantFrom(...'Aa0_-.~Z9'), (at, sign) => {
        fc.pre(link[at] !== sign)
        expect(() => decodeSession(link.slice(0, at) + sign + link.slice(at + 1))).toThrow(ShareError)
      }),
    )
  })

  it('say that a later version is needed', () => {
    expect(() => decodeSession(`2${encodeSession(session).slice(1)}`)).toThrow(expect.objectContaining({ code: 'version' }))
  })

  it('of another shape are refused, also as files', () => {
    for (const text of ['', 'null', '[]', '{"save":{}}', '{"save":{"branches":[],"hash":"x"},"files":[1]}']) expect(() => parseSessionFile(text)).toThrow(ShareError)
    expect(parseSessionFile(JSON.stringify(session))).toEqual(session)
  })
})
