import type { Service } from '../kinds/service/service.ts'
import type { Execution } from './execution.ts'

const FIRST = 30_000
const LAST = 32_767
/** What a dry run says instead of a port that it will not get. */
const DUMMY = LAST + 2

/** The node ports of the cluster while one request takes some (registry/core/service/portallocator). */
export class NodePorts {
  readonly #exec: Execution
  readonly #self: string | undefined
  readonly #mine: number[] = []
  #taken: Set<number> | undefined

  constructor(exec: Execution, self: Service) {
    this.#exec = exec
    this.#self = self.metadata.uid
  }

  /** Looked up only when a port is asked for: most Services have none. */
  #others(): ReadonlySet<number> {
    if (this.#taken) return this.#taken
    const taken = new Set<number>()
    for (const key of this.#exec.store.keys('services')) {
      const { metadata, spec } = this.#exec.store.get(key) as Service
      if (metadata.uid === this.#self) continue
      for (const { nodePort } of spec.ports ?? []) if (nodePort) taken.add(nodePort)
      if (spec.healthCheckNodePort) taken.add(spec.healthCheckNodePort)
    }
    this.#taken = taken
    return taken
  }

  /** Why a port cannot be had. A dry run does not look at the range. */
  refusal(port: number): string | undefined {
    if (!this.#exec.options.dryRun && (port < FIRST || port > LAST)) return `provided port is not in the valid range. The range of valid ports is ${FIRST}-${LAST}`
    return this.#others().has(port) || this.#mine.includes(port) ? 'provided port is already allocated' : undefined
  }

  /** Takes the port, or says why not. */
  take(port: number): string | undefined {
    const why = this.refusal(port)
    if (!why) this.#mine.push(port)
    return why
  }

  next(): number {
    const port = this.#exec.options.dryRun ? Math.max(DUMMY - 1, ...this.#mine) + 1 : this.#free()
    this.#mine.push(port)
    return port
  }

  #free(): number {
    const { names } = this.#exec.means
    for (;;) {
      const port = FIRST + names.below(LAST - FIRST + 1)
      if (this.refusal(port) === undefined) return port
    }
  }
}
