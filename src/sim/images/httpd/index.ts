import { baseOf } from '../base.ts'
import type { Image, ImageConfig } from '../image.ts'
import { versionOf, type Versions } from '../versions.ts'

const VERSIONS: Versions = { latest: '2.4.65', '2': '2.4.65', '2.4': '2.4.65' }
const FILES = { '/usr/local/apache2/htdocs/index.html': '<html><body><h1>It works!</h1></body></html>\n' }
const CONFIG: ImageConfig = { cmd: ['httpd-foreground'], workingDir: '/usr/local/apache2', stopSignal: 'SIGWINCH' }

/** Apache; answers on 80. */
export const httpd: Image = {
  repository: 'docker.io/library/httpd',
  tags: ['latest', '2', '2.4', '2.4-alpine', 'alpine'],
  layers: [28_230_000, 145, 4_200_000, 26_400_000, 290],
  program: { kind: 'server', ports: [80], startsIn: 200_000, stopsIn: 60_000, log: ['AH00094: Command line: httpd -D FOREGROUND'], paths: ['/', '/index.html'], root: '/usr/local/apache2/htdocs' },
  config: CONFIG,
  ofTag: (tag) => ({ ...baseOf(tag, FILES), config: { ...CONFIG, env: ['HTTPD_PREFIX=/usr/local/apache2', `HTTPD_VERSION=${versionOf(VERSIONS, tag)}`] } }),
  binaries: ['/usr/local/bin/httpd-foreground'],
  files: FILES,
}
