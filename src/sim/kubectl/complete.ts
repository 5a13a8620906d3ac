import { resources } from '../api/schema/schema.ts'
import { completionsOf, FILES, type CompletionReads } from './complete-rules.ts'
import { commandAt, subCommand } from './surface.ts'

export type { CompletionReads } from './complete-rules.ts'

/**
 * Candidates for the last of `words` (which may be ''), sorted, for the page's Tab: what kubectl proposes and, where it leaves it to
 * the shell, files, kinds and the values that it could have known. `words` begins after "kubectl".
 */
export function completeKubectl(reads: CompletionReads, words: readonly string[]): readonly string[] {
  const typed = words.at(-1) ?? ''
  const { candidates, directive, unknown } = completionsOf(reads, words)
  if (unknown) return []
  const value = typed.startsWith('--') && typed.includes('=') ? typed.slice(0, typed.indexOf('=') + 1) : ''
  const more = directive === FILES ? ownWords(reads, words.slice(0, -1)) : []
  const part = typed.slice(value.length)
  return [...new Set([...candidates, ...more.filter((c) => c.startsWith(part))].map((c) => value + c))].sort()
}

const VALUES: Readonly<Record<string, readonly string[]>> = {
  '--dry-run': ['client', 'none', 'server'], '--cascade': ['background', 'foreground', 'orphan'], '--type': ['json', 'merge', 'strategic'],
  '--subresource': ['resize', 'scale', 'status'], '--restart': ['Always', 'Never', 'OnFailure'],
}
const FILE_FLAGS: ReadonlySet<string> = new Set(['-f', '--filename', '-k', '--kustomize', '--from-file', '--from-env-file', '--patch-file', '--kubeconfig'])

/** What kubectl leaves to the shell. */
function ownWords(reads: CompletionReads, before: readonly string[]): readonly string[] {
  const previous = before.at(-1) ?? ''
  if (FILE_FLAGS.has(previous)) return reads.files
  const preset = VALUES[previous]
  if (preset) return preset
  const words = before.filter((w) => !w.startsWith('-'))
  if (previous === '-c' || previous === '--container') {
    const at = before.findIndex((w) => w === '-n' || w === '--namespace')
    return reads.containers((words[1] ?? '').replace(/^pods?\//, ''), at >= 0 ? before[at + 1]! : reads.namespace)
  }
  const command = subCommand(commandAt('')!, words[0] ?? '')?.path
  if (command === 'explain' && words.length === 1) return resources().map((r) => r.plural)
  if (previous.startsWith('-')) return []
  return command === 'apply' || command === 'diff' || command === 'create' ? reads.files : []
}
