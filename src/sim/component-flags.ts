import type { FlagState } from '../workers/protocol-settings.ts'
import type { ControllerRunner } from './client/controller-runner.ts'
import type { CommandRecord } from './engine/branch.ts'
import { Engine, type EventContext } from './engine/engine.ts'
import type { Note, Step } from './engine/event.ts'
import type { Timeline } from './engine/timeline.ts'
import { kubeletFileProblems, takeKubeletFile } from './flags/kubelet-configuration.ts'
import type { JsonObject, KubeObject } from './api/meta.ts'
import { SERVICE_CLUSTER_IP_RANGE } from './flags/kube-apiserver.ts'
import { CLUSTER_CIDR } from './flags/kube-controller-manager.ts'
import { holdsRange, rangeText } from './flags/ipv4-range.ts'
import { ALL_FLAGS, change, flagsIn, idOf, isRefused, problemOf, problemOfAll, type FlagChange, type Flags } from './flags/index.ts'

/** Settings that differ from their defaults: "kube-controller-manager.node-monitor-period" → "2s". */
export type FlagTexts = Readonly<Record<string, string>>

/** Who must do something about a changed setting. */
export interface FlagHosts {
  controllers(): readonly ControllerRunner[]
  /** Are the kubelets real ones? Faked ones have no configuration. */
  hasKubelets(): boolean
  nodes(): readonly KubeObject<{ readonly podCIDRs?: readonly string[] }>[]
  /** The API server has other admission plugins now. */
  admissionChanged(ctx: EventContext): void
  /** The API server is told of another range of Services than it has. */
  serviceRangeChanged(ctx: EventContext): void
}

const NO_CONFIGURATION = 'the kubelets of this cluster are faked: they have no configuration'

function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new RangeError(problem)
}

/** Why no cluster can be made with these settings, in the component's words. */
export function problemOfSettings(flags: FlagTexts, kubelet: 'detailed' | 'kwok'): string | undefined {
  if (kubelet === 'kwok' && Object.keys(flags).some((flag) => flag.startsWith('kubelet.'))) return NO_CONFIGURATION
  return problemOfAll(flagsIn(new Engine({ seed: 1 })), flags)
}

/** The settings of a cluster's components: those it was made with, and the command that changes one. */
export class ComponentFlags {
  readonly values: Flags
  readonly #initial: FlagTexts
  readonly #hosts: FlagHosts

  /** What the cluster was made with, where it is not the default. */
  get initial(): FlagTexts {
    return this.#initial
  }

  /** Throws RangeError with the component's complaint when one of `initial` is wrong. */
  constructor(engine: Engine, initial: FlagTexts, hosts: FlagHosts) {
    this.values = flagsIn(engine)
    this.#initial = initial
    this.#hosts = hosts
    refuse(Object.keys(initial).some((flag) => this.#isDead(flag)) ? NO_CONFIGURATION : problemOfAll(this.values, initial))
    engine.actor('flags', {
      set: (ctx, wanted: FlagChange) => this.#change(ctx, wanted),
      kubelet: (ctx, file: JsonObject) => this.#configureKubelets(ctx, file),
    })
  }

  /** Writes down what the cluster was made with; nobody has read anything yet. */
  start(): void {
    for (const flag of Object.keys(this.#initial).sort()) change(this.values, { flag, value: this.#initial[flag]! })
  }

  /** Changes a setting as a command; null is the default. Throws RangeError with the component's complaint. */
  set(timeline: Timeline, flag: string, value: string | null): Step {
    const stray = flag === idOf(CLUSTER_CIDR) ? this.#strayNode(value) : undefined
    refuse(this.#isDead(flag) ? NO_CONFIGURATION : (problemOf(this.values, { flag, value }) ?? stray))
    return timeline.command('flags', 'set', { flag, value } satisfies FlagChange)
  }

  /** All settings that act in this cluster, component by component. */
  list(): readonly FlagState[] {
    const acting = this.#hosts.hasKubelets() ? ALL_FLAGS : ALL_FLAGS.filter((flag) => flag.component !== 'kubelet')
    return acting.map((flag) => ({ id: idOf(flag), component: flag.component, name: flag.name, type: flag.type, text: this.values.textOf(flag), initial: flag.text }))
  }

  /** All kubelets start with this file: what it does not name goes back to the default. */
  #configureKubelets(ctx: EventContext, file: JsonObject): void {
    if (kubeletFileProblems(this.values, file).some(({ severity }) => severity === 'error')) return
    const changed = takeKubeletFile(this.values, file)
    ctx.note('flag.file', { component: 'kubelet', count: changed.length })
    if (this.#hosts.hasKubelets()) for (const flag of changed) ctx.schedule(0, 'kubelet', 'reconfigured', flag)
  }

  #isDead(flag: string): boolean {
    return this.values.find(flag)?.component === 'kubelet' && !this.#hosts.hasKubelets()
  }

  /** Nodes keep the ranges that they have: with one outside of the cluster's kube-controller-manager ends as soon as it starts. */
  #strayNode(value: string | null): string | undefined {
    const cluster = value === null ? CLUSTER_CIDR.initial : CLUSTER_CIDR.parse(value)
    if (isRefused(cluster)) return undefined
    const ranges = this.#hosts.nodes().flatMap(({ metadata, spec }) => (spec?.podCIDRs ?? []).map((range) => [metadata.name, range] as const))
    const stray = ranges.find(([, range]) => !holdsRange(cluster, range))
    return stray && `kube-controller-manager would not come up: failed to mark cidr[${stray[1]}] at idx [0] as occupied for node: ${stray[0]}: cidr ${stray[1]} is out the range of cluster cidr ${rangeText(cluster)}. Choose it for a new cluster`
  }

  /** A controller manager reads its flags when it starts, so all its controllers start anew. The other components take new values as they go. */
  #change(ctx: EventContext, wanted: FlagChange): void {
    if (problemOf(this.values, wanted) !== undefined || !change(this.values, wanted)) return
    const flag = this.values.find(wanted.flag)!
    if (flag.component === 'kube-controller-manager') for (const runner of this.#hosts.controllers()) runner.restart(ctx)
    if (flag.component === 'kubelet' && this.#hosts.hasKubelets()) ctx.schedule(0, 'kubelet', 'reconfigured', wanted.flag)
    if (flag.name === 'enable-admission-plugins') this.#hosts.admissionChanged(ctx)
    if (flag === SERVICE_CLUSTER_IP_RANGE) this.#hosts.serviceRangeChanged(ctx)
    ctx.note('flag.set', { component: flag.component, name: flag.name, value: this.values.textOf(flag) })
  }
}

/** The sentence of a command of actor "flags". */
export function describeFlagCommand({ what, payload }: CommandRecord): Note {
  if (what === 'kubelet') return { id: 'flag.fileCommand', params: { component: 'kubelet' } }
  const { flag, value } = payload as FlagChange
  return { id: value === null ? 'flag.reset' : 'flag.command', params: { flag, value: value ?? '' } }
}
