import { parseImageName, type ImageName } from '../api/image-name.ts'
import { hashText } from '../engine/hash.ts'
import type { Image, Program } from './image.ts'

/** What a registry says of a reference, and what pulling it brings. */
export type Resolved =
  | { readonly found: true; readonly reference: string; readonly repository: string; readonly digest: string; readonly layers: readonly number[]; readonly program: Program; readonly image: Image }
  | { readonly found: false; readonly reference: string; readonly why: 'unknown-tag' | 'invalid-name' | 'denied' | 'unreachable' | 'broken'; readonly message: string }

/** A name and a password, as pull secrets have them. */
export interface Account {
  readonly registry: string
  readonly user: string
  readonly password: string
}

/** Shown by a node for an image that it has already: nobody is asked. */
export const LOCAL: Account = { registry: '', user: '', password: '' }

/** Where images come from. The default world knows a catalogue and lets unknown names be servers. */
export interface Registry {
  resolve(image: string, accounts?: readonly Account[]): Resolved
  /** Has anybody described this repository? Others may be taken for a server. */
  knows(repository: string): boolean
  /** Images that nodes have before anything is pulled. */
  readonly preloaded: readonly string[]
}

export interface RegistryOptions {
  /** An unknown repository is refused instead of being taken for a server. */
  readonly closed?: boolean
  /** Hosts that can be reached; others refuse the connection. Every host without it. */
  readonly hosts?: readonly string[]
  readonly preloaded?: readonly string[]
  /** How its address reads in the messages of a registry that is broken. */
  readonly endpoint?: string
}

/** An image that nobody has described behaves like a server on the ports that its pod declares. */
const UNKNOWN: Program = { kind: 'server', ports: [], startsIn: 300_000, stopsIn: 50_000, log: [] }
const UNKNOWN_LAYERS = [28_230_000, 21_000_000]

/** A registry with a catalogue; texts of refusals are containerd's. */
export class Catalogue implements Registry {
  readonly preloaded: readonly string[]
  readonly #images: ReadonlyMap<string, Image>
  readonly #options: RegistryOptions
  readonly #unknown = new Map<string, Image>()
  readonly #tags = new Map<Image, Map<string, Image>>()

  constructor(images: readonly Image[], options: RegistryOptions = {}) {
    this.#images = new Map(images.map((image) => [image.repository, image]))
    this.#options = options
    this.preloaded = options.preloaded ?? []
  }

  knows(repository: string): boolean {
    return this.#images.has(repository)
  }

  resolve(image: string, accounts: readonly Account[] = []): Resolved {
    const name = parseImageName(image)
    if (!name) return { found: false, reference: image, why: 'invalid-name', message: invalidName(image) }
    const reference = name.tag ? `${name.repository}:${name.tag}` : `${name.repository}@${name.digest}`
    const known = this.#images.get(name.repository)
    const slash = name.repository.indexOf('/')
    const host = name.repository.slice(0, slash)
    const path = name.repository.slice(slash + 1)
    const refuse = (why: 'unknown-tag' | 'denied' | 'unreachable' | 'broken', text: string): Resolved => ({
      found: false, reference, why, message: `${why === 'unknown-tag' ? 'rpc error: code = NotFound desc = ' : ''}failed to pull and unpack image "${reference}": failed to resolve image: ${text}`,
    })
    const { hosts, endpoint, closed } = this.#options
    if (hosts && !hosts.includes(host)) {
      const address = host.includes(':') ? host : `${host}:443`
      return refuse('unreachable', `failed to do request: Head "https://${host}/v2/${path}/manifests/${name.tag || name.digest}": dial tcp ${address}: connect: connection refused`)
    }
    if (known?.broken) return refuse('broken', `unexpected status from HEAD request to ${endpoint ?? `https://${host}`}/v2/${path}/manifests/${name.tag}${endpoint ? `?ns=${host}` : ''}: 500 Internal Server Error`)
    const admitted = !known?.accounts || accounts.some((a) => a === LOCAL || known.accounts![a.user] === a.password)
    if ((!known && closed) || !admitted) return refuse('denied', 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed')
    if (known && name.tag && !known.tags.includes(name.tag)) return refuse('unknown-tag', `${reference}: not found`)
    const found = known ? this.#tagged(known, name.tag) : this.#stranger(name)
    return { found: true, reference, repository: name.repository, digest: name.digest || digestOf(name), layers: found.layers, program: found.program, image: found }
  }

  /** One object a tag, so that what is made of it can be remembered by identity. */
  #tagged(image: Image, tag: string): Image {
    if (!image.ofTag) return image
    let tags = this.#tags.get(image)
    if (!tags) this.#tags.set(image, (tags = new Map<string, Image>()))
    let tagged = tags.get(tag)
    if (!tagged) tags.set(tag, (tagged = { ...image, ...image.ofTag(tag || 'latest') }))
    return tagged
  }

  /** A repository that no one has described: its programs are whatever the pod calls them. */
  #stranger({ repository }: ImageName): Image {
    let image = this.#unknown.get(repository)
    if (!image) {
      const name = repository.slice(repository.lastIndexOf('/') + 1)
      image = { repository, tags: [], layers: UNKNOWN_LAYERS, program: UNKNOWN, config: { entrypoint: [`/${name}`] }, binaries: [`/${name}`] }
      this.#unknown.set(repository, image)
    }
    return image
  }
}

/** The reason why a text is no image name (distribution/reference). */
function invalidName(image: string): string {
  const path = image.split('@')[0]!.replace(/:[^/]*$/, '').replace(/:[^/]*$/, '')
  const why = path !== path.toLowerCase() ? `invalid reference format: repository name (${path.includes('/') ? path : `library/${path}`}) must be lowercase` : 'invalid reference format'
  return `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${why}`
}

/** A digest that is the same for the same name everywhere; it stands for the content that is not modelled. */
function digestOf({ repository, tag }: ImageName): string {
  let hex = ''
  for (let i = 0; i < 8; i++) hex += hashText(`${repository}:${tag}`, i + 1).toString(16).padStart(8, '0')
  return `sha256:${hex}`
}

export const sizeOf = (layers: readonly number[]): number => layers.reduce((sum, layer) => sum + layer, 0)
