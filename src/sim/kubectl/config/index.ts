import type { JsonValue, KubeObject } from '../../api/meta.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { fail, Failure } from '../failure.ts'
import { contextNamed, type ConfigContext, type KubeConfig } from '../kubeconfig.ts'
import { layoutTable } from '../print-table.ts'
import { printerOf } from '../printer.ts'
import { toYaml } from '../print-yaml.ts'

export const configVerb: Verb = {
  name: 'config',
  summary: 'Show and change the contexts of this kubectl',
  usage: ['kubectl config view', 'kubectl config get-contexts', 'kubectl config set-context --current --namespace=team'],
  run(ctx, inv) {
    const command = COMMANDS[inv.path[1] ?? '']
    if (command) return command(ctx, inv)
    if (inv.path[1]) return fail(`kubectl config ${inv.path[1]} is not modelled here: this kubectl knows one cluster and its administrator`)
    if (inv.args.length > 0) throw new Failure(`error: unknown command "${inv.args.join(' ')}"\nSee 'kubectl config -h' for help and examples`)
    ctx.err('Show and change the contexts of this kubectl.\n\nUsage:\n  kubectl config SUBCOMMAND [options]\n')
    return 1
  },
}

function view(ctx: KubectlContext, inv: Invocation): number {
  const { config } = ctx
  const current = contextNamed(config, inv.flags.text('context') || config.currentContext)
  const contexts = inv.flags.bool('minify') ? config.contexts.filter((c) => c === current) : sorted(config.contexts)
  const users = inv.flags.bool('minify') ? config.users.filter((u) => u === current?.user) : [...config.users].sort()
  const value = {
    kind: 'Config', apiVersion: 'v1',
    clusters: config.clusters.map(({ name, server }) => ({ name, cluster: { server, 'certificate-authority-data': 'DATA+OMITTED' } })),
    users: users.map((name) => ({ name, user: { token: 'REDACTED' } })),
    contexts: contexts.map(({ name, cluster, user, namespace }) => ({ name, context: { cluster, user, ...(namespace ? { namespace } : {}) } })),
    'current-context': config.currentContext,
  }
  const printer = printerOf(ctx, inv, [], true)
  ctx.out(printer ? printer.one(value as unknown as KubeObject) : toYaml(value as unknown as JsonValue))
  return 0
}

const sorted = (contexts: readonly ConfigContext[]): readonly ConfigContext[] => [...contexts].sort((a, b) => (a.name < b.name ? -1 : 1))

function currentContext(ctx: KubectlContext): number {
  const { currentContext: name } = ctx.config
  if (!name) fail('current-context is not set')
  ctx.out(`${name}\n`)
  return 0
}

function getContexts(ctx: KubectlContext, inv: Invocation): number {
  const { config } = ctx
  const wanted = inv.args.length > 0 ? inv.args : sorted(config.contexts).map((c) => c.name)
  const missing = wanted.filter((n) => !contextNamed(config, n))
  const found = wanted.flatMap((n) => contextNamed(config, n) ?? [])
  if (inv.flags.text('output') === 'name') ctx.out(found.map((c) => `${c.name}\n`).join(''))
  else {
    const rows = found.map((c) => [c.name === config.currentContext ? '*' : '', c.name, c.cluster, c.user, c.namespace ?? ''])
    ctx.out(layoutTable([...(inv.flags.bool('no-headers') ? [] : [['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE']]), ...rows]))
  }
  if (missing.length > 0) fail(`context ${missing[0]!} not found`)
  return 0
}

function useContext(ctx: KubectlContext, inv: Invocation): number {
  const { config } = ctx
  if (inv.args.length !== 1) {
    ctx.out('Choose the context for the next commands.\n\nUsage:\n  kubectl config use-context CONTEXT_NAME [options]\n')
    fail(`Unexpected args: [${inv.args.join(' ')}]`)
  }
  const name = inv.args[0]!
  if (!contextNamed(config, name)) fail(`no context exists with the name: ${JSON.stringify(name)}`)
  ctx.saveConfig({ ...config, currentContext: name })
  ctx.out(`Switched to context ${JSON.stringify(name)}.\n`)
  return 0
}

function setContext(ctx: KubectlContext, inv: Invocation): number {
  const { config } = ctx
  const { flags, args } = inv
  const current = flags.bool('current')
  if (current && args.length > 0) fail('you cannot specify both a context name and --current')
  const name = current ? config.currentContext : args[0]
  if (!name) return fail('you must specify a non-empty context name or --current')
  const old = contextNamed(config, name)
  if (current && !old) fail('no current context is set')
  const next: ConfigContext = {
    name,
    cluster: flags.given('cluster') ? flags.text('cluster') : (old?.cluster ?? ''),
    user: flags.given('user') ? flags.text('user') : (old?.user ?? ''),
    namespace: flags.given('namespace') ? flags.text('namespace') || undefined : old?.namespace,
  }
  ctx.saveConfig({ ...config, contexts: [...config.contexts.filter((c) => c.name !== name), next] } satisfies KubeConfig)
  ctx.out(`Context ${JSON.stringify(name)} ${old ? 'modified' : 'created'}.\n`)
  return 0
}

const names =
  (pick: (config: KubeConfig) => readonly string[]) =>
  (ctx: KubectlContext): number => {
    ctx.out(`NAME\n${[...pick(ctx.config)].sort().map((n) => `${n}\n`).join('')}`)
    return 0
  }

const COMMANDS: Readonly<Record<string, (ctx: KubectlContext, inv: Invocation) => number>> = {
  view,
  'current-context': currentContext,
  'get-contexts': getContexts,
  'use-context': useContext,
  'set-context': setContext,
  'get-clusters': names((c) => c.clusters.map((x) => x.name)),
  'get-users': names((c) => c.users),
}
