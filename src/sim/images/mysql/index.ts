import type { Image, ImageConfig } from '../image.ts'
import { versionOf, type Versions } from '../versions.ts'

const VERSIONS: Versions = { latest: '9.4.0', '5.7': '5.7.44', '8': '8.4.6', '8.0': '8.0.43', '8.4': '8.4.6', '9': '9.4.0', '9.0': '9.0.1' }
const CONFIG: ImageConfig = { entrypoint: ['docker-entrypoint.sh'], cmd: ['mysqld'] }

/** MySQL; wants a root password, answers on 3306. */
export const mysql: Image = {
  repository: 'docker.io/library/mysql',
  tags: ['latest', '5.7', '8', '8.0', '8.4', '9', '9.0'],
  layers: [49_000_000, 883, 983_000, 2_600, 333, 47_800_000, 314, 127_600_000, 5_300],
  program: {
    kind: 'needs',
    env: ['MYSQL_ROOT_PASSWORD', 'MYSQL_ALLOW_EMPTY_PASSWORD', 'MYSQL_RANDOM_ROOT_PASSWORD'],
    log: ['[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified'],
    server: { kind: 'server', ports: [3306], startsIn: 6_000_000, stopsIn: 900_000, log: ['[System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections.'] },
  },
  config: CONFIG,
  ofTag: (tag) => {
    const version = versionOf(VERSIONS, tag)
    return { config: { ...CONFIG, env: [`MYSQL_MAJOR=${/^\d+\.\d+/.exec(version)![0]}`, `MYSQL_VERSION=${version}`] } }
  },
  binaries: ['/usr/local/bin/docker-entrypoint.sh', '/usr/sbin/mysqld'],
}
