import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Bash, decodeBytesToUtf8, defineCommand, type ResolvedCommandContext } from 'just-bash'
import type { Cluster } from '../../../src/sim/cluster.ts'
import type { Kubelets } from '../../../src/sim/node/kubelet/kubelets.ts'
import { seconds } from '../../../src/sim/engine/time.ts'
import type { ClusterHost } from '../../chainsaw/cluster-host.ts'
import { NODE } from './recorded-node.ts'

interface Result {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

const MANIFESTS = '/etc/kubernetes/manifests'
const PATIENCE = seconds(200)

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
      files: { '/root/.keep': '', [`${MANIFESTS}/.keep`]: '', '/run/.keep': '', ...files },
      customCommands: [
        command('kubectl', (argv, ctx) => this.#kubectl(argv, ctx)),
        command('sleep', ([time]) => this.#sleep(time)),
        command('timeout', (argv, ctx) => this.#timeout(argv, ctx)),
        command('pid', ([pod, container]) => this.#pid(pod!, container ?? '')),
        command('kill', (argv) => this.#kill(argv)),
        command('rec-runtime', (argv) => this.#runtime(argv)),
        command('rec-proxy', () => ({ stdout: '', stderr: 'the proxy runs as ever here\n', exitCode: 1 })),
        command('rmimage', (argv) => this.#node('remove-images', argv)),
        ...['ps', 'lsns', 'ip', 'mount', 'ls', 'cat'].map((name) => command(`node-${name}`, (argv) => this.#onNode(name, argv))),
      ],
    })
  }

  /** Runs a line; stdout and stderr together as the recorder kept them. */
  async run(line: string): Promise<{ readonly code: number; readonly text: string }> {
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
    const { code, stdout, stderr } = this.#host.kubectl({ argv: words, env: {}, stdin: decodeBytesToUtf8(ctx.stdin), files }, this.#host.now + patience)
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
    const pid = this.#kubelets.pidOf(NODE, `${this.#namespace}/${pod}`, container, this.#cluster.timeline.clock)
    return pid === undefined ? { stdout: '', stderr: 'no such container\n', exitCode: 1 } : { stdout: `${pid}\n`, stderr: '', exitCode: 0 }
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

  #onNode(name: string, _argv: readonly string[]): Result {
    return { stdout: '', stderr: `${name}: not on this node\n`, exitCode: 127 }
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
