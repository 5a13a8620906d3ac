import { baseOf } from '../base.ts'
import type { Image, ImageConfig } from '../image.ts'

const FILES = { '/srv/index.html': '<html><body><h1>For members only</h1></body></html>\n' }
const CONFIG: ImageConfig = { cmd: ['httpd', '-f', '-p', '8080', '-h', '/srv'], env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] }

/** An image of a registry that asks who pulls: user learner, password orrery. For imagePullSecrets. */
export const privateApp: Image = {
  repository: 'registry.orrery.dev/private/app',
  tags: ['latest', '1.0', '1.1'],
  layers: [3_620_000, 2_140_000],
  program: { kind: 'server', ports: [8080], startsIn: 120_000, stopsIn: 40_000, log: ['listening on :8080'], paths: ['/', '/index.html'], root: '/srv' },
  config: CONFIG,
  ofTag: (tag) => ({ ...baseOf(tag === '' ? 'alpine' : `${tag}-alpine`, FILES), config: CONFIG }),
  files: FILES,
  accounts: { learner: 'orrery' },
}
