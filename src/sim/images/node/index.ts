import { baseOf } from '../base.ts'
import type { Image, ImageConfig } from '../image.ts'
import { versionOf, type Versions } from '../versions.ts'

const VERSIONS: Versions = { latest: '24.8.0', lts: '22.19.0', '18': '18.20.8', '20': '20.19.5', '22': '22.19.0', '24': '24.8.0' }
const CONFIG: ImageConfig = { entrypoint: ['docker-entrypoint.sh'], cmd: ['node'] }

/** Node.js; without a script its prompt ends at once. */
export const node: Image = {
  repository: 'docker.io/library/node',
  tags: ['latest', 'lts', '18', '20', '22', '24', '20-alpine', '22-alpine', '20-slim'],
  layers: [48_500_000, 24_000_000, 64_400_000, 211_400_000, 3_300, 57_600_000, 1_250_000, 446],
  program: { kind: 'runtime', version: 'v24.8.0' },
  config: CONFIG,
  ofTag: (tag) => {
    const version = versionOf(VERSIONS, tag)
    return { ...baseOf(tag), config: { ...CONFIG, env: [`NODE_VERSION=${version}`] }, program: { kind: 'runtime', version: `v${version}` } }
  },
  binaries: ['node', 'npm', 'npx', 'docker-entrypoint.sh'],
}
