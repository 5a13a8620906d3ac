import type { Image } from '../image.ts'

/** Holds a sandbox open. */
export const pause: Image = {
  repository: 'registry.k8s.io/pause',
  tags: ['latest', '3.1', '3.2', '3.5', '3.6', '3.7', '3.8', '3.9', '3.10', '3.10.1'],
  layers: [320_000],
  program: { kind: 'server', ports: [], startsIn: 5_000, stopsIn: 5_000, log: [] },
  config: { entrypoint: ['/pause'], user: '65535:65535' },
  binaries: ['/pause'],
  bare: true,
}
