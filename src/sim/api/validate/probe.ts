import { child, forbiddenField, invalidValue, notSupported, required, type Path } from '../field.ts'
import type { ExecAction, GRPCAction, HTTPGetAction, Lifecycle, Probe, SleepAction, TCPSocketAction } from '../container.ts'
import { isHttpHeaderName, isPortName, isPortNumber } from '../names.ts'
import type { IntOrString } from '../meta.ts'
import { nonNegative, type Errors } from './simple.ts'

interface Handler {
  readonly exec?: ExecAction
  readonly httpGet?: HTTPGetAction
  readonly tcpSocket?: TCPSocketAction
  readonly grpc?: GRPCAction
  readonly sleep?: SleepAction
}

/** core/validation: ValidatePortNumOrName. */
export function portNumberOrName(port: IntOrString | undefined, path: Path, out: Errors): void {
  if (typeof port === 'string') for (const m of isPortName(port)) out.push(invalidValue(path, port, m))
  else for (const m of isPortNumber(port ?? 0)) out.push(invalidValue(path, port ?? 0, m))
}

function httpGet(h: HTTPGetAction, path: Path, out: Errors): void {
  if (!h.path) out.push(required(child(path, 'path')))
  portNumberOrName(h.port, child(path, 'port'), out)
  if (h.scheme !== 'HTTP' && h.scheme !== 'HTTPS') out.push(notSupported(child(path, 'scheme'), h.scheme ?? '', ['HTTP', 'HTTPS']))
  for (const header of h.httpHeaders ?? []) for (const m of isHttpHeaderName(header.name)) out.push(invalidValue(child(path, 'httpHeaders'), header.name, m))
}

function handler(h: Handler, grace: number | undefined, path: Path, out: Errors): void {
  let handlers = 0
  const only = (name: keyof Handler, check: () => void): void => {
    if (h[name] === undefined) return
    if (handlers > 0) return void out.push(forbiddenField(child(path, name), 'may not specify more than 1 handler type'))
    handlers++
    check()
  }
  only('exec', () => h.exec!.command?.length || out.push(required(child(path, 'exec.command'))))
  only('httpGet', () => httpGet(h.httpGet!, child(path, 'httpGet'), out))
  only('tcpSocket', () => portNumberOrName(h.tcpSocket!.port, child(path, 'tcpSocket.port'), out))
  only('grpc', () => portNumberOrName(h.grpc!.port, child(path, 'grpc.port'), out))
  only('sleep', () => {
    const { seconds } = h.sleep!
    if (grace !== undefined && (seconds < 0 || seconds > grace)) {
      out.push(invalidValue(child(path, 'sleep'), seconds, `must be non-negative and less than terminationGracePeriodSeconds (${grace})`))
    }
  })
  if (handlers === 0) out.push(required(path, 'must specify a handler type'))
}

export type ProbeKind = 'livenessProbe' | 'readinessProbe' | 'startupProbe'
const NUMBERS = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const

/** core/validation: validateProbe and what each kind of probe asks besides. */
export function probe(p: Probe | undefined, kind: ProbeKind, grace: number | undefined, path: Path, out: Errors): void {
  if (!p) return
  handler(p, grace, path, out)
  for (const key of NUMBERS) nonNegative(p[key], child(path, key), out)
  const own = p.terminationGracePeriodSeconds
  const graceField = child(path, 'terminationGracePeriodSeconds')
  if (own !== undefined && own <= 0) out.push(invalidValue(graceField, own, 'must be greater than 0'))
  if (kind === 'readinessProbe') {
    if (own !== undefined) out.push(invalidValue(graceField, own, 'must not be set for readinessProbes'))
  } else if (p.successThreshold !== 1) out.push(invalidValue(child(path, 'successThreshold'), p.successThreshold ?? 0, 'must be 1'))
}

const LINUX_SIGNALS = [
  'SIGABRT', 'SIGALRM', 'SIGBUS', 'SIGCHLD', 'SIGCLD', 'SIGCONT', 'SIGFPE', 'SIGHUP', 'SIGILL', 'SIGINT', 'SIGIO', 'SIGIOT', 'SIGKILL', 'SIGPIPE', 'SIGPOLL',
  'SIGPROF', 'SIGPWR', 'SIGQUIT', 'SIGRTMAX', ...range('SIGRTMAX-', 14), 'SIGRTMIN', ...range('SIGRTMIN+', 15), 'SIGSEGV', 'SIGSTKFLT', 'SIGSTOP', 'SIGSYS',
  'SIGTERM', 'SIGTRAP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGURG', 'SIGUSR1', 'SIGUSR2', 'SIGVTALRM', 'SIGWINCH', 'SIGXCPU', 'SIGXFSZ',
]

function range(prefix: string, n: number): readonly string[] {
  return Array.from({ length: n }, (_, i) => `${prefix}${i + 1}`).sort()
}

/** core/validation: validateLifecycle. `os` is spec.os.name. */
export function lifecycle(l: Lifecycle | undefined, grace: number | undefined, os: string | undefined, path: Path, out: Errors): void {
  if (!l) return
  if (l.postStart) handler(l.postStart, grace, child(path, 'postStart'), out)
  if (l.preStop) handler(l.preStop, grace, child(path, 'preStop'), out)
  if (l.stopSignal === undefined) return
  const stop = child(path, 'stopSignal')
  if (os === undefined) out.push(forbiddenField(stop, 'may not be set for containers with empty `spec.os.name`'))
  else {
    const valid = os === 'windows' ? ['SIGKILL', 'SIGTERM'] : os === 'linux' ? LINUX_SIGNALS : undefined
    if (valid && !valid.includes(l.stopSignal)) out.push(notSupported(stop, l.stopSignal, valid))
  }
}
