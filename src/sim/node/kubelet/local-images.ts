import { parseImageName } from '../../api/image-name.ts'
import type { Table } from '../../engine/table.ts'
import type { Image } from '../../images/image.ts'
import { LOCAL, type Account, type Registry, type Resolved } from '../../images/registry.ts'

/** An image that was built or committed on a node: its reference, digest and what is in it. */
export interface BuiltImage {
  readonly reference: string
  readonly digest: string
  readonly image: Image
  /** It was pushed: every node can pull it. */
  readonly pushed?: true
}

/** Registries, with what nodes have pushed to them, and for those who have an image already the ones that nodes have built. */
export class LocalImages implements Registry {
  readonly #behind: Registry
  readonly #built: Table<BuiltImage>

  constructor(behind: Registry, built: Table<BuiltImage>) {
    this.#behind = behind
    this.#built = built
  }

  get preloaded(): readonly string[] {
    return this.#behind.preloaded
  }

  resolve(image: string, accounts: readonly Account[] = []): Resolved {
    const name = this.#built.size > 0 ? parseImageName(image) : undefined
    const built = name && this.#built.get(`${name.repository}:${name.tag}`)
    if (!built || !(built.pushed || accounts.includes(LOCAL))) return this.#behind.resolve(image, accounts)
    return { found: true, reference: built.reference, repository: name.repository, digest: built.digest, layers: built.image.layers, program: built.image.program, image: built.image }
  }
}
