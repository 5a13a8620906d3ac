import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ContainerStatus } from '../../../src/sim/api/pod-status.ts'
import type { KubeObject } from '../../../src/sim/api/meta.ts'
import { isPodReady, type Pod } from '../../../src/sim/api/pod.ts'
import { createCluster, type Cluster } from '../../../src/sim/cluster.ts'
import { ms, seconds, type Micros } from '../../../src/sim/engine/time.ts'
import { parse } from 'yaml'
import { ClusterHost } from '../../chainsaw/cluster-host.ts'
import { NodeShell } from './node-shell.ts'
import { Recording } from './recording.ts'
import { RECORDED_NODE, recordedRegistry } from './recorded-node.ts'

interface Step {
  readonly wait?: string
  readonly timeout?: number
  readonly sleep?: number
  readonly run?: string
  readonly cap?: string
  /** Numbers of processes are under names in what was captured. */
  readonly pids?: boolean
  readonly cmd?: string
  readonly show?: string
  readonly caps?: Readonly<Record<string, string>>
  readonly apply?: string
  readonly delete?: string
  readonly meta?: { readonly events?: string; readonly keep?: boolean }
}

const POLL: Micros = ms(100)
/** What the recorder waited for when a step says nothing, and for pods that it removed at the end. */
const PATIENCE = seconds(60)
const CLEANUP = seconds(120)
/** A command that was typed by a script takes about this long. */
const TYPED: Micros = ms(80)

type EventLine = { readonly reason: string; readonly message: string; readonly count: number; readonly object: string }

/** Plays the steps of one recorded case. */
export class Playing {
  readonly #dir: string
  readonly #namespace: string
  readonly #steps: readonly Step[]
  readonly #cluster: Cluster
  readonly #shell: NodeShell
  readonly #recording: Recording
  readonly #captures = new Map<string, string>()

  constructor(dir: string, namespace: string) {
    this.#dir = dir
    this.#namespace = namespace
    this.#steps = parse(readFileSync(join(dir, 'steps.yaml'), 'utf8')) as readonly Step[]
    this.#cluster = createCluster({ seed: 1, nodes: [RECORDED_NODE], bare: true, kubelet: 'detailed', history: { keep: false }, registry: recordedRegistry, cgroups: 'v1' })
    this.#shell = new NodeShell(this.#cluster, new ClusterHost(this.#cluster), dir, namespace)
    this.#recording = new Recording(this.#cluster, namespace, this.#steps.some((s) => s.meta?.events === 'all'))
  }

