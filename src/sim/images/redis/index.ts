import type { Image } from '../image.ts'

/** Redis; answers on 6379. */
export const redis: Image = {
  repository: 'docker.io/library/redis',
  tags: ['latest', '6', '6.2', '7', '7.0', '7.2', '7.4', '8', '8.0', 'alpine', '7-alpine'],
  layers: [28_230_000, 1_100, 870_000, 1_520_000, 14_900_000, 99, 540],
  program: { kind: 'server', ports: [6379], startsIn: 90_000, stopsIn: 50_000, log: ['* oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo', '* Ready to accept connections tcp'] },
  config: { entrypoint: ['docker-entrypoint.sh'], cmd: ['redis-server'], workingDir: '/data' },
  binaries: ['/usr/local/bin/docker-entrypoint.sh', '/usr/local/bin/redis-server'],
}
