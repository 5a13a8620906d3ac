import { failed } from '../errno.ts'
import { existing } from '../files.ts'
import { normalize } from '../fs.ts'
import type { Kernel, Shell, Task } from '../kernel.ts'
import { signalName, SIGNALS } from '../machine.ts'
import { startProgram } from '../programs.ts'
import { formatted } from '../tools/printf.ts'
import { testExpression } from '../tools/test-command.ts'
import { alias, declared, getopts, letBuiltin, umaskBuiltin, unalias } from './more-builtins.ts'
import { ulimitBuiltin } from './ulimit.ts'
import { hangUpJobs, jobNamed, listJobs, resume, signalJob, warnsOfJobs } from './jobs.ts'
import type { Outcome } from './outcome.ts'
import { parseShell } from './parse.ts'
import { read } from './read.ts'
import { SyntaxFault } from './syntax.ts'
import { assignVariable } from './variables.ts'

type Builtin = (kernel: Kernel, task: Task, shell: Shell, argv: readonly string[]) => Outcome

const NAME = /^[A-Za-z_]\w*$/
const KNOWN_OPTIONS = new Set(['allexport', 'emacs', 'ignoreeof', 'monitor', 'noclobber', 'noexec', 'noglob', 'nolog', 'notify', 'posix', 'verbose', 'vi', 'hashall', 'history', 'braceexpand'])
const say = (kernel: Kernel, task: Task, shell: Shell, text: string): void => void kernel.write(task, 2, `${shell.name}: ${text}\n`)
const number = (text: string | undefined, otherwise: number): number => (text !== undefined && /^-?\d+$/.test(text) ? Number(text) : otherwise)

function echo(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[]): Outcome {
  let words = argv.slice(1)
  let newline = true
  let escapes = false
  while (words[0] !== undefined && /^-[neE]+$/.test(words[0])) {
    if (words[0].includes('n')) newline = false
    if (words[0].includes('e')) escapes = true
    if (words[0].includes('E')) escapes = false
    words = words.slice(1)
  }
  const text = words.join(' ')
  const failure = kernel.write(task, 1, (escapes ? formatted('%b', [text]).text : text) + (newline ? '\n' : ''))
  if (failure) say(kernel, task, shell, `write error: ${failure.text}`)
  return failure ? 1 : 0
}

function printf(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[]): Outcome {
  const words = argv[1] === '--' ? argv.slice(2) : argv.slice(1)
  if (words.length === 0) {
    say(kernel, task, shell, 'printf: usage: printf FORMAT [ARG]...')
    return 2
  }
  const { text, error } = formatted(words[0]!, words.slice(1))
  kernel.write(task, 1, text)
  if (error) kernel.write(task, 2, `${shell.name}: ${error}\n`)
  return error ? 1 : 0
}

function test(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[]): Outcome {
  let words = argv.slice(1)
  if (argv[0] === '[') {
    if (words.at(-1) !== ']') {
      say(kernel, task, shell, '[: missing ]')
      return 2
    }
    words = words.slice(0, -1)
  }
  const verdict = testExpression(kernel, task, words)
  if (typeof verdict === 'string') {
    say(kernel, task, shell, verdict)
    return 2
  }
  return verdict ? 0 : 1
}

function cd(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[]): Outcome {
  const target = argv[1] ?? shell.vars['HOME'] ?? '/'
  const path = normalize(target === '-' ? (shell.vars['OLDPWD'] ?? '/') : target, task.cwd)
  const place = existing(kernel.files(task), path)
  if (failed(place) || place.node.t !== 'd') {
    say(kernel, task, shell, `cd: can't cd to ${target}: ${failed(place) ? place.text : 'Not a directory'}`)
    return 1
  }
  shell.vars = { ...shell.vars, OLDPWD: task.cwd, PWD: path }
  task.cwd = path
  return 0
}

function assign(shell: Shell, words: readonly string[], exported: boolean): Outcome {
  for (const word of words) {
    const at = word.indexOf('=')
    const name = at < 0 ? word : word.slice(0, at)
    if (!NAME.test(name)) return 2
    if (at >= 0) assignVariable(shell, name, word.slice(at + 1))
    if (exported) shell.exported = { ...shell.exported, [name]: true }
  }
  return 0
}

