import { createCluster, type Cluster, type NodeFault } from '../../cluster.ts'
import type { CommandRecord } from '../../engine/branch.ts'
import { minutes, ms, seconds, type Micros } from '../../engine/time.ts'
import { wrongAtRest } from './at-rest.ts'
import { mendOf, nextCommand, type SoakCommand } from './commands.ts'
import { Dice } from './dice.ts'
import { Watchdog } from './watchdog.ts'

export interface SoakOptions {
  readonly seed: number
  readonly commands: number
  readonly nodes?: number
  readonly kubelet?: 'detailed' | 'kwok'
  /** Told of each command. */
  log?(text: string): void
}

export interface SoakResult {
  readonly violations: readonly string[]
  /** Commands that were given before the soak ended. */
  readonly commands: number
  readonly steps: number
  readonly virtual: Micros
  readonly hash: string
}

/** Calm and rough stretches take turns; after each the cluster is mended and judged at rest. */
const STRETCH = 50
/** A node's fault shows for as long as pods tolerate it, plus grace. */
const AFTERMATH = minutes(8)
const REST = minutes(12)

/** Random commands and faults against a cluster; what Kubernetes promises is checked all the time, history at the end. */
export function soak(options: SoakOptions): SoakResult {
  return new Soak(options).run()
}

class Soak {
  readonly #options: SoakOptions
  readonly #dice: Dice
  readonly #cluster: Cluster
  readonly #dog: Watchdog
  /** Nodes that are away, and what mends them. */
  readonly #broken = new Map<string, NodeFault>()
  readonly #violations: string[] = []
  #given = 0

  constructor(options: SoakOptions) {
    this.#options = options
    this.#dice = new Dice(options.seed)
    this.#cluster = this.#newCluster()
    this.#cluster.boot()
    this.#dog = new Watchdog(this.#cluster.engine)
  }

