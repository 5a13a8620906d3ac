import type { Image } from '../image.ts'

/** Tomcat; answers on 8080 after a while. */
export const tomcat: Image = {
  repository: 'docker.io/library/tomcat',
  tags: ['latest', '8', '8.5', '9', '9.0', '10', '10.1', '11'],
  layers: [29_700_000, 20_600_000, 47_900_000, 159, 1_730, 13_400_000, 130],
  program: { kind: 'server', ports: [8080], startsIn: 1_800_000, stopsIn: 300_000, log: ['INFO [main] org.apache.catalina.startup.Catalina.start Server startup in [1204] milliseconds'] },
  config: { cmd: ['catalina.sh', 'run'], workingDir: '/usr/local/tomcat' },
  binaries: ['/usr/local/bin/catalina.sh'],
}
