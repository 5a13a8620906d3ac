/** The simulation without a page: `npm run sim -- run | test | serve | hash`. */
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { minutes, parseTime, type Micros } from '../src/sim/engine/time.ts'
import { problemOfSettings, type FlagTexts } from '../src/sim/component-flags.ts'
import { parseDuration } from '../src/sim/testing/chainsaw/duration.ts'
import { TestFileError } from '../src/sim/testing/chainsaw/reader.ts'
import { nodesOption } from './sim/files.ts'
import { certificateFor, kubeconfigFor } from './sim/kubeconfig.ts'
import { printObjects, runManifests } from './sim/run.ts'
import { serve } from './sim/serve.ts'
import { runTests } from './sim/test.ts'

const USAGE = `usage:
  npm run sim -- run <manifests…> [--for 5m] [--seed 1] [--nodes 3|FILE] [--kubelet detailed|kwok] [--flag SETTING=VALUE]… [-o json|yaml|name]
      applies manifests to a fresh cluster, lets it live, prints all objects
  npm run sim -- test <files or folders…> [--seed 1] [--nodes 3|FILE] [--kubelet detailed|kwok] [--flag SETTING=VALUE]… [--only REGEX] [--record FILE] [-v]
      runs Chainsaw tests, each on a fresh cluster; exits with 1 when one fails
  npm run sim -- serve [--port 8001] [--host 127.0.0.1] [--speed 1|N|max] [--start now|TIME] [--token T] [--insecure] [--kubeconfig FILE] [--seed 1] [--nodes 3|FILE] [--kubelet detailed|kwok] [--flag SETTING=VALUE]…
      a cluster behind HTTP for kubectl, client libraries and test tools; without --token one is made up and printed;
      --start 2026-03-01T09:00:00Z: when the cluster is ready by its own clock, else now; with the same one (and --seed) it begins the same
      --kubeconfig writes what kubectl needs, and serves HTTPS, since kubectl tells its token to nobody over plain HTTP
  npm run sim -- hash [manifests…] [--for 5m] [--seed 1] [--nodes 3|FILE] [--kubelet detailed|kwok] [--flag SETTING=VALUE]…
      as run, and prints the hash of the state

  --flag kube-controller-manager.node-monitor-grace-period=20s: a component's own flag or field of its file, with its component; as often as needed
`

class UsageError extends Error {}

const OPTIONS = {
  for: { type: 'string' },
  seed: { type: 'string' },
  nodes: { type: 'string' },
  kubelet: { type: 'string' },
  output: { type: 'string', short: 'o' },
  flag: { type: 'string', multiple: true },
  only: { type: 'string' },
  record: { type: 'string' },
  verbose: { type: 'boolean', short: 'v' },
  port: { type: 'string' },
  host: { type: 'string' },
  speed: { type: 'string' },
  start: { type: 'string' },
  token: { type: 'string' },
  insecure: { type: 'boolean' },
  kubeconfig: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

function read(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS })
  } catch (reason) {
    throw new UsageError((reason as Error).message)
  }
}

function whole(name: string, value: string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise
  if (!/^\d+$/.test(value)) throw new UsageError(`--${name}: a whole number was expected, got ${value}`)
  return Number(value)
}

/** `--flag kubelet.syncFrequency=10s`, several of them; a wrong value is refused in the component's words. */
function flagsOption(given: readonly string[] = [], kubelet: 'detailed' | 'kwok' = 'detailed'): FlagTexts {
  const flags = Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=')
      if (at < 0) throw new UsageError(`--flag: component.setting=value was expected, got ${text}`)
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
  const problem = problemOfSettings(flags, kubelet)
  if (problem !== undefined) throw new UsageError(`--flag: ${problem}`)
  return flags
}

function kubeletOption(value: string | undefined): 'detailed' | 'kwok' | undefined {
  if (value !== undefined && value !== 'detailed' && value !== 'kwok') throw new UsageError(`--kubelet: detailed or kwok was expected, got ${value}`)
  return value
}

