import { Bash, decodeBytesToUtf8, defineCommand, type ResolvedCommandContext } from 'just-bash'
import type { Micros } from '../../src/sim/engine/time.ts'
import type { Host } from './host.ts'

export interface ShellResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A bash with an in-memory file system whose `kubectl` is the simulated one and whose `sleep` is virtual time. */
export class Shell {
  readonly #host: Host
  readonly #bash: Bash
  #deadline: Micros = Infinity

  constructor(host: Host, files: Readonly<Record<string, string>> = {}) {
    this.#host = host
    this.#bash = new Bash({
      cwd: HOME,
      files: { [`${HOME}/.keep`]: '', ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`${HOME}/${name}`, text])) },
      customCommands: [defineCommand('kubectl', (argv, ctx) => this.#kubectl(argv, ctx)), defineCommand('sleep', (words) => this.#sleep(words))],
    })
  }

  /** Runs a script. Past `deadline` its commands are interrupted as by a signal. */
  async run(script: string, env: Readonly<Record<string, string>>, deadline: Micros): Promise<ShellResult> {
    this.#deadline = deadline
    const { stdout, stderr, exitCode } = await this.#bash.exec(script, { env: { ...env } })
    return { stdout, stderr, code: exitCode }
  }

  async #kubectl(argv: readonly string[], ctx: ResolvedCommandContext): Promise<{ stdout: string; stderr: string; exitCode: number }> {
    const files = await namedFiles(argv, ctx)
    const { code, stdout, stderr } = this.#host.kubectl({ argv, env: Object.fromEntries(ctx.env), stdin: decodeBytesToUtf8(ctx.stdin), files }, this.#deadline)
    return { stdout, stderr, exitCode: code ?? SIGNALLED }
  }

  async #sleep(words: readonly string[]): Promise<{ stdout: string; stderr: string; exitCode: number }> {
    let sum = 0
    for (const word of words) {
      const m = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(word)
      if (!m) return { stdout: '', stderr: `sleep: invalid time interval '${word}'\n`, exitCode: 1 }
      sum += Number(m[1]) * SLEEP_UNIT[m[2] as keyof typeof SLEEP_UNIT]
    }
    const end = this.#host.now + Math.round(sum)
    this.#host.runUntil(Math.min(end, this.#deadline))
    return { stdout: '', stderr: '', exitCode: end > this.#deadline ? SIGNALLED : 0 }
  }
}

const HOME = '/home/user'
const SIGNALLED = 137
const SLEEP_UNIT = { '': 1e6, s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6 } as const

/** The files and folders that a command line names, so that the synchronous kubectl has their texts at hand. */
async function namedFiles(argv: readonly string[], ctx: ResolvedCommandContext): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  const read = async (word: string): Promise<void> => {
    const path = word.startsWith('/') ? word : `${ctx.cwd}/${word}`
    if (word === '' || !(await ctx.fs.exists(path))) return
    if (!(await ctx.fs.stat(path)).isDirectory) files[word] = await ctx.fs.readFile(path)
    else for (const name of (await ctx.fs.readdir(path)).toSorted()) if (/\.(ya?ml|json)$/.test(name)) await read(`${word.replace(/\/$/, '')}/${name}`)
  }
  for (const word of argv) {
    if (!word.startsWith('-')) for (const part of word.split(',')) await read(part)
    const value = word.slice(word.indexOf('=') + 1)
    if (word.includes('=')) {
      await read(value)
      await read(value.slice(value.indexOf('=') + 1))
    } else if (word.startsWith('-f') && word.length > 2) {
      await read(word.slice(2))
    }
  }
  return files
}
