import type { Impersonation } from '../apiserver/authentication/impersonation.ts'
import { userOfToken } from '../apiserver/authentication/tokens.ts'
import { ANONYMOUS, type UserInfo } from '../apiserver/authentication/user.ts'
import type { Invocation, KubectlContext } from './context.ts'
import { klogError } from './dry-run.ts'
import { fail, Failure } from './failure.ts'
import { parseGoDuration } from './go-duration.ts'
import { contextNamed, SERVER, type ConfigUser, type KubeConfig } from './kubeconfig.ts'

/** As whom a command talks to the API server, which finds out itself whose an unlisted token is. */
export interface Connection {
  readonly user: UserInfo
  readonly token?: string
  readonly impersonate?: Impersonation
}

/** Names in the API server's certificate. */
const CERTIFIED: readonly string[] = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'localhost']
const NOWHERE = 'http://localhost:8080'
/** How often discovery is tried before kubectl gives up. */
const TRIES = 5

/** What kubeconfig and flags come to (client-go: clientcmd, client_config.go); ends the command in its words where they come to nothing. */
export function connect(ctx: KubectlContext, inv: Pick<Invocation, 'flags'>, config: KubeConfig): Connection {
  const { flags } = inv
  const contextName = flags.text('context') || config.currentContext
  const context = contextNamed(config, contextName)
  if (!context && contextName) throw new Failure(`Error in configuration: context was not found for specified context: ${contextName}`)
  const user = userOf(config, flags.text('user'), context?.user ?? '', contextName)
  const clusterName = flags.text('cluster') || context?.cluster || ''
  const cluster = config.clusters.find((c) => c.name === clusterName)
  if (!cluster && flags.text('cluster')) fail(`no server found for cluster "${clusterName}"`)
  if (!cluster && clusterName) throw new Failure(`Error in configuration: cluster "${clusterName}" was not found for context "${contextName}"`)
  checkFiles(ctx, inv, clusterName, user)
  checkTimeout(flags.text('request-timeout'))
  reach(ctx, flags.text('server') || cluster?.server || NOWHERE, flags.text('tls-server-name'))
  const impersonate = impersonationOf(inv, user?.name ?? '')
  return { ...authenticated(inv, user), ...(impersonate ? { impersonate } : {}) }
}

function userOf(config: KubeConfig, flag: string, preset: string, context: string): ConfigUser | undefined {
  const name = flag || preset
  const user = config.users.find((u) => u.name === name)
  if (!user && flag) fail(`auth info "${flag}" does not exist`)
  if (!user && name) throw new Failure(`Error in configuration: user "${name}" was not found for context "${context}"`)
  return user
}

function checkFiles(ctx: KubectlContext, { flags }: Pick<Invocation, 'flags'>, cluster: string, user: ConfigUser | undefined): void {
  const missing = (path: string): boolean => path !== '' && ctx.files[path] === undefined
  const unreadable = (path: string): string => `due to open ${path}: no such file or directory`
  const authority = flags.text('certificate-authority')
  if (missing(authority)) fail(`unable to read certificate-authority ${authority} for ${cluster} ${unreadable(authority)}`)
  const [certificate, key, name] = [flags.text('client-certificate'), flags.text('client-key'), user?.name ?? '']
  const problems = [
    certificate && !key ? `client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.` : '',
    missing(certificate) ? `unable to read client-cert ${certificate} for ${name} ${unreadable(certificate)}` : '',
    missing(key) ? `unable to read client-key ${key} for ${name} ${unreadable(key)}` : '',
  ].filter(Boolean)
  if (problems.length > 1) throw new Failure(`Error in configuration: \n${problems.map((p) => `* ${p}`).join('\n')}`)
  if (problems.length === 1) throw new Failure(`Error in configuration: ${problems[0]}`)
  const methods = [flags.text('token') || user?.fields.token ? 'token' : '', flags.text('username') || user?.fields.username ? 'basicAuth' : ''].filter(Boolean)
  if (methods.length > 1) fail(`more than one authentication method found for ${name}; found [${methods.join(' ')}], only one is allowed`)
}

function checkTimeout(text: string): void {
  if (text === '' || text === '0') return
  const micros = /^\d+$/.test(text) ? Number(text) * 1_000_000 : parseGoDuration(text)
  if (micros === undefined) fail('Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)')
  // A request takes about a millisecond.
  if (!/^0[a-z]*$/.test(text) && micros! < 1000) fail('context deadline exceeded')
}

/** Only the simulated API server can be reached from here. */
function reach(ctx: KubectlContext, server: string, serverName: string): void {
  if (server === SERVER) {
    if (serverName && !CERTIFIED.includes(serverName)) throw new Failure(`Unable to connect to the server: tls: failed to verify certificate: x509: certificate is valid for ${CERTIFIED.join(', ')}, not ${serverName}`)
    return
  }
  const found = /^(?:(https?):\/\/)?([^:/]+)(?::(\d+))?/.exec(server)
  if (!found) return fail(`host must be a URL or a host:port pair: ${JSON.stringify(server)}`)
  const [, scheme, host = '', port] = found
  const url = `${scheme ?? 'http'}://${host}${port ? `:${port}` : ''}`
  const local = host === 'localhost' || host.startsWith('127.')
  const dialled = `${host === 'localhost' ? '127.0.0.1' : host}:${port ?? (scheme === 'https' ? 443 : 80)}`
  const numeric = /^[\d.]+$/.test(host)
  const cause = local ? `dial tcp ${dialled}: connect: connection refused` : numeric ? `dial tcp ${dialled}: i/o timeout` : `dial tcp: lookup ${host} on 10.96.0.10:53: no such host`
  for (let i = 0; i < TRIES; i++) klogError(ctx, `memcache.go:265] "Unhandled Error" err="couldn't get current server API group list: Get \\"${url}/api?timeout=32s\\": ${cause}"`)
  if (local) throw new Failure(`The connection to the server ${host}${port ? `:${port}` : ''} was refused - did you specify the right host or port?`)
  throw new Failure(`Unable to connect to the server: ${cause}`)
}

function impersonationOf({ flags }: Pick<Invocation, 'flags'>, user: string): Impersonation | undefined {
  const [name, groups, uid, extra] = [flags.text('as'), flags.list('as-group'), flags.text('as-uid'), flags.list('as-user-extra')]
  if (!name) {
    if (groups.length > 0 || uid || extra.length > 0) fail(`requesting uid, groups or user-extra for ${user} without impersonating a user`)
    return undefined
  }
  const extras: Record<string, string[]> = {}
  for (const pair of extra) {
    const eq = pair.indexOf('=')
    if (eq < 0) fail(`requesting user-extra for ${user} with malformed ${JSON.stringify(pair)}: key=value is wanted`)
    ;(extras[pair.slice(0, eq)] ??= []).push(pair.slice(eq + 1))
  }
  return { name, ...(groups.length > 0 ? { groups } : {}), ...(uid ? { uid } : {}), ...(extra.length > 0 ? { extra: extras } : {}) }
}

/** Without a token a request is anonymous; names and passwords are no credentials of this API server. */
function authenticated({ flags }: Pick<Invocation, 'flags'>, user: ConfigUser | undefined): Pick<Connection, 'user' | 'token'> {
  const token = flags.text('token') || user?.fields.token
  if (!token) return { user: ANONYMOUS }
  const listed = userOfToken(token)
  return listed ? { user: listed } : { user: ANONYMOUS, token }
}
