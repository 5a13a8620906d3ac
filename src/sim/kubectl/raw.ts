import { escapeHtml } from '../api/field.ts'
import { inGoOrder } from '../api/go-order.ts'
import type { JsonValue } from '../api/meta.ts'
import { isStatus } from '../api/status.ts'
import type { Invocation, KubectlContext } from './context.ts'
import { fail, refuse } from './failure.ts'
import { filesOf } from './files.ts'

/** `--raw PATH` of get, create, replace and delete: the request as it stands, the answer as it comes (kubectl: rawhttp). */
export function sendRaw(ctx: KubectlContext, inv: Invocation, method: 'GET' | 'POST' | 'PUT' | 'DELETE'): number {
  const { flags, args } = inv
  if (args.length > 0) fail('arguments may not be passed when --raw is specified')
  const files = flags.list('filename')
  if (method !== 'GET' && method !== 'DELETE' && files.length !== 1) fail('--raw can only use a single local file or stdin')
  for (const other of ['selector', 'output', 'recursive']) if (flags.given(other)) fail(`--raw and --${other} are mutually exclusive`)
  const [path, query = ''] = flags.text('raw').split('?', 2) as [string, string?]
  if (!path.startsWith('/')) fail(`invalid --raw argument ${JSON.stringify(flags.text('raw'))}: it is a path and begins with /`)
  const body = files.length === 1 ? filesOf(ctx, files, false)[0]!.text : undefined
  const answer = ctx.call<never>({ verb: 'get', group: '', version: '', resource: '', raw: { method, path, query, ...(body === undefined ? {} : { body, contentType: 'application/json' }) } }) as unknown
  if (isStatus(answer)) refuse(answer)
  ctx.out(typeof answer === 'string' ? answer : escapeHtml(JSON.stringify(inGoOrder(answer as JsonValue))))
  return 0
}
