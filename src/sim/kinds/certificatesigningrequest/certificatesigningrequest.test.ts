import { describe, expect, it } from 'vitest'
import { base64Encode } from '../../api/base64.ts'
import type { CertificateSigningRequest, SigningRequestCondition } from './certificatesigningrequest.ts'
import { certificateSigningRequestKind as kind } from './index.ts'

/** A request in the shape of one: nothing inside of it is read. */
const pem = (type: string, body = 'MAA='): string => base64Encode(`-----BEGIN ${type}-----\n${body}\n-----END ${type}-----\n`)
const NOW = '2026-01-01T00:00:00Z'

const made = kind.prepareCreate(
  {
    apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name: 'c', uid: 'u', resourceVersion: '1' },
    spec: { request: pem('CERTIFICATE REQUEST'), signerName: 'example.com/s', usages: ['client auth'], username: 'root', groups: ['system:masters'] },
    status: { conditions: [{ type: 'Approved', status: 'True' }] },
  } as CertificateSigningRequest,
  { name: 'ann', groups: ['devs'], extra: { k: ['v'] } },
)
const withStatus = (conditions: readonly SigningRequestCondition[], certificate?: string): CertificateSigningRequest => ({ ...made, status: { conditions, ...(certificate === undefined ? {} : { certificate }) } })
const texts = (errors: readonly { readonly field: string; readonly body: string }[]): string => errors.map((e) => `${e.field}: ${e.body}`).join('\n')
const APPROVED: SigningRequestCondition = { type: 'Approved', status: 'True', lastUpdateTime: NOW, lastTransitionTime: NOW }

describe('signing requests', () => {
  it('note who asks, and are approved by nobody yet', () => {
    expect(made.spec).toMatchObject({ username: 'ann', groups: ['devs'], extra: { k: ['v'] } })
    expect(made.status?.conditions).toBeUndefined()
    expect(kind.validateCreate(made)).toEqual([])
  })

  it.each([
    ['another block', pem('CERTIFICATE'), 'PEM block type must be CERTIFICATE REQUEST'],
    ['no PEM', base64Encode('x'), 'PEM block type must be CERTIFICATE REQUEST'],
    ['cut off', pem('CERTIFICATE REQUEST', 'MAUB'), 'asn1: syntax error: data truncated'],
    ['no sequence', pem('CERTIFICATE REQUEST', 'AgEB'), 'asn1: structure error: tags don'],
  ])('are refused with %s', (_name, request, wanted) => {
    expect(texts(kind.validateCreate({ ...made, spec: { ...made.spec, request } }))).toContain(wanted)
  })

  it('are decided at /approval only', () => {
    const wish = withStatus([{ type: 'Approved', status: 'True' }])
    const approval = kind.updatesThrough!.approval!
    const approved = approval.prepareUpdate(wish, made, NOW)
    expect(approved.status?.conditions).toEqual([APPROVED])
    expect(approval.validateUpdate(approved, made)).toEqual([])
    expect(texts(kind.validateStatusUpdate(kind.prepareStatusUpdate(wish, made, NOW), made))).toContain('updates may not add a condition of type "Approved"')
    expect(kind.prepareUpdate(wish, made).status).toEqual(made.status)
    const both = withStatus([APPROVED, { type: 'Denied', status: 'True' }])
    expect(texts(approval.validateUpdate(both, approved))).toContain('Approved and Denied conditions are mutually exclusive')
    expect(texts(approval.validateUpdate(withStatus([]), approved))).toContain('updates may not remove a condition of type "Approved"')
  })

  it('get one certificate, at /status', () => {
    const approved = withStatus([APPROVED])
    const issued = withStatus([APPROVED], pem('CERTIFICATE'))
    expect(kind.validateStatusUpdate(issued, approved)).toEqual([])
    expect(texts(kind.validateStatusUpdate(withStatus([APPROVED], pem('CERTIFICATE', 'MAIFAA==')), issued))).toContain('updates may not modify existing certificate content')
    expect(texts(kind.validateStatusUpdate(withStatus([APPROVED], pem('KEY')), approved))).toContain('only CERTIFICATE PEM blocks are allowed, found "KEY"')
    expect(kind.columns.map((c) => c.cell(issued, 0)).at(-1)).toBe('Approved,Issued')
  })
})
