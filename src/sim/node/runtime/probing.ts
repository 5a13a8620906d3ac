import type { Container, Probe } from '../../api/container.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import { fileExists, lastBreakpoint, type Process } from './process.ts'
import { runScript } from './shell.ts'

export type ProbeKind = 'startup' | 'readiness' | 'liveness'

/** A probe's outcome at one instant; `why` is the kubelet's message when it fails. */
export interface Outcome {
  readonly ok: boolean
  readonly why: string
}

const OK: Outcome = { ok: true, why: '' }

/** Would the probe succeed when the process is `age` old? `ip` is the pod's. */
export function probeAt(container: Container, process: Process, probe: Probe, ip: string, age: Micros): Outcome {
  if (probe.exec) return execAt(process, probe.exec.command ?? [], age)
  const wanted = probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port
  const port = typeof wanted === 'string' ? (container.ports ?? []).find((p) => p.name === wanted)?.containerPort : wanted
  const listens = port !== undefined && age >= process.servesAfter && process.ports.includes(port)
  const refused = `dial tcp ${ip}:${port}: connect: connection refused`
  if (probe.tcpSocket) return listens ? OK : { ok: false, why: refused }
  if (probe.grpc) return listens ? OK : { ok: false, why: `timeout: failed to connect service "${ip}:${port}" within 1s: context deadline exceeded` }
  const path = probe.httpGet?.path ?? '/'
  const scheme = (probe.httpGet?.scheme ?? 'HTTP').toLowerCase()
  if (!listens) return { ok: false, why: `Get "${scheme}://${ip}:${port}${path}": ${refused}` }
  const known = process.paths === undefined || process.paths.includes(path.split('?')[0]!)
  return known ? OK : { ok: false, why: 'HTTP probe failed with statuscode: 404' }
}

/** A command inside the container: cat, ls and test look at the files that its script makes; the rest is run as a script. */
function execAt(process: Process, command: readonly string[], age: Micros): Outcome {
  const [name = '', ...args] = command
  const path = args.at(-1) ?? ''
  if (name === 'cat' || name === 'ls' || name === 'test' || name === '[') {
    const file = name === '[' ? (args.at(-2) ?? '') : path
    return fileExists(process, file, age) ? OK : { ok: false, why: `${name}: can't open '${file}': No such file or directory\n` }
  }
  if (/^(\/bin\/)?(sh|bash|ash)$/.test(name)) return execAt(process, (args.at(-1) ?? '').split(/\s+/), age)
  const { end, lines } = runScript(command.join(' '))
  return end?.code === 0 ? OK : { ok: false, why: lines.map((line) => line.text).join('\n') }
}

/** What a run of equal outcomes has come to. */
export interface ProbeState {
  /** The verdict in force. */
  readonly ok: boolean
}

/** When a probe's verdict changes next, and to what; computed, so that probes that change nothing are no events. */
export interface Flip {
  readonly at: Micros
  readonly ok: boolean
  readonly why: string
  /** The first failing attempt of the run, for its event. */
  readonly firstFailure?: { readonly at: Micros; readonly why: string }
}

/**
 * The next change of verdict after `from`. `startedAt`: of the container; `firstTick`: the first attempt; `current`: the
 * verdict in force (undefined: none yet, so the first decided run counts).
 */
export function nextFlip(
  container: Container, process: Process, probe: Probe, ip: string,
  times: { readonly startedAt: Micros; readonly firstTick: Micros; readonly from: Micros },
  current: boolean | undefined,
): Flip | undefined {
  const period = seconds(probe.periodSeconds ?? 10)
  const needed = (ok: boolean): number => (ok ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3))
  const settledAt = times.startedAt + lastBreakpoint(process)
  let tick = times.firstTick
  if (tick < times.from) tick += Math.ceil((times.from - tick) / period) * period
  let run = 0
  let last: boolean | undefined
  let firstFailure: Flip['firstFailure']
  for (;;) {
    const { ok, why } = probeAt(container, process, probe, ip, tick - times.startedAt)
    run = ok === last ? run + 1 : 1
    last = ok
    if (!ok) firstFailure ??= { at: tick, why }
    if (ok !== current && run >= needed(ok)) return { at: tick, ok, why, ...(firstFailure ? { firstFailure } : {}) }
    // Behind the last breakpoint outcomes stay as they are: a verdict equal to the outcome never changes again.
    if (tick > settledAt && ok === current) return undefined
    tick += period
  }
}
