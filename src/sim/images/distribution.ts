import type { Image, ImageConfig } from './image.ts'
import { versionOf, type Versions } from './versions.ts'

/** What makes one distribution different from another. */
export interface Distribution {
  readonly name: string
  readonly tags: readonly string[]
  /** Compressed size of its one layer, bytes. */
  readonly size: number
  readonly shell: '/bin/sh' | '/bin/bash'
  readonly versions: Versions
  /** Files that say which release it is, by path. */
  files(version: string): Readonly<Record<string, string>>
}

/** The image of a distribution: a shell that ends at once without a terminal, and its release in /etc. */
export function distribution({ name, tags, size, shell, versions, files }: Distribution): Image {
  const config: ImageConfig = { cmd: [shell] }
  return {
    repository: `docker.io/library/${name}`, tags, layers: [size], program: { kind: 'shell' }, config,
    ...(shell === '/bin/bash' ? { binaries: ['/bin/bash'] } : {}),
    ofTag: (tag) => ({ files: files(versionOf(versions, tag)) }),
  }
}

/** /etc/os-release with the fields that it is given. */
export const osRelease = (fields: Readonly<Record<string, string>>): string => Object.entries(fields).map(([key, value]) => `${key}=${value}\n`).join('')
