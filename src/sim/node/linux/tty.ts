import type { Kernel, Shell, Task } from './kernel.ts'
import type { Session } from './machine.ts'

const END = '\x04'

/** What one read takes of an input. On a terminal it ends with the line, and Ctrl-D at a line's beginning reads as the end. */
export function takenFrom(stdin: string, most: number, tty: boolean): { readonly taken: string; readonly left: string } {
  if (!tty) return { taken: stdin.slice(0, most), left: stdin.slice(most) }
  if (stdin[0] === END) return { taken: '', left: stdin.slice(1) }
  const at = stdin.indexOf('\n') + 1 || stdin.length
  const end = stdin.indexOf(END)
  const line = stdin.slice(0, Math.min(at, end < 0 ? at : end, most))
  return { taken: line, left: stdin.slice(line.length) }
}

const SIGNALS_OF_KEYS: Readonly<Record<string, readonly [name: string, shown: string]>> = { '\x03': ['INT', '^C'], '\x1c': ['QUIT', '^\\'], '\x1a': ['TSTP', '^Z'] }

/**
 * Keys for a session. Without a terminal they are bytes of its input. With one they go through the line discipline: echo, erase
 * and kill, Enter hands the line over, Ctrl-C and Ctrl-\ are signals to the foreground (drivers/tty/n_tty.c, canonical mode).
 */
export function typeInto(kernel: Kernel, key: string, text: string): void {
  const session = kernel.sessions[key]
  if (!session || session.code !== undefined || session.closed) return
  if (!session.tty) {
    kernel.sessions[key] = { ...session, stdin: session.stdin + text }
    return
  }
  for (const c of text) press(kernel, key, c)
}

function press(kernel: Kernel, key: string, c: string): void {
  const session = kernel.sessions[key]!
  const { line = '' } = session
  const put = (change: Partial<Session>, echo: string): void => {
    kernel.sessions[key] = { ...session, ...change }
    show(kernel, key, echo)
  }
  const signal = SIGNALS_OF_KEYS[c]
  if (signal) {
    put({ line: '', stdin: '' }, signal[1])
    for (const task of foreground(kernel, session)) kernel.signal(task.id, signal[0])
  } else if (c === '\r' || c === '\n') put({ line: '', stdin: `${session.stdin}${line}\n` }, '\n')
  else if (c === END) put({ line: '', stdin: session.stdin + (line || END) }, '')
  else if (c === '\x7f' || c === '\b') put({ line: [...line].slice(0, -1).join('') }, line === '' ? '' : '\b \b')
  else if (c === '\x15') put({ line: '' }, '\b \b'.repeat([...line].length))
  else put({ line: line + c }, c < ' ' && c !== '\t' ? `^${String.fromCharCode(c.charCodeAt(0) + 64)}` : c)
}

/** The terminal writes by itself: what is typed is seen. */
function show(kernel: Kernel, key: string, text: string): void {
  const session = kernel.sessions[key]!
  if (text === '') return
  if (session.own) kernel.logOf(session.container, kernel.now, text)
  else kernel.sessions[key] = { ...session, stdout: session.stdout + text }
}

/** A shell that reads commands from a terminal. */
export const isInteractive = (shell: Pick<Shell, 'stack'>): boolean => shell.stack[0]?.f === 'toplevel' && shell.stack[0].interactive

/** The processes that a terminal's signals reach: what an interactive shell waits for, or that shell itself at its prompt. */
export function foreground(kernel: Kernel, session: Pick<Session, 'process'>): readonly Task[] {
  const leader = kernel.tasks.get(session.process)
  return leader ? groupOf(kernel, leader) : []
}

function groupOf(kernel: Kernel, task: Task): readonly Task[] {
  if (task.exit !== undefined) return []
  const awaited = awaitedBy(task).flatMap((id) => kernel.tasks.get(id) ?? []).filter((child) => child.exit === undefined)
  if (isShell(task)) return awaited.length > 0 ? unique(awaited.flatMap((child) => groupOf(kernel, child))) : [task]
  // A shell that somebody types to has a group of its own, also when a script has started it.
  const inner = awaited.find((child) => child.group !== task.group && isShell(child))
  if (inner) return groupOf(kernel, inner)
  const all = task.group === 0 ? [task, ...awaited.flatMap((child) => groupOf(kernel, child))] : [...kernel.tasks.values()].filter((other) => other.group === task.group && other.exit === undefined)
  return unique(all)
}

const unique = (tasks: readonly Task[]): readonly Task[] => [...new Set(tasks)]
const isShell = (task: Task): boolean => task.program.kind === 'shell' && isInteractive(task.program.shell as Shell)

/** Is a process in the foreground of a terminal? */
export function isForeground(kernel: Kernel, task: Task, key: string): boolean {
  const session = kernel.sessions[key]
  return !session?.tty || task.group === 0 || foreground(kernel, session).includes(task)
}

function awaitedBy(task: Task): readonly number[] {
  if (task.wait?.for === 'child') return task.wait.ids
  return []
}

/** Does whatever is in the foreground of a session wait for somebody to type? */
export function waitsForKeys(kernel: Kernel, key: string): boolean {
  const session = kernel.sessions[key]
  if (!session || session.code !== undefined || session.stdin !== '') return false
  return foreground(kernel, session).some((task) => {
    const d = task.wait?.for === 'input' ? task.fds[task.wait.fd] : undefined
    return d?.k === 'session' && d.id === key
  })
}
