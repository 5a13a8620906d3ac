import type { KubeObject } from '../api/meta.ts'
import { isStatus, type Status } from '../api/status.ts'
import { choose } from './chosen.ts'
import type { Invocation, KubectlContext } from './context.ts'
import { drySuffix, type DryRun } from './dry-run.ts'
import { Failure, statusText, usage } from './failure.ts'
import { patchTarget, type Target } from './resources.ts'

interface NodeObject extends KubeObject {
  readonly spec?: { readonly unschedulable?: boolean }
}

/** The nodes that the arguments or -l mean. */
export function nodesOf(ctx: KubectlContext, inv: Invocation, verb: string): { readonly nodes: readonly { readonly target: Target; readonly object: NodeObject }[]; readonly problems: readonly string[] } {
  if (inv.args.length === 0 && !inv.flags.text('selector')) usage(verb, `USAGE: ${verb} NODE [flags]`)
  if (inv.args.length > 0 && inv.flags.text('selector')) usage(verb, 'cannot specify both a node name and a --selector option')
  const args = inv.args.some((a) => a.includes('/')) ? inv.args : ['nodes', ...inv.args]
  const { chosen, problems } = choose(ctx, inv, { args })
  return { nodes: chosen as readonly { readonly target: Target; readonly object: NodeObject }[], problems }
}

/** Marks a node (un)schedulable and says so. A line of stderr where the server refuses. */
export function setSchedulable(ctx: KubectlContext, target: Target, node: NodeObject, schedulable: boolean, dryRun: DryRun): string | undefined {
  const word = schedulable ? 'uncordoned' : 'cordoned'
  const already = !(node.spec?.unschedulable ?? false) === schedulable
  if (!already && dryRun !== 'client') {
    const answer = ctx.call(patchTarget(target, { spec: { unschedulable: schedulable ? null : true } }, 'strategic', dryRun === 'server' ? { dryRun: true } : undefined)) as KubeObject | Status
    if (isStatus(answer)) return statusText(answer)
  }
  ctx.out(`node/${target.name} ${already ? 'already ' : ''}${word}${drySuffix(dryRun)}\n`)
  return undefined
}

/** `cordon` and `uncordon`. */
export function cordonNodes(ctx: KubectlContext, inv: Invocation, schedulable: boolean, dryRun: DryRun): number {
  const { nodes, problems } = nodesOf(ctx, inv, schedulable ? 'uncordon' : 'cordon')
  const all = [...nodes.flatMap(({ target, object }) => setSchedulable(ctx, target, object, schedulable, dryRun) ?? []), ...problems]
  if (all.length > 0) throw new Failure(all.join('\n'))
  return 0
}
