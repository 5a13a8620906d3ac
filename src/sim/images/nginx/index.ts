import { baseOf } from '../base.ts'
import type { Image, ImageConfig } from '../image.ts'
import { versionOf, type Versions } from '../versions.ts'

const VERSIONS: Versions = { latest: '1.29.1', stable: '1.28.0', '1.7': '1.7.12', '1.14': '1.14.2', '1.16': '1.16.1', '1.18': '1.18.0', '1.19': '1.19.10', '1.20': '1.20.2', '1.21': '1.21.6', '1.22': '1.22.1', '1.23': '1.23.4', '1.24': '1.24.0', '1.25': '1.25.5', '1.26': '1.26.3', '1.27': '1.27.5', '1.28': '1.28.0', '1.29': '1.29.1' }
const FILES = { '/usr/share/nginx/html/index.html': '<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n<body>\n<h1>Welcome to nginx!</h1>\n</body>\n</html>\n', '/etc/nginx/nginx.conf': 'user  nginx;\nworker_processes  auto;\n', '/etc/nginx/conf.d/default.conf': 'server {\n    listen       80;\n    root   /usr/share/nginx/html;\n}\n' }
const CONFIG: ImageConfig = { entrypoint: ['/docker-entrypoint.sh'], cmd: ['nginx', '-g', 'daemon off;'], stopSignal: 'SIGQUIT' }

/** The web server of most examples; answers on 80, knows / and its two pages. */
export const nginx: Image = {
  repository: 'docker.io/library/nginx',
  tags: ['latest', 'stable', 'mainline', 'alpine', '1.7', '1.14', '1.16', '1.18', '1.19', '1.20', '1.21', '1.22', '1.23', '1.24', '1.25', '1.26', '1.27', '1.28', '1.29', '1.7.9', '1.14.2', '1.16.1', '1.25.5', '1.27.0', '1.27.5', '1.28.0', '1.27-alpine', '1.28-alpine'],
  layers: [28_230_000, 43_910_000, 628, 955, 405, 1_210, 1_400],
  program: { kind: 'server', ports: [80], startsIn: 120_000, stopsIn: 40_000, log: ['/docker-entrypoint.sh: Configuration complete; ready for start up', 'nginx: start worker processes'], paths: ['/', '/index.html', '/50x.html'], root: '/usr/share/nginx/html' },
  config: CONFIG,
  ofTag: (tag) => ({ ...baseOf(tag, FILES), config: { ...CONFIG, env: [`NGINX_VERSION=${versionOf(VERSIONS, tag)}`] } }),
  binaries: ['/docker-entrypoint.sh', '/usr/sbin/nginx'],
  files: FILES,
}
