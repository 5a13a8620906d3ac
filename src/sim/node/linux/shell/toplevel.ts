import type { Kernel, Shell, Task } from '../kernel.ts'
import { isInteractive } from '../tty.ts'
import { complain, finish } from './basics.ts'
import { familyOf } from './family.ts'
import { tellJobs, warnsOfJobs } from './jobs.ts'
import { parseLines } from './parse.ts'
import type { Frame, ShellState } from './state.ts'
import { SyntaxFault } from './syntax.ts'

type Toplevel = Extract<Frame, { f: 'toplevel' }>

const INTERRUPTED = 130

/** A shell that reads its commands from its input, line by line. */
export const reading = (shell: ShellState, interactive: boolean, terminal = false): ShellState => ({ ...shell, ...(interactive && terminal ? { jobs: [] } : {}), tail: false, stack: [{ f: 'toplevel', interactive, text: '', prompted: false }] })

/** One line of the input: a prompt where somebody types, then the commands that it completes. */
export function stepToplevel(kernel: Kernel, task: Task, shell: Shell, frame: Toplevel): void {
  if (frame.interactive && !frame.prompted && frame.text === '') tellJobs(kernel, task, shell)
  if (frame.interactive && !frame.prompted) kernel.write(task, 2, frame.text === '' ? prompt(kernel, task, shell) : '> ')
  let { text } = frame
  for (;;) {
    const c = kernel.read(task, 0, 1)
    if (c === null) {
      shell.stack.push({ ...frame, text, prompted: true })
      return kernel.wait(task, { for: 'input', fd: 0 })
    }
    if (c === undefined) return atEnd(kernel, task, shell, frame, text)
    text += c
    if (c === '\n') break
  }
  if (shell.warned) shell.warned--
  const node = /(^|[^\\])(\\\\)*\\\n$/.test(text) ? 'more' : parseLines(text)
  if (node === 'more') {
    shell.stack.push({ ...frame, text, prompted: false })
    return
  }
  if (node instanceof SyntaxFault) {
    complain(kernel, task, shell, node.message)
    shell.status = 2
    if (!frame.interactive) return finish(kernel, task, shell, 2)
    shell.stack.push({ ...frame, text: '', prompted: false })
    return
  }
  shell.stack.push({ ...frame, text: '', prompted: false }, { f: 'node', node })
}

/** The input is over: what it holds is run, and the shell ends with the last status. */
function atEnd(kernel: Kernel, task: Task, shell: Shell, frame: Toplevel, text: string): void {
  if (shell.jobs && warnsOfJobs(kernel, task, shell)) {
    shell.stack.push({ ...frame, text: '', prompted: false })
    return
  }
  if (frame.interactive && task.comm === 'bash') kernel.write(task, 2, 'exit\n')
  if (text.trim() === '') return finish(kernel, task, shell, shell.status)
  const node = parseLines(text)
  if (node === 'more' || node instanceof SyntaxFault) {
    complain(kernel, task, shell, node === 'more' ? 'syntax error: unexpected end of file' : node.message)
    return finish(kernel, task, shell, 2)
  }
  shell.stack.push({ ...frame, interactive: false, text: '', prompted: false }, { f: 'node', node })
}

/** Back to the prompt of an interactive shell, out of whatever it was doing; false where the shell is none. */
export function backToPrompt(kernel: Kernel, task: Task, shell: Shell, status: number): boolean {
  if (!isInteractive(shell)) return false
  const [first, ...rest] = shell.stack
  for (const frame of rest.reverse()) if (frame.f === 'restore') task.fds = frame.fds
  shell.stack = [{ ...(first as Toplevel), text: '', prompted: false }]
  shell.status = status
  return true
}

/** Ctrl-C at the prompt: the line is dropped. */
export function dropLine(kernel: Kernel, task: Task, shell: Shell): boolean {
  if (!backToPrompt(kernel, task, shell, INTERRUPTED)) return false
  kernel.write(task, 2, '\n')
  task.wait = null
  return true
}

/** Somebody's Ctrl-C ended what an interactive shell waited for: the rest of its line is dropped too. */
export const endedByKey = (kernel: Kernel, task: Task, shell: Shell, by: string | undefined): boolean => by === 'INT' && shell.status === INTERRUPTED && dropLine(kernel, task, shell)

const PROMPTS = { bash: '\\u@\\h:\\w\\$ ', dash: '\\$ ', ash: '\\w \\$ ' } as const

/** The prompt: PS1, or what the image's shell has for it. */
function prompt(kernel: Kernel, task: Task, shell: Shell): string {
  const sign = task.user.uid === 0 ? '#' : '$'
  const home = shell.vars['HOME'] ?? ''
  const cwd = home !== '' && home !== '/' && (task.cwd === home || task.cwd.startsWith(`${home}/`)) ? `~${task.cwd.slice(home.length)}` : task.cwd
  const user = task.user.uid === 0 ? 'root' : (shell.vars['USER'] ?? 'I have no name!')
  const host = (task.view?.hostname ?? kernel.machine.hostname).split('.')[0]!
  const form = shell.vars['PS1'] ?? PROMPTS[familyOf(kernel, task)]
  const values: Readonly<Record<string, string>> = { w: cwd, W: cwd === '/' || cwd === '~' ? cwd : cwd.slice(cwd.lastIndexOf('/') + 1), u: user, h: host, H: task.view?.hostname ?? kernel.machine.hostname, $: sign, n: '\n', '\\': '\\', e: '\x1b', '[': '', ']': '', s: task.comm }
  return form.replace(/\\([wWuhH$n\\e[\]s])/g, (_, letter: string) => values[letter]!)
}
