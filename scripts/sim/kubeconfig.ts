import { generate } from 'selfsigned'
import { stringify } from 'yaml'

/** A key and a certificate that signs itself, in PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

const YEAR = 365 * 24 * 3600 * 1000

/** A certificate for a server on `host`, believed only by who has it: kubectl hands its token to nobody without TLS. */
export async function certificateFor(host: string): Promise<Certificate> {
  const now = Date.now()
  const isIp = /^[\d.]+$|:/.test(host)
  const names = [{ type: 2 as const, value: 'localhost' }, { type: 7 as const, ip: '127.0.0.1' }, ...(host === 'localhost' || host === '127.0.0.1' ? [] : [isIp ? { type: 7 as const, ip: host } : { type: 2 as const, value: host }])]
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'orrery' }], {
    algorithm: 'sha256', notBeforeDate: new Date(now - 3600_000), notAfterDate: new Date(now + YEAR),
    extensions: [{ name: 'basicConstraints', cA: true }, { name: 'subjectAltName', altNames: names }],
  })
  return { key, cert }
}

/** The text of a kubeconfig for the administrator of a served cluster. */
export const kubeconfigFor = (server: string, token: string | undefined, certificate: Certificate | undefined): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'orrery', cluster: { server, ...(certificate ? { 'certificate-authority-data': Buffer.from(certificate.cert).toString('base64') } : {}) } }],
    users: [{ name: 'orrery-admin', user: token === undefined ? {} : { token } }],
    contexts: [{ name: 'orrery', context: { cluster: 'orrery', user: 'orrery-admin' } }],
    'current-context': 'orrery',
  })
