import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { commandAt } from '../surface.ts'
import { Failure } from '../failure.ts'
import { history } from './history.ts'
import { pause, restart, resume } from './pause.ts'
import { status } from './status.ts'
import { undo } from './undo.ts'

export const rolloutVerb: Verb = {
  name: 'rollout',
  summary: 'Follow, undo, pause or repeat the rollout of a workload',
  usage: ['kubectl rollout status deploy/web', 'kubectl rollout history deploy/web', 'kubectl rollout undo deploy/web --to-revision=2', 'kubectl rollout restart deploy/web'],
  run(ctx: KubectlContext, inv: Invocation) {
    const command = COMMANDS[inv.path[1] ?? '']
    if (command) return command(ctx, inv)
    if (inv.args.length > 0) throw new Failure(`error: unknown command "${inv.args.join(' ')}"\nSee 'kubectl rollout -h' for help and examples`)
    ctx.out(`Follow, undo, pause or repeat the rollout of a workload.\n\nAvailable Commands:\n${commandAt('rollout')!.commands.map((c) => `  ${c}\n`).join('')}\nUsage:\n  kubectl rollout SUBCOMMAND [options]\n`)
    return 1
  },
}

const COMMANDS: Readonly<Record<string, (ctx: KubectlContext, inv: Invocation) => number>> = { status, history, undo, restart, pause, resume }
