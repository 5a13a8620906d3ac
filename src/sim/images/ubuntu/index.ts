import type { Image } from '../image.ts'

/** A distribution with bash; without a command its shell ends at once. */
export const ubuntu: Image = {
  repository: 'docker.io/library/ubuntu',
  tags: ['latest', '22.04', '24.04', '20.04', '18.04', '16.04', 'jammy', 'noble'],
  layers: [28_600_000],
  program: { kind: 'shell' },
  config: { cmd: ['/bin/bash'] },
  binaries: ['/bin/bash'],
}
