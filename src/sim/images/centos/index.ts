import type { Image } from '../image.ts'

/** A distribution with bash; without a command its shell ends at once. */
export const centos: Image = {
  repository: 'docker.io/library/centos',
  tags: ['latest', '7', '8', 'stream9'],
  layers: [75_200_000],
  program: { kind: 'shell' },
  config: { cmd: ['/bin/bash'] },
  binaries: ['/bin/bash'],
}
