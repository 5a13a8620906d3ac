import { parseImageName, type ImageName } from '../../api/image-name.ts'
import type { Engine } from '../../engine/engine.ts'
import type { Index, Table } from '../../engine/table.ts'
import type { Image } from '../../images/image.ts'
import { LOCAL, type Account, type Registry, type Resolved } from '../../images/registry.ts'

/** An image that somebody of this cluster has made: its reference, digest and what is in it. */
export interface BuiltImage {
  readonly reference: string
  readonly digest: string
  readonly image: Image
}

const keyOn = (node: string, reference: string): string => `${node} ${reference}`

/** Registries with what was pushed to them, and what nodes have built for themselves: each node knows its own. */
export class LocalImages implements Registry {
  readonly #behind: Registry
  /** What lies on nodes, by node and reference, whether it was built there or came from what another one pushed. */
  readonly #onNodes: Table<BuiltImage>
  readonly #byReference: Index<BuiltImage>
  readonly #pushed: Table<BuiltImage>
  readonly #views = new Map<string, Registry>()

  constructor(behind: Registry, engine: Engine) {
    this.#behind = behind
    this.#onNodes = engine.table<BuiltImage>('kubelet/built')
    this.#byReference = this.#onNodes.index((built) => built.reference)
    this.#pushed = engine.table<BuiltImage>('kubelet/pushed')
  }

  get preloaded(): readonly string[] {
    return this.#behind.preloaded
  }

  knows(repository: string): boolean {
    return this.#behind.knows(repository)
  }

  /** Nobody has built anything, so every node resolves a name alike. */
  get isUntouched(): boolean {
    return this.#onNodes.size === 0
  }

  /** What a registry says. An image that lies on a node only is not known there. */
  resolve(image: string, accounts: readonly Account[] = []): Resolved {
    const name = this.isUntouched ? undefined : parseImageName(image)
    if (!name) return this.#behind.resolve(image, accounts)
    const pushed = name.tag ? this.#pushed.get(referenceOf(name)) : this.#pushed.values().find((built) => built.image.repository === name.repository && built.digest === name.digest)
    if (pushed) return foundAs(pushed, name)
    const isNodesOnly = !accounts.includes(LOCAL) && this.#byReference.keys(referenceOf(name)).length > 0 && !this.#behind.knows(name.repository)
    return isNodesOnly ? this.#refusal(name) : this.#behind.resolve(image, accounts)
  }

  #refusal(name: ImageName): Resolved {
    const reference = referenceOf(name)
    const isRepository = this.#pushed.values().some((built) => built.image.repository === name.repository)
    const text = isRepository ? `${reference}: not found` : 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed'
    return { found: false, reference, why: isRepository ? 'unknown-tag' : 'denied', message: `${isRepository ? 'rpc error: code = NotFound desc = ' : ''}failed to pull and unpack image "${reference}": failed to resolve image: ${text}` }
  }

  /** As a node sees names: those that it has itself (LOCAL) go before what registries say. */
  on(node: string): Registry {
    let view = this.#views.get(node)
    if (!view) {
      view = { preloaded: this.preloaded, knows: (repository) => this.knows(repository), resolve: (image, accounts = []) => this.#local(node, image, accounts) ?? this.resolve(image, accounts) }
      this.#views.set(node, view)
    }
    return view
  }

  #local(node: string, image: string, accounts: readonly Account[]): Resolved | undefined {
    if (this.isUntouched || !accounts.includes(LOCAL)) return undefined
    const name = parseImageName(image)
    const own = name && this.#onNodes.get(keyOn(node, referenceOf(name)))
    return own && foundAs(own, name)
  }

  /** An image was built, committed or given another name on a node. */
  keep(node: string, built: BuiltImage): void {
    this.#onNodes.set(keyOn(node, built.reference), built)
  }

  /** What a node has built can be pulled by all from now on; undefined when it has no such image. */
  push(node: string, reference: string): BuiltImage | undefined {
    const built = this.#onNodes.get(keyOn(node, reference))
    if (built) this.#pushed.set(reference, built)
    return built
  }

  /** A node has pulled a reference: what it had under it goes, what was pushed takes its place and stays, whatever is pushed next. */
  pulled(node: string, reference: string): void {
    if (this.isUntouched) return
    const [key, pushed] = [keyOn(node, reference), this.#pushed.get(reference)]
    if (pushed) this.#onNodes.set(key, pushed)
    else if (this.#onNodes.has(key)) this.#onNodes.delete(key)
  }
}

const referenceOf = ({ repository, tag, digest }: ImageName): string => (tag ? `${repository}:${tag}` : `${repository}@${digest}`)

const foundAs = ({ digest, image }: BuiltImage, name: ImageName): Resolved => ({ found: true, reference: referenceOf(name), repository: name.repository, digest, layers: image.layers, program: image.program, image })
