import type { Image } from '../image.ts'

/** Node.js; without a script its prompt ends at once. */
export const node: Image = {
  repository: 'docker.io/library/node',
  tags: ['latest', 'lts', '18', '20', '22', '24', '20-alpine', '22-alpine', '20-slim'],
  layers: [48_500_000, 24_000_000, 64_400_000, 211_400_000, 3_300, 57_600_000, 1_250_000, 446],
  program: { kind: 'runtime', version: 'v24.8.0' },
  config: { entrypoint: ['docker-entrypoint.sh'], cmd: ['node'] },
  binaries: ['node', 'npm', 'npx', 'docker-entrypoint.sh'],
}
