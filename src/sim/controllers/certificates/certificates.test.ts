import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { base64Decode, base64Encode } from '../../api/base64.ts'
import { isStatus } from '../../api/status.ts'
import { issueCertificate, notAfter, parseSigningRequest } from '../../api/x509.ts'
import { create, update } from '../../client/request.ts'
import { createCluster, type Cluster } from '../../cluster.ts'
import { minutes, seconds } from '../../engine/time.ts'
import type { CertificateSigningRequest } from '../../kinds/certificatesigningrequest/certificatesigningrequest.ts'
import { JANE } from '../../testing/signing-request.ts'

const NODE = `-----BEGIN CERTIFICATE REQUEST-----
MIHvMIGWAgEAMDQxFTATBgNVBAoMDHN5c3RlbTpub2RlczEbMBkGA1UEAwwSc3lz
dGVtOm5vZGU6bm9kZS0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEW8YCOuW5
iJIjmBjAaqOtNB03YZINVHCctmkpGCCfAk3eMlJmZzi1UDSPOdCfTAWT3FfanN4h
xdTq3UVhfppDY6AAMAoGCCqGSM49BAMCA0gAMEUCIQCxS4/ypEuF/bCMATy0n7q+
pJUXHCZKtC3E2YTf3vBrOwIgfDp9npJxryJ6n7+SE9H/rQzCAugwsMbqGBuMoaH2
Bnc=
-----END CERTIFICATE REQUEST-----
`
const REQUESTS = { group: 'certificates.k8s.io', version: 'v1', resource: 'certificatesigningrequests' }

test('a request is read, and a certificate for it reads back as asked for', () => {
  const request = parseSigningRequest(base64Encode(JANE))!
  expect([request.commonName, request.organizations, request.dnsNames]).toEqual(['jane', ['dev'], ['a.example']])
  const certificate = issueCertificate({ request, usages: ['client auth', 'digital signature'], from: 0, until: minutes(60), serial: 'x' })
  const read = new X509Certificate(base64Decode(certificate)!)
  expect(read.subject).toBe('O=dev\nCN=jane')
  expect(read.issuer).toBe('CN=kubernetes')
  expect(read.subjectAltName).toBe('DNS:a.example')
  expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
  expect(new Date(read.validTo).toISOString()).toBe('2026-01-01T01:00:00.000Z')
  expect(notAfter(certificate)).toBe('2026-01-01T01:00:00Z')
  expect(parseSigningRequest(base64Encode('nothing'))).toBeUndefined()
})

function world(): Cluster {
  const cluster = createCluster({ seed: 1, nodes: 1, kubelet: 'kwok', bare: true })
  cluster.boot()
  return cluster
}

function ask(cluster: Cluster, name: string, request: string, signerName: string, usages: readonly string[]): CertificateSigningRequest {
  const answer = cluster.request<CertificateSigningRequest>(
    create(REQUESTS, undefined, { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name }, spec: { request: base64Encode(request), signerName, usages } } as CertificateSigningRequest),
  )
  if (isStatus(answer)) throw new Error(answer.message)
  return answer
}
const stored = (cluster: Cluster, name: string): CertificateSigningRequest | undefined => cluster.objects.get(`certificatesigningrequests/${name}`) as CertificateSigningRequest | undefined
const types = (cluster: Cluster, name: string): readonly string[] => (stored(cluster, name)?.status?.conditions ?? []).map((c) => `${c.type} ${c.reason}`)

function approve(cluster: Cluster, csr: CertificateSigningRequest): void {
  const status = { conditions: [{ type: 'Approved', status: 'True', reason: 'KubectlApprove', message: 'by hand' }] }
  const answer = cluster.request(update(REQUESTS, { ...csr, status } as CertificateSigningRequest, 'approval'))
  if (isStatus(answer)) throw new Error(answer.message)
}

test('an approved request gets its certificate, and goes an hour later', () => {
  const cluster = world()
  const csr = ask(cluster, 'jane', JANE, 'kubernetes.io/kube-apiserver-client', ['client auth'])
  cluster.runFor(seconds(5))
  expect(stored(cluster, 'jane')?.status?.certificate).toBeUndefined()
  approve(cluster, csr)
  cluster.runFor(seconds(5))
  expect(new X509Certificate(base64Decode(stored(cluster, 'jane')!.status!.certificate!)!).subject).toContain('CN=jane')
  cluster.runFor(minutes(125))
  expect(stored(cluster, 'jane')).toBeUndefined()
})

test('a kubelet\'s own client certificate is approved by itself; wrong usages fail', () => {
  const cluster = world()
  ask(cluster, 'node', NODE, 'kubernetes.io/kube-apiserver-client-kubelet', ['client auth', 'digital signature'])
  approve(cluster, ask(cluster, 'wrong', NODE, 'kubernetes.io/kubelet-serving', ['client auth']))
  approve(cluster, ask(cluster, 'foreign', JANE, 'example.com/signer', ['client auth']))
  cluster.runFor(seconds(5))
  expect(types(cluster, 'node')).toEqual(['Approved AutoApproved'])
  expect(stored(cluster, 'node')?.status?.certificate).toBeDefined()
  expect(types(cluster, 'wrong')).toEqual(['Approved KubectlApprove', 'Failed SignerValidationFailure'])
  expect(stored(cluster, 'foreign')?.status?.certificate).toBeUndefined()
})
