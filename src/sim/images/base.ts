import { osRelease } from './distribution.ts'
import type { Image } from './image.ts'

const NAMES: Readonly<Record<string, string>> = { '12': 'bookworm', '13': 'trixie' }

/** Files by which a Debian is known, e.g. of version "12.12". */
export function debianFiles(version: string): Readonly<Record<string, string>> {
  const major = version.split('.')[0]!
  return {
    '/etc/debian_version': `${version}\n`,
    '/etc/os-release': osRelease({ PRETTY_NAME: `"Debian GNU/Linux ${major} (${NAMES[major]})"`, NAME: '"Debian GNU/Linux"', VERSION_ID: `"${major}"`, VERSION: `"${major} (${NAMES[major]})"`, VERSION_CODENAME: NAMES[major]!, ID: 'debian', HOME_URL: '"https://www.debian.org/"' }),
  }
}

/** Files by which an Alpine is known, e.g. of version "3.22.1". */
export const alpineFiles = (version: string): Readonly<Record<string, string>> => ({
  '/etc/alpine-release': `${version}\n`,
  '/etc/os-release': osRelease({ NAME: '"Alpine Linux"', ID: 'alpine', VERSION_ID: version, PRETTY_NAME: `"Alpine Linux v${version.split('.').slice(0, 2).join('.')}"`, HOME_URL: '"https://alpinelinux.org/"' }),
})

/** What official images are built upon: a Debian with bash, or, where the tag says so, an Alpine without. */
export function baseOf(tag: string, files: Image['files'] = {}): Pick<Image, 'files' | 'bash'> {
  return tag.includes('alpine') ? { files: { ...files, ...alpineFiles('3.22.1') } } : { files: { ...files, ...debianFiles('12.12') }, bash: true }
}
