import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { klog } from '../dry-run.ts'
import { fail } from '../failure.ts'
import type { Filter } from '../listening.ts'

export const proxyVerb: Verb = {
  name: 'proxy',
  summary: 'Lead a local port to the API server, until interrupted',
  usage: ['kubectl proxy', 'kubectl proxy --port=8080 &', 'kubectl proxy --api-prefix=/custom/'],
  run: proxy,
}

const LONG: number = 3_600_000_000

/** kubectl: proxy.go; programs of the same terminal can connect. */
function proxy(ctx: KubectlContext, { args, flags }: Invocation): number {
  if (args.length > 0) fail(`unknown command ${JSON.stringify(args.join(' '))}\nSee 'kubectl proxy -h' for help and examples`)
  const filter = filterOf(flags)
  const isSocket = flags.text('unix-socket') !== ''
  if (flags.bool('disable-filter') && !isSocket) klog(ctx, 'proxy.go:177] Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious')
  if (flags.int('port') !== 8001 && isSocket) fail('cannot set --unix-socket and --port at the same time')
  if (isSocket) fail('sockets are not modelled here; use --port')
  if (flags.text('www')) fail('serving files (--www) is not modelled here')
  const port = flags.int('port') || 32768 + ctx.random(28000)
  const address = flags.text('address') || '127.0.0.1'
  const prefix = flags.text('api-prefix') || '/'
  if (!ctx.listen(port, address, { to: 'api', prefix: prefix.endsWith('/') ? prefix : `${prefix}/`, filter })) fail(`listen tcp ${address}:${port}: bind: address already in use`)
  ctx.out(`Starting to serve on ${address.includes(':') ? `[${address}]` : address}:${port}\n`)
  return ctx.loop<null, number>(null, () => {
    ctx.sleep(LONG)
    return { state: null }
  })
}

function filterOf(flags: Invocation['flags']): Filter | null {
  if (flags.bool('disable-filter')) return null
  const forms = (flag: string, preset: string): readonly string[] => (flags.given(flag) ? flags.text(flag) : preset).split(',').filter((form) => form !== '').map(checked)
  return {
    acceptPaths: forms('accept-paths', '^.*'), rejectPaths: forms('reject-paths', '^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach'),
    acceptHosts: forms('accept-hosts', '^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$'), rejectMethods: forms('reject-methods', '^$'),
  }
}

/** An expression that would take for ever is none. */
function checked(form: string): string {
  if (/[*+}]\)?[*+{]/.test(form)) fail(`Error compiling re: ${form}: nested repetition is not modelled here`)
  try {
    new RegExp(form)
  } catch {
    fail(`Error compiling re: error parsing regexp: ${form}`)
  }
  return form
}
