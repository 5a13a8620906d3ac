import { baseOf } from '../base.ts'
import type { Image, ImageConfig } from '../image.ts'
import { versionOf, type Versions } from '../versions.ts'

const VERSIONS: Versions = { latest: '3.13.7', '2': '2.7.18', '2.7': '2.7.18', '3': '3.13.7', '3.10': '3.10.18', '3.11': '3.11.13', '3.12': '3.12.11', '3.13': '3.13.7', '3.14': '3.14.0' }
const CONFIG: ImageConfig = { cmd: ['python3'] }

/** Python; without a script its prompt ends at once. */
export const python: Image = {
  repository: 'docker.io/library/python',
  tags: ['latest', '2', '2.7', '2.7-slim', '3', '3.10', '3.11', '3.12', '3.13', '3.14', '3-alpine', '3.12-slim'],
  layers: [48_500_000, 24_000_000, 64_400_000, 211_400_000, 6_150_000, 27_400_000, 250],
  program: { kind: 'runtime', version: 'Python 3.13.7' },
  config: CONFIG,
  ofTag: (tag) => {
    const version = versionOf(VERSIONS, tag)
    return { ...baseOf(tag), config: { ...CONFIG, env: [`PYTHON_VERSION=${version}`] }, program: { kind: 'runtime', version: `Python ${version}` } }
  },
  binaries: ['python', 'python3', 'pip'],
}
