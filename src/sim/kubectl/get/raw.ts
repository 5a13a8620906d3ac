import type { JsonValue } from '../../api/meta.ts'
import { isStatus } from '../../api/status.ts'
import { scheme } from '../../kinds/index.ts'
import type { Invocation, KubectlContext } from '../context.ts'
import { fail, refuse } from '../failure.ts'
import { goJson } from '../print-json.ts'

const HEALTH: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz'])

/** `get --raw PATH`: objects and lists of the API, and the health checks. Other paths are not modelled. */
export function getRaw(ctx: KubectlContext, inv: Invocation): number {
  const path = inv.flags.text('raw').replace(/\?.*$/, '')
  if (inv.args.length > 0) fail('arguments may not be passed when --raw is specified')
  if (HEALTH.has(path)) {
    ctx.out('ok')
    return 0
  }
  const found = /^\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(path)
  if (!found) return fail(`the path ${path} is not modelled here`)
  const [, core, group = '', version, namespace, resource, name, subresource] = found
  const kind = scheme.resource(group, core ?? version!, resource!)
  if (!kind) return fail('the server could not find the requested resource')
  const answer = ctx.call({ verb: name ? 'get' : 'list', group, version: core ?? version!, resource: resource!, namespace, name, subresource })
  if (isStatus(answer)) refuse(answer)
  ctx.out(goJson(answer as unknown as JsonValue))
  return 0
}
