import { expect, it } from 'vitest'
import { base64Decode, base64Encode } from './base64.ts'
import { certificatesIn, distrust } from './certificate.ts'
import { ROOT_CA_BUNDLE } from './root-ca.ts'
import { seconds } from '../engine/time.ts'
import { issueCertificate, parseSigningRequest } from './x509.ts'

const HOST = 'hook.hooks.svc'
const UNKNOWN = 'x509: certificate signed by unknown authority'
// Made with openssl: an authority, and what it signed for hook.hooks.svc and *.example.org until 2027-11-21.
const AUTHORITY = `-----BEGIN CERTIFICATE-----
MIIBfjCCASWgAwIBAgIUSv0SfHyQSQWupnnqLm+JBlKg96swCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKY2Egb2YgbWluZTAeFw0yNjExMjExNTU4MjdaFw0zNjExMTgx
NTU4MjdaMBUxEzARBgNVBAMMCmNhIG9mIG1pbmUwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQATpWYVu8BQgDp9dCCTjX45WqZbcqm9QJTNVQgJep7g1PukvOqyw+i
epGS4mem4spkPJr+4qLJLacbe3BVRlJCo1MwUTAdBgNVHQ4EFgQU8bqfhKN557CJ
RgLoaJRfzObXGNUwHwYDVR0jBBgwFoAU8bqfhKN557CJRgLoaJRfzObXGNUwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBtsRVFtpCmWiWEmCP+xhUQ
bkoFIZh8D6t+NzOeO7JtSgIgQigiQgK56OKSaTjouN8tabKea4rF+2pPMURYEWEC
H6k=
-----END CERTIFICATE-----
`
const LEAF = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUKgAwIBAgIUPnyrg1fY/0NIcWGDpIYFd3i0D/wwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKY2Egb2YgbWluZTAeFw0yNjExMjExNTU4MjdaFw0yNzExMjEx
NTU4MjdaMBkxFzAVBgNVBAMMDmhvb2suaG9va3Muc3ZjMFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAE5rSPlrLO0VkD84LMphe47UBA4TgUpwBb5Lx+CypUVp/eeDbF
/bLpJEkRoR3tE/yB8Eld500DCdvzviAgwvERDaNsMGowKAYDVR0RBCEwH4IOaG9v
ay5ob29rcy5zdmOCDSouZXhhbXBsZS5vcmcwHQYDVR0OBBYEFJWxS1VZk7HZ/Kkg
PsF+p/4iT9sGMB8GA1UdIwQYMBaAFPG6n4SjeeewiUYC6GiUX8zm1xjVMAoGCCqG
SM49BAMCA0cAMEQCICyGiLHhjfg5SX8q/96trt+dTcdMJh5BOpngIgEWRXZhAiBd
V/OzAYQUXO6O4XrZLoR9o3Vtv4cRQ/sYa3TtwDJchg==
-----END CERTIFICATE-----
`
const REQUEST = `-----BEGIN CERTIFICATE REQUEST-----
MIIBEDCBtgIBADAZMRcwFQYDVQQDDA5ob29rLmhvb2tzLnN2YzBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABOa0j5ayztFZA/OCzKYXuO1AQOE4FKcAW+S8fgsqVFaf
3ng2xf2y6SRJEaEd7RP8gfBJXedNAwnb874gIMLxEQ2gOzA5BgkqhkiG9w0BCQ4x
LDAqMCgGA1UdEQQhMB+CDmhvb2suaG9va3Muc3Zjgg0qLmV4YW1wbGUub3JnMAoG
CCqGSM49BAMCA0kAMEYCIQDH8q8FGxBEOQFtuyZcOmWhVYmRHrRsB+n31G2SW6Ap
ZQIhAIYw3P+EM2Se+upGSuc557PhWtBsQrP+o7UAX18i6qVv
-----END CERTIFICATE REQUEST-----
`
const DAY = seconds(86_400)

it('believes a certificate that a trusted one has signed, or that is trusted itself', () => {
  expect(distrust(AUTHORITY, LEAF, HOST, 0)).toBeUndefined()
  expect(distrust(LEAF, LEAF, HOST, 0)).toBeUndefined()
  expect(distrust(`${ROOT_CA_BUNDLE}${AUTHORITY}`, LEAF, 'any.example.org', 0)).toBeUndefined()
  expect(distrust(ROOT_CA_BUNDLE, LEAF, HOST, 0)).toBe(UNKNOWN)
  expect(distrust('', LEAF, HOST, 0)).toBe(UNKNOWN)
})

it('asks for names and dates before it asks who signed', () => {
  expect(distrust('', LEAF, 'other.hooks.svc', 0)).toBe('x509: certificate is valid for hook.hooks.svc, *.example.org, not other.hooks.svc')
  expect(distrust(AUTHORITY, LEAF, HOST, 700 * DAY)).toBe('x509: certificate has expired or is not yet valid: current time 2027-12-02T00:00:00Z is after 2027-11-21T15:58:27Z')
  expect(distrust(AUTHORITY, AUTHORITY, HOST, 0)).toBe('x509: certificate relies on legacy Common Name field, use SANs instead')
})

it("believes what the cluster's own signers have issued", () => {
  const made = base64Decode(issueCertificate({ request: parseSigningRequest(base64Encode(REQUEST))!, usages: ['server auth'], from: 0, until: DAY, serial: 'x' }))!
  expect(certificatesIn(made)).toHaveLength(1)
  expect(distrust(ROOT_CA_BUNDLE, made, HOST, 0)).toBeUndefined()
  expect(distrust(AUTHORITY, made, HOST, 0)).toBe(UNKNOWN)
})
