type Env = Readonly<Record<string, string>>

/** What a shell remembers from line to line: variables, the working directory ($PWD), aliases and options as its library keeps them, functions. */
export interface ShellState {
  readonly env: Env
  readonly functions: Readonly<Record<string, string>>
  readonly exit: number
}

/** What kubectl looks at. */
const HEARD = /^(?:KUBE.*|HOME|EDITOR|NO_COLOR)$/

const FUNCTION = /^\s*(?:function\s+)?([A-Za-z_][\w-]*)\s*\(\s*\)\s*\{[\s\S]*\}\s*;?\s*$/

export const newShell = (home: string): ShellState => ({ env: { HOME: home, PWD: home, USER: 'learner' }, functions: {}, exit: 0 })

/** A line as it must be given to a shell that remembers nothing but its environment: what was defined and how the last line ended come first. */
export function withPast({ env, functions, exit }: ShellState, line: string): string {
  const used = Object.entries(functions).filter(([name]) => line.includes(name) || Object.values(functions).some((body) => body.includes(name)))
  const defined = used.map(([, text]) => `${text}\n`).join('')
  const aliases = Object.keys(env).some((name) => name.startsWith('BASH_ALIAS_')) ? 'shopt -s expand_aliases\n' : ''
  return `${aliases}${defined}${exit !== 0 && line.includes('$?') ? `(exit ${exit}); ` : ''}${line}`
}

/** The state after a line. */
export function after({ functions }: ShellState, line: string, env: Env, exit: number): ShellState {
  const name = exit === 0 ? FUNCTION.exec(line)?.[1] : undefined
  const gone = /^\s*unset\s+-f\s+([\w-]+)\s*$/.exec(line)?.[1]
  const kept = gone === undefined ? functions : Object.fromEntries(Object.entries(functions).filter(([known]) => known !== gone))
  return { env, functions: name === undefined ? kept : { ...kept, [name]: line.trim() }, exit }
}

/** The part of an environment that a command of kubectl carries. */
export const kubectlEnv = (env: Env): Env => Object.fromEntries(Object.entries(env).filter(([name]) => HEARD.test(name)))
