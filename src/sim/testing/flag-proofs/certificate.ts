import { base64Encode } from '../../api/base64.ts'
import { notAfter } from '../../api/x509.ts'
import { create } from '../../client/request.ts'
import { parseTime, seconds } from '../../engine/time.ts'
import type { CertificateSigningRequest } from '../../kinds/certificatesigningrequest/certificatesigningrequest.ts'
import { JANE } from '../signing-request.ts'
import { kubectl, object, type Make } from './proof.ts'

/** Days that a certificate lasts for which nobody asked how long. */
export function certificateLifetime(make: Make): number {
  const cluster = make()
  const resource = { group: 'certificates.k8s.io', version: 'v1', resource: 'certificatesigningrequests' }
  const spec = { request: base64Encode(JANE), signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] }
  cluster.request(create(resource, undefined, { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name: 'jane' }, spec } as CertificateSigningRequest))
  kubectl(cluster, 'certificate approve jane')
  cluster.runFor(seconds(5))
  const { certificate } = object<CertificateSigningRequest>(cluster, 'certificatesigningrequests/jane')!.status!
  return Math.round((parseTime(notAfter(certificate!)!)! - cluster.timeline.clock) / seconds(86_400))
}
