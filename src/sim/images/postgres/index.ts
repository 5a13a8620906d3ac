import { baseOf } from '../base.ts'
import type { Image, ImageConfig } from '../image.ts'
import { versionOf, type Versions } from '../versions.ts'

const VERSIONS: Versions = { latest: '17.6', '13': '13.22', '14': '14.19', '15': '15.14', '16': '16.10', '17': '17.6', '18': '18.0' }
const CONFIG: ImageConfig = { entrypoint: ['docker-entrypoint.sh'], cmd: ['postgres'], stopSignal: 'SIGINT' }

/** PostgreSQL; wants POSTGRES_PASSWORD, answers on 5432. */
export const postgres: Image = {
  repository: 'docker.io/library/postgres',
  tags: ['latest', '13', '14', '15', '16', '17', '18', '16-alpine', '17-alpine'],
  layers: [28_230_000, 1_170, 4_530_000, 1_450_000, 8_070_000, 1_200_000, 116, 3_140, 110_300_000, 9_900],
  program: {
    kind: 'needs',
    env: ['POSTGRES_PASSWORD', 'POSTGRES_HOST_AUTH_METHOD'],
    log: ['Error: Database is uninitialized and superuser password is not specified.', '       You must specify POSTGRES_PASSWORD to a non-empty value for the', '       superuser.'],
    server: { kind: 'server', ports: [5432], startsIn: 2_500_000, stopsIn: 400_000, log: ['LOG:  database system is ready to accept connections'] },
  },
  config: CONFIG,
  ofTag: (tag) => {
    const version = versionOf(VERSIONS, tag)
    const major = version.split('.')[0]!
    return { ...baseOf(tag), config: { ...CONFIG, env: [`PG_MAJOR=${major}`, `PG_VERSION=${version}`, `PGDATA=${Number(major) < 18 ? '/var/lib/postgresql/data' : `/var/lib/postgresql/${major}/docker`}`] } }
  },
  binaries: ['/usr/local/bin/docker-entrypoint.sh', '/usr/local/bin/postgres'],
}
