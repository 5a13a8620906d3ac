import type { KubeList, KubeObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { isStatus, type Status } from '../api/status.ts'
import { get, list, PODS } from '../client/request.ts'
import { discovery } from './discovery.ts'
import { completionsOf, NO_FILES, NO_SPACE, type CompletionReads } from './complete-rules.ts'
import type { Invocation, KubectlContext } from './context.ts'
import { configOf } from './kubeconfig.ts'

/** What a shell's completion script asks (cobra: __complete, __completeNoDesc): candidates, then ":" and the directive. */
export function answerShell(ctx: KubectlContext, inv: Invocation, words: readonly string[]): number {
  const config = configOf(ctx, inv)
  const reads: CompletionReads = {
    names(plural, namespace) {
      const kind = discovery.resourceFor(plural)
      if (!kind) return []
      const answer = ctx.call(list({ group: kind.group, version: kind.version, resource: kind.plural }, namespace)) as unknown
      return isStatus(answer) ? [] : (answer as KubeList).items.map((o) => o.metadata.name)
    },
    containers(pod, namespace) {
      const answer = ctx.call(get(PODS, namespace, pod)) as KubeObject | Status
      return isStatus(answer) ? [] : ((answer as Pod).spec.containers ?? []).map((c) => c.name)
    },
    namespace: inv.namespace,
    files: Object.keys(ctx.files).sort(),
    contexts: config.contexts.map((c) => c.name),
    clusters: config.clusters.map((c) => c.name),
    users: config.users.map((c) => c.name),
  }
  const { candidates, directive, unknown } = completionsOf(reads, words)
  if (unknown) ctx.err(`[Debug] Cleared global flags for plugin completion\n[Debug] [Error] unable to find a command for arguments: [${words.slice(0, -1).filter((w) => !w.startsWith('-')).join(' ')}]\n`)
  ctx.out(`${candidates.map((c) => `${c}\n`).join('')}:${directive}\n`)
  const said = [directive & NO_SPACE ? 'ShellCompDirectiveNoSpace' : '', directive & NO_FILES ? 'ShellCompDirectiveNoFileComp' : ''].filter(Boolean).join(', ')
  ctx.err(`Completion ended with directive: ${said || 'ShellCompDirectiveDefault'}\n`)
  return 0
}