  run(): SoakResult {
    const first = this.#cluster.engine.hash()
    while (this.#given < this.#options.commands && !this.#failed()) this.#stretch()
    this.#dog.stop()
    const last = this.#cluster.engine.hash()
    const { timeline } = this.#cluster
    if (!this.#failed()) this.#checkHistory(first, last)
    return { violations: [...this.#dog.violations, ...this.#violations], commands: this.#given, steps: timeline.index, virtual: timeline.clock, hash: last }
  }

  #failed(): boolean {
    return this.#dog.violations.length + this.#violations.length > 0
  }

  #newCluster(): Cluster {
    const { seed, nodes = 4, kubelet = 'detailed' } = this.#options
    return createCluster({ seed, nodes, kubelet, debug: true })
  }

  #stretch(): void {
    const rough = Math.floor(this.#given / STRETCH) % 2 === 1
    const until = Math.min(this.#given + STRETCH, this.#options.commands)
    while (this.#given < until && !this.#failed()) {
      const command = nextCommand(this.#dice, this.#surroundings(), rough)
      this.#given++
      this.#options.log?.(`${(this.#cluster.timeline.clock / 1e6).toFixed(3)} s: ${describe(command)}`)
      this.#give(command)
      this.#cluster.runFor(this.#pause())
    }
    if (this.#failed()) return
    this.#mend()
    this.#violations.push(...wrongAtRest(this.#cluster, (uid) => this.#dog.everAllowed(uid)))
  }

  #surroundings() {
    const names = (plural: string): readonly string[] => this.#cluster.list(plural, 'default').map((o) => o.metadata.name)
    return {
      deployments: names('deployments'),
      services: names('services').filter((name) => name !== 'kubernetes'),
      pods: names('pods'),
      workers: this.#cluster.list('nodes').map((o) => o.metadata.name).filter((name) => name !== 'control-plane'),
      broken: [...this.#broken].map(([node, mend]) => ({ node, mend })).toSorted((a, b) => (a.node < b.node ? -1 : 1)),
    }
  }

  /** Tells the watchdog what the command excuses, then gives it. Commands are not waited for: they overlap as they do in life. */
  #give(command: SoakCommand): void {
    if (command.type === 'kubectl') {
      const [verb, what] = command.argv
      if (verb === 'delete' && what === 'pod') this.#disturbed(minutes(2))
      if (verb === 'label') {
        this.#dog.relabelled(this.#cluster.timeline.clock)
        this.#disturbed(minutes(2))
      }
      this.#cluster.runKubectl({ argv: command.argv, files: command.files ?? {} })
      return
    }
    if (command.type === 'flag') return this.#setFlag(command.flag, command.value)
    this.#disturbed(AFTERMATH)
    this.#cluster.faultNode(command.fault, command.node)
    const mend = mendOf(command.fault)
    if (mend) this.#broken.set(command.node, mend)
    else if (command.fault !== 'reboot') this.#broken.delete(command.node)
  }

  #disturbed(duration: Micros): void {
    this.#dog.disturbed(this.#cluster.timeline.clock + duration)
  }

  /** Values that do not go together are refused, as they should be. */
  #setFlag(flag: string, value: string | null): void {
    this.#disturbed(minutes(2))
    if (this.#cluster.kubelet === 'kwok' && flag.startsWith('kubelet.')) return
    try {
      this.#cluster.flags.set(this.#cluster.timeline, flag, value)
    } catch (reason) {
      if (!(reason instanceof RangeError)) throw reason
    }
  }

  #pause(): Micros {
    return this.#dice.weighted<() => Micros>([
      [4, () => ms(this.#dice.below(500))],
      [4, () => seconds(1 + this.#dice.below(10))],
      [1, () => seconds(30 + this.#dice.below(90))],
    ])()
  }

  /** All nodes up and open, all rollouts running, and time enough for everything to come to rest. */
  #mend(): void {
    const cluster = this.#cluster
    this.#disturbed(AFTERMATH)
    for (const [node, mend] of [...this.#broken].toSorted(([a], [b]) => (a < b ? -1 : 1))) cluster.faultNode(mend, node)
    this.#broken.clear()
    for (const { metadata } of cluster.list('nodes')) if (metadata.name !== 'control-plane') cluster.runKubectl({ argv: ['uncordon', metadata.name] })
    cluster.runFor(REST)
  }

  #checkHistory(first: string, last: string): void {
    const { timeline, engine, origin } = this.#cluster
    const end = timeline.index
    const at = timeline.clock
    for (let i = 0; i < 2000 && timeline.index > origin.index; i++) timeline.back()
    timeline.seek(end)
    if (engine.hash() !== last) this.#violations.push('stepping back and forth through the last 2,000 steps changed the state')
    timeline.seek(origin.index)
    if (engine.hash() !== first) this.#violations.push('undoing everything did not give the first hash')
    timeline.seekTime(at)
    if (engine.hash() !== last) this.#violations.push('redoing everything did not give the last hash')
    const replayed = this.#replay(timeline.commands(), at)
    if (replayed !== last) this.#violations.push(`replaying the commands gave another state: ${replayed} instead of ${last}`)
  }

  /** A fresh cluster that is given the same commands at the same steps. */
  #replay(commands: readonly CommandRecord[], end: Micros): string {
    const { timeline, engine } = this.#newCluster()
    for (const { index, at, actor, what, payload } of commands) {
      while (timeline.index < index - 1) timeline.step()
      timeline.wait(at)
      timeline.command(actor, what, payload)
    }
    timeline.runUntil(end)
    return engine.hash()
  }
}

function describe(command: SoakCommand): string {
  if (command.type === 'fault') return `${command.fault} ${command.node}`
  if (command.type === 'flag') return `${command.flag} = ${command.value ?? 'default'}`
  return ['kubectl', ...command.argv].join(' ') + (command.files ? `\n${Object.values(command.files).join('').replace(/^/gm, '      ')}` : '')
}
