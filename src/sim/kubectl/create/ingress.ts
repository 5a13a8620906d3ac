import { fail } from '../failure.ts'
import { intOrText, objectOf, type Generator } from './generator.ts'

/** host/path=service:port[,tls[=secret]] (kubectl: create_ingress.go). */
const RULE = /^[\w.*{}-]*\/(?:[\w./-]*)(?:\*?)=(?:[\w.-]+):(?:[\w.-]+)(?:,tls(?:=[\w.-]+)?)?$/

interface Path {
  readonly path: string
  readonly pathType: string
  readonly backend: unknown
}

const backend = (text: string): unknown => {
  const [name, port = ''] = text.split(':')
  const value = intOrText(port)
  return { service: { name, port: typeof value === 'number' ? { number: value } : { name: value } } }
}

export const ingress: Generator = {
  failed: 'failed to create ingress: ',
  make(_ctx, { flags }, name) {
    const [rules, fallback] = [flags.list('rule'), flags.text('default-backend')]
    if (!fallback && rules.length === 0) fail('not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)')
    for (const rule of rules) if (!RULE.test(rule)) fail(`rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`)
    const annotations: Record<string, string> = {}
    for (const text of flags.list('annotation')) {
      const eq = text.indexOf('=')
      if (eq < 0) fail(`annotation ${text} is invalid and should be in format key=[value]`)
      annotations[text.slice(0, eq)] = text.slice(eq + 1)
    }
    if (fallback && fallback.split(':').length !== 2) fail('default-backend should be in format servicename:serviceport')
    const tls = tlsOf(rules)
    const hosts = hostsOf(rules)
    const className = flags.text('class')
    return objectOf('Ingress', 'networking.k8s.io/v1', {
      metadata: { name, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
      spec: {
        ...(className ? { ingressClassName: className } : {}), ...(fallback ? { defaultBackend: backend(fallback) } : {}),
        ...(tls.length > 0 ? { tls } : {}), ...(hosts.length > 0 ? { rules: hosts } : {}),
      },
      status: { loadBalancer: {} },
    })
  },
}

function tlsOf(rules: readonly string[]): readonly unknown[] {
  const seen = new Set<string>()
  const made: { hosts: string[]; secretName?: string }[] = []
  for (const rule of rules) {
    const parts = rule.split(',')
    if (parts.length !== 2) continue
    const host = rule.split('/')[0]!
    if (seen.has(host)) continue
    seen.add(host)
    const secret = parts[1]!.split('=')[1] ?? ''
    const same = made.find((t) => (t.secretName ?? '') === secret)
    if (same) same.hosts.push(host)
    else if (host || secret) made.push({ hosts: host ? [host] : [], ...(secret ? { secretName: secret } : {}) })
  }
  return made.map(({ hosts, secretName }) => ({ ...(hosts.length > 0 ? { hosts } : {}), ...(secretName ? { secretName } : {}) }))
}

function hostsOf(rules: readonly string[]): readonly unknown[] {
  const byHost = new Map<string, Path[]>()
  for (const rule of rules) {
    const text = rule.split(',')[0]!
    const slash = text.indexOf('/')
    const [raw = '', service = ''] = text.slice(slash + 1).split('=')
    const path = `/${raw}`
    const prefix = path.endsWith('*')
    const made: Path = { path: prefix ? path.slice(0, -1) : path, pathType: prefix ? 'Prefix' : 'Exact', backend: backend(service) }
    const host = text.slice(0, slash)
    byHost.set(host, [...(byHost.get(host) ?? []), made])
  }
  return [...byHost].map(([host, paths]) => ({ ...(host ? { host } : {}), http: { paths } }))
}
