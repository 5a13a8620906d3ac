import { alpineFiles } from '../base.ts'
import { distribution } from '../distribution.ts'

/** A small distribution; without a command its shell ends at once. */
export const alpine = distribution({
  name: 'alpine',
  tags: ['latest', '3', '3.18', '3.19', '3.20', '3.21', '3.22'],
  size: 3_640_000,
  shell: '/bin/sh',
  versions: { latest: '3.22.1', '3': '3.22.1', '3.18': '3.18.12', '3.19': '3.19.8', '3.20': '3.20.7', '3.21': '3.21.4', '3.22': '3.22.1' },
  files: alpineFiles,
})
