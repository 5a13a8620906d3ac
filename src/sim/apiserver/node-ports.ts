import { SERVICE_NODE_PORT_RANGE, type PortRange } from '../flags/kube-apiserver.ts'
import type { Service } from '../kinds/service/service.ts'
import type { Execution } from './execution.ts'


/** A dry run says the number behind this one instead of a port that it will not get. */
const BEFORE_DUMMY = 32_768
const DRAWS = 64

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

  get #range(): PortRange {
    return this.#exec.means.flags.get(SERVICE_NODE_PORT_RANGE)
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
    const { first, last } = this.#range
    if (!this.#exec.options.dryRun && (port < first || port > last)) return `provided port is not in the valid range. The range of valid ports is ${first}-${last}`
    return this.#others().has(port) || this.#mine.includes(port) ? 'provided port is already allocated' : undefined
  }

  /** Takes the port, or says why not. */
  take(port: number): string | undefined {
    const why = this.refusal(port)
    if (!why) this.#mine.push(port)
    return why
  }

  /** A free port; undefined when the range is full. */
  next(): number | undefined {
    const port = this.#exec.options.dryRun ? Math.max(BEFORE_DUMMY, ...this.#mine) + 1 : this.#free()
    if (port !== undefined) this.#mine.push(port)
    return port
  }

  /** Drawn at random; where that meets taken ports only, the next free one behind the last draw. */
  #free(): number | undefined {
    const { names } = this.#exec.means
    const { first, last } = this.#range
    const size = last - first + 1
    let drawn = 0
    for (let i = 0; i < DRAWS; i++) {
      drawn = names.below(size)
      if (this.refusal(first + drawn) === undefined) return first + drawn
    }
    for (let i = 1; i < size; i++) {
      const port = first + ((drawn + i) % size)
      if (this.refusal(port) === undefined) return port
    }
    return undefined
  }
}