function set(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[]): Outcome {
  if (argv.length === 1) {
    for (const key of Object.keys(shell.vars).sort()) if (key !== '$') kernel.write(task, 1, `${key}='${shell.vars[key]!.replaceAll("'", "'\\''")}'\n`)
    return 0
  }
  let i = 1
  for (; i < argv.length; i++) {
    const word = argv[i]!
    if (word === '--') {
      i++
      break
    }
    if (!/^[-+][A-Za-z]+$/.test(word)) break
    const on = word.startsWith('-')
    if (word.includes('e')) shell.errexit = on
    if (word.includes('u')) shell.nounset = on
    if (word.includes('x')) shell.xtrace = on
    if (word.endsWith('o')) {
      const option = argv[++i] ?? ''
      if (option === 'pipefail') shell.pipefail = on
      else if (option === 'errexit') shell.errexit = on
      else if (option === 'nounset') shell.nounset = on
      else if (option === 'xtrace') shell.xtrace = on
      else if (option !== '' && !KNOWN_OPTIONS.has(option)) {
        say(kernel, task, shell, `set: illegal option -o ${option}`)
        return 2
      }
    }
  }
  if (i < argv.length || argv.includes('--')) shell.params = argv.slice(i)
  return 0
}

function trap(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[]): Outcome {
  const [action, ...names] = argv.slice(1)
  if (action === undefined) {
    for (const [name, text] of Object.entries(shell.traps)) kernel.write(task, 1, `trap -- '${text}' ${name}\n`)
    return 0
  }
  const signals = names.length === 0 ? [action] : names
  for (const word of signals) {
    const name = word === '0' || word === 'EXIT' ? 'EXIT' : signalName(word)
    if (!name) {
      say(kernel, task, shell, `trap: ${word}: invalid signal specification`)
      return 1
    }
    const { [name]: _old, ...rest } = shell.traps
    shell.traps = action === '-' || names.length === 0 ? rest : { ...rest, [name]: action }
  }
  return 0
}

function kill(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[]): Outcome {
  let signal = 'TERM'
  const targets: string[] = []
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!
    if (word === '-l' && argv[i + 1] !== undefined) {
      for (const wanted of argv.slice(i + 1)) {
        const known = signalName(/^\d+$/.test(wanted) && Number(wanted) > 128 ? String(Number(wanted) - 128) : wanted)
        if (!known) {
          say(kernel, task, shell, `kill: bad signal name '${wanted}'`)
          return 1
        }
        kernel.write(task, 1, `${/^\d/.test(wanted) ? known : SIGNALS[known]}\n`)
      }
      return 0
    }
    if (word === '-l') {
      kernel.write(task, 1, `${Object.keys(SIGNALS).map((name) => name).join('\n')}\n`)
      return 0
    }
    const name = word === '-s' ? argv[++i] : /^-[A-Za-z0-9]+$/.test(word) && targets.length === 0 ? word.slice(1) : undefined
    if (name === undefined) {
      targets.push(word)
      continue
    }
    const known = name === '0' ? '0' : signalName(name)
    if (!known) {
      say(kernel, task, shell, `kill: bad signal name '${name}'`)
      return 1
    }
    signal = known
  }
  let status = 0
  for (const word of targets) {
    const job = word.startsWith('%') ? jobNamed(shell, word) : undefined
    if (job !== undefined) {
      status = typeof job === 'string' ? 1 : status
      if (typeof job === 'string') say(kernel, task, shell, `kill: ${job}`)
      else signalJob(kernel, job, signal)
      continue
    }
    const pid = number(word, Number.NaN)
    if (Number.isNaN(pid)) {
      say(kernel, task, shell, `kill: invalid number '${word}'`)
      status = 1
      continue
    }
    const victim = kernel.byPid(task, pid)
    if (!victim) {
      say(kernel, task, shell, `can't kill pid ${word}: No such process`)
      status = 1
    } else if (task.user.uid !== 0 && victim.user.uid !== task.user.uid) {
      say(kernel, task, shell, `can't kill pid ${word}: Operation not permitted`)
      status = 1
    } else if (signal !== '0') kernel.signalTo(task, victim, signal)
  }
  return status
}

