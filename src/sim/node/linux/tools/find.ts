import { failed } from '../errno.ts'
import { bytesOf, existing, remove } from '../files.ts'
import { baseName, type FsNode } from '../fs.ts'
import { startProgram } from '../programs.ts'
import { matches } from '../shell/glob.ts'
import { GROUPS, USERS } from '../users.ts'
import { clockText } from './clock.ts'
import type { ToolContext } from './context.ts'
import { modeText } from './ls.ts'
import { regularExpression } from './regex.ts'

const MOST_FOUND = 20_000
const LETTERS: Readonly<Record<FsNode['t'], string>> = { d: 'd', f: 'f', l: 'l', c: 'c', b: 'b', s: 's', p: 'p' }

interface Found {
  readonly path: string
  readonly node: FsNode
  readonly depth: number
}

/** What an expression comes to for one file. */
type Test = (found: Found, doing: Doing) => boolean

/** What a search does on the way: output, commands to run, files to take away. */
interface Doing {
  out: string
  prunes: boolean
  readonly runs: { readonly argv: readonly string[]; readonly together: number }[]
  readonly deletes: string[]
  quits: boolean
}

class FindFault extends Error {}

/** The expression of find, from "or" down to single tests (busybox: findutils/find.c). */
class Expression {
  readonly #words: readonly string[]
  readonly #c: ToolContext
  #at = 0
  acts = false
  maxDepth = Infinity
  minDepth = 0
  depthFirst = false
  #commands = 0

  constructor(words: readonly string[], c: ToolContext) {
    this.#words = words
    this.#c = c
  }

  whole(): Test {
    if (this.#words.length === 0) return () => true
    const test = this.#or()
    if (this.#at < this.#words.length) throw new FindFault(`unrecognized: ${this.#words[this.#at]}`)
    return test
  }

  #peek(): string | undefined {
    return this.#words[this.#at]
  }

  #value(name: string): string {
    const value = this.#words[this.#at++]
    if (value === undefined) throw new FindFault(`${name}: option requires an argument`)
    return value
  }

  #or(): Test {
    let left = this.#and()
    while (this.#peek() === '-o' || this.#peek() === '-or') {
      this.#at++
      const [a, b] = [left, this.#and()]
      left = (f, d) => a(f, d) || b(f, d)
    }
    return left
  }

  #and(): Test {
    let left = this.#not()
    for (;;) {
      const next = this.#peek()
      if (next === undefined || next === '-o' || next === '-or' || next === ')') return left
      if (next === '-a' || next === '-and') this.#at++
      const [a, b] = [left, this.#not()]
      left = (f, d) => a(f, d) && b(f, d)
    }
  }

  #not(): Test {
    if (this.#peek() === '!' || this.#peek() === '-not') {
      this.#at++
      const of = this.#not()
      return (f, d) => !of(f, d)
    }
    if (this.#peek() === '(') {
      this.#at++
      const inner = this.#or()
      if (this.#words[this.#at++] !== ')') throw new FindFault("unmatched '('")
      return inner
    }
    return this.#primary()
  }

