import { distribution, osRelease } from '../distribution.ts'

/** A distribution with bash; without a command its shell ends at once. */
export const centos = distribution({
  name: 'centos',
  tags: ['latest', '7', '8', 'stream9'],
  size: 75_200_000,
  shell: '/bin/bash',
  versions: { latest: '8', stream9: '9' },
  files: (version) => {
    const name = version === '9' ? 'CentOS Stream' : 'CentOS Linux'
    return {
      '/etc/centos-release': `${name} release ${version}\n`,
      '/etc/os-release': osRelease({ NAME: `"${name}"`, VERSION: `"${version}"`, ID: '"centos"', ID_LIKE: '"rhel fedora"', VERSION_ID: `"${version}"`, PRETTY_NAME: `"${name} ${version}"` }),
    }
  },
})