function evaluate(kernel: Kernel, task: Task, shell: Shell, text: string): Outcome {
  if (text.trim() === '') return 0
  const node = parseShell(text)
  if (!(node instanceof SyntaxFault)) return { do: 'run', node }
  say(kernel, task, shell, node.message)
  return { do: 'exit', status: 2 }
}

function source(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[]): Outcome {
  const path = argv[1] ?? ''
  const opened = kernel.openFile(task, path, 'r')
  if (failed(opened)) {
    say(kernel, task, shell, `.: can't open '${path}': ${opened.text}`)
    return { do: 'exit', status: 2 }
  }
  const world = kernel.files(task)
  const place = existing(world, path)
  return evaluate(kernel, task, shell, failed(place) || place.node.t !== 'f' ? '' : place.node.data)
}

function local(shell: Shell, words: readonly string[]): Outcome {
  const at = shell.stack.map((frame) => frame.f).lastIndexOf('call')
  const frame = shell.stack[at]
  if (frame?.f !== 'call') return 1
  let locals: Readonly<Record<string, string | null>> = frame.locals
  for (const word of words) {
    const name = word.split('=')[0]!
    if (!Object.hasOwn(locals, name)) locals = { ...locals, [name]: Object.hasOwn(shell.vars, name) ? shell.vars[name]! : null }
  }
  shell.stack[at] = { ...frame, locals }
  return assign(shell, words, false)
}

