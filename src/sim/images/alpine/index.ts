import type { Image } from '../image.ts'

/** A small distribution; without a command its shell ends at once. */
export const alpine: Image = {
  repository: 'docker.io/library/alpine',
  tags: ['latest', '3', '3.18', '3.19', '3.20', '3.21', '3.22'],
  layers: [3_640_000],
  program: { kind: 'shell' },
  config: { cmd: ['/bin/sh'] },
}
