import type { Kernel, Task } from '../kernel.ts'
import { regularExpression } from '../tools/regex.ts'
import { testExpression } from '../tools/test-command.ts'
import type { Expansion } from './expand.ts'
import { matches } from './glob.ts'
import { SyntaxFault, type Condition, type ShellNode, type Word } from './syntax.ts'
import { WordReader } from './words.ts'

const BINARY = new Set(['=', '==', '!=', '=~', '<', '>', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef'])

/** The inside of `[[ … ]]`; throws SyntaxFault. */
export function parseCondition(text: string, parse: (script: string) => ShellNode): Condition {
  const reader = new WordReader(text, parse)
  const at = (op: string): boolean => {
    reader.skipSpace()
    if (!reader.looksAt(op)) return false
    reader.skip(op.length)
    return true
  }
  const literal = (word: Word): string => (word.bare ? word.parts.map((p) => (p.p === 'text' ? p.s : '')).join('') : '')
  const or = (): Condition => {
    let left = and()
    while (at('||')) left = { c: 'or', left, right: and() }
    return left
  }
  const and = (): Condition => {
    let left = not()
    while (at('&&')) left = { c: 'and', left, right: not() }
    return left
  }
  const not = (): Condition => {
    if (at('! ')) return { c: 'not', of: not() }
    if (at('(')) {
      const inner = or()
      if (!at(')')) throw new SyntaxFault("syntax error: expected `)'")
      return inner
    }
    return primary()
  }
  const primary = (): Condition => {
    reader.skipSpace()
    if (reader.atEnd) throw new SyntaxFault('syntax error near unexpected token `]]\'')
    const first = reader.word()
    reader.skipSpace()
    if (/^-[a-zA-Z]$/.test(literal(first)) && !reader.atEnd && !reader.looksAt('&&') && !reader.looksAt('||') && !reader.looksAt(')')) return { c: 'unary', op: literal(first), word: reader.word() }
    if (reader.looksAt('<') || reader.looksAt('>')) {
      const op = reader.looksAt('<') ? '<' : '>'
      reader.skip(1)
      reader.skipSpace()
      return { c: 'binary', op, left: first, right: reader.word() }
    }
    if (reader.atEnd || reader.looksAt('&&') || reader.looksAt('||') || reader.looksAt(')')) return { c: 'unary', op: '-n', word: first }
    const op = literal(reader.word())
    if (!BINARY.has(op)) throw new SyntaxFault(`syntax error in conditional expression: unexpected token '${op}'`)
    reader.skipSpace()
    return { c: 'binary', op, left: first, right: op === '=~' ? reader.regexWord() : reader.word() }
  }
  const whole = or()
  reader.skipSpace()
  if (!reader.atEnd) throw new SyntaxFault('syntax error in conditional expression')
  return whole
}

/** The words of a condition in the order in which they stand. */
export function conditionWords(condition: Condition): readonly Word[] {
  switch (condition.c) {
    case 'or':
    case 'and':
      return [...conditionWords(condition.left), ...conditionWords(condition.right)]
    case 'not':
      return conditionWords(condition.of)
    case 'unary':
      return [condition.word]
    case 'binary':
      return [condition.left, condition.right]
  }
}

/** Is it true? All words are expanded, also those that would not be looked at. */
export function isTrue(kernel: Kernel, task: Task, condition: Condition, expansion: Expansion): boolean | string {
  switch (condition.c) {
    case 'or':
    case 'and': {
      const left = isTrue(kernel, task, condition.left, expansion)
      const right = isTrue(kernel, task, condition.right, expansion)
      if (typeof left === 'string') return left
      if (condition.c === 'or' ? left : !left) return left
      return right
    }
    case 'not': {
      const of = isTrue(kernel, task, condition.of, expansion)
      return typeof of === 'string' ? of : !of
    }
    case 'unary':
      return testExpression(kernel, task, [condition.op, expansion.text(condition.word)])
    case 'binary': {
      const left = expansion.text(condition.left)
      const { op } = condition
      if (op === '=' || op === '==' || op === '!=') return matches(expansion.pattern(condition.right), left) === (op !== '!=')
      if (op === '=~') {
        const source = expansion.pattern(condition.right)
        const expression = regularExpression(source, true, false)
        return expression ? expression.test(left) : `bad regex '${source}'`
      }
      return testExpression(kernel, task, [left, op, expansion.text(condition.right)])
    }
  }
}
