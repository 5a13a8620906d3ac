import { startProgram } from '../programs.ts'
import type { ToolContext } from './context.ts'

const MOST_WORDS = 5000
const LONGEST = 100_000

interface Wanted {
  readonly command: readonly string[]
  readonly most: number
  readonly lines: number
  readonly replace?: string
  readonly zero: boolean
  readonly delimiter?: string
  readonly skipsEmpty: boolean
  readonly traces: boolean
}

function read(c: ToolContext): Wanted | number {
  let [most, lines, i] = [MOST_WORDS, 0, 0]
  let replace: string | undefined
  let delimiter: string | undefined
  let [zero, skipsEmpty, traces] = [false, false, false]
  for (; i < c.args.length && /^-./.test(c.args[i]!); i++) {
    const word = c.args[i]!
    const value = (): string => (word.length > 2 ? word.slice(2) : (c.args[++i] ?? ''))
    if (word === '--') {
      i++
      break
    }
    const letter = word[1]!
    if (word === '--null' || letter === '0') zero = true
    else if (word === '--no-run-if-empty' || letter === 'r') skipsEmpty = true
    else if (letter === 't') traces = true
    else if (letter === 'n') most = Number(value())
    else if (letter === 'L') lines = Number(value())
    else if (letter === 'I') replace = value()
    else if (letter === 'd') delimiter = value().replace('\\n', '\n').replace('\\t', '\t').replace('\\0', '\0')
    else if (letter === 'P' || letter === 's') value()
    else if (letter !== 'x') return c.fail(`unrecognized option: ${letter}`)
  }
  if (!(most > 0)) return c.fail('invalid number')
  const command = c.args.slice(i)
  return { command: command.length > 0 ? command : ['echo'], most, lines, zero, skipsEmpty, traces, ...(replace === undefined ? {} : { replace }), ...(delimiter === undefined ? {} : { delimiter }) }
}

/** The words of the input; quotes and backslashes hold together. A text says what is wrong. */
function wordsOf(text: string): readonly (readonly string[])[] | string {
  const lines: string[][] = [[]]
  let word: string | undefined
  let quote = ''
  for (let i = 0; i <= text.length; i++) {
    const ch = text[i]
    if (quote !== '') {
      if (ch === undefined || ch === '\n') return `unmatched ${quote === "'" ? 'single' : 'double'} quote`
      if (ch === quote) quote = ''
      else word += ch
    } else if (ch === undefined || /\s/.test(ch)) {
      if (word !== undefined) lines.at(-1)!.push(word)
      word = undefined
      if (ch === '\n' && lines.at(-1)!.length > 0) lines.push([])
    } else if (ch === "'" || ch === '"') {
      quote = ch
      word ??= ''
    } else if (ch === '\\') word = (word ?? '') + (text[++i] ?? '')
    else word = (word ?? '') + ch
  }
  return lines.filter((line) => line.length > 0)
}

/** The argument lists that are run, one after another. */
function runsOf(wanted: Wanted, text: string): readonly (readonly string[])[] | string {
  const { command, replace, most, lines } = wanted
  const mark = wanted.zero ? '\0' : wanted.delimiter
  const items = mark === undefined ? undefined : text.replace(new RegExp(`${mark === '\0' ? '\\0' : mark.replace(/[.*+?^${}()|[\]\\]/, '\\$&')}$`), '').split(mark)
  if (replace !== undefined) {
    const all = items ?? text.split('\n').map((line) => line.trimStart()).filter((line) => line !== '')
    return all.filter((item) => item !== '').map((item) => command.map((word) => word.replaceAll(replace, item)))
  }
  const parsed = items ? [items.filter((item) => item !== '' || wanted.zero)] : wordsOf(text)
  if (typeof parsed === 'string') return parsed
  const groups: string[][] = []
  if (lines > 0) for (let i = 0; i < parsed.length; i += lines) groups.push(parsed.slice(i, i + lines).flat())
  else {
    let size = 0
    for (const word of parsed.flat()) {
      const last = groups.at(-1)
      if (!last || last.length >= most || size + word.length > LONGEST) {
        groups.push([word])
        size = word.length
      } else {
        last.push(word)
        size += word.length + 1
      }
    }
  }
  if (groups.length === 0 && !wanted.skipsEmpty) groups.push([])
  return groups.map((group) => [...command, ...group])
}

/** Builds command lines from the input and runs them one by one (busybox: findutils/xargs.c); 123 when one of them failed. */
export function xargs(c: ToolContext): number | undefined {
  const wanted = read(c)
  if (typeof wanted === 'number') return wanted
  const child = c.state['child'] as number | undefined
  if (child === undefined && c.state['text'] === undefined) {
    const text = c.input()
    if (text === null) return undefined
    c.keep({ text })
  }
  let code = (c.state['code'] as number | undefined) ?? 0
  if (child !== undefined) {
    const ended = c.kernel.tasks.get(child)
    if (ended && ended.exit === undefined) return c.wait({ for: 'child', ids: [child] })
    const status = c.kernel.reap(child) ?? 0
    if (status === 255) return c.fail(`${wanted.command[0]}: exited with status 255; aborting`, 124)
    if (ended?.endedBy !== undefined) return 125
    if (status !== 0) code = 123
  }
  const runs = runsOf(wanted, c.state['text'] as string)
  if (typeof runs === 'string') return c.fail(runs)
  const at = (c.state['at'] as number | undefined) ?? 0
  const argv = runs[at]
  if (!argv) return code
  if (wanted.traces) c.err(`${argv.join(' ')}\n`)
  const program = startProgram(c.kernel, c.task, argv, c.task.env)
  if (typeof program === 'string') return c.fail(`can't execute '${argv[0]}': ${program.endsWith('not found') ? 'No such file or directory' : 'Permission denied'}`, program.endsWith('not found') ? 127 : 126)
  const { container, user, cwd, env, fds, session } = c.task
  const made = c.kernel.spawn(c.task, { container, user, cwd, env, fds: { ...fds, 0: { k: 'null' } }, ...program, at: c.now, ...(session === undefined ? {} : { session }) })
  if (!made) return c.fail("can't fork: Resource temporarily unavailable", 124)
  c.keep({ child: made.id, at: at + 1, code })
  return c.wait({ for: 'child', ids: [made.id] })
}
