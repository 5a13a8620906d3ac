import { goQuote } from '../../api/field.ts'
import type { Invocation, KubectlContext } from '../context.ts'
import { fail, usage } from '../failure.ts'
import { helpText } from '../help.ts'
import { configPath, contextNamed, type ConfigContext } from '../kubeconfig.ts'
import { withProperty } from './property.ts'

type Command = (ctx: KubectlContext, inv: Invocation) => number

/** Says how a command is used and that it was used otherwise (config: helpErrorf and unexpectedArgs). */
function unexpected(ctx: KubectlContext, { path, args }: Invocation): never {
  ctx.out(helpText(path, []))
  return fail(`Unexpected args: [${args.join(' ')}]`)
}

export const useContext: Command = (ctx, inv) => {
  if (inv.args.length !== 1) unexpected(ctx, inv)
  const { config } = ctx
  const name = inv.args[0]!
  if (!contextNamed(config, name)) fail(`no context exists with the name: ${goQuote(name)}`)
  ctx.saveConfig({ ...config, currentContext: name })
  ctx.out(`Switched to context ${goQuote(name)}.\n`)
  return 0
}

export const setContext: Command = (ctx, { flags, args }) => {
  const { config } = ctx
  const current = flags.bool('current')
  if (current && args.length > 0) fail('you cannot specify both a context name and --current')
  if (args.length > 1) fail(`Unexpected args: [${args.join(' ')}]`)
  const name = current ? config.currentContext : args[0]
  if (!name) return fail(current ? 'no current context is set' : 'you must specify a non-empty context name or --current')
  const old = contextNamed(config, name)
  const next: ConfigContext = {
    name,
    cluster: flags.given('cluster') ? flags.text('cluster') : (old?.cluster ?? ''),
    user: flags.given('user') ? flags.text('user') : (old?.user ?? ''),
    namespace: flags.given('namespace') ? flags.text('namespace') || undefined : old?.namespace,
  }
  ctx.saveConfig({ ...config, contexts: [...config.contexts.filter((c) => c.name !== name), next] })
  ctx.out(`Context ${goQuote(name)} ${old ? 'modified' : 'created'}.\n`)
  return 0
}

export const renameContext: Command = (ctx, inv) => {
  if (inv.args.length !== 2) usage(inv.path.join(' '), `Unexpected args: [${inv.args.join(' ')}]`)
  const [from, to] = inv.args as [string, string]
  const { config } = ctx
  const old = contextNamed(config, from)
  if (!old) return fail(`cannot rename the context ${goQuote(from)}, it's not in ${configPath(ctx)}`)
  if (contextNamed(config, to)) fail(`cannot rename the context ${goQuote(from)}, the context ${goQuote(to)} already exists in ${configPath(ctx)}`)
  const contexts = [...config.contexts.filter((c) => c !== old), { ...old, name: to }]
  ctx.saveConfig({ ...config, contexts, currentContext: config.currentContext === from ? to : config.currentContext })
  ctx.out(`Context ${goQuote(from)} renamed to ${goQuote(to)}.\n`)
  return 0
}

/** `delete-context`, `delete-cluster`, `delete-user`. */
export const deleteEntry =
  (noun: 'context' | 'cluster' | 'user'): Command =>
  (ctx, inv) => {
    const { config } = ctx
    const [name] = inv.args
    if (inv.args.length !== 1 || !name) {
      ctx.out(helpText(inv.path, []))
      return 0
    }
    const field = `${noun}s` as const
    if (!config[field].some((e) => e.name === name)) fail(`cannot delete ${noun} ${name}, not in ${configPath(ctx)}`)
    if (noun === 'context' && config.currentContext === name) ctx.err('warning: this removed your active context, use "kubectl config use-context" to select a different one\n')
    ctx.saveConfig({ ...config, [field]: (config[field] as readonly { readonly name: string }[]).filter((e) => e.name !== name) })
    ctx.out(`deleted ${noun} ${name} from ${configPath(ctx)}\n`)
    return 0
  }

const CLUSTER_FLAGS = ['tls-server-name', 'certificate-authority', 'proxy-url']

export const setCluster: Command = (ctx, inv) => {
  if (inv.args.length !== 1) unexpected(ctx, inv)
  const { config } = ctx
  const { flags } = inv
  const name = inv.args[0]!
  const old = config.clusters.find((c) => c.name === name)
  const fields: Record<string, string | boolean> = { ...old?.fields }
  for (const flag of CLUSTER_FLAGS) if (flags.given(flag)) fields[flag] = flags.text(flag)
  if (flags.given('insecure-skip-tls-verify')) fields['insecure-skip-tls-verify'] = flags.bool('insecure-skip-tls-verify')
  if (flags.bool('insecure-skip-tls-verify') && flags.text('certificate-authority')) fail('you cannot specify a certificate authority and insecure mode at the same time')
  if (flags.bool('embed-certs') && !flags.text('certificate-authority')) fail("you must specify a --certificate-authority to embed")
  const server = flags.given('server') ? flags.text('server').replace(/\/+$/, '') : old?.server
  ctx.saveConfig({ ...config, clusters: [...config.clusters.filter((c) => c !== old), { name, ...(server ? { server } : {}), fields }] })
  ctx.out(`Cluster ${goQuote(name)} set.\n`)
  return 0
}

export const setCredentials: Command = (ctx, inv) => {
  if (inv.args.length !== 1) unexpected(ctx, inv)
  const { config } = ctx
  const { flags } = inv
  const name = inv.args[0]!
  const basic = flags.text('username') !== '' || flags.text('password') !== ''
  const methods = [flags.text('token') ? '--token' : '', basic ? '--username/--password' : ''].filter(Boolean)
  if (methods.length > 1) fail(`you cannot specify more than one authentication method at the same time: ${methods.join(', ')}`)
  const old = config.users.find((u) => u.name === name)
  const fields: Record<string, string> = { ...old?.fields }
  if (methods.length === 1) for (const key of ['token', 'username', 'password']) delete fields[key]
  for (const flag of ['client-certificate', 'client-key', 'token', 'username', 'password']) if (flags.text(flag)) fields[flag] = flags.text(flag)
  ctx.saveConfig({ ...config, users: [...config.users.filter((u) => u !== old), { name, fields }] })
  ctx.out(`User ${goQuote(name)} set.\n`)
  return 0
}

export const setProperty: Command = (ctx, inv) => {
  if (inv.args.length !== 2) unexpected(ctx, inv)
  const [path, value] = inv.args as [string, string]
  ctx.saveConfig(withProperty(ctx.config, path, value))
  ctx.out(`Property ${goQuote(path)} set.\n`)
  return 0
}

export const unsetProperty: Command = (ctx, inv) => {
  if (inv.args.length !== 1) unexpected(ctx, inv)
  ctx.saveConfig(withProperty(ctx.config, inv.args[0]!, undefined))
  ctx.out(`Property ${goQuote(inv.args[0]!)} unset.\n`)
  return 0
}