  #primary(): Test {
    const name = this.#words[this.#at++]
    if (name === undefined) throw new FindFault('bare operator')
    switch (name) {
      case '-name':
      case '-iname': {
        const pattern = this.#value(name)
        return name === '-name' ? ({ path }) => matches(pattern, baseName(path)) : ({ path }) => matches(pattern.toLowerCase(), baseName(path).toLowerCase())
      }
      case '-path':
      case '-wholename':
      case '-ipath': {
        const pattern = this.#value(name)
        return ({ path }) => (name === '-ipath' ? matches(pattern.toLowerCase(), path.toLowerCase()) : matches(pattern, path))
      }
      case '-regex': {
        const source = this.#value(name)
        const expression = regularExpression(`^${source}$`, false, false)
        if (!expression) throw new FindFault(`bad regex '${source}'`)
        return ({ path }) => expression.test(path)
      }
      case '-type': {
        const kinds = this.#value(name).split(',')
        return ({ node }) => kinds.includes(LETTERS[node.t])
      }
      case '-maxdepth':
        this.maxDepth = Number(this.#value(name))
        return () => true
      case '-mindepth':
        this.minDepth = Number(this.#value(name))
        return () => true
      case '-depth':
        this.depthFirst = true
        return () => true
      case '-xdev':
      case '-mount':
        return () => true
      case '-size':
        return sizeTest(this.#value(name))
      case '-empty':
        return ({ node }) => (node.t === 'd' ? Object.keys(node.entries).length === 0 : node.t === 'f' && bytesOf(node) === 0)
      case '-perm':
        return permTest(this.#value(name))
      case '-user':
      case '-group':
        return this.#owner(name, this.#value(name))
      case '-mtime':
      case '-mmin':
        return this.#age(this.#value(name), name === '-mmin' ? 60_000_000 : 86_400_000_000)
      case '-newer': {
        const other = existing(this.#c.files, this.#value(name))
        if (failed(other)) throw new FindFault(`${this.#words[this.#at - 1]}: ${other.text}`)
        return ({ node }) => node.mtime > other.node.mtime
      }
      case '-links':
        this.#value(name)
        return () => true
      default:
        return this.#action(name)
    }
  }

  #action(name: string): Test {
    this.acts ||= name !== '-prune' && name !== '-quit'
    switch (name) {
      case '-print':
        return ({ path }, d) => ((d.out += `${path}\n`), true)
      case '-print0':
        return ({ path }, d) => ((d.out += `${path}\0`), true)
      case '-ls':
        return ({ path, node }, d) => ((d.out += `${String(bytesOf(node)).padStart(9)} ${modeText(node)} ${USERS[node.uid] ?? node.uid} ${GROUPS[node.gid] ?? node.gid} ${clockText(node.mtime, '%b %e %H:%M')} ${path}\n`), true)
      case '-prune':
        return (_f, d) => ((d.prunes = true), true)
      case '-quit':
        return (_f, d) => ((d.quits = true), true)
      case '-delete':
        this.depthFirst = true
        return ({ path }, d) => (path === '.' ? true : (d.deletes.push(path), true))
      case '-exec':
      case '-ok': {
        const words: string[] = []
        for (let word = this.#value(name); word !== ';'; word = this.#value(name)) {
          words.push(word)
          if (word === '+' && words.at(-2) === '{}') {
            const group = ++this.#commands
            return ({ path }, d) => (d.runs.push({ argv: [...words.slice(0, -2), path], together: group }), true)
          }
        }
        return ({ path }, d) => (d.runs.push({ argv: words.map((word) => word.replaceAll('{}', path)), together: 0 }), true)
      }
      default:
        throw new FindFault(`unrecognized: ${name}`)
    }
  }

  #owner(name: string, word: string): Test {
    const names = name === '-user' ? USERS : GROUPS
    const known = Object.keys(names).find((id) => names[Number(id)] === word) ?? (/^\d+$/.test(word) ? word : undefined)
    if (known === undefined) throw new FindFault(`unknown ${name.slice(1)} ${word}`)
    return ({ node }) => (name === '-user' ? node.uid : node.gid) === Number(known)
  }

  #age(word: string, unit: number): Test {
    const now = this.#c.now
    const n = Number(word.replace(/^[-+]/, ''))
    return ({ node }) => {
      const age = Math.floor((now - node.mtime) / unit)
      return word.startsWith('-') ? age < n : word.startsWith('+') ? age > n : age === n
    }
  }
}

function sizeTest(word: string): Test {
  const m = /^([-+]?)(\d+)([bckMGw]?)$/.exec(word)
  if (!m) throw new FindFault(`invalid number '${word}'`)
  const unit = { '': 512, b: 512, c: 1, w: 2, k: 1024, M: 1024 ** 2, G: 1024 ** 3 }[m[3] as '']!
  const wanted = Number(m[2])
  return ({ node }) => {
    const size = Math.ceil(bytesOf(node) / unit)
    return m[1] === '-' ? size < wanted : m[1] === '+' ? size > wanted : size === wanted
  }
}

function permTest(word: string): Test {
  const bits = Number.parseInt(word.replace(/^[-/+]/, ''), 8)
  if (Number.isNaN(bits)) throw new FindFault(`invalid mode '${word}'`)
  return ({ node }) => (word.startsWith('-') ? (node.mode & bits) === bits : word.startsWith('/') ? (node.mode & bits) !== 0 : (node.mode & 0o7777) === bits)
}

/** The command lines that are left to run, one after another; those with `+` get all paths at once. */
function commandLines(doing: Doing): readonly (readonly string[])[] {
  const lines: string[][] = []
  const groups = new Map<number, string[]>()
  for (const { argv, together } of doing.runs) {
    const group = together > 0 ? groups.get(together) : undefined
    if (group) group.push(argv.at(-1)!)
    else {
      lines.push([...argv])
      if (together > 0) groups.set(together, lines.at(-1)!)
    }
  }
  return lines
}

/** Searches folders. What -exec names runs behind the search, in its order. */
export function find(c: ToolContext): number | undefined {
  if (c.state['lines']) return runNext(c)
  const at = c.args.findIndex((word) => /^[-!(]/.test(word))
  const roots = at < 0 ? c.args : c.args.slice(0, at)
  const expression = new Expression(at < 0 ? [] : c.args.slice(at), c)
  try {
    const test = expression.whole()
    const doing: Doing = { out: '', prunes: false, runs: [], deletes: [], quits: false }
    for (const root of roots.length > 0 ? roots : ['.']) search(c, root, expression, test, doing)
    c.out(doing.out)
    for (const path of doing.deletes) {
      const refused = existing(c.files, path, false)
      const why = failed(refused) ? refused : remove(c.files, path, refused.node.t === 'd' ? 'directory' : 'file')
      if (why) c.keep({ status: c.fail(`${path}: ${why.text}`) })
    }
    if (doing.runs.length === 0) return c.status
    c.keep({ lines: commandLines(doing) })
    return runNext(c)
  } catch (thrown) {
    if (!(thrown instanceof FindFault)) throw thrown
    return c.fail(thrown.message)
  }
}

function search(c: ToolContext, root: string, expression: Expression, test: Test, doing: Doing): void {
  let left = MOST_FOUND
  const look = (found: Found): void => {
    if (found.depth < expression.minDepth || doing.quits) return
    if (test(found, doing) && !expression.acts) doing.out += `${found.path}\n`
  }
  const walk = (path: string, depth: number): void => {
    if (left-- <= 0 || doing.quits) return
    const place = existing(c.files, path, false)
    if (failed(place)) {
      c.keep({ status: c.fail(`${path}: ${place.text}`) })
      return
    }
    const found: Found = { path, node: place.node, depth }
    doing.prunes = false
    if (!expression.depthFirst) look(found)
    if (place.node.t === 'd' && depth < expression.maxDepth && !doing.prunes) for (const child of Object.keys(place.node.entries).sort()) walk(path.endsWith('/') ? `${path}${child}` : `${path}/${child}`, depth + 1)
    if (expression.depthFirst) look(found)
  }
  walk(root, 0)
}

function runNext(c: ToolContext): number | undefined {
  const child = c.state['child'] as number | undefined
  if (child !== undefined) {
    if (c.kernel.tasks.get(child)?.exit === undefined && c.kernel.tasks.has(child)) return c.wait({ for: 'child', ids: [child] })
    c.kernel.reap(child)
  }
  const lines = c.state['lines'] as readonly (readonly string[])[]
  const next = (c.state['next'] as number | undefined) ?? 0
  const argv = lines[next]
  if (!argv) return c.status
  const program = startProgram(c.kernel, c.task, argv, c.task.env)
  if (typeof program === 'string') return c.fail(`${argv[0]}: ${program.endsWith('not found') ? 'No such file or directory' : 'Permission denied'}`)
  const { container, user, cwd, env, fds, session } = c.task
  const made = c.kernel.spawn(c.task, { container, user, cwd, env, fds, ...program, at: c.now, ...(session === undefined ? {} : { session }) })
  if (!made) return c.fail("can't fork: Resource temporarily unavailable")
  c.keep({ child: made.id, next: next + 1 })
  return c.wait({ for: 'child', ids: [made.id] })
}
