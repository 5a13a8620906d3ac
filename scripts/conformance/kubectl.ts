import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Bash } from 'just-bash'
import type { KubeObject } from '../../src/sim/api/meta.ts'
import { createCluster, type Cluster } from '../../src/sim/cluster.ts'
import { ms, seconds } from '../../src/sim/engine/time.ts'
import type { Service } from '../../src/sim/kinds/service/service.ts'
import type { PendingEdit } from '../../src/sim/kubectl/processes.ts'
import { judgeOf } from './judge.ts'
import type { SuiteOptions, SuiteReport } from './suite.ts'

interface Step {
  readonly argv?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly code?: number | null
  readonly stdout?: string
  readonly stderr?: string
  readonly wait?: string
  readonly seconds?: number
  readonly var?: string
  readonly watch?: boolean
  readonly racy?: boolean
  readonly during?: readonly Step[]
}

interface Story {
  readonly story: string
  readonly nodes: readonly KubeObject[]
  readonly files: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
}

interface Facts {
  readonly names: readonly (readonly [string, string])[]
  readonly podIPs: readonly string[]
  readonly serviceIPs: readonly string[]
  readonly nodePorts: readonly number[]
  readonly paths: readonly (readonly [string, string])[]
  readonly server: string
  keep(text: string): boolean
}

interface Judge {
  step(step: object, facts: Facts): Step
  compareStep(want: Step, got: Step): { readonly equal: boolean; readonly skipped: boolean }
}

/** What a person has around, and the control plane's address, in the words and numbers of the recordings. */
const PATHS: Facts['paths'] = [['/home/learner/.kube/config', '<kubeconfig>'], ['/home/learner/.kube/cache', '<cache>'], ['/home/learner', '<cwd>'], ['/tmp/kubectl-edit', '<tmp>/kubectl-edit'], ['172.18.0.2', '192.0.2.10']]
const SERVER = '127.0.0.1:6443'
/** Real steps were typed by a script about this far apart. */
const BETWEEN = ms(100)
const PATIENCE = seconds(120)
/** What an API server puts behind a generateName. */
const GENERATED = /^[bcdfghjklmnpqrstvwxz2456789]{5}$/
/** An editor that is opened again and again is closed for good after this many times. */
const EDITS = 8

function readStory(path: string): Story {
  const [head, ...steps] = readFileSync(path, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as unknown)
  return { ...(head as Omit<Story, 'steps'>), files: (head as Story).files ?? {}, steps: steps as Step[] }
}

/** One story on a cluster of its own. */
class Telling {
  readonly #story: Story
  readonly #cluster: Cluster
  readonly #names = new Map<string, string>()
  readonly #podIPs = new Set<string>()
  readonly #serviceIPs = new Set<string>()
  readonly #nodePorts = new Set<number>()
  readonly #variables = new Map<string, string>()
  readonly #written: string
  readonly #shell: Bash
  #spoken = ''

