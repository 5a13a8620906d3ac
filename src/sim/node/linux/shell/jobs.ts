import type { Kernel, Shell, Task } from '../kernel.ts'
import { SIGNALS } from '../machine.ts'
import { awaitChildren } from './basics.ts'
import { familyOf, type Family } from './family.ts'
import type { Job } from './state.ts'
import { commandText } from './unparse.ts'
import type { ShellNode } from './syntax.ts'

/** What strsignal says, as shells print it of jobs. */
const SAYS: Readonly<Record<string, string>> = {
  HUP: 'Hangup', INT: 'Interrupt', QUIT: 'Quit', ILL: 'Illegal instruction', TRAP: 'Trace/breakpoint trap', ABRT: 'Aborted', BUS: 'Bus error', FPE: 'Arithmetic exception', KILL: 'Killed', USR1: 'User defined signal 1', SEGV: 'Segmentation fault',
  USR2: 'User defined signal 2', PIPE: 'Broken pipe', ALRM: 'Alarm clock', TERM: 'Terminated', STOP: 'Stopped (signal)', TSTP: 'Stopped', TTIN: 'Stopped (tty input)', TTOU: 'Stopped (tty output)',
}
const STATE_COLUMN = 33
const BASH_STATE = 24

/** What a shell says when a command that it waited for was ended by a signal; undefined where it keeps silent. */
export const endedText = (signal: string | undefined): string | undefined => (signal === undefined || signal === 'INT' || signal === 'PIPE' ? undefined : SAYS[signal])

/** A command in the background or stopped; `ids`: its processes, first to last of the pipeline. */
export function addJob(shell: Shell, ids: readonly number[], node: ShellNode, state: Job['state']): Job {
  const jobs = shell.jobs ?? []
  const number = Math.max(0, ...jobs.map((job) => job.number)) + 1
  const order = Math.max(0, ...jobs.map((job) => job.order)) + 1
  const job: Job = { number, order, ids, text: commandText(node), state, told: state === 'running' }
  shell.jobs = [...jobs, job]
  return job
}

const put = (shell: Shell, job: Job): void => void (shell.jobs = (shell.jobs ?? []).map((other) => (other.number === job.number ? job : other)))

/** Looks at the processes of all jobs; what has ended is remembered with how. */
export function lookAtJobs(kernel: Kernel, shell: Shell): void {
  for (const job of shell.jobs ?? []) {
    if (job.state === 'done') continue
    const tasks = job.ids.map((id) => kernel.tasks.get(id))
    const alive = tasks.filter((task) => task && task.exit === undefined)
    const last = tasks.at(-1)
    if (alive.length === 0) {
      put(shell, { ...job, state: 'done', told: false, code: last?.exit ?? 0, ...(last?.endedBy === undefined ? {} : { signal: last.endedBy }) })
      for (const id of job.ids) kernel.reap(id)
    } else if (alive.every((task) => task!.stopped)) {
      if (job.state !== 'stopped') put(shell, { ...job, state: 'stopped', told: false, signal: alive.at(-1)!.stopped, order: Math.max(...shell.jobs!.map((j) => j.order)) + 1 })
    } else if (job.state === 'stopped') put(shell, running(job))
  }
}

const running = ({ signal: _signal, ...job }: Job): Job => ({ ...job, state: 'running', told: true })

/** The current job and the one before: those that were stopped last, then those that were started last. */
function currentJobs(shell: Shell): readonly Job[] {
  const rank = (job: Job): number => (job.state === 'stopped' ? 1e9 : 0) + job.order
  return (shell.jobs ?? []).slice().sort((a, b) => rank(b) - rank(a))
}

/** A line of `jobs`. */
function line(kernel: Kernel, shell: Shell, job: Job, family: Family, how: 'plain' | 'pids'): string {
  const [current, previous] = currentJobs(shell)
  const mark = job.number === current?.number ? '+' : job.number === previous?.number ? '-' : ' '
  const pid = how === 'pids' ? `${numberOf(kernel, job)} ` : ''
  const state = job.state === 'running' ? 'Running' : job.signal !== undefined ? (SAYS[job.signal] ?? job.signal) : job.code ? (family === 'bash' ? `Exit ${job.code}` : `Done(${job.code})`) : 'Done'
  if (family === 'bash') return `[${job.number}]${mark}  ${pid}${state.padEnd(BASH_STATE)}${job.text}${job.state === 'running' ? ' &' : ''}\n`
  const head = family === 'dash' ? `[${job.number}] ${mark} ` : `[${job.number}]${mark}  `
  return `${`${head}${pid}${state}`.padEnd(STATE_COLUMN)}${job.text}\n`
}

const numberOf = (kernel: Kernel, job: Job): number => kernel.tasks.get(job.ids[0]!)?.pid ?? 0

/** Before a prompt: what has changed with the jobs is said, and those that are done are forgotten. */
export function tellJobs(kernel: Kernel, task: Task, shell: Shell): void {
  if (!shell.jobs || shell.jobs.length === 0) return
  lookAtJobs(kernel, shell)
  const family = familyOf(kernel, task)
  let text = ''
  for (const job of shell.jobs) if (!job.told) text += line(kernel, shell, job, family, 'plain')
  shell.jobs = shell.jobs.filter((job) => job.state !== 'done').map((job) => ({ ...job, told: true }))
  if (text !== '') kernel.write(task, 2, text)
}

