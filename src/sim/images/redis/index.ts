import { baseOf } from '../base.ts'
import type { Image, ImageConfig } from '../image.ts'
import { versionOf, type Versions } from '../versions.ts'

const VERSIONS: Versions = { latest: '8.2.1', '6': '6.2.19', '6.2': '6.2.19', '7': '7.4.5', '7.0': '7.0.15', '7.2': '7.2.10', '7.4': '7.4.5', '8': '8.2.1', '8.0': '8.0.3' }
const CONFIG: ImageConfig = { entrypoint: ['docker-entrypoint.sh'], cmd: ['redis-server'], workingDir: '/data' }

/** Redis; answers on 6379. */
export const redis: Image = {
  repository: 'docker.io/library/redis',
  tags: ['latest', '6', '6.2', '7', '7.0', '7.2', '7.4', '8', '8.0', 'alpine', '7-alpine'],
  layers: [28_230_000, 1_100, 870_000, 1_520_000, 14_900_000, 99, 540],
  program: { kind: 'server', ports: [6379], startsIn: 90_000, stopsIn: 50_000, log: ['* oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo', '* Ready to accept connections tcp'] },
  config: CONFIG,
  ofTag: (tag) => ({ ...baseOf(tag), config: { ...CONFIG, env: [`REDIS_VERSION=${versionOf(VERSIONS, tag)}`] } }),
  binaries: ['/usr/local/bin/docker-entrypoint.sh', '/usr/local/bin/redis-server'],
}
