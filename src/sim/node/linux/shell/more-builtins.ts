import type { Kernel, Shell, Task } from '../kernel.ts'
import { arithmetic } from './arithmetic.ts'
import { without } from './basics.ts'
import { Expansion } from './expand.ts'
import { assignVariable } from './variables.ts'

const say = (kernel: Kernel, task: Task, shell: Shell, text: string): void => void kernel.write(task, 2, `${shell.name}: ${text}\n`)

/** `umask [-S] [mode]`: bits that new files do not get, octal or as `u=rwx,g=rx,o=`. */
export function umaskBuiltin(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[]): number {
  const symbolic = argv[1] === '-S'
  const mode = argv[symbolic ? 2 : 1]
  const now = task.umask
  if (mode === undefined) {
    const letters = (bits: number): string => `${bits & 4 ? 'r' : ''}${bits & 2 ? 'w' : ''}${bits & 1 ? 'x' : ''}`
    const given = ~now & 0o777
    kernel.write(task, 1, symbolic ? `u=${letters(given >> 6)},g=${letters((given >> 3) & 7)},o=${letters(given & 7)}\n` : `${now.toString(8).padStart(4, '0')}\n`)
    return 0
  }
  if (/^[0-7]{1,4}$/.test(mode)) {
    task.umask = Number.parseInt(mode, 8) & 0o777
    return 0
  }
  let given = ~now & 0o777
  for (const clause of mode.split(',')) {
    const m = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause)
    if (!m) {
      say(kernel, task, shell, `umask: Illegal mode: ${mode}`)
      return 1
    }
    const bits = (m[3]!.includes('r') ? 4 : 0) | (m[3]!.includes('w') ? 2 : 0) | (m[3]!.includes('x') ? 1 : 0)
    for (const who of m[1] === '' || m[1]!.includes('a') ? 'ugo' : m[1]!) {
      const shift = who === 'u' ? 6 : who === 'g' ? 3 : 0
      given = m[2] === '+' ? given | (bits << shift) : m[2] === '-' ? given & ~(bits << shift) : (given & ~(7 << shift)) | (bits << shift)
    }
  }
  task.umask = ~given & 0o777
  return 0
}

/** `alias [name[=words]…]` */
export function alias(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[]): number {
  let status = 0
  const known = shell.aliases ?? {}
  if (argv.length === 1) for (const name of Object.keys(known).sort()) kernel.write(task, 1, `${name}='${known[name]}'\n`)
  for (const word of argv.slice(1)) {
    const at = word.indexOf('=')
    if (at > 0) shell.aliases = { ...shell.aliases, [word.slice(0, at)]: word.slice(at + 1) }
    else if (Object.hasOwn(known, word)) kernel.write(task, 1, `${word}='${known[word]}'\n`)
    else {
      say(kernel, task, shell, `alias: ${word}: not found`)
      status = 1
    }
  }
  return status
}

export function unalias(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[]): number {
  let status = 0
  for (const name of argv.slice(1)) {
    if (name === '-a') shell.aliases = {}
    else if (shell.aliases && Object.hasOwn(shell.aliases, name)) shell.aliases = without(shell.aliases, name)
    else {
      say(kernel, task, shell, `unalias: ${name}: not found`)
      status = 1
    }
  }
  return status
}

/** `let expression…`: the status says whether the last one is not zero. */
export function letBuiltin(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[]): number {
  const expansion = new Expansion(kernel, task, shell, [])
  let value = 0
  for (const text of argv.slice(1)) value = arithmetic(text, { get: (name) => expansion.valueOf(name), set: (name, v) => assignVariable(shell, name, v) })
  return value === 0 ? 1 : 0
}

/** `declare [-xri] name[=value]…`; arrays are refused by name. */
export function declared(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[]): number {
  const flags = argv.slice(1).filter((word) => /^[-+]/.test(word)).join('')
  if (/[aA]/.test(flags)) {
    say(kernel, task, shell, `${argv[0]}: arrays are not modelled`)
    return 2
  }
  for (const word of argv.slice(1).filter((w) => !/^[-+]/.test(w))) {
    const [name = '', ...rest] = word.split('=')
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      say(kernel, task, shell, `${argv[0]}: \`${word}': not a valid identifier`)
      return 1
    }
    if (flags.includes('p')) {
      if (shell.vars[name] !== undefined) kernel.write(task, 1, `declare -${shell.exported[name] ? 'x' : '-'} ${name}="${shell.vars[name]}"\n`)
      continue
    }
    if (rest.length > 0) assignVariable(shell, name, flags.includes('i') ? String(arithmetic(rest.join('='), { get: (n) => shell.vars[n], set: (n, v) => assignVariable(shell, n, v) })) : rest.join('='))
    if (flags.includes('x')) shell.exported = { ...shell.exported, [name]: true }
    if (flags.includes('r')) shell.fixed = { ...shell.fixed, [name]: true }
  }
  return 0
}

/** `getopts letters name [words…]`: one option at a time; OPTIND is where the next one stands (word.letter). */
export function getopts(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[]): number {
  const [, options = '', name = 'opt', ...given] = argv
  const words = given.length > 0 ? given : shell.params
  const [index = 1, offset = 1] = (shell.vars['OPTIND'] ?? '1').split('.').map(Number)
  const word = words[index - 1]
  if (!word?.startsWith('-') || word === '-' || word === '--') {
    shell.vars = { ...shell.vars, [name]: '?', ...(word === '--' ? { OPTIND: String(index + 1) } : {}) }
    return 1
  }
  const letter = word[offset] ?? '?'
  const at = options.indexOf(letter)
  const wantsValue = at >= 0 && options[at + 1] === ':'
  const isLast = offset + 1 >= word.length
  const value = wantsValue ? (isLast ? words[index] : word.slice(offset + 1)) : undefined
  const next = wantsValue ? String(index + (isLast ? 2 : 1)) : isLast ? String(index + 1) : `${index}.${offset + 1}`
  const silent = options.startsWith(':')
  const isUnknown = at < 0 || letter === ':'
  if (isUnknown && !silent) say(kernel, task, shell, `illegal option -${letter}`)
  const isMissing = wantsValue && value === undefined
  if (isMissing && !silent) say(kernel, task, shell, `no arg for -${letter} option`)
  const found = isUnknown ? '?' : isMissing ? (silent ? ':' : '?') : letter
  const argument = isUnknown || isMissing ? (silent ? letter : undefined) : value
  const { OPTARG: _old, ...vars } = shell.vars
  shell.vars = { ...vars, [name]: found, OPTIND: next, ...(argument === undefined ? {} : { OPTARG: argument }) }
  return 0
}
