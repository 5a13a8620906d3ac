import type { Verb } from './context.ts'
import { commandAt, GLOBAL_FLAGS, type FlagSpec } from './surface.ts'

const flagLine = (f: FlagSpec): string => `    ${f.short ? `-${f.short}, ` : '    '}--${f.name}=${f.type === 'string' ? `'${f.default}'` : f.default || `''`}`

/** The help of kubectl, of a group, or of a command: own words, kubectl's own commands and flags. */
export function helpText(path: readonly string[], verbs: readonly Verb[]): string {
  const joined = path.join(' ')
  const command = commandAt(joined)
  if (!command || joined === '') return overview(verbs)
  const verb = verbs.find((v) => v.name === path[0])
  const lines: string[] = [verb?.summary ?? (command.commands.length > 0 ? `kubectl ${joined} is followed by one of the words below.` : `How kubectl ${joined} is used.`), '']
  if (command.commands.length > 0) lines.push('Available Commands:', ...command.commands.map((c) => `  ${c}`), '')
  if (verb && verb.usage.length > 0 && path.length === 1) lines.push('Examples:', ...verb.usage.map((u) => `  ${u}`), '')
  if (command.flags.length > 0) lines.push('Options:', ...command.flags.map(flagLine), '')
  lines.push('Usage:', `  kubectl ${joined}${command.commands.length > 0 ? ' SUBCOMMAND' : ''} [options]`, '')
  lines.push('Options that every command takes: "kubectl options".', '')
  return lines.join('\n')
}

function overview(verbs: readonly Verb[]): string {
  const width = Math.max(...verbs.map((v) => v.name.length)) + 2
  const lines = ['kubectl talks to the API server of the simulated cluster.', '', 'Commands:']
  for (const v of [...verbs].sort((a, b) => (a.name < b.name ? -1 : 1))) lines.push(`  ${v.name.padEnd(width)}${v.summary}`)
  return `${lines.join('\n')}\n\nUsage:\n  kubectl [flags] [options]\n\nMore about a command: "kubectl <command> -h".\n`
}

export const globalOptions = (): string => `Options that every command takes:\n\n${GLOBAL_FLAGS.map(flagLine).join('\n')}\n`
