import { distribution, osRelease } from '../distribution.ts'

const NAMES: Readonly<Record<string, string>> = { '12': 'bookworm', '13': 'trixie' }

/** A distribution with bash; without a command its shell ends at once. */
export const debian = distribution({
  name: 'debian',
  tags: ['latest', '12', '13', 'bookworm', 'trixie', '12-slim', 'stable', 'stable-slim'],
  size: 48_500_000,
  shell: '/bin/bash',
  versions: { latest: '13.1', '12': '12.12', bookworm: '12.12', '13': '13.1', trixie: '13.1' },
  files: (version) => {
    const major = version.split('.')[0]!
    return {
      '/etc/debian_version': `${version}\n`,
      '/etc/os-release': osRelease({ PRETTY_NAME: `"Debian GNU/Linux ${major} (${NAMES[major]})"`, NAME: '"Debian GNU/Linux"', VERSION_ID: `"${major}"`, VERSION: `"${major} (${NAMES[major]})"`, VERSION_CODENAME: NAMES[major]!, ID: 'debian', HOME_URL: '"https://www.debian.org/"' }),
    }
  },
})
