import type { Image } from '../image.ts'

/** A webhook for admission and conversion whose behaviour is declared in a file (node/webhook-rules.ts reads it); it is not an image of the real world. */
export const admissionWebhook: Image = {
  repository: 'orrery.dev/admission-webhook',
  tags: ['latest', '1.0'],
  layers: [2_100_000, 9_800_000],
  program: { kind: 'server', ports: [8443], startsIn: 150_000, stopsIn: 30_000, log: ['serving webhooks over TLS on :8443 by the rules in /etc/webhook/rules.yaml'], tls: true },
  config: { entrypoint: ['/admission-webhook'], exposedPorts: ['8443/tcp'] },
  binaries: ['/admission-webhook'],
}
