import tables from './surface.json'

export type FlagType = 'bool' | 'string' | 'strings' | 'int' | 'duration' | 'keyValues'

/** One flag as kubectl declares it. `valueOptional`: it may stand without a value. */
export interface FlagSpec {
  readonly name: string
  readonly short: string
  readonly type: FlagType
  readonly default: string
  readonly valueOptional: boolean
}

/** A command: its path ("rollout status"), other names for its last word, the words of its sub-commands, its own flags. */
export interface CommandSpec {
  readonly path: string
  readonly aliases: readonly string[]
  readonly commands: readonly string[]
  readonly flags: readonly FlagSpec[]
}

interface Tables {
  readonly flags: readonly string[]
  readonly global: readonly number[]
  readonly commands: readonly { readonly p: string; readonly a?: readonly string[]; readonly c?: readonly string[]; readonly f?: readonly number[] }[]
}
const data = tables as Tables

const readFlag = (text: string): FlagSpec => {
  const [name, short, type, preset, optional] = text.split('|')
  return { name: name!, short: short ?? '', type: (type ?? 'string') as FlagType, default: preset ?? '', valueOptional: optional === '?' }
}
const flags = data.flags.map(readFlag)

/** Flags that kubectl takes without listing them (hidden or deprecated ones, and help). */
const HIDDEN: readonly FlagSpec[] = [{ name: 'help', short: 'h', type: 'bool', default: 'false', valueOptional: false }]

/** Flags that kubectl still takes, with what it says about them. */
export const DEPRECATED: Readonly<Record<string, Readonly<Record<string, { readonly spec: FlagSpec; readonly said: string }>>>> = {
  autoscale: {
    'cpu-percent': {
      spec: { name: 'cpu-percent', short: '', type: 'int', default: '-1', valueOptional: false },
      said: "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).",
    },
  },
}

/** Flags that there are only where an environment variable asks for them (cmd/util: FeatureGate). */
const GATED: Readonly<Record<string, readonly { readonly variable: string; readonly spec: FlagSpec }[]>> = {
  apply: [{ variable: 'KUBECTL_APPLYSET', spec: { name: 'applyset', short: '', type: 'string', default: '', valueOptional: false } }],
}

export const gatedFlags = (path: string, env: Readonly<Record<string, string>>): readonly FlagSpec[] => (GATED[path] ?? []).filter(({ variable }) => env[variable]?.toLowerCase() === 'true').map(({ spec }) => spec)

export const GLOBAL_FLAGS: readonly FlagSpec[] = [...data.global.map((i) => flags[i]!), ...HIDDEN]

const commands = new Map<string, CommandSpec>(
  data.commands.map((c) => [c.p, { path: c.p, aliases: c.a ?? [], commands: c.c ?? [], flags: (c.f ?? []).map((i) => flags[i]!) }]),
)

/** The command at a path of full names, "" for kubectl itself. The table is that of v1.36.2 (its `help`). */
export const commandAt = (path: string): CommandSpec | undefined => commands.get(path)

/** The sub-command that `word` names below `parent`, by name or alias. */
export function subCommand(parent: CommandSpec, word: string): CommandSpec | undefined {
  for (const name of parent.commands) {
    const child = commands.get(parent.path ? `${parent.path} ${name}` : name)
    if (child && (name === word || child.aliases.includes(word))) return child
  }
  return undefined
}
