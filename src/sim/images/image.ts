/** What a container of an image does when nothing in the pod says otherwise. Times in µs. */
export type Program =
  /** Serves on its ports from `startsIn` on, until it is told to stop, which takes `stopsIn`. */
  | { readonly kind: 'server'; readonly ports: readonly number[]; readonly startsIn: number; readonly stopsIn: number; readonly log: readonly string[]; readonly paths?: readonly string[] }
  /** A shell without a terminal: it reads nothing and ends at once. */
  | { readonly kind: 'shell' }
  /** Cannot run without being told how: it ends at once with an error. */
  | { readonly kind: 'needs'; readonly env: readonly string[]; readonly log: readonly string[]; readonly server: Extract<Program, { kind: 'server' }> }

/** An image of the catalogue. `layers`: compressed sizes in bytes, bottom first. `tags`: what its registry knows. */
export interface Image {
  readonly repository: string
  readonly tags: readonly string[]
  readonly layers: readonly number[]
  readonly program: Program
}
