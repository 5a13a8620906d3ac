import { debianFiles } from '../base.ts'
import { distribution } from '../distribution.ts'

/** A distribution with bash; without a command its shell ends at once. */
export const debian = distribution({
  name: 'debian',
  tags: ['latest', '12', '13', 'bookworm', 'trixie', '12-slim', 'stable', 'stable-slim'],
  size: 48_500_000,
  shell: '/bin/bash',
  versions: { latest: '13.1', '12': '12.12', bookworm: '12.12', '13': '13.1', trixie: '13.1' },
  files: debianFiles,
})
