import type { JsonValue, KubeObject } from '../../api/meta.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { fail, Failure, usage } from '../failure.ts'
import { helpText } from '../help.ts'
import { configOf, contextNamed, type ConfigContext, type KubeConfig } from '../kubeconfig.ts'
import { layoutTable } from '../print-table.ts'
import { printerOf } from '../printer.ts'
import { toYaml } from '../print-yaml.ts'
import { deleteEntry, renameContext, setCluster, setContext, setCredentials, setProperty, unsetProperty, useContext } from './entries.ts'

export const configVerb: Verb = {
  name: 'config',
  summary: 'Show and change the contexts of this kubectl',
  usage: ['kubectl config view', 'kubectl config get-contexts', 'kubectl config set-context --current --namespace=team'],
  run(ctx, inv) {
    const command = COMMANDS[inv.path[1] ?? '']
    if (command) return command(ctx, inv)
    if (inv.path[1]) return fail(`kubectl config ${inv.path[1]} is not modelled here`)
    if (inv.args.length > 0) throw new Failure(`error: unknown command "${inv.args.join(' ')}"\nSee 'kubectl config -h' for help and examples`)
    ctx.err(helpText(['config'], []))
    return 1
  },
}

const byName = <T extends { readonly name: string }>(entries: readonly T[]): readonly T[] => [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))
const SECRET: Readonly<Record<string, string>> = { token: 'REDACTED', password: 'REDACTED', 'client-key-data': 'DATA+OMITTED', 'client-certificate-data': 'DATA+OMITTED', 'certificate-authority-data': 'DATA+OMITTED' }

function shown(fields: Readonly<Record<string, string | boolean>>, raw: boolean): Readonly<Record<string, string | boolean>> {
  return Object.fromEntries(Object.keys(fields).sort().map((k) => [k, raw ? fields[k]! : (SECRET[k] ?? fields[k]!)]))
}

/** The config with what belongs to one context only (clientcmd: MinifyConfig). */
function minified(config: KubeConfig, name: string): KubeConfig {
  if (!name) fail('current-context must exist in order to minify')
  const context = contextNamed(config, name)
  if (!context) return fail(`cannot locate context ${name}`)
  return { currentContext: name, contexts: [context], clusters: config.clusters.filter((c) => c.name === context.cluster), users: config.users.filter((u) => u.name === context.user) }
}

function view(ctx: KubectlContext, inv: Invocation): number {
  const { flags, args } = inv
  if (args.length > 0) usage('config view', `unexpected arguments: [${args.join(' ')}]`)
  const raw = flags.bool('raw')
  const all = configOf(ctx, inv)
  const config = flags.bool('minify') ? minified(all, flags.text('context') || all.currentContext) : all
  const orNull = <T>(list: readonly T[]): readonly T[] | null => (list.length === 0 ? null : list)
  const value = {
    kind: 'Config', apiVersion: 'v1',
    clusters: orNull(byName(config.clusters).map(({ name, server, fields = {} }) => ({ name, cluster: { ...(server ? { server } : {}), ...shown(fields, raw) } }))),
    users: orNull(byName(config.users).map(({ name, fields }) => ({ name, user: shown(fields, raw) }))),
    contexts: orNull(byName(config.contexts).map(({ name, cluster, user, namespace }) => ({ name, context: { cluster, ...(namespace ? { namespace } : {}), user } }))),
    'current-context': config.currentContext,
  }
  const printer = printerOf(ctx, inv, [], true)
  ctx.out(printer ? printer.one(value as unknown as KubeObject) : toYaml(value as unknown as JsonValue))
  return 0
}

function currentContext(ctx: KubectlContext, inv: Invocation): number {
  const { currentContext: name } = configOf(ctx, inv)
  if (!name) fail('current-context is not set')
  ctx.out(`${name}\n`)
  return 0
}

function getContexts(ctx: KubectlContext, inv: Invocation): number {
  const { flags } = inv
  const config = configOf(ctx, inv)
  const output = flags.text('output')
  if (output !== '' && output !== 'name') fail(`output must be one of '' or 'name': ${output}`)
  const wanted = inv.args.length > 0 ? inv.args : byName(config.contexts).map((c) => c.name)
  const missing = wanted.filter((n) => !contextNamed(config, n))
  const found = wanted.flatMap((n) => contextNamed(config, n) ?? [])
  if (output === 'name') ctx.out(found.map((c) => `${c.name}\n`).join(''))
  else {
    const row = (c: ConfigContext): readonly string[] => [c.name === config.currentContext ? '*' : '', c.name, c.cluster, c.user, c.namespace ?? '']
    ctx.out(layoutTable([...(flags.bool('no-headers') ? [] : [['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE']]), ...found.map(row)]))
  }
  if (missing.length > 0) fail(missing.length === 1 ? `context ${missing[0]!} not found` : `[${missing.map((n) => `context ${n} not found`).join(', ')}]`)
  return 0
}

const names =
  (pick: (config: KubeConfig) => readonly { readonly name: string }[]) =>
  (ctx: KubectlContext, inv: Invocation): number => {
    ctx.out(`NAME\n${byName(pick(configOf(ctx, inv))).map((e) => `${e.name}\n`).join('')}`)
    return 0
  }

const COMMANDS: Readonly<Record<string, (ctx: KubectlContext, inv: Invocation) => number>> = {
  view,
  'current-context': currentContext,
  'get-contexts': getContexts,
  'use-context': useContext,
  'set-context': setContext,
  'rename-context': renameContext,
  'delete-context': deleteEntry('context'),
  'delete-cluster': deleteEntry('cluster'),
  'delete-user': deleteEntry('user'),
  'set-cluster': setCluster,
  'set-credentials': setCredentials,
  set: setProperty,
  unset: unsetProperty,
  'get-clusters': names((c) => c.clusters),
  'get-users': names((c) => c.users),
}
