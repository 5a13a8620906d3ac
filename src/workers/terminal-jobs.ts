/** A command in the background of a terminal: `kubectl port-forward … &`. */
export interface Job {
  readonly number: number
  readonly session: number
  readonly pid: string
  readonly line: string
}

/** Splits "line &" as far as a single command goes; undefined when the line runs in the foreground. What is thrown away is said. */
export function inBackground(line: string): { readonly line: string; readonly silent: boolean } | undefined {
  const found = /^((?:[^'"&]|'[^']*'|"[^"]*"|&>|&1)*?)\s*&\s*$/.exec(line.trim())
  if (!found) return undefined
  const silent = />\s*\/dev\/null/.test(found[1]!)
  return { line: found[1]!.replace(/\s*(?:&>|[12]?>)\s*\/dev\/null/g, '').replace(/\s*2>&1/g, '').trim(), silent }
}

/** The jobs of the terminals, with bash's words for them. */
export class Jobs {
  #jobs: Job[] = []

  add(session: number, pid: string, line: string): Job {
    const own = this.#jobs.filter((job) => job.session === session)
    const job: Job = { number: Math.max(0, ...own.map((j) => j.number)) + 1, session, pid, line }
    this.#jobs.push(job)
    return job
  }

  /** "%1", "%kubectl", a pid, or nothing for the newest. */
  find(session: number, word: string | undefined): Job | undefined {
    const own = this.#jobs.filter((job) => job.session === session)
    if (word === undefined || word === '%%' || word === '%+' || word === '%') return own.at(-1)
    if (/^%\d+$/.test(word)) return own.find((job) => job.number === Number(word.slice(1)))
    return word.startsWith('%') ? own.find((job) => job.line.startsWith(word.slice(1))) : own.find((job) => job.pid === word)
  }

  list(session: number): string {
    const own = this.#jobs.filter((job) => job.session === session)
    return own.map((job, i) => `${shown(job, i === own.length - 1)}  Running                 ${job.line} &\n`).join('')
  }

  /** The job has ended; what bash says of it. */
  ended(job: Job, exit: number): string {
    this.#jobs = this.#jobs.filter((other) => other !== job)
    const how = exit === 0 ? 'Done' : exit === 130 ? 'Interrupt' : exit === 143 ? 'Terminated' : `Exit ${exit}`
    return `${shown(job, true)}  ${how.padEnd(24)}${job.line}\n`
  }

  clear(): void {
    this.#jobs = []
  }
}

const shown = (job: Job, isNewest: boolean): string => `[${job.number}]${isNewest ? '+' : '-'}`
