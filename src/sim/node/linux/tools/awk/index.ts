import { writeFile } from '../../files.ts'
import type { ToolContext } from '../context.ts'
import { parseAwk } from './parse.ts'
import { runAwk } from './run.ts'
import { AwkFault } from './syntax.ts'

const unescaped = (text: string): string => text.replace(/\\([ntr\\])/g, (_all, c: string) => ({ n: '\n', t: '\t', r: '\r', '\\': '\\' })[c]!)

/** awk: -F, -v, -f, a program and its files (POSIX; no getline, pipes or commands). */
export function awk(c: ToolContext): number | undefined {
  const variables: Record<string, string> = {}
  const define = (word: string): void => {
    const at = word.indexOf('=')
    Object.defineProperty(variables, word.slice(0, at), { value: unescaped(word.slice(at + 1)), enumerable: true, configurable: true })
  }
  let source: string | undefined
  let i = 0
  for (; i < c.args.length && /^-./.test(c.args[i]!); i++) {
    const word = c.args[i]!
    if (word === '--') {
      i++
      break
    }
    const value = word.length > 2 ? word.slice(2) : (c.args[++i] ?? '')
    if (word[1] === 'F') define(`FS=${value === 't' ? '\t' : value}`)
    else if (word[1] === 'v') define(value)
    else if (word[1] === 'f') {
      const text = c.readFile(value)
      if (text === undefined) return 1
      source = `${source ?? ''}${text}\n`
    } else return c.fail(`unrecognized option: ${word[1]!}`)
  }
  source ??= c.args[i++]
  if (source === undefined) {
    c.err('BusyBox v1.36.1 multi-call binary.\n\nUsage: awk [OPTIONS] [AWK_PROGRAM] [FILE]...\n')
    return 1
  }
  const program = parseAwk(source)
  if (program instanceof AwkFault) return c.fail(`cmd. line:1: ${program.message}`)
  const names = c.args.slice(i)
  for (const word of names) if (/^[A-Za-z_]\w*=/.test(word)) define(word)
  const files = names.filter((word) => !/^[A-Za-z_]\w*=/.test(word))
  const onlyBegin = program.rules.every((r) => r.pattern.p === 'begin')
  const texts = onlyBegin ? [] : c.texts(files)
  if (!texts) return undefined
  const { out, files: written, code, fault } = runAwk(program, texts.map(({ name, text }) => ({ name: name === '(standard input)' ? '' : name, text })), variables, c.task.env)
  c.out(out)
  for (const { name, text, append } of written) {
    if (name === '/dev/stderr') c.err(text)
    else {
      const refused = writeFile(c.files, name, text, append)
      if (refused) return c.fail(`can't redirect to '${name}': ${refused.text}`)
    }
  }
  if (fault !== undefined) return c.fail(`cmd. line:1: ${fault}`, code)
  return code || c.status
}