function speedOption(value: string | undefined): number {
  if (value === undefined) return 1
  if (value === 'max') return Infinity
  const speed = Number(value)
  if (!(speed > 0)) throw new UsageError(`--speed: a positive number or max was expected, got ${value}`)
  return speed
}

/** Virtual time; undefined for now. Clusters exist from the simulation's epoch on. */
function startOption(value: string | undefined): Micros | undefined {
  if (value === undefined || value === 'now') return undefined
  const start = parseTime(value)
  if (start === undefined || start < minutes(5)) throw new UsageError(`--start: now or a time from 2026-01-01T00:05:00Z on was expected, got ${value}`)
  return start
}

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = read(argv)
  const [command, ...paths] = positionals
  if (values.help || command === undefined) {
    process.stdout.write(USAGE)
    return values.help ? 0 : 2
  }
  const seed = whole('seed', values.seed, 1)
  const kubelet = kubeletOption(values.kubelet)
  if (command === 'test') {
    if (paths.length === 0) throw new UsageError('which tests? name files or folders')
    const nodes = values.nodes === undefined ? undefined : nodesOption(values.nodes, 3)
    const only = values.only === undefined ? undefined : new RegExp(values.only)
    return (await runTests({ paths, seed, nodes, kubelet, flags: flagsOption(values.flag, kubelet), only, record: values.record, verbose: values.verbose ?? false })) > 0 ? 1 : 0
  }
  if (command === 'serve') {
    const speed = speedOption(values.speed)
    const token = values.insecure ? undefined : (values.token ?? randomBytes(16).toString('hex'))
    const host = values.host ?? '127.0.0.1'
    const certificate = values.kubeconfig === undefined || values.insecure ? undefined : await certificateFor(host)
    const { url } = await serve({
      port: whole('port', values.port, 8001), host, speed, token, ...(certificate ? { certificate } : {}), seed, nodes: nodesOption(values.nodes, 3), kubelet: kubelet ?? 'detailed', flags: flagsOption(values.flag, kubelet), start: startOption(values.start),
    })
    if (values.kubeconfig !== undefined) writeFileSync(values.kubeconfig, kubeconfigFor(url, token, certificate), { mode: 0o600 })
    process.stdout.write(`serving ${url}${token === undefined ? ' to everybody on this machine' : `\ntoken ${token}`}\n${values.kubeconfig === undefined ? '' : `kubectl --kubeconfig ${values.kubeconfig} get nodes\n`}`)
    return 0
  }
  if (command !== 'run' && command !== 'hash') throw new UsageError(`unknown command ${command}`)
  if (command === 'run' && paths.length === 0) throw new UsageError('which manifests?')
  const duration = values.for === undefined ? minutes(1) : parseDuration(values.for)
  if (duration === undefined) throw new UsageError(`--for: a duration such as 5m was expected, got ${values.for}`)
  const output = values.output ?? 'json'
  if (!['json', 'yaml', 'name'].includes(output)) throw new UsageError(`-o: json, yaml or name was expected, got ${output}`)
  const { cluster, failed, messages } = runManifests({ manifests: paths, for: duration, seed, nodes: nodesOption(values.nodes, 3), kubelet: kubelet ?? 'detailed', flags: flagsOption(values.flag, kubelet) })
  process.stderr.write(messages)
  process.stdout.write(command === 'hash' ? `${cluster.engine.hash()}\n` : printObjects(cluster, output))
  return failed ? 1 : 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (reason) {
  const code = (reason as NodeJS.ErrnoException).code
  if (!(reason instanceof UsageError || reason instanceof TestFileError || code === 'ENOENT')) throw reason
  process.stderr.write(`${(reason as Error).message}\n${reason instanceof UsageError ? USAGE : ''}`)
  process.exitCode = 2
}
