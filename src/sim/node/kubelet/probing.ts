import type { Container, Probe } from '../../api/container.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import { Kernel } from '../linux/kernel.ts'
import { execIn } from '../linux/pod-machine.ts'
import { listener, serve } from '../linux/tools/net-tools.ts'
import { settingOf } from './linux.ts'
import type { PodRow } from './state.ts'
import type { KubeletWorld } from './world.ts'

/** A probe's outcome at one instant; `why` is the kubelet's message when it fails. */
export interface Outcome {
  readonly ok: boolean
  readonly why: string
  /** It could not be carried out at all: no verdict. */
  readonly errored?: boolean
}

const OK: Outcome = { ok: true, why: '' }

/** A pod's machine that is asked at later and later instants what a probe would find. */
export class ProbedMachine {
  readonly #world: KubeletWorld
  readonly #row: PodRow
  readonly #kernel: Kernel
  #quietUntil: Micros = 0

  constructor(world: KubeletWorld, row: PodRow) {
    this.#world = world
    this.#row = row
    this.#kernel = new Kernel(row.machine!, settingOf(world, row))
  }

  /** Until when nothing in the pod changes by itself, as far as the last question has shown. */
  get quietUntil(): Micros {
    return this.#quietUntil
  }

  at(container: Container, probe: Probe, at: Micros): Outcome {
    const ran = this.#kernel.run(at)
    this.#quietUntil = ran.because === 'idle' ? Infinity : (ran.next ?? at)
    return this.#outcome(container, probe, at)
  }

  #outcome(container: Container, probe: Probe, at: Micros): Outcome {
    const timeout = seconds(probe.timeoutSeconds ?? 1)
    if (probe.exec) return this.#exec(container, probe.exec.command ?? [], at, timeout)
    const ip = probe.httpGet?.host ?? probe.tcpSocket?.host ?? (this.#row.pod.spec.hostNetwork ? this.#world.node(this.#row).address : (this.#row.ip ?? ''))
    const wanted = probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port
    const port = typeof wanted === 'string' && !/^\d+$/.test(wanted) ? (container.ports ?? []).find((p) => p.name === wanted)?.containerPort : wanted === undefined ? undefined : Number(wanted)
    const listens = port !== undefined && listener(this.#kernel, port) !== undefined
    const refused = `dial tcp ${ip}:${port}: connect: connection refused`
    if (probe.tcpSocket) return listens ? OK : { ok: false, why: refused }
    if (probe.grpc) return listens ? OK : { ok: false, why: `timeout: failed to connect service "${ip}:${port}" within ${probe.timeoutSeconds ?? 1}s: context deadline exceeded` }
    const path = probe.httpGet?.path ?? '/'
    const url = `${(probe.httpGet?.scheme ?? 'HTTP').toLowerCase()}://${ip}:${port}${path.startsWith('/') ? path : `/${path}`}`
    if (!listens) return { ok: false, why: `Get "${url}": ${refused}` }
    const answer = serve(this.#kernel, port, path)
    if (answer === 'hang' || answer === undefined) return { ok: false, why: `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)` }
    return answer.status >= 200 && answer.status < 400 ? OK : { ok: false, why: `HTTP probe failed with statuscode: ${answer.status}` }
  }

  #exec(container: Container, argv: readonly string[], at: Micros, timeout: Micros): Outcome {
    const setting = settingOf(this.#world, this.#row)
    const begun = execIn(this.#kernel.freeze(), setting, container.name, 'probe', argv, '', at)
    if ('code' in begun) {
      const id = this.#row.machine!.containers[container.name]?.id ?? ''
      return { ok: false, errored: true, why: `rpc error: code = Unknown desc = failed to exec in container: failed to start exec "${id}": OCI runtime exec failed: exec failed: unable to start container process: ${begun.message}` }
    }
    const copy = new Kernel(begun.machine, setting)
    copy.run(at + timeout, 5000)
    const session = copy.sessions['probe']
    if (session?.code === undefined) return { ok: false, why: `command timed out: ${JSON.stringify(argv.join(' '))} timed out after ${timeout / 1_000_000}s` }
    return session.code === 0 ? OK : { ok: false, why: session.stdout + session.stderr }
  }
}

/** What an HTTP hook or probe finds now. */
export function httpOutcome(world: KubeletWorld, row: PodRow, container: Container, probe: Probe, now: Micros): Outcome {
  return row.machine ? new ProbedMachine(world, row).at(container, probe, now) : { ok: false, why: 'no sandbox' }
}
