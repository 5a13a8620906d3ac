import { badRequest, notFound, serviceUnavailable } from '../../api/status.ts'
import type { Micros } from '../../engine/time.ts'
import type { ApiServer } from '../server.ts'
import type { HttpAnswer } from './message.ts'
import type { RequestPath } from './path.ts'
import type { Query } from './query.ts'
import { answered } from './routes.ts'

const KUBELET_PORT = '10250'

/** "https:node-1:10250" as scheme, name and port (apimachinery: util/net, SplitSchemeNamePort). */
function splitName(id: string): { readonly name: string; readonly port: string } | undefined {
  const parts = id.split(':')
  const [name, port] = parts.length === 3 ? parts.slice(1) : parts
  const isScheme = parts.length < 3 || ['', 'http', 'https'].includes(parts[0]!)
  return parts.length <= 3 && isScheme && name ? { name, port: port ?? '' } : undefined
}

/** GET nodes/<name>/proxy/…: what the node's kubelet answers there (registry/core/node: rest, proxy.go and ResourceLocation). */
export function nodeProxy(server: ApiServer, method: string, path: RequestPath, query: Query, now: Micros): HttpAnswer {
  const to = splitName(path.name)
  if (!to) return answered(badRequest(`invalid node request ${JSON.stringify(path.name)}`))
  const node = server.store.get(`nodes/${to.name}`)
  if (!node) return answered(notFound({ group: '', resource: 'nodes' }, to.name))
  if (to.port !== '' && to.port !== KUBELET_PORT) return answered(serviceUnavailable(`error trying to reach service: only the kubelet's port ${KUBELET_PORT} is served by nodes here`))
  const answer = server.askKubelet(node, path.rest.join('/'), query, now)
  if (typeof answer === 'string') return answered(serviceUnavailable(`error trying to reach service: ${answer}`))
  if (method !== 'GET' && method !== 'HEAD') return { code: 405, body: '405: Method Not Allowed', contentType: 'text/plain; charset=utf-8', warnings: [], changes: [] }
  return { ...answer, warnings: [], changes: [] }
}
