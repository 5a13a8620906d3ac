import type { Kernel, Shell, Task } from '../kernel.ts'
import type { Outcome } from './outcome.ts'
import { assignVariable } from './variables.ts'

interface Wanted {
  readonly names: readonly string[]
  readonly raw: boolean
  readonly most: number
  readonly until?: number
  readonly delimiter: string
  readonly fd: number
  readonly prompt: string
}

/** The words of `read`; a text says what is wrong. */
function wantedBy(argv: readonly string[], now: number): Wanted | string {
  const names: string[] = []
  let [raw, most, delimiter, fd, prompt] = [false, Infinity, '\n', 0, '']
  let until: number | undefined
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!
    if (!/^-./.test(word) || names.length > 0) {
      names.push(word)
      continue
    }
    for (let j = 1; j < word.length; j++) {
      const letter = word[j]!
      if (letter === 'r') raw = true
      else if (letter === 's' || letter === 'e') continue
      else if ('ntpud'.includes(letter)) {
        const value = j + 1 < word.length ? word.slice(j + 1) : (argv[++i] ?? '')
        if (letter === 'p') prompt = value
        else if (letter === 'd') delimiter = value[0] ?? '\0'
        else if (!/^\d+(\.\d+)?$/.test(value)) return `read: invalid count '${value}'`
        else if (letter === 'n') most = Number(value)
        else if (letter === 'u') fd = Number(value)
        else until = now + Math.round(Number(value) * 1_000_000)
        break
      } else return letter === 'a' ? 'read: arrays are not modelled' : `read: illegal option -${letter}`
    }
  }
  const bad = names.find((name) => !/^[A-Za-z_]\w*$/.test(name))
  return bad === undefined ? { names, raw, most, delimiter, fd, prompt, ...(until === undefined ? {} : { until }) } : `read: '${bad}': bad variable name`
}

/**
 * `read [-r] [-n count] [-t seconds] [-p prompt] [-d end] [-u fd] [name…]`: one line of the input, split by IFS. When it has to wait it is
 * run again; `again` has the end of its time, and that its prompt was shown.
 */
export function read(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[], again?: { readonly until?: number }): Outcome {
  const wanted = wantedBy(argv, task.clock)
  if (typeof wanted === 'string') {
    kernel.write(task, 2, `${shell.name}: ${wanted}\n`)
    return 2
  }
  const { raw, fd, delimiter, most } = wanted
  const until = again ? again.until : wanted.until
  if (!again && wanted.prompt !== '' && kernel.isTty(task, fd)) kernel.write(task, 2, wanted.prompt)
  let line = ''
  let taken = ''
  for (let count = 0; count < most; ) {
    const c = kernel.read(task, fd, 1)
    if (c === null) {
      if (until !== undefined && task.clock >= until) return 142
      putBack(kernel, task, fd, taken)
      return { do: 'wait', wait: { for: 'input', fd, ...(until === undefined ? {} : { until }) }, argv, ...(until === undefined ? {} : { until }) }
    }
    if (c === undefined) {
      store(shell, wanted.names, line)
      return 1
    }
    taken += c
    if (c === delimiter) break
    if (c === '\\' && !raw) {
      const next = kernel.read(task, fd, 1)
      if (typeof next === 'string') taken += next
      if (typeof next === 'string' && next !== '\n') line += next
      continue
    }
    line += c
    count++
  }
  store(shell, wanted.names, line)
  return 0
}

/** What was read of a line that is not whole goes back. */
function putBack(kernel: Kernel, task: Task, fd: number, text: string): void {
  const d = task.fds[fd]
  if (text === '') return
  if (d?.k === 'pipe') kernel.pipes[d.id] = text + (kernel.pipes[d.id] ?? '')
  if (d?.k === 'session') kernel.sessions[d.id] = { ...kernel.sessions[d.id]!, stdin: text + kernel.sessions[d.id]!.stdin }
}

function store(shell: Shell, names: readonly string[], line: string): void {
  if (names.length === 0) return assignVariable(shell, 'REPLY', line)
  const ifs = shell.vars['IFS'] ?? ' \t\n'
  const blanks = [...ifs].filter((c) => c === ' ' || c === '\t' || c === '\n').join('')
  const skip = (text: string): string => {
    let rest = text
    while (rest !== '' && blanks.includes(rest[0]!)) rest = rest.slice(1)
    return rest
  }
  let rest = skip(line)
  names.forEach((name, i) => {
    let value = rest
    if (i < names.length - 1) {
      let end = 0
      while (end < rest.length && !ifs.includes(rest[end]!)) end++
      value = rest.slice(0, end)
      // One mark that is no blank, with the blanks around it, parts two fields.
      rest = skip(rest.slice(end))
      if (rest !== '' && ifs.includes(rest[0]!) && !blanks.includes(rest[0]!)) rest = skip(rest.slice(1))
    } else while (value !== '' && blanks.includes(value.at(-1)!)) value = value.slice(0, -1)
    assignVariable(shell, name, value)
  })
}
