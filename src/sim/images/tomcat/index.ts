import type { Image, ImageConfig } from '../image.ts'
import { versionOf, type Versions } from '../versions.ts'

const VERSIONS: Versions = { latest: '11.0.11', '8': '8.5.100', '8.5': '8.5.100', '9': '9.0.109', '9.0': '9.0.109', '10': '10.1.46', '10.1': '10.1.46', '11': '11.0.11' }
const CONFIG: ImageConfig = { cmd: ['catalina.sh', 'run'], workingDir: '/usr/local/tomcat' }

/** Tomcat; answers on 8080 after a while. */
export const tomcat: Image = {
  repository: 'docker.io/library/tomcat',
  tags: ['latest', '8', '8.5', '9', '9.0', '10', '10.1', '11'],
  layers: [29_700_000, 20_600_000, 47_900_000, 159, 1_730, 13_400_000, 130],
  program: { kind: 'server', ports: [8080], startsIn: 1_800_000, stopsIn: 300_000, log: ['INFO [main] org.apache.catalina.startup.Catalina.start Server startup in [1204] milliseconds'] },
  config: CONFIG,
  ofTag: (tag) => {
    const version = versionOf(VERSIONS, tag)
    return { config: { ...CONFIG, env: ['CATALINA_HOME=/usr/local/tomcat', `TOMCAT_MAJOR=${version.split('.')[0]}`, `TOMCAT_VERSION=${version}`] } }
  },
  binaries: ['/usr/local/bin/catalina.sh'],
}
