import { distribution, osRelease } from '../distribution.ts'

const NAMES: Readonly<Record<string, string>> = { '16.04': 'Xenial Xerus', '18.04': 'Bionic Beaver', '20.04': 'Focal Fossa', '22.04': 'Jammy Jellyfish', '24.04': 'Noble Numbat' }

/** A distribution with bash; without a command its shell ends at once. */
export const ubuntu = distribution({
  name: 'ubuntu',
  tags: ['latest', '22.04', '24.04', '20.04', '18.04', '16.04', 'jammy', 'noble'],
  size: 28_600_000,
  shell: '/bin/bash',
  versions: { latest: '24.04.3', '16.04': '16.04.7', '18.04': '18.04.6', '20.04': '20.04.6', '22.04': '22.04.5', jammy: '22.04.5', '24.04': '24.04.3', noble: '24.04.3' },
  files: (version) => {
    const short = version.split('.').slice(0, 2).join('.')
    const name = NAMES[short]!
    return { '/etc/os-release': osRelease({ PRETTY_NAME: `"Ubuntu ${version} LTS"`, NAME: '"Ubuntu"', VERSION_ID: `"${short}"`, VERSION: `"${version} LTS (${name})"`, VERSION_CODENAME: name.split(' ')[0]!.toLowerCase(), ID: 'ubuntu', ID_LIKE: 'debian', HOME_URL: '"https://www.ubuntu.com/"' }) }
  },
})