  async play(): Promise<void> {
    const cluster = this.#cluster
    cluster.boot()
    cluster.runFor(seconds(8))
    await this.#run(`kubectl create namespace ${this.#namespace}`)
    cluster.runFor(seconds(2))
    this.#recording.start()
    const early = this.#steps.findIndex((step) => step.apply !== undefined)
    const waits = this.#steps.findIndex((step) => step.wait !== undefined || step.sleep !== undefined)
    if (early < 0 || (waits >= 0 && waits < early)) await this.#apply('pod.yaml')
    for (const step of this.#steps) await this.#step(step)
    if (!this.#steps.some((step) => step.meta?.keep)) await this.#cleanUp()
    this.#recording.stop()
  }

  result(): { readonly events: readonly unknown[]; readonly statuses: readonly unknown[]; readonly captures: ReadonlyMap<string, string> } {
    return { events: this.#recording.events, statuses: this.#recording.statuses, captures: this.#captures }
  }

  async #step(step: Step): Promise<void> {
    if (step.apply !== undefined) await this.#apply(step.apply)
    if (step.run !== undefined) await this.#run(step.run)
    if (step.delete !== undefined) await this.#run(`kubectl delete pod ${step.delete} --wait=false`)
    if (step.sleep !== undefined) this.#cluster.runFor(seconds(step.sleep))
    if (step.wait !== undefined) this.#wait(step.wait, step.timeout === undefined ? PATIENCE : seconds(step.timeout))
    if (step.cap !== undefined) await this.#capture(step.cap, step.cmd ?? '', step.show ?? step.cmd ?? '', step.pids)
    for (const [name, cmd] of Object.entries(step.caps ?? {})) await this.#capture(name, cmd, cmd)
  }

  async #apply(file: string): Promise<void> {
    if (existsSync(join(this.#dir, file))) await this.#run(`kubectl apply -f $IN/${file}`)
  }

  async #run(line: string): Promise<{ readonly code: number; readonly text: string }> {
    const result = await this.#shell.run(line)
    this.#cluster.runFor(TYPED)
    return result
  }

  async #capture(name: string, cmd: string, show: string, named = false): Promise<void> {
    const pids = named ? this.#shell.pids() : new Map<string, string>()
    const result = await this.#run(cmd)
    const { code } = result
    const text = named ? result.text.replace(/\b\d+\b/g, (number) => pids.get(number) ?? number) : result.text
    this.#recording.captured(name)
    this.#captures.set(name, this.#recording.masked(`$ ${show}\n${text}${code === 0 ? '' : `[exit ${code}]\n`}`))
  }

  #wait(condition: string, patience: Micros): void {
    const holds = this.#condition(condition)
    const end = this.#cluster.timeline.clock + patience
    while (!holds() && this.#cluster.timeline.clock < end) this.#cluster.runFor(POLL)
  }

  /** The recorder's conditions are JavaScript over a few words about pods and events. */
  #condition(text: string): () => boolean {
    const words = this.#words()
    const names = Object.keys(words)
    // eslint-disable-next-line no-new-func -- the recordings' own language
    const evaluate = new Function(...names, 't', `return Boolean(${text})`) as (...values: readonly unknown[]) => boolean
    return () => evaluate(...names.map((name) => words[name]), this.#recording.elapsed)
  }

  #words(): Readonly<Record<string, unknown>> {
    const pod = (name: string): Pod | undefined => this.#cluster.objects.get(`pods/${this.#namespace}/${name}`) as Pod | undefined
    const cs = (name: string, container?: string): ContainerStatus | undefined => {
      const s = pod(name)?.status
      const all = [...(s?.containerStatuses ?? []), ...(s?.initContainerStatuses ?? []), ...(s?.ephemeralContainerStatuses ?? [])]
      return container ? all.find((c) => c.name === container) : all[0]
    }
    return {
      pod, cs,
      ready: (name: string) => (pod(name) ? isPodReady(pod(name)!) : false),
      running: (name: string, c?: string) => cs(name, c)?.state?.running !== undefined,
      waiting: (name: string, c?: string) => cs(name, c)?.state?.waiting?.reason,
      terminated: (name: string, c?: string) => cs(name, c)?.state?.terminated !== undefined,
      restarts: (name: string, c?: string) => cs(name, c)?.restartCount ?? 0,
      phase: (name: string) => pod(name)?.status?.phase,
      gone: (name: string) => pod(name) === undefined,
      gone_all: () => this.#cluster.list('pods', this.#namespace).length === 0,
      event: (pattern: string) => {
        const counts = new Map<string, number>()
        for (const e of this.#recording.events as unknown as readonly EventLine[]) if (new RegExp(pattern).test(`${e.reason} ${e.message}`)) counts.set(`${e.object} ${e.reason} ${e.message}`, e.count)
        return [...counts.values()].reduce((sum, n) => sum + n, 0)
      },
    }
  }

  /** The recorder deletes what is left of the case and waits for its pods to go. */
  async #cleanUp(): Promise<void> {
    const left = (): readonly KubeObject[] => this.#cluster.list('pods', this.#namespace)
    for (const kind of ['deployments', 'statefulsets', 'daemonsets', 'jobs']) {
      const names = this.#cluster.list(kind, this.#namespace).map((o) => o.metadata.name)
      if (names.length > 0) await this.#run(`kubectl delete ${kind} ${names.join(' ')} --wait=false`)
    }
    const names = left().filter((p) => !p.metadata.deletionTimestamp).map((p) => p.metadata.name)
    if (names.length > 0) await this.#run(`kubectl delete pod ${names.join(' ')} --wait=false`)
    const end = this.#cluster.timeline.clock + CLEANUP
    while (left().length > 0 && this.#cluster.timeline.clock < end) this.#cluster.runFor(POLL)
  }
}
