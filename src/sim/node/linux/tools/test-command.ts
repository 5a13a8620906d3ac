import { failed } from '../errno.ts'
import { allowed, bytesOf, existing } from '../files.ts'
import type { Kernel, Task } from '../kernel.ts'

/** test(1): the truth of an expression, or a complaint. */
export function testExpression(kernel: Kernel, task: Task, words: readonly string[]): boolean | string {
  let at = 0
  let fault: string | undefined
  const or = (): boolean => {
    let value = and()
    while (words[at] === '-o') {
      at++
      const right = and()
      value = value || right
    }
    return value
  }
  const and = (): boolean => {
    let value = not()
    while (words[at] === '-a') {
      at++
      const right = not()
      value = value && right
    }
    return value
  }
  const not = (): boolean => {
    if (words[at] !== '!' || at === words.length - 1) return primary()
    at++
    return !not()
  }
  const primary = (): boolean => {
    const first = words[at]
    if (first === undefined) return false
    const operator = words[at + 1]
    const right = words[at + 2]
    if (operator !== undefined && right !== undefined && BINARY.has(operator)) {
      at += 3
      const verdict = binary(kernel, task, first, operator, right)
      if (typeof verdict === 'string') fault ??= verdict
      return verdict === true
    }
    if (first === '(') {
      at++
      const value = or()
      if (words[at] === ')') at++
      return value
    }
    if (/^-[a-zA-Z]$/.test(first) && operator !== undefined) {
      at += 2
      return unary(kernel, task, first, operator)
    }
    at++
    return first !== ''
  }
  if (words.length === 0) return false
  const value = or()
  if (fault) return fault
  return at < words.length ? `${words[at]}: unknown operand` : value
}

const BINARY = new Set(['=', '==', '!=', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '<', '>', '-nt', '-ot', '-ef'])

function binary(kernel: Kernel, task: Task, left: string, operator: string, right: string): boolean | string {
  switch (operator) {
    case '=':
    case '==':
      return left === right
    case '!=':
      return left !== right
    case '<':
      return left < right
    case '>':
      return left > right
    case '-nt':
    case '-ot':
    case '-ef': {
      const world = kernel.files(task)
      const [a, b] = [existing(world, left), existing(world, right)]
      if (failed(a) || failed(b)) return false
      return operator === '-nt' ? a.node.mtime > b.node.mtime : operator === '-ot' ? a.node.mtime < b.node.mtime : a.path === b.path || (a.node.t === 'f' && b.node.t === 'f' && a.node.inode !== undefined && a.node.inode === b.node.inode && a.mount.fs === b.mount.fs)
    }
  }
  for (const word of [left, right]) if (!/^\s*[-+]?\d+\s*$/.test(word)) return `${word}: bad number`
  const [a, b] = [Number(left), Number(right)]
  return { '-eq': a === b, '-ne': a !== b, '-lt': a < b, '-le': a <= b, '-gt': a > b, '-ge': a >= b }[operator] ?? false
}

function unary(kernel: Kernel, task: Task, operator: string, word: string): boolean {
  if (operator === '-z') return word === ''
  if (operator === '-n') return word !== ''
  if (operator === '-t') return kernel.isTty(task, Number(word))
  const world = kernel.files(task)
  const place = existing(world, word, operator !== '-L' && operator !== '-h')
  if (failed(place)) return false
  const { node } = place
  switch (operator) {
    case '-e':
      return true
    case '-f':
      return node.t === 'f'
    case '-d':
      return node.t === 'd'
    case '-L':
    case '-h':
      return node.t === 'l'
    case '-b':
      return node.t === 'b'
    case '-c':
      return node.t === 'c'
    case '-p':
      return node.t === 'p'
    case '-u':
      return (node.mode & 0o4000) !== 0
    case '-g':
      return (node.mode & 0o2000) !== 0
    case '-k':
      return (node.mode & 0o1000) !== 0
    case '-O':
      return node.uid === task.user.uid
    case '-G':
      return node.gid === task.user.gid
    case '-S':
      return node.t === 's'
    case '-s':
      return node.t === 'd' || bytesOf(node) > 0
    case '-r':
      return allowed(world, node, 4)
    case '-w':
      return allowed(world, node, 2) && !place.mount.readOnly
    case '-x':
      return task.user.uid === 0 ? node.t === 'd' || (node.mode & 0o111) !== 0 : allowed(world, node, 1)
    default:
      return false
  }
}
