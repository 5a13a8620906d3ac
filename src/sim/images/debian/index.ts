import type { Image } from '../image.ts'

/** A distribution with bash; without a command its shell ends at once. */
export const debian: Image = {
  repository: 'docker.io/library/debian',
  tags: ['latest', '12', '13', 'bookworm', 'trixie', '12-slim', 'stable', 'stable-slim'],
  layers: [48_500_000],
  program: { kind: 'shell' },
  config: { cmd: ['/bin/bash'] },
  binaries: ['/bin/bash'],
}