  constructor(story: Story) {
    this.#story = story
    this.#written = [...Object.values(story.files), ...story.steps.flatMap((s) => [...(s.argv ?? []), s.stdin ?? ''])].join('\n')
    this.#shell = new Bash({ cwd: '/tmp', files: Object.fromEntries(Object.entries(story.files).map(([file, body]) => [`/tmp/${file}`, body])) })
    this.#cluster = createCluster({ seed: 1, nodes: story.nodes, kubelet: 'kwok', contract: 'images', bare: true, authorization: 'Node,RBAC', history: { keep: false } })
    this.#cluster.boot()
    this.#cluster.objects.listen((_key, object) => object && this.#note(object as KubeObject))
    for (const object of this.#cluster.objects.values()) this.#note(object)
  }

  async play(step: Step): Promise<Step> {
    const { env = {}, stdin } = step
    const argv = step.argv!.slice(1).map((word) => word.replace(/\$\{(\w+)\}/g, (_all, name: string) => this.#variables.get(name) ?? ''))
    const cluster = this.#cluster
    const pid = cluster.runKubectl({ argv, env, stdin, files: this.#story.files })
    const end = cluster.timeline.clock + PATIENCE
    let edits = 0
    while (cluster.kubectl.processes.get(pid)?.exit === undefined) {
      const edit = cluster.kubectl.edits.get(pid)
      if (edit && edits++ < EDITS) {
        cluster.timeline.command(`kubectl/${pid}`, 'edited', await this.#edit(edit, env.KUBE_EDITOR ?? 'true'))
        continue
      }
      const at = cluster.timeline.nextAt()
      if (at === undefined || at > end || edits > EDITS) {
        cluster.timeline.command(`kubectl/${pid}`, 'interrupt', null)
        break
      }
      cluster.timeline.step()
    }
    const code = cluster.kubectl.processes.get(pid)?.exit ?? null
    const spoken = this.#spoken
    this.#spoken = ''
    const done = { argv, code, stdout: spoken + cluster.kubectl.textOf(pid, 'stdout'), stderr: cluster.kubectl.textOf(pid, 'stderr') }
    cluster.runFor(BETWEEN)
    return done
  }

  async wait(step: Step): Promise<void> {
    if (step.seconds !== undefined) this.#cluster.runFor(seconds(step.seconds))
    else if (step.argv) await this.play(step)
    else this.#cluster.settle(seconds(2), seconds(60))
  }

  async remember(step: Step): Promise<void> {
    this.#variables.set(step.var!, ((await this.play(step)).stdout ?? '').trim())
  }

  facts(): Facts {
    return {
      names: [...this.#names], podIPs: [...this.#podIPs], serviceIPs: [...this.#serviceIPs], nodePorts: [...this.#nodePorts], paths: PATHS, server: SERVER,
      keep: (text) => this.#written.includes(text),
    }
  }

  /** The recorded editor on the pending text; what it prints comes before kubectl's own words. */
  async #edit({ name, text }: PendingEdit, editor: string): Promise<string | null> {
    const path = `/tmp/${name}`
    const bash = this.#shell
    await bash.writeFile(path, text)
    const { exitCode, stdout } = await bash.exec(`${editor} ${path}`)
    this.#spoken += stdout
    return exitCode === 0 ? bash.readFile(path) : null
  }

  #note(object: KubeObject): void {
    const { name, generateName } = object.metadata
    if (generateName && name.startsWith(generateName) && GENERATED.test(name.slice(generateName.length))) this.#names.set(name, generateName)
    const status = object.status as { readonly podIP?: string } | undefined
    if (object.kind === 'Pod' && status?.podIP) this.#podIPs.add(status.podIP)
    if (object.kind !== 'Service') return
    const { spec } = object as Service
    if (spec.clusterIP && spec.clusterIP !== 'None' && object.metadata.name !== 'kubernetes') this.#serviceIPs.add(spec.clusterIP)
    for (const { nodePort } of spec.ports ?? []) if (nodePort) this.#nodePorts.add(nodePort)
  }
}

const shown = (text: string | undefined): string => (text ?? '').trimEnd().replace(/^/gm, '        ')

function describe(story: string, number: number, want: Step, got: Step): string {
  const lines = [`${story} step ${number}: ${want.argv!.join(' ')}`]
  if (want.code !== got.code) lines.push(`    exit code ${want.code} was recorded, got ${got.code}`)
  for (const stream of ['stdout', 'stderr'] as const)
    if (want[stream] !== got[stream]) lines.push(`    ${stream} recorded:\n${shown(want[stream])}\n    got:\n${shown(got[stream])}`)
  return lines.join('\n')
}

/** Replays the recorded stories, each on a fresh cluster with the fake kubelets, and compares every step that is not racy. */
export async function kubectlStories({ dir, only, failures }: SuiteOptions): Promise<SuiteReport> {
  const judge = await judgeOf<Judge>(dir, 'kubectl.mjs')
  const report = { equal: 0, total: 0, skipped: 0, failures: [] as string[], notes: [] as string[] }
  for (const file of readdirSync(dir).filter((name) => name.endsWith('.jsonl')).toSorted()) {
    const story = readStory(join(dir, file))
    if (only && !only.test(story.story)) continue
    const own = { equal: 0, total: 0 }
    let telling: Telling | undefined
    let broken: string | undefined
    try {
      telling = new Telling(story)
    } catch (reason) {
      broken = String(reason)
    }
    for (const [i, step] of story.steps.entries()) {
      const judged = step.code !== undefined && !step.racy && !step.watch
      try {
        if (!telling || broken) throw new Error(broken)
        if (step.wait !== undefined) await telling.wait(step)
        else if (step.var !== undefined) await telling.remember(step)
        else if (step.watch) for (const meanwhile of step.during ?? []) await telling.play(meanwhile)
        else {
          const got = judge.step(await telling.play(step), telling.facts())
          const { equal } = judge.compareStep(step, got)
          if (judged && equal) own.equal++
          else if (judged && report.failures.length < failures) report.failures.push(describe(story.story, i + 1, step, got))
        }
      } catch (reason) {
        if (!broken) report.failures.push(`${story.story} step ${i + 1} (${step.argv?.join(' ') ?? step.wait}): the simulation stopped: ${reason instanceof Error ? reason.message : String(reason)}`)
        broken ??= reason instanceof Error ? reason.message : String(reason)
      }
      if (judged) own.total++
      else if (step.code !== undefined) report.skipped++
    }
    report.equal += own.equal
    report.total += own.total
    report.notes.push(`${`${own.equal}/${own.total}`.padStart(8)}  ${story.story}${broken ? '  ✗ stopped' : ''}`)
  }
  return report
}
