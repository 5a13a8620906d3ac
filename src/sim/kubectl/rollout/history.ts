import { choose, endWith } from '../chosen.ts'
import { checkTyped } from '../typed-only.ts'
import type { Invocation, KubectlContext } from '../context.ts'
import { fail } from '../failure.ts'
import { printerOf } from '../printer.ts'
import { objectName } from '../resources.ts'
import { alignTabs } from '../tab-writer.ts'
import { podTemplateText } from '../template-text.ts'
import { revisionsOf, type Revision } from './revisions.ts'
import { CHANGE_CAUSE, NOTHING } from './workload.ts'

const WITH_HISTORY: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])

/** `rollout history`: the list of revisions, or one of them in detail. */
export function history(ctx: KubectlContext, inv: Invocation): number {
  const wanted = inv.flags.int('revision')
  if (wanted < 0) fail(`revision must be a positive integer: ${wanted}`)
  const printer = printerOf(ctx, inv)
  const { chosen, problems } = choose(ctx, inv, { bare: 'all', nothing: NOTHING })
  for (const { target } of chosen) checkTyped(target.kind)
  if (problems.length > 0) endWith(problems)
  for (const one of chosen) {
    const { kind, name } = one.target
    if (!WITH_HISTORY.has(kind.kind)) fail(`error retrieving history for "${kind.kind}", no visitor method exists for {${kind.group} ${kind.kind}}`)
    const revisions = revisionsOf(ctx, one)
    if (printer) {
      const shown = wanted > 0 ? [revisionNumbered(revisions, wanted)] : revisions
      ctx.out(shown.map((r) => printer.one(r.keeper)).join(printer.format === 'yaml' ? '---\n' : ''))
      continue
    }
    const head = `${objectName(kind, name!)} ${wanted > 0 ? `with revision #${wanted}` : ''}`
    ctx.out(`${head}\n${wanted > 0 ? detail(revisionNumbered(revisions, wanted)) : table(revisions)}\n`)
  }
  return 0
}

function revisionNumbered(revisions: readonly Revision[], number: number): Revision {
  return revisions.find((r) => r.number === number) ?? fail('unable to find the specified revision')
}

function table(revisions: readonly Revision[]): string {
  if (revisions.length === 0) return 'No rollout history found.'
  return alignTabs(`REVISION\tCHANGE-CAUSE\n${revisions.map((r) => `${r.number}\t${r.cause}\n`).join('')}`)
}

/** The template as describe has it, with the change cause that its keeper carries. Not aligned: kubectl prints the tabs. */
function detail(revision: Revision): string {
  const { template, cause } = revision
  const annotations = cause === '<none>' ? template.metadata?.annotations : { ...template.metadata?.annotations, [CHANGE_CAUSE]: cause }
  return podTemplateText({ ...template, metadata: { ...template.metadata, ...(annotations ? { annotations } : {}) } })
}
