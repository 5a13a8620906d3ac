import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Bash, decodeBytesToUtf8, defineCommand, type ResolvedCommandContext } from 'just-bash'
import type { Cluster } from '../../../src/sim/cluster.ts'
import type { Kubelets } from '../../../src/sim/node/kubelet/kubelets.ts'
import { seconds } from '../../../src/sim/engine/time.ts'
import type { ClusterHost } from '../../chainsaw/cluster-host.ts'
import { lookOnNode } from '../../../src/sim/node/kubelet/on-node.ts'
import { NODE } from './recorded-node.ts'

interface Result {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/** Folders of the node that the model has; the bash needs them to go there. */
const OF_THE_NODE = /^\/(proc|sys|var|run|etc\/cni|opt)(\/|$)/

const MANIFESTS = '/etc/kubernetes/manifests'
const PATIENCE = seconds(200)
/** Recordings leave a forwarded port open for this long; their shell does so in the background, which this one has not. */
const FORWARDED = seconds(3)

/** The recorder's shell on the node: kubectl and what looks at the node are ours, the rest is a bash without a machine. */
export class NodeShell {
  readonly #cluster: Cluster
  readonly #host: ClusterHost
  readonly #namespace: string
  readonly #bash: Bash
  #manifests = ''

  constructor(cluster: Cluster, host: ClusterHost, dir: string, namespace: string) {
    this.#cluster = cluster
    this.#host = host
    this.#namespace = namespace
    const files = Object.fromEntries(readdirSync(dir).filter((f) => f.endsWith('.yaml')).map((f) => [`/in/${f}`, readFileSync(join(dir, f), 'utf8')]))
    const command = (name: string, run: (argv: readonly string[], ctx: ResolvedCommandContext) => Result | Promise<Result>) => defineCommand(name, async (argv, ctx) => run(argv, ctx))
    this.#bash = new Bash({
      cwd: '/root',
      env: { IN: '/in', REC: '/rec' },
      files: { '/root/.keep': '', [`${MANIFESTS}/.keep`]: '', '/run/.keep': '', '/sys/fs/cgroup/cpu/.keep': '', '/sys/fs/cgroup/memory/.keep': '', '/var/lib/kubelet/pods/.keep': '', '/var/log/pods/.keep': '', ...files },
      customCommands: [
        command('kubectl', (argv, ctx) => this.#kubectl(argv, ctx)),
        command('sleep', ([time]) => this.#sleep(time)),
        command('timeout', (argv, ctx) => this.#timeout(argv, ctx)),
        command('pid', ([pod, container]) => this.#pid(pod!, container ?? '')),
        command('kill', (argv) => this.#kill(argv)),
        command('rec-runtime', (argv) => this.#runtime(argv)),
        command('rec-proxy', () => ({ stdout: '', stderr: 'the proxy runs as ever here\n', exitCode: 1 })),
        command('rmimage', (argv) => this.#node('remove-images', argv)),
        command('cid', ([pod, container]) => this.#cid(pod!, container ?? '')),
        ...['ps', 'lsns', 'ip', 'mount', 'ls', 'cat', 'find', 'crictl', 'ctr', 'bridge', 'tail'].map((name) => command(name, (argv, ctx) => this.#onNode(name, argv, ctx))),
      ],
    })
  }

  /** Runs a line; stdout and stderr together as the recorder kept them. */
  async run(line: string): Promise<{ readonly code: number; readonly text: string }> {
    await this.#syncFolders()
    const script = line.replaceAll('$REC/runtime.sh', 'rec-runtime').replaceAll('$REC/proxy.sh', 'rec-proxy')
    const { stdout, stderr, exitCode } = await this.#bash.exec(script)
    await this.#syncManifests()
    return { code: exitCode, text: `${stdout}${stderr}` }
  }

  async #kubectl(argv: readonly string[], ctx: ResolvedCommandContext, patience = PATIENCE): Promise<Result> {
    const files: Record<string, string> = {}
    for (const word of argv) {
      const path = word.startsWith('/') ? word : `${ctx.cwd}/${word}`
      if (/\.ya?ml$/.test(word) && (await ctx.fs.exists(path))) files[word] = await ctx.fs.readFile(path)
    }
    const named = argv.some((w) => w === '-n' || w.startsWith('--namespace') || w === '-A') || argv.includes('namespace')
    const dash = argv.indexOf('--')
    const words = named ? argv : dash < 0 ? [...argv, '-n', this.#namespace] : [...argv.slice(0, dash), '-n', this.#namespace, ...argv.slice(dash)]
    const { code, stdout, stderr } = this.#host.kubectl({ argv: words, env: {}, stdin: decodeBytesToUtf8(ctx.stdin), files }, this.#host.now + (argv[0] === 'port-forward' ? FORWARDED : patience))
    return { stdout, stderr, exitCode: code ?? 124 }
  }

  #sleep(time = '0'): Result {
    this.#cluster.runFor(seconds(Number(time.replace(/s$/, '')) || 0))
    return { stdout: '', stderr: '', exitCode: 0 }
  }

  async #timeout([time = '0', name = '', ...argv]: readonly string[], ctx: ResolvedCommandContext): Promise<Result> {
    if (name === 'kubectl') return this.#kubectl(argv, ctx, seconds(Number(time)))
    return { stdout: '', stderr: `${name}: not on this node\n`, exitCode: 127 }
  }

  get #kubelets(): Kubelets {
    return this.#cluster.kubelets as Kubelets
  }

  #pid(pod: string, container: string): Result {
    const pid = this.#kubelets.pidOf(NODE, `${this.#namespace}/${pod}`, container)
    return pid === undefined ? { stdout: '', stderr: 'no such container\n', exitCode: 1 } : { stdout: `${pid}\n`, stderr: '', exitCode: 0 }
  }

  /** Numbers of the pods' processes on the node, with the names that recordings give them. */
  pids(): ReadonlyMap<string, string> {
    const { world } = this.#kubelets
    const found = new Map<string, string>()
    for (const key of world.byNode.keys(NODE)) {
      const { pod, containers } = world.pods.get(key)!
      if (pod.metadata.namespace !== this.#namespace) continue
      for (const name of ['POD', ...Object.keys(containers)]) {
        const pid = this.#kubelets.pidOf(NODE, `${this.#namespace}/${pod.metadata.name}`, name)
        if (pid !== undefined) found.set(String(pid), `<pid-${pod.metadata.name}/${name === 'POD' ? 'pause' : name}>`)
      }
    }
    return found
  }

  #kill(argv: readonly string[]): Result {
    const signal = argv.find((word) => word.startsWith('-'))?.slice(1) ?? 'TERM'
    const pid = Number(argv.at(-1))
    this.#cluster.timeline.command(`kubelet/${NODE}`, 'kill', { pid, signal })
    return { stdout: '', stderr: '', exitCode: 0 }
  }

  #runtime([verb, what]: readonly string[]): Result {
    this.#cluster.timeline.command(`kubelet/${NODE}`, `${verb}-${what}`, null)
    return { stdout: '', stderr: '', exitCode: 0 }
  }

  #node(what: string, payload: unknown): Result {
    this.#cluster.timeline.command(`kubelet/${NODE}`, what, payload)
    return { stdout: '', stderr: '', exitCode: 0 }
  }

  #cid(pod: string, container: string): Result {
    const row = this.#kubelets.world.find(NODE, `${this.#namespace}/${pod}`)
    const id = container === 'POD' || container === 'pause' ? row?.sandbox.id : row?.containers[container]?.run?.id.replace(/^.*:\/\//, '')
    return { stdout: id ? `${id}\n` : '', stderr: '', exitCode: id ? 0 : 1 }
  }

  /** What looks at the node is answered by the model of the node; files of the recorder's own come from the bash. */
  async #onNode(name: string, argv: readonly string[], ctx: ResolvedCommandContext): Promise<Result> {
    const paths = argv.filter((word) => !word.startsWith('-')).map((word) => (word.startsWith('/') ? word : `${ctx.cwd}/${word}`))
    if (name === 'cat' && !paths.some((path) => OF_THE_NODE.test(path))) {
      if (argv.length === 0) return { stdout: decodeBytesToUtf8(ctx.stdin), stderr: '', exitCode: 0 }
      const texts = await Promise.all(paths.map((path) => ctx.fs.readFile(path).catch(() => undefined)))
      return { stdout: texts.join(''), stderr: '', exitCode: texts.includes(undefined) ? 1 : 0 }
    }
    const { stdout, stderr, code } = lookOnNode(this.#kubelets.world, NODE, [name, ...argv], this.#cluster.timeline.clock, { cwd: OF_THE_NODE.test(ctx.cwd) ? ctx.cwd : '/root' })
    return { stdout, stderr, exitCode: code }
  }

  /** The bash goes into folders of the node and finds names by patterns: the folders of pods are there for it. */
  async #syncFolders(): Promise<void> {
    const { world } = this.#kubelets
    for (const key of world.byNode.keys(NODE)) {
      const { pod: { metadata }, containers } = world.pods.get(key)!
      for (const dir of [`/var/lib/kubelet/pods/${metadata.uid!}`, `/var/log/pods/${metadata.namespace!}_${metadata.name}_${metadata.uid!}`]) await this.#bash.fs.mkdir(dir, { recursive: true })
      for (const [name, { run }] of Object.entries(containers)) {
        const folder = `/var/log/pods/${metadata.namespace!}_${metadata.name}_${metadata.uid!}/${name}`
        await this.#bash.fs.mkdir(folder, { recursive: true })
        if (run) await this.#bash.fs.writeFile(`${folder}/${run.attempt}.log`, '')
      }
    }
  }

  /** The kubelet watches a folder; ours is told when it changed. */
  async #syncManifests(): Promise<void> {
    const { fs } = this.#bash
    const files: Record<string, string> = {}
    for (const name of await fs.readdir(MANIFESTS)) if (name.endsWith('.yaml')) files[name] = await fs.readFile(`${MANIFESTS}/${name}`)
    const text = JSON.stringify(files)
    if (text === this.#manifests || (this.#manifests === '' && text === '{}')) return
    this.#manifests = text
    this.#cluster.timeline.command(`kubelet/${NODE}`, 'manifests', files)
  }
}
