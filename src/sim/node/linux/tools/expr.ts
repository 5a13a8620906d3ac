import type { ToolContext } from './context.ts'
import { regularExpression } from './regex.ts'

class ExprFault extends Error {}

type Value = string
const isNumber = (value: Value): boolean => /^-?\d+$/.test(value)
const isNull = (value: Value): boolean => value === '' || /^-?0+$/.test(value)
const flag = (is: boolean): Value => (is ? '1' : '0')

const DEEPEST = 100

/** The expressions of POSIX expr, by the strength of their operators, weakest first. */
class Expression {
  readonly #words: readonly string[]
  #at = 0
  #depth = 0

  constructor(words: readonly string[]) {
    this.#words = words
  }

  whole(): Value {
    if (this.#words.length === 0) throw new ExprFault('too few arguments')
    const value = this.#or()
    if (this.#at < this.#words.length) throw new ExprFault('syntax error')
    return value
  }

  #take(...operators: readonly string[]): string | undefined {
    const word = this.#words[this.#at]
    return word !== undefined && operators.includes(word) ? this.#words[this.#at++] : undefined
  }

  #next(): string {
    const word = this.#words[this.#at++]
    if (word === undefined) throw new ExprFault('syntax error')
    return word
  }

  #or(): Value {
    let value = this.#and()
    while (this.#take('|')) {
      const other = this.#and()
      value = isNull(value) ? (other === '' ? '0' : other) : value
    }
    return value
  }

  #and(): Value {
    let value = this.#compare()
    while (this.#take('&')) {
      const other = this.#compare()
      value = isNull(value) || isNull(other) ? '0' : value
    }
    return value
  }

  #compare(): Value {
    let a = this.#sum()
    for (let operator = this.#take('=', '==', '!=', '<', '<=', '>', '>='); operator; operator = this.#take('=', '==', '!=', '<', '<=', '>', '>=')) {
      const b = this.#sum()
      const [x, y]: readonly [string | number, string | number] = isNumber(a) && isNumber(b) ? [Number(a), Number(b)] : [a, b]
      a = flag({ '=': x === y, '==': x === y, '!=': x !== y, '<': x < y, '<=': x <= y, '>': x > y, '>=': x >= y }[operator]!)
    }
    return a
  }

  #sum(): Value {
    let a = this.#product()
    for (let operator = this.#take('+', '-'); operator; operator = this.#take('+', '-')) {
      const b = this.#product()
      const [x, y] = numbers(a, b)
      a = String(operator === '+' ? x + y : x - y)
    }
    return a
  }

  #product(): Value {
    let a = this.#match()
    for (let operator = this.#take('*', '/', '%'); operator; operator = this.#take('*', '/', '%')) {
      const b = this.#match()
      const [x, y] = numbers(a, b)
      if (operator !== '*' && y === 0) throw new ExprFault('division by zero')
      a = String(operator === '*' ? x * y : operator === '/' ? Math.trunc(x / y) : x % y)
    }
    return a
  }

  #match(): Value {
    let value = this.#primary()
    while (this.#take(':')) value = matched(value, this.#primary())
    return value
  }

  #primary(): Value {
    if (++this.#depth > DEEPEST) throw new ExprFault('syntax error')
    const word = this.#next()
    const more = this.#at < this.#words.length
    if (word === '(') {
      const value = this.#or()
      if (!this.#take(')')) throw new ExprFault('syntax error')
      return value
    }
    if (!more) return word
    if (word === 'length') return String([...this.#next()].length)
    if (word === 'index') {
      const [text, set] = [[...this.#next()], this.#next()]
      return String(text.findIndex((c) => set.includes(c)) + 1)
    }
    if (word === 'substr') {
      const [text, from, length] = [this.#next(), this.#next(), this.#next()]
      const [at, n] = numbers(from, length)
      return at > 0 && n > 0 ? text.slice(at - 1, at - 1 + n) : ''
    }
    if (word === 'match') return matched(this.#next(), this.#next())
    return word
  }
}

function numbers(a: Value, b: Value): readonly [number, number] {
  if (!isNumber(a) || !isNumber(b)) throw new ExprFault('non-numeric argument')
  return [Number(a), Number(b)]
}

function matched(text: string, pattern: string): Value {
  const expression = regularExpression(pattern.startsWith('^') ? pattern : `^${pattern}`, false, false)
  if (!expression) throw new ExprFault(`bad regex '${pattern}'`)
  const m = expression.exec(text)
  return m ? (m.length > 1 ? (m[1] ?? '') : String(m[0].length)) : pattern.includes('\\(') ? '' : '0'
}

export function expr(c: ToolContext): number {
  try {
    const value = new Expression(c.args[0] === '--' ? c.args.slice(1) : c.args).whole()
    c.out(`${value}\n`)
    return isNull(value) ? 1 : 0
  } catch (thrown) {
    if (!(thrown instanceof ExprFault)) throw thrown
    return c.fail(thrown.message, 2)
  }
}
