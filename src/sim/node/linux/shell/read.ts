import type { Kernel, Shell, Task } from '../kernel.ts'
import type { Outcome } from './outcome.ts'

/** `read [-r] [name…]`: one line of the input, split by IFS. */
export function read(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[]): Outcome {
  let raw = false
  const names: string[] = []
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!
    if (word === '-r') raw = true
    else if (word === '-p' || word === '-t' || word === '-n' || word === '-u') i++
    else if (!word.startsWith('-')) names.push(word)
  }
  let line = ''
  for (;;) {
    const c = kernel.read(task, 0, 1)
    if (c === null) {
      // What was read of the line so far goes back into the pipe.
      const d = task.fds[0]
      if (line && d?.k === 'pipe') kernel.pipes[d.id] = line + (kernel.pipes[d.id] ?? '')
      if (line && d?.k === 'session') kernel.sessions[d.id] = { ...kernel.sessions[d.id]!, stdin: line + kernel.sessions[d.id]!.stdin }
      return { do: 'wait', wait: { for: 'input', fd: 0 }, names, raw }
    }
    if (c === undefined) {
      store(shell, names, line)
      return 1
    }
    if (c === '\n') break
    if (c === '\\' && !raw) {
      const next = kernel.read(task, 0, 1)
      if (typeof next === 'string' && next !== '\n') line += next
      continue
    }
    line += c
  }
  store(shell, names, line)
  return 0
}

function store(shell: Shell, names: readonly string[], line: string): void {
  const wanted = names.length > 0 ? names : ['REPLY']
  const ifs = shell.vars['IFS'] ?? ' \t\n'
  let rest = line
  wanted.forEach((name, i) => {
    while (rest !== '' && ifs.includes(rest[0]!)) rest = rest.slice(1)
    let value = rest
    if (i < wanted.length - 1) {
      let end = 0
      while (end < rest.length && !ifs.includes(rest[end]!)) end++
      value = rest.slice(0, end)
      rest = rest.slice(end + 1)
    } else while (value !== '' && ifs.includes(value.at(-1)!)) value = value.slice(0, -1)
    shell.vars = { ...shell.vars, [name]: value }
  })
}
