import { base64Bytes, base64Decode } from '../../api/base64.ts'
import { semanticEqual } from '../../api/deep.ts'
import type { KubeObject } from '../../api/meta.ts'
import { forbidden, type Status } from '../../api/status.ts'
import { resourceRequest } from '../authorization/attributes.ts'
import type { Execution } from '../execution.ts'
import type { AdmissionPlugin } from './plugin.ts'

interface SigningRequest extends KubeObject {
  readonly spec?: { readonly signerName?: string; readonly request?: string }
  readonly status?: { readonly certificate?: string; readonly conditions?: readonly unknown[] }
}

const GROUP = 'certificates.k8s.io'
const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client'
const refuse = ({ kind }: Execution, { metadata }: KubeObject, why: string): Status => forbidden({ group: kind.group, resource: kind.plural }, metadata.name, why)

/** May the user do this for the signer, or for all signers of its domain (pkg/registry/certificates: authorization)? */
function isAllowed({ authorizer, who }: Execution, verb: string, signer: string): boolean {
  const domain = signer.split('/')[0]!
  const allowed = (name: string): boolean => authorizer.verdict(resourceRequest(who, verb, GROUP, 'signers', '', name)).allowed
  return allowed(signer) || allowed(`${domain}/*`)
}

/** Approving needs the verb `approve` on the signer (plugin/pkg/admission/certificates/approval). */
export const certificateApproval: AdmissionPlugin = {
  name: 'CertificateApproval',
  resources: ['certificatesigningrequests'],
  subresources: ['approval'],
  validate(exec, object, old) {
    const signer = (old as SigningRequest | undefined)?.spec?.signerName ?? ''
    if (!old || isAllowed(exec, 'approve', signer)) return undefined
    return refuse(exec, object, `user not permitted to approve requests with signerName ${JSON.stringify(signer)}`)
  },
}

/** Writing the certificate needs the verb `sign` on the signer (plugin/pkg/admission/certificates/signing). */
export const certificateSigning: AdmissionPlugin = {
  name: 'CertificateSigning',
  resources: ['certificatesigningrequests'],
  subresources: ['status'],
  validate(exec, object, old) {
    const [next, last] = [object as SigningRequest, old as SigningRequest | undefined]
    if (!last || (next.status?.certificate === last.status?.certificate && semanticEqual(next.status?.conditions, last.status?.conditions))) return undefined
    const signer = last.spec?.signerName ?? ''
    return isAllowed(exec, 'sign', signer) ? undefined : refuse(exec, object, `user not permitted to sign requests with signerName ${JSON.stringify(signer)}`)
  },
}

/** Nobody becomes a member of system:masters by a certificate (plugin/pkg/admission/certificates/subjectrestriction). */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  resources: ['certificatesigningrequests'],
  validate(exec, object, old) {
    const { signerName, request = '' } = (object as SigningRequest).spec ?? {}
    if (old || signerName !== CLIENT_SIGNER || !mentionsMasters(request)) return undefined
    return refuse(exec, object, `use of ${CLIENT_SIGNER} signer with system:masters group is not allowed`)
  },
}

/** Does the encoded request hold the name of the group as a printable or UTF-8 string? Nothing else of it is read. */
function mentionsMasters(request: string): boolean {
  const pem = base64Decode(request) ?? ''
  const body = /-----BEGIN CERTIFICATE REQUEST-----([^-]*)-----END/.exec(pem)?.[1]?.replace(/\s/g, '')
  const der = body ? (base64Bytes(body) ?? []) : []
  // A printable (0x13) or UTF-8 (0x0c) string of 14 bytes.
  const wanted = [14, ...'system:masters'].map((c) => (typeof c === 'number' ? c : c.charCodeAt(0)))
  return der.some((byte, i) => (byte === 0x13 || byte === 0x0c) && wanted.every((c, n) => der[i + 1 + n] === c))
}

/** Bundles of a signer need the verb `attest` (plugin/pkg/admission/certificates/ctbattest). */
export const clusterTrustBundleAttest: AdmissionPlugin = {
  name: 'ClusterTrustBundleAttest',
  resources: ['clustertrustbundles'],
  validate(exec, object) {
    const signer = (object as SigningRequest).spec?.signerName
    if (!signer || isAllowed(exec, 'attest', signer)) return undefined
    return refuse(exec, object, `user not permitted to attest for signerName ${JSON.stringify(signer)}`)
  },
}
