import type { SigningRequestContents } from '../../api/x509.ts'

/** Why a signer of Kubernetes does not sign a request; undefined when it does (apis/certificates: helpers.go). */
export type SignerRule = (request: SigningRequestContents, usages: readonly string[]) => string | undefined

const equal = (usages: readonly string[], wanted: readonly string[]): boolean => {
  const given = new Set(usages)
  return given.size === wanted.length && wanted.every((usage) => given.has(usage))
}

/** RSA keys are also used for encipherment, others not. */
const mustBe = (usages: readonly string[], purpose: string): string | undefined => {
  const all = [purpose, 'digital signature', 'key encipherment'].sort()
  return equal(usages, all) || equal(usages, [purpose, 'digital signature']) ? undefined : `usages did not match [${all.join(' ')}]`
}

const isOfNodes = ({ organizations }: SigningRequestContents): string | undefined =>
  organizations.length === 1 && organizations[0] === 'system:nodes' ? undefined : 'subject organization is not system:nodes'

const isNamedLikeNode = ({ commonName }: SigningRequestContents): string | undefined =>
  commonName.startsWith('system:node:') ? undefined : 'subject common name does not begin with system:node: '

export const kubeletClient: SignerRule = (request, usages) =>
  isOfNodes(request) ??
  (request.dnsNames.length > 0 ? 'DNS subjectAltNames are not allowed' : undefined) ??
  (request.emails > 0 ? 'Email subjectAltNames are not allowed' : undefined) ??
  (request.addresses > 0 ? 'IP subjectAltNames are not allowed' : undefined) ??
  (request.uris > 0 ? 'URI subjectAltNames are not allowed' : undefined) ??
  isNamedLikeNode(request) ??
  mustBe(usages, 'client auth')

const kubeletServing: SignerRule = (request, usages) =>
  isOfNodes(request) ??
  (request.dnsNames.length === 0 && request.addresses === 0 ? 'DNS or IP subjectAltName is required' : undefined) ??
  (request.emails > 0 ? 'Email subjectAltNames are not allowed' : undefined) ??
  (request.uris > 0 ? 'URI subjectAltNames are not allowed' : undefined) ??
  mustBe(usages, 'server auth') ??
  isNamedLikeNode(request)

const apiServerClient: SignerRule = (_request, usages) => {
  const other = usages.find((usage) => usage !== 'client auth' && usage !== 'digital signature' && usage !== 'key encipherment')
  if (other !== undefined) return `invalid usage for client certificate: ${other}`
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth'
}

/** The signers that kube-controller-manager plays. Requests for others wait for others. */
export const SIGNERS: Readonly<Record<string, SignerRule>> = {
  'kubernetes.io/kube-apiserver-client': apiServerClient,
  'kubernetes.io/kube-apiserver-client-kubelet': kubeletClient,
  'kubernetes.io/kubelet-serving': kubeletServing,
  'kubernetes.io/legacy-unknown': () => undefined,
}
