import { isLabelValue, isQualifiedName } from '../api/names.ts'
import type { JsonValue, KubeObject, StringMap } from '../api/meta.ts'
import { isStatus, type Status } from '../api/status.ts'
import { choose, NO_RESOURCES } from './chosen.ts'
import type { Invocation, KubectlContext } from './context.ts'
import { drySuffix, dryRunOf } from './dry-run.ts'
import { fail, statusText } from './failure.ts'
import { namesFiles } from './files.ts'
import { Report } from './report.ts'
import { objectName, patchTarget, type Target } from './resources.ts'

/** What `label` and `annotate` differ in. */
export interface Marks {
  readonly field: 'labels' | 'annotations'
  readonly noun: 'label' | 'annotation'
  readonly verb: 'label' | 'annotate'
  readonly done: string
}

interface Change {
  readonly set: StringMap
  readonly removed: readonly string[]
}

/** `label` and `annotate`: KEY=VALUE sets, KEY- removes. */
export function markObjects(ctx: KubectlContext, inv: Invocation, marks: Marks): number {
  const at = inv.args.findIndex((a) => (a.includes('=') || a.endsWith('-')) && !a.startsWith('-'))
  const resources = at < 0 ? inv.args : inv.args.slice(0, at)
  const words = at < 0 ? [] : inv.args.slice(at)
  const listing = inv.flags.bool('list')
  if (resources.length === 0 && !namesFiles(inv.flags)) fail(words.length > 0 || at < 0 ? `one or more resources must be specified as <resource> <name> or <resource>/<name>` : NO_RESOURCES)
  if (words.length === 0 && !listing) fail(`at least one ${marks.noun} update is required`)
  const change = changeOf(words, marks)
  const dryRun = dryRunOf(ctx, inv)
  const { chosen, problems } = choose(ctx, inv, { args: resources, bare: inv.flags.text('selector') || inv.flags.bool('all') ? 'all' : 'fail' })
  const report = new Report(ctx, inv, dryRun)
  for (const { target, object } of chosen) {
    const now = object.metadata[marks.field] ?? {}
    if (listing) {
      for (const key of Object.keys(now).sort()) ctx.out(`${key}=${now[key]!}\n`)
      continue
    }
    const clash = Object.keys(change.set).find((k) => now[k] !== undefined && now[k] !== change.set[k])
    if (clash !== undefined && !inv.flags.bool('overwrite')) {
      report.problem(
        marks.field === 'labels'
          ? `error: '${clash}' already has a value (${now[clash]}), and --overwrite is false`
          : `error: --overwrite is false but found the following declared annotation(s): '${clash}' already has a value (${now[clash]})`,
      )
      continue
    }
    for (const key of change.removed) if (now[key] === undefined) ctx.out(`${marks.noun} ${JSON.stringify(key)} not found.\n`)
    const patch: Record<string, JsonValue> = { ...change.set }
    for (const key of change.removed) if (now[key] !== undefined) patch[key] = null
    const outcome = wordFor(change, now, marks)
    const sent = dryRun === 'client' ? object : (ctx.call(patchTarget(target, { metadata: { [marks.field]: patch } }, 'merge', { fieldManager: `kubectl-${marks.verb}`, ...(dryRun === 'server' ? { dryRun: true } : {}) })) as KubeObject | Status)
    if (isStatus(sent)) report.problem(statusText(sent))
    else tell(ctx, report, target, outcome, sent, drySuffix(dryRun))
  }
  for (const problem of problems) report.problem(problem)
  return report.end()
}

function tell(ctx: KubectlContext, report: Report, target: Target, outcome: string, object: KubeObject, suffix: string): void {
  if (report.prints) report.done(target, outcome, object)
  else ctx.out(`${objectName(target.kind, object.metadata.name)} ${outcome}${suffix}\n`)
}

function wordFor(change: Change, now: StringMap, { field, done }: Marks): string {
  if (field === 'annotations') return done
  const sets = Object.keys(change.set)
  if (sets.some((k) => now[k] !== change.set[k])) return done
  if (change.removed.some((k) => now[k] !== undefined)) return 'unlabeled'
  return 'not labeled'
}

function changeOf(words: readonly string[], { noun, field }: Marks): Change {
  const set: Record<string, string> = {}
  const removed: string[] = []
  for (const word of words) {
    const eq = word.indexOf('=')
    if (eq < 0 && word.endsWith('-')) {
      removed.push(word.slice(0, -1))
      continue
    }
    if (eq <= 0) fail(`unknown ${noun} spec: ${word}`)
    const [key, value] = [word.slice(0, eq), word.slice(eq + 1)]
    const bad = field === 'labels' ? [...isQualifiedName(key), ...isLabelValue(value)] : isQualifiedName(key)
    if (bad.length > 0) fail(`invalid ${noun} ${field === 'labels' && isLabelValue(value).length > 0 ? 'value' : 'key'}: ${JSON.stringify(field === 'labels' && isLabelValue(value).length > 0 ? value : key)}: ${bad.join(';')}`)
    set[key] = value
  }
  const both = removed.find((k) => Object.hasOwn(set, k))
  if (both !== undefined) fail(`can not both modify and remove ${field === 'labels' ? 'a label' : 'an annotation'} in the same command`)
  return { set, removed }
}