/** Programs that the shell runs by itself (busybox ash: builtins and NOFORK applets). */
export const BUILTINS: Readonly<Record<string, Builtin>> = {
  ':': () => 0,
  true: () => 0,
  false: () => 1,
  echo,
  printf,
  test,
  '[': test,
  cd,
  pwd: (kernel, task) => {
    kernel.write(task, 1, `${task.cwd}\n`)
    return 0
  },
  export: (kernel, task, shell, argv) => {
    const words = argv.slice(1).filter((w) => w !== '-p')
    if (words.length > 0) return assign(shell, words, true)
    for (const key of Object.keys(shell.exported).sort()) kernel.write(task, 1, `export ${key}='${shell.vars[key] ?? ''}'\n`)
    return 0
  },
  readonly: (kernel, task, shell, argv) => {
    const words = argv.slice(1).filter((w) => w !== '-p')
    if (words.length === 0) for (const key of Object.keys(shell.fixed ?? {}).sort()) kernel.write(task, 1, `readonly ${key}='${shell.vars[key] ?? ''}'\n`)
    const status = assign(shell, words, false)
    for (const word of words) shell.fixed = { ...shell.fixed, [word.split('=')[0]!]: true }
    return status
  },
  let: (kernel, task, shell, argv) => letBuiltin(kernel, task, shell, argv),
  declare: declared,
  typeset: declared,
  local: (_kernel, _task, shell, argv) => local(shell, argv.slice(1)),
  unset: (kernel, task, shell, argv) => {
    for (const name of argv.slice(1).filter((word) => word !== '-v' && word !== '-f')) {
      if (shell.fixed?.[name]) {
        say(kernel, task, shell, `unset: ${name}: is read only`)
        return 1
      }
      const { [name]: _value, ...vars } = shell.vars
      const { [name]: _flag, ...exported } = shell.exported
      const { [name]: _body, ...functions } = shell.functions
      Object.assign(shell, { vars, exported, functions })
    }
    return 0
  },
  set,
  shift: (_kernel, _task, shell, argv) => {
    const n = number(argv[1], 1)
    if (n > shell.params.length) return 1
    shell.params = shell.params.slice(n)
    return 0
  },
  exit: (kernel, task, shell, argv) => {
    if (warnsOfJobs(kernel, task, shell)) return 0
    hangUpJobs(kernel, shell)
    return { do: 'exit', status: number(argv[1], shell.status) & 0xff }
  },
  return: (_kernel, _task, shell, argv) => (shell.stack.some((frame) => frame.f === 'call') ? { do: 'return', status: number(argv[1], shell.status) & 0xff } : { do: 'exit', status: number(argv[1], shell.status) & 0xff }),
  break: (_kernel, _task, _shell, argv) => ({ do: 'break', levels: Math.max(1, number(argv[1], 1)) }),
  continue: (_kernel, _task, _shell, argv) => ({ do: 'continue', levels: Math.max(1, number(argv[1], 1)) }),
  trap,
  wait: (kernel, task, shell, argv) => {
    const words = argv.slice(1)
    if (words.length === 0) return { do: 'await', ids: null }
    const ids: number[] = []
    for (const word of words) {
      const job = word.startsWith('%') ? jobNamed(shell, word) : undefined
      if (typeof job === 'string') {
        say(kernel, task, shell, `wait: ${job}`)
        return 127
      }
      if (job) ids.push(...job.ids)
      else if (/^\d+$/.test(word)) ids.push([...kernel.tasks.values()].find((t) => t.pid === Number(word) && t.parent === task.id)?.id ?? -1)
      else {
        say(kernel, task, shell, `wait: Illegal number: ${word}`)
        return 2
      }
    }
    return { do: 'await', ids }
  },
  read,
  kill,
  eval: (kernel, task, shell, argv) => evaluate(kernel, task, shell, argv.slice(1).join(' ')),
  '.': source,
  source,
  exec: (kernel, task, shell, argv) => {
    const words = argv.slice(1)
    if (words.length === 0) return 0
    const program = startProgram(kernel, task, words, envOf(shell))
    if (typeof program !== 'string') return { do: 'exec', program }
    say(kernel, task, shell, `exec: ${program}`)
    return { do: 'exit', status: program.endsWith('not found') ? 127 : 126 }
  },
  type: (kernel, task, shell, argv) => {
    let status = 0
    for (const name of argv.slice(1)) {
      const found = Object.hasOwn(shell.functions, name) ? `${name} is a function` : Object.hasOwn(BUILTINS, name) ? `${name} is a shell builtin` : typeof startProgram(kernel, task, [name], envOf(shell)) === 'string' ? undefined : `${name} is /bin/${name}`
      kernel.write(task, found ? 1 : 2, found ? `${found}\n` : `${shell.name}: ${name}: not found\n`)
      if (!found) status = 127
    }
    return status
  },
  command: (kernel, task, shell, argv) => {
    if (argv[1] === '-v') {
      const name = argv[2] ?? ''
      const known = Object.hasOwn(shell.functions, name) || Object.hasOwn(BUILTINS, name) || typeof startProgram(kernel, task, [name], envOf(shell)) !== 'string'
      if (known) kernel.write(task, 1, `${name}\n`)
      return known ? 0 : 127
    }
    const words = argv.slice(1)
    const builtin = Object.hasOwn(BUILTINS, words[0] ?? '') ? BUILTINS[words[0]!] : undefined
    if (builtin) return builtin(kernel, task, shell, words)
    return evaluate(kernel, task, shell, words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' '))
  },
  umask: umaskBuiltin,
  ulimit: ulimitBuiltin,
  jobs: listJobs,
  fg: (kernel, task, shell, argv) => resumed(kernel, task, shell, argv),
  bg: (kernel, task, shell, argv) => resumed(kernel, task, shell, argv),
  times: () => 0,
  hash: () => 0,
  alias,
  unalias,
  getopts,
}

function resumed(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[]): Outcome {
  const wrong = resume(kernel, task, shell, argv)
  if (wrong === undefined) return { do: 'nothing' }
  say(kernel, task, shell, `${argv[0]}: ${wrong}`)
  return 1
}

const envOf = (shell: Shell): Readonly<Record<string, string>> => {
  const env: Record<string, string> = {}
  for (const key of Object.keys(shell.exported)) if (shell.vars[key] !== undefined) env[key] = shell.vars[key]
  return env
}
