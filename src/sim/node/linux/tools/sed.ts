import { regularExpression } from './regex.ts'
import { options, type ToolContext } from './context.ts'

type Address = { readonly line: number } | { readonly last: true } | { readonly match: RegExp }
interface Command {
  readonly from?: Address
  readonly to?: Address
  readonly not: boolean
  readonly name: string
  readonly expression?: RegExp
  readonly replacement?: string
  readonly flags?: string
}

/** The commands of sed that scripts use: s, p, d, q, = with addresses. Others are refused by name. */
function parse(script: string, extended: boolean): readonly Command[] | string {
  const commands: Command[] = []
  let rest = script.trim()
  while (rest !== '') {
    const from = address(rest, extended)
    if (typeof from === 'string') return from
    rest = from?.rest ?? rest
    let to: ReturnType<typeof address>
    if (from && rest.startsWith(',')) {
      to = address(rest.slice(1), extended)
      if (typeof to === 'string' || !to) return 'bad address'
      rest = to.rest
    }
    rest = rest.trimStart()
    const not = rest.startsWith('!')
    if (not) rest = rest.slice(1).trimStart()
    const name = rest[0] ?? ''
    const common = { ...(from ? { from: from.address } : {}), ...(to && typeof to !== 'string' ? { to: to.address } : {}), not, name }
    if (name === 's') {
      const pieces = substitution(rest)
      if (!pieces) return "unterminated 's' command"
      const expression = regularExpression(pieces.pattern, extended, pieces.flags.includes('i') || pieces.flags.includes('I'))
      if (!expression) return `bad regex '${pieces.pattern}'`
      commands.push({ ...common, expression, replacement: pieces.replacement, flags: pieces.flags })
      rest = pieces.rest
    } else if ('pdq='.includes(name)) {
      commands.push(common)
      rest = rest.slice(1)
    } else return `unsupported command ${name}`
    rest = rest.replace(/^[\s;]+/, '')
  }
  return commands
}

function address(text: string, extended: boolean): { readonly address: Address; readonly rest: string } | string | undefined {
  const number = /^\d+/.exec(text)
  if (number) return { address: { line: Number(number[0]) }, rest: text.slice(number[0].length) }
  if (text.startsWith('$')) return { address: { last: true }, rest: text.slice(1) }
  if (!text.startsWith('/')) return undefined
  const end = closing(text, 1, '/')
  if (end < 0) return 'unterminated address'
  const match = regularExpression(text.slice(1, end).replaceAll('\\/', '/'), extended, false)
  return match ? { address: { match }, rest: text.slice(end + 1) } : 'bad regex'
}

function closing(text: string, from: number, mark: string): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === mark) return i
  }
  return -1
}

function substitution(text: string): { readonly pattern: string; readonly replacement: string; readonly flags: string; readonly rest: string } | undefined {
  const mark = text[1]
  if (mark === undefined) return undefined
  const middle = closing(text, 2, mark)
  const end = middle < 0 ? -1 : closing(text, middle + 1, mark)
  if (end < 0) return undefined
  const flags = /^[gpiI0-9]*/.exec(text.slice(end + 1))![0]
  const plain = (piece: string): string => piece.replaceAll(`\\${mark}`, mark)
  return { pattern: plain(text.slice(2, middle)), replacement: plain(text.slice(middle + 1, end)), flags, rest: text.slice(end + 1 + flags.length) }
}

const filledIn = (replacement: string, m: RegExpExecArray | readonly string[]): string =>
  replacement.replace(/\\(\d)|\\n|\\([\s\S])|&/g, (all, group: string | undefined, escaped: string | undefined) => (group !== undefined ? (m[Number(group)] ?? '') : all === '\\n' ? '\n' : escaped !== undefined ? escaped : (m[0] ?? '')))

export function sed(c: ToolContext): number | undefined {
  const { flags, values, rest } = options(c.args, 'e')
  const script = values.get('e') ?? rest[0] ?? ''
  const commands = parse(script, flags.has('r') || flags.has('E'))
  if (typeof commands === 'string') return c.fail(commands)
  const texts = c.texts(values.has('e') ? rest : rest.slice(1))
  if (!texts) return undefined
  const lines = texts.flatMap(({ text }) => {
    const all = text.split('\n')
    if (all.at(-1) === '') all.pop()
    return all
  })
  const inRange = new Map<Command, boolean>()
  for (let i = 0; i < lines.length; i++) {
    let line = lines[i]!
    let deleted = false
    let quit = false
    const hit = (a: Address): boolean => ('line' in a ? a.line === i + 1 : 'last' in a ? i === lines.length - 1 : a.match.test(line))
    for (const command of commands) {
      if (selects(command, hit, inRange) === command.not) continue
      if (command.name === 'd') {
        deleted = true
        break
      } else if (command.name === 'p') c.out(`${line}\n`)
      else if (command.name === '=') c.out(`${i + 1}\n`)
      else if (command.name === 'q') quit = true
      else {
        const before = line
        const expression = command.flags!.includes('g') ? new RegExp(command.expression!.source, `${command.expression!.flags}g`) : command.expression!
        line = line.replace(expression, (...args: readonly unknown[]) => filledIn(command.replacement!, args.filter((a) => typeof a === 'string' || a === undefined).map((a) => (a as string) ?? '')))
        if (command.flags!.includes('p') && before !== line) c.out(`${line}\n`)
      }
    }
    if (!deleted && !flags.has('n')) c.out(`${line}\n`)
    if (quit) break
  }
  return c.status
}

function selects(command: Command, hit: (a: Address) => boolean, inRange: Map<Command, boolean>): boolean {
  if (!command.from) return true
  if (!command.to) return hit(command.from)
  if (inRange.get(command)) {
    if (hit(command.to)) inRange.set(command, false)
    return true
  }
  if (!hit(command.from)) return false
  inRange.set(command, true)
  return true
}