/** "%1", "%%", "%+", "%-", "%name", "%?part"; a text says what is wrong. */
export function jobNamed(shell: Shell, word: string | undefined): Job | string {
  const order = currentJobs(shell)
  if (word === undefined || word === '%' || word === '%%' || word === '%+') return order[0] ?? 'no current job'
  if (word === '%-') return order[1] ?? 'no previous job'
  const name = word.replace(/^%/, '')
  const found = /^\d+$/.test(name) ? (shell.jobs ?? []).filter((job) => String(job.number) === name) : (shell.jobs ?? []).filter((job) => (name.startsWith('?') ? job.text.includes(name.slice(1)) : job.text.startsWith(name)))
  if (found.length > 1) return `${word}: ambiguous`
  return found[0] ?? `${word}: no such job`
}

/** `jobs [-l] [-p] [%job…]` */
export function listJobs(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[]): number {
  lookAtJobs(kernel, shell)
  const family = familyOf(kernel, task)
  const words = argv.slice(1).filter((word) => !word.startsWith('-'))
  const flags = argv.slice(1).filter((word) => word.startsWith('-')).join('')
  let status = 0
  for (const job of words.length > 0 ? words.map((word) => jobNamed(shell, word)) : (shell.jobs ?? [])) {
    if (typeof job === 'string') {
      kernel.write(task, 2, `${shell.name}: jobs: ${job}\n`)
      status = 1
    } else kernel.write(task, 1, flags.includes('p') ? `${numberOf(kernel, job)}\n` : line(kernel, shell, job, family, flags.includes('l') ? 'pids' : 'plain'))
  }
  shell.jobs = (shell.jobs ?? []).filter((job) => job.state !== 'done').map((job) => ({ ...job, told: true }))
  return status
}

/** A signal for all processes of a job; what is stopped hears it when it goes on, so that it goes on where it would end. */
export function signalJob(kernel: Kernel, job: Job, name: string): void {
  if (name === '0') return
  for (const id of membersOf(kernel, job)) kernel.signal(id, name)
  if (['TERM', 'HUP', 'INT'].includes(name)) goOn(kernel, job)
}

/** Processes of a job: those that it was made of, and all in their groups. */
function membersOf(kernel: Kernel, job: Job): readonly number[] {
  const groups = new Set(job.ids.flatMap((id) => kernel.tasks.get(id)?.group || []))
  return [...kernel.tasks.values()].filter((task) => task.exit === undefined && (job.ids.includes(task.id) || (task.group !== 0 && groups.has(task.group)))).map((task) => task.id)
}

function goOn(kernel: Kernel, job: Job): void {
  for (const id of membersOf(kernel, job)) if (kernel.tasks.get(id)!.stopped) kernel.signal(id, 'CONT')
}

/** `fg` and `bg`: a stopped job goes on, in the foreground or behind. A text says what is wrong. */
export function resume(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[]): string | undefined {
  if (!shell.jobs) return 'no job control'
  lookAtJobs(kernel, shell)
  const job = jobNamed(shell, argv[1])
  if (typeof job === 'string') return job
  if (job.state === 'done') return 'job has terminated'
  if (argv[0] === 'bg') {
    if (job.state === 'running') {
      kernel.write(task, 2, `${shell.name}: bg: job ${job.number} already in background\n`)
      return undefined
    }
    kernel.write(task, 1, familyOf(kernel, task) === 'bash' ? `[${job.number}]+ ${job.text} &\n` : `[${job.number}] ${job.text}\n`)
    put(shell, running({ ...job, order: Math.max(...shell.jobs.map((j) => j.order)) + 1 }))
    shell.status = 0
  } else {
    kernel.write(task, 1, `${job.text}\n`)
    shell.jobs = shell.jobs.filter((other) => other.number !== job.number)
    awaitChildren(kernel, task, shell, job.ids, job)
  }
  goOn(kernel, job)
  return undefined
}

/** A command in the foreground was stopped: it becomes a job again, or for the first time; its status is 128 and the signal. */
export function stoppedInFront(kernel: Kernel, task: Task, shell: Shell, ids: readonly number[], node: ShellNode | Job): void {
  const signal = ids.map((id) => kernel.tasks.get(id)?.stopped).find((name) => name) ?? 'TSTP'
  shell.status = 128 + SIGNALS[signal]!
  if (familyOf(kernel, task) === 'bash') kernel.write(task, 2, '\n')
  if ('k' in node) {
    const job = addJob(shell, ids, node, 'stopped')
    put(shell, { ...job, signal, told: false })
  } else shell.jobs = [...(shell.jobs ?? []), { ...node, state: 'stopped' as const, signal, told: false, order: Math.max(0, ...(shell.jobs ?? []).map((job) => job.order)) + 1 }].sort((a, b) => a.number - b.number)
}

/** A shell with stopped jobs says so before it ends; asked again at once, it ends. */
export function warnsOfJobs(kernel: Kernel, task: Task, shell: Shell): boolean {
  if (!shell.jobs) return false
  lookAtJobs(kernel, shell)
  if (shell.warned || !shell.jobs.some((job) => job.state === 'stopped')) return false
  shell.warned = 2
  kernel.write(task, 2, familyOf(kernel, task) === 'bash' ? 'There are stopped jobs.\n' : 'You have stopped jobs.\n')
  return true
}

/** With its terminal's shell, stopped jobs end too: the kernel sends HUP and CONT to groups that nobody could continue. */
export function hangUpJobs(kernel: Kernel, shell: Shell): void {
  for (const job of shell.jobs ?? []) {
    if (job.state !== 'stopped') continue
    for (const id of job.ids) kernel.signal(id, 'HUP')
    goOn(kernel, job)
  }
}
