import type { Container, EnvVar, Probe } from '../api/container.ts'
import { milliValue, value as quantityValue } from '../api/quantity.ts'
import { portText } from './port-text.ts'

/** One container as describe shows it, cells separated by tabs; `indent` stands before its name. `state` are the lines of its status. */
export function containerText(indent: string, c: Container, status: { readonly ids: string; readonly imageId: string; readonly state: string } | undefined = undefined): string {
  let out = `${indent}${c.name}:\n`
  if (status) out += status.ids
  out += `    Image:\t${c.image ?? ''}\n`
  if (status) out += status.imageId
  const [ports, hostPorts] = [portText(c.ports, false), portText(c.ports, true)]
  const many = ports.includes(', ')
  out += `    ${many ? 'Ports' : 'Port'}:\t${ports || '<none>'}\n    ${many ? 'Host Ports' : 'Host Port'}:\t${hostPorts || '<none>'}\n`
  if (c.command?.length) out += `    Command:\n${wordLines(c.command)}`
  if (c.args?.length) out += `    Args:\n${wordLines(c.args)}`
  if (status) out += status.state
  out += amounts('Limits', c.resources?.limits) + amounts('Requests', c.resources?.requests)
  if (c.livenessProbe) out += `    Liveness:\t${probeText(c.livenessProbe)}\n`
  if (c.readinessProbe) out += `    Readiness:\t${probeText(c.readinessProbe)}\n`
  if (c.startupProbe) out += `    Startup:\t${probeText(c.startupProbe)}\n`
  return out + envText(c) + mountText(c)
}

const wordLines = (words: readonly string[]): string => words.flatMap((w) => w.split('\n')).map((w) => `      ${w}\n`).join('')

function amounts(title: string, list: Readonly<Record<string, string>> | undefined): string {
  const keys = Object.keys(list ?? {}).sort()
  return keys.length === 0 ? '' : `    ${title}:\n${keys.map((k) => `      ${k}:\t${list![k]!}\n`).join('')}`
}

/** "http-get http://:80/ delay=0s timeout=1s period=10s #success=1 #failure=3" (kubectl: DescribeProbe). */
export function probeText(p: Probe): string {
  const rest = `delay=${p.initialDelaySeconds ?? 0}s timeout=${p.timeoutSeconds ?? 1}s period=${p.periodSeconds ?? 10}s #success=${p.successThreshold ?? 1} #failure=${p.failureThreshold ?? 3}`
  if (p.exec) return `exec [${(p.exec.command ?? []).join(' ')}] ${rest}`
  if (p.httpGet) {
    const { scheme = 'HTTP', host = '', port, path = '' } = p.httpGet
    return `http-get ${scheme.toLowerCase()}://${host}:${port}${path.startsWith('/') || path === '' ? path : `/${path}`} ${rest}`
  }
  if (p.tcpSocket) return `tcp-socket ${p.tcpSocket.host ?? ''}:${p.tcpSocket.port} ${rest}`
  if (p.grpc) return `grpc <pod>:${p.grpc.port} ${p.grpc.service ?? ''} ${rest}`
  return `unknown ${rest}`
}

function envText(c: Container): string {
  let out = ''
  if (c.envFrom?.length) {
    out += '    Environment Variables from:\n'
    for (const from of c.envFrom) {
      const source = from.configMapRef ?? from.secretRef
      const kind = from.configMapRef ? 'ConfigMap' : 'Secret'
      out += `      ${source?.name ?? ''}\t${kind}${from.prefix ? ` with prefix '${from.prefix}'` : ''}\tOptional: ${source?.optional ?? false}\n`
    }
  }
  if (!c.env?.length) return `${out}    Environment:\t<none>\n`
  return `${out}    Environment:\n${c.env.map((e) => `      ${variable(e, c)}\n`).join('')}`
}

function variable(e: EnvVar, c: Container): string {
  const from = e.valueFrom
  if (!from) return `${e.name}:\t${(e.value ?? '').split('\n').join('\n              \t')}`
  if (from.fieldRef) return `${e.name}:\t (${from.fieldRef.apiVersion ?? 'v1'}:${from.fieldRef.fieldPath})`
  if (from.resourceFieldRef) return `${e.name}:\t${resourceField(from.resourceFieldRef, c)} (${from.resourceFieldRef.resource})`
  if (from.secretKeyRef) return `${e.name}:\t<set to the key '${from.secretKeyRef.key}' in secret '${from.secretKeyRef.name ?? ''}'>\tOptional: ${from.secretKeyRef.optional ?? false}`
  if (from.configMapKeyRef)
    return `${e.name}:\t<set to the key '${from.configMapKeyRef.key}' of config map '${from.configMapKeyRef.name ?? ''}'>\tOptional: ${from.configMapKeyRef.optional ?? false}`
  return `${e.name}:\t`
}

/** The container's own amount divided by the divisor, rounded up; "node allocatable" where it has none. */
function resourceField({ resource, divisor }: { readonly resource: string; readonly divisor?: string }, c: Container): string {
  const [side, name] = [resource.split('.')[0], resource.slice(resource.indexOf('.') + 1)]
  const amount = (side === 'limits' ? c.resources?.limits : c.resources?.requests)?.[name]
  const by = !divisor || divisor === '0' ? '1' : divisor
  if (amount === undefined) return side === 'limits' ? 'node allocatable' : '0'
  return `${name === 'cpu' ? Math.ceil(milliValue(amount) / milliValue(by)) : Math.ceil(quantityValue(amount) / Math.max(1, quantityValue(by)))}`
}

function mountText(c: Container): string {
  if (!c.volumeMounts?.length) return '    Mounts:\t<none>\n'
  const sorted = [...c.volumeMounts].sort((a, b) => (a.mountPath < b.mountPath ? -1 : a.mountPath > b.mountPath ? 1 : 0))
  const flags = (m: (typeof sorted)[number]): string => `${m.readOnly ? 'ro' : 'rw'}${m.subPath ? `,path=${JSON.stringify(m.subPath)}` : ''}`
  return `    Mounts:\n${sorted.map((m) => `      ${m.mountPath} from ${m.name} (${flags(m)})\n`).join('')}`
}
