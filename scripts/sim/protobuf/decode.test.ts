import fc from 'fast-check'
import protobuf from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { decodeObject, ProtobufError } from './decode.ts'

/** Bodies as kubectl v1.32 sends them. */
const SECRET = 'azhzAAoMCgJ2MRIGU2VjcmV0Eh4KEgoCczISABoAIgAqADIAOABCABIGCgFhEgFiGgAaACIA'
const QUOTA = 'azhzAAoTCgJ2MRINUmVzb3VyY2VRdW90YRI2ChMKAnEyEgAaAXgiACoAMgA4AEIAEh0KDgoDY3B1EgcKBTE1MDBtCgsKBHBvZHMSAwoBMxoAGgAiAA=='
const BUDGET = 'azhzAAogCglwb2xpY3kvdjESE1BvZERpc3J1cHRpb25CdWRnZXQSOQoSCgJiMhIAGgAiACoAMgA4AEIAEhcKCQgBEAAaAzUwJRIKCggKA2FwcBIBZBoKCAAYACAAKAAwABoAIgA='
const META = { generateName: '', selfLink: '', uid: '', resourceVersion: '', generation: 0, creationTimestamp: null }

const read = (base64: string): unknown => decodeObject(Buffer.from(base64, 'base64'))

/** An envelope around a message that is written by hand. */
function body(apiVersion: string, kind: string, write: (writer: protobuf.Writer) => void): Uint8Array {
  const raw = protobuf.Writer.create()
  write(raw)
  const type = protobuf.Writer.create().uint32(10).string(apiVersion).uint32(18).string(kind).finish()
  return Buffer.concat([Buffer.from('k8s\0'), protobuf.Writer.create().uint32(10).bytes(type).uint32(18).bytes(raw.finish()).finish()])
}

describe('a body in protobuf', () => {
  it('says what the same body says in JSON: bytes, quantities, numbers or texts', () => {
    expect(read(SECRET)).toEqual({ apiVersion: 'v1', kind: 'Secret', metadata: { ...META, name: 's2', namespace: '' }, data: { a: 'Yg==' }, type: '' })
    expect(read(QUOTA)).toMatchObject({ kind: 'ResourceQuota', metadata: { name: 'q2', namespace: 'x' }, spec: { hard: { cpu: '1500m', pods: '3' } }, status: {} })
    expect(read(BUDGET)).toMatchObject({ apiVersion: 'policy/v1', spec: { minAvailable: '50%', selector: { matchLabels: { app: 'd' } } } })
  })

  it('puts embedded structs where JSON has their members', () => {
    // Pod: spec (2): volumes (1): name (1), volumeSource (2): emptyDir (2): medium (1).
    const source = protobuf.Writer.create().uint32(18).bytes(protobuf.Writer.create().uint32(10).string('Memory').finish()).finish()
    const volume = protobuf.Writer.create().uint32(10).string('cache').uint32(18).bytes(source).finish()
    const pod = body('v1', 'Pod', (w) => w.uint32(18).bytes(protobuf.Writer.create().uint32(10).bytes(volume).finish()))
    expect(decodeObject(pod)).toEqual({ apiVersion: 'v1', kind: 'Pod', spec: { volumes: [{ name: 'cache', emptyDir: { medium: 'Memory' } }] } })
  })

  it('knows the options of requests in every group', () => {
    expect(decodeObject(body('apps/v1', 'DeleteOptions', (w) => w.uint32(8).int64(5)))).toMatchObject({ kind: 'DeleteOptions', gracePeriodSeconds: 5 })
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['no envelope', Buffer.from('{"kind":"Pod"}')],
    ['an unknown kind', Buffer.from(body('v1', 'Nonsense', () => undefined))],
    ['a kind called like the machinery', Buffer.from(body('v1', '__proto__', () => undefined))],
    ['a cut message', Buffer.from(QUOTA, 'base64').subarray(0, 50)],
    ['an envelope of noise', Buffer.concat([Buffer.from('k8s\0'), Buffer.alloc(64, 0xff)])],
  ])('%s is refused', (_, bytes) => {
    expect(() => decodeObject(bytes)).toThrow(ProtobufError)
  })

  it('keeps names that mean something to the language as names', () => {
    // ConfigMap: data (2): "__proto__" → "x".
    const entry = protobuf.Writer.create().uint32(10).string('__proto__').uint32(18).string('x').finish()
    const made = decodeObject(body('v1', 'ConfigMap', (w) => w.uint32(18).bytes(entry))) as { data: object }
    expect(Object.entries(made.data)).toEqual([['__proto__', 'x']])
  })

  it('of noise is refused or read, and nothing else', () => {
    const kinds = fc.constantFrom(['v1', 'Pod'], ['apps/v1', 'Deployment'], ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'], ['v1', 'Secret']) as fc.Arbitrary<[string, string]>
    fc.assert(
      fc.property(kinds, fc.uint8Array({ maxLength: 60 }), ([apiVersion, kind], noise) => {
        const type = protobuf.Writer.create().uint32(10).string(apiVersion).uint32(18).string(kind).finish()
        const bytes = Buffer.concat([Buffer.from('k8s\0'), protobuf.Writer.create().uint32(10).bytes(type).uint32(18).bytes(noise).finish()])
        try {
          JSON.stringify(decodeObject(bytes))
        } catch (reason) {
          expect(reason).toBeInstanceOf(ProtobufError)
        }
      }),
      { numRuns: 2000, seed: 5 },
    )
  })
})
