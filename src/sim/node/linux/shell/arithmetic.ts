/** What `$((…))` reads and writes. Values are 64-bit integers in busybox; here 53 bits, wrapped as signed. */
export interface Variables {
  get(name: string): string | undefined
  set(name: string, value: string): void
}

export class ArithmeticFault {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

const BINARY: readonly (readonly string[])[] = [['||'], ['&&'], ['|'], ['^'], ['&'], ['==', '!='], ['<=', '>=', '<', '>'], ['<<', '>>'], ['+', '-'], ['*', '/', '%']]
const DEEPEST = 100

/** Evaluates an arithmetic expression (POSIX 2.6.4). Throws ArithmeticFault. */
export function arithmetic(text: string, variables: Variables, depth = 0): number {
  if (depth > DEEPEST) throw new ArithmeticFault('expression recursion loop detected')
  return new Evaluation(text, variables, depth).whole()
}

class Evaluation {
  readonly #tokens: readonly string[]
  readonly #variables: Variables
  readonly #depth: number
  #at = 0
  #nesting = 0

  constructor(text: string, variables: Variables, depth: number) {
    this.#tokens = text.match(/0[xX][0-9a-fA-F]+|\d+|[A-Za-z_]\w*|\*\*|\+\+|--|<<=|>>=|\|\||&&|==|!=|<=|>=|<<|>>|[-+*/%&|^]=|\S/g) ?? []
    this.#variables = variables
    this.#depth = depth
  }

  whole(): number {
    if (this.#tokens.length === 0) return 0
    let value = this.#assignment()
    while (this.#take(',')) value = this.#assignment()
    if (this.#at < this.#tokens.length) throw new ArithmeticFault('arithmetic syntax error')
    return value
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false
    this.#at++
    return true
  }

  #read(name: string): number {
    const value = this.#variables.get(name)?.trim()
    if (!value) return 0
    return /^-?\d+$/.test(value) ? parseNumber(value) : arithmetic(value, this.#variables, this.#depth + 1)
  }

  #write(name: string, value: number): number {
    this.#variables.set(name, String(value))
    return value
  }

  #assignment(): number {
    if (++this.#nesting > DEEPEST) throw new ArithmeticFault('expression recursion loop detected')
    try {
      const name = this.#tokens[this.#at] ?? ''
      const op = this.#tokens[this.#at + 1] ?? ''
      if (/^[A-Za-z_]\w*$/.test(name) && /^(=|[-+*/%&|^]=|<<=|>>=)$/.test(op)) {
        this.#at += 2
        const right = this.#assignment()
        return this.#write(name, op === '=' ? right : apply(op.slice(0, -1), this.#read(name), right))
      }
      return this.#ternary()
    } finally {
      this.#nesting--
    }
  }

  #ternary(): number {
    const condition = this.#binary(0)
    if (!this.#take('?')) return condition
    const yes = this.#assignment()
    if (!this.#take(':')) throw new ArithmeticFault('arithmetic syntax error')
    const no = this.#assignment()
    return condition !== 0 ? yes : no
  }

  #binary(level: number): number {
    const operators = BINARY[level]
    if (!operators) return this.#power()
    let left = this.#binary(level + 1)
    while (operators.includes(this.#tokens[this.#at] ?? '')) {
      const op = this.#tokens[this.#at++]!
      left = apply(op, left, this.#binary(level + 1))
    }
    return left
  }

  #power(): number {
    const base = this.#unary()
    if (!this.#take('**')) return base
    const exponent = this.#power()
    if (exponent < 0) throw new ArithmeticFault('exponent less than 0')
    let value = 1
    for (let i = 0; i < Math.min(exponent, 1100) && Math.abs(value) < LIMIT; i++) value = wrap(value * base)
    return base === 1 || base === 0 || base === -1 ? wrap(base ** (exponent > 1 ? 2 - (exponent % 2) : exponent)) : value
  }

  #unary(): number {
    if (++this.#nesting > DEEPEST) throw new ArithmeticFault('expression recursion loop detected')
    try {
      if (this.#take('!')) return this.#unary() === 0 ? 1 : 0
      if (this.#take('-')) return wrap(-this.#unary())
      if (this.#take('+')) return this.#unary()
      if (this.#take('~')) return wrap(-this.#unary() - 1)
      for (const op of ['++', '--']) {
        if (!this.#take(op)) continue
        const name = this.#tokens[this.#at++] ?? ''
        return this.#write(name, this.#read(name) + (op === '++' ? 1 : -1))
      }
      return this.#primary()
    } finally {
      this.#nesting--
    }
  }

  #primary(): number {
    const token = this.#tokens[this.#at++]
    if (token === '(') {
      const value = this.#assignment()
      if (!this.#take(')')) throw new ArithmeticFault('arithmetic syntax error')
      return value
    }
    if (token === undefined) throw new ArithmeticFault('arithmetic syntax error')
    if (/^\d/.test(token)) return parseNumber(token)
    if (!/^[A-Za-z_]\w*$/.test(token)) throw new ArithmeticFault('arithmetic syntax error')
    const value = this.#read(token)
    for (const op of ['++', '--']) {
      if (!this.#take(op)) continue
      this.#write(token, value + (op === '++' ? 1 : -1))
      return value
    }
    return value
  }
}

function parseNumber(text: string): number {
  const negative = text.startsWith('-')
  const digits = negative ? text.slice(1) : text
  const value = /^0[xX]/.test(digits) ? Number(digits) : /^0\d/.test(digits) ? Number.parseInt(digits, 8) : Number(digits)
  return wrap(negative ? -value : value)
}

const LIMIT = Number.MAX_SAFE_INTEGER
const wrap = (n: number): number => (Number.isSafeInteger(n) ? n + 0 : n > 0 ? LIMIT : Number.isNaN(n) ? 0 : -LIMIT) || 0

function apply(op: string, a: number, b: number): number {
  switch (op) {
    case '+': return wrap(a + b)
    case '-': return wrap(a - b)
    case '*': return wrap(a * b)
    case '/':
    case '%':
      if (b === 0) throw new ArithmeticFault('divide by zero')
      return wrap(op === '/' ? Math.trunc(a / b) : a % b)
    case '<<': return wrap(a * 2 ** Math.min(Math.max(b, 0), 62))
    case '>>': return wrap(Math.floor(a / 2 ** Math.min(Math.max(b, 0), 62)))
    case '<': return a < b ? 1 : 0
    case '>': return a > b ? 1 : 0
    case '<=': return a <= b ? 1 : 0
    case '>=': return a >= b ? 1 : 0
    case '==': return a === b ? 1 : 0
    case '!=': return a !== b ? 1 : 0
    case '&': return a & b
    case '|': return a | b
    case '^': return a ^ b
    case '&&': return a !== 0 && b !== 0 ? 1 : 0
    case '||': return a !== 0 || b !== 0 ? 1 : 0
    default: throw new ArithmeticFault('arithmetic syntax error')
  }
}
