import type { JsonValue, KubeObject } from '../../api/meta.ts'
import { isQualifiedName } from '../../api/names.ts'
import { isStatus, type Status } from '../../api/status.ts'
import { choose } from '../chosen.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { dryRunOf } from '../dry-run.ts'
import { fail, statusText, usage } from '../failure.ts'
import { Report } from '../report.ts'
import { objectName, patchTarget } from '../resources.ts'

export const taintVerb: Verb = {
  name: 'taint',
  summary: 'Set or remove the taints of nodes',
  usage: ['kubectl taint nodes node-1 dedicated=db:NoSchedule', 'kubectl taint nodes node-1 dedicated:NoSchedule-', 'kubectl taint nodes node-1 dedicated-'],
  run: taint,
}

interface Taint {
  readonly key: string
  readonly value?: string
  readonly effect: string
}
const EFFECTS: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

function taint(ctx: KubectlContext, inv: Invocation): number {
  const isSpec = (w: string): boolean => w.includes(':') || w.includes('=') || w.endsWith('-')
  const at = inv.args.findIndex(isSpec)
  const words = at < 0 ? [] : inv.args.slice(at)
  const names = at < 0 ? inv.args : inv.args.slice(0, at)
  if (inv.args.length === 0) fail('one or more resources must be specified as <resource> <name>')
  if (words.length === 0) fail('at least one taint update is required')
  const [added, removed] = [words.filter((w) => !w.endsWith('-')).map(parse), words.filter((w) => w.endsWith('-')).map((w) => parseRemoval(w.slice(0, -1)))]
  const both = added.find((a) => removed.some((r) => r.key === a.key && (!r.effect || r.effect === a.effect)))
  if (both) fail(`can not both modify and remove the following taint(s) in the same command: ${both.key}=`)
  if (names[0] && !/^(nodes?|no)(\/|$)/.test(names[0])) fail(`invalid resource type ${names[0].split('/')[0]!}, only node types are supported`)
  const dryRun = dryRunOf(ctx, inv)
  const { chosen, problems } = choose(ctx, inv, { args: names, bare: inv.flags.bool('all') ? 'all' : 'fail' })
  const report = new Report(ctx, inv, 'none')
  for (const { target, object } of chosen) {
    const now = (object.spec as { taints?: readonly Taint[] } | undefined)?.taints ?? []
    const clash = added.filter((a) => now.some((t) => t.key === a.key && t.effect === a.effect))
    if (clash.length > 0 && !inv.flags.bool('overwrite')) {
      report.problem(`error: node ${target.name} already has ${clash.map((t) => `${t.key} taint(s) with same effect(s)`).join(', ')} and --overwrite is false`)
      continue
    }
    const missing = removed.find((r) => !now.some((t) => t.key === r.key && (!r.effect || t.effect === r.effect)))
    if (missing) {
      report.problem(`error: taint ${JSON.stringify(missing.effect ? `${missing.key}:${missing.effect}` : missing.key)} not found`)
      continue
    }
    const kept = now.filter((t) => !removed.some((r) => t.key === r.key && (!r.effect || t.effect === r.effect)) && !added.some((a) => t.key === a.key && t.effect === a.effect))
    const taints = [...added, ...kept]
    const patch: JsonValue = { spec: { taints: taints.length > 0 ? (taints as unknown as JsonValue) : null } }
    const answer = dryRun === 'client' ? object : (ctx.call(patchTarget(target, patch!, 'merge', { fieldManager: 'kubectl-taint', ...(dryRun === 'server' ? { dryRun: true } : {}) })) as KubeObject | Status)
    const word = added.length === 0 ? 'untainted' : removed.length > 0 || clash.length > 0 ? 'modified' : 'tainted'
    if (isStatus(answer)) report.problem(statusText(answer))
    else if (report.prints) report.done(target, word, answer)
    else ctx.out(`${objectName(target.kind, target.name!)} ${word}\n`)
  }
  for (const problem of problems) report.problem(problem)
  return report.end()
}

function parse(word: string): Taint {
  const found = /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(word)
  const complaints = isQualifiedName(found ? found[1]! : word.split(':')[0]!)
  if (complaints.length > 0) usage('taint', `invalid taint spec: ${word}, ${complaints.join('; ')}`)
  if (!found) return usage('taint', `invalid taint spec: ${word}`)
  if (!EFFECTS.includes(found[3]!)) usage('taint', `invalid taint effect: ${found[3]!}, unsupported taint effect`)
  return { key: found[1]!, ...(found[2] ? { value: found[2] } : {}), effect: found[3]! }
}

function parseRemoval(word: string): { readonly key: string; readonly effect?: string } {
  const [pair, effect] = word.split(':')
  return { key: pair!.split('=')[0]!, ...(effect ? { effect } : {}) }
}
