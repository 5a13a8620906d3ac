/** What a container of an image does when nothing in the pod says otherwise. Times in µs. */
export type Program =
  /** Serves on its ports from `startsIn` on, until it is told to stop, which takes `stopsIn`. */
  | { readonly kind: 'server'; readonly ports: readonly number[]; readonly startsIn: number; readonly stopsIn: number; readonly log: readonly string[]; readonly paths?: readonly string[]; readonly body?: string; /** Folder whose files it serves. */ readonly root?: string; /** Speaks TLS: only the API server's webhooks can reach it. */ readonly tls?: boolean }
  /** A shell without a terminal: it reads nothing and ends at once. */
  | { readonly kind: 'shell' }
  /** Runs scripts of a language (python, node …): their text is not carried out, they serve on the ports that they name or the pod declares. */
  | { readonly kind: 'runtime'; readonly version: string }
  /** Cannot run without being told how: it ends at once with an error. */
  | { readonly kind: 'needs'; readonly env: readonly string[]; readonly log: readonly string[]; readonly server: Extract<Program, { kind: 'server' }> }

/** An image of the catalogue. `layers`: compressed sizes in bytes, bottom first. `tags`: what its registry knows. */
export interface Image {
  readonly repository: string
  readonly tags: readonly string[]
  readonly layers: readonly number[]
  readonly program: Program
  /** What the image says of itself: how it is started, as whom, with which variables. */
  readonly config?: ImageConfig
  /** Programs that it brings (paths, or names in /usr/bin); each plays `program`. */
  readonly binaries?: readonly string[]
  /** Text files that it brings, by path; "->target" is a link. */
  readonly files?: Readonly<Record<string, string>>
  /** What is other in an image with this tag: its version in variables and files. */
  readonly ofTag?: (tag: string) => Partial<Pick<Image, 'config' | 'files' | 'program' | 'bash'>>
  /** It has a bash beside its sh. */
  readonly bash?: true
  /** Without a shell and tools. */
  readonly bare?: boolean
  /** The whole file tree (node/linux/fs.ts) of an image that was built on a node, instead of all of the above. */
  readonly contents?: object
  /** Who made its layers, bottom first; only of images built on a node. */
  readonly history?: readonly { readonly createdBy: string; readonly size: number; readonly at: number }[]
  /** Only for those who show one of these names and passwords. */
  readonly accounts?: Readonly<Record<string, string>>
  /** The registry answers that it is broken. */
  readonly broken?: boolean
  /** How long its registry takes to send it, µs, when it is not the size that counts. */
  readonly takes?: number
}

/** The parts of an image's configuration that the runtime reads (OCI image-spec: config). */
export interface ImageConfig {
  readonly entrypoint?: readonly string[]
  readonly cmd?: readonly string[]
  readonly env?: readonly string[]
  readonly user?: string
  readonly workingDir?: string
  readonly stopSignal?: string
  readonly labels?: Readonly<Record<string, string>>
  /** "80/tcp" */
  readonly exposedPorts?: readonly string[]
  readonly volumes?: readonly string[]
}
