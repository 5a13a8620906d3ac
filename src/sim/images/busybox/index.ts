import type { Image } from '../image.ts'

/** A shell and small tools; without a command it ends at once. */
export const busybox: Image = {
  repository: 'docker.io/library/busybox',
  tags: ['latest', 'stable', '1', '1.28', '1.31', '1.35', '1.36', '1.36.1', '1.37', 'musl', 'glibc'],
  layers: [2_210_000],
  program: { kind: 'shell' },
  config: { cmd: ['sh'] },
}
