import type { Expr } from './ast.ts'
import { check, type Declarations } from './check.ts'
import { evaluate, type Activation, type Result } from './evaluate.ts'
import { inOrder, issuesText } from './issues.ts'
import { parse } from './parse.ts'
import { typeText, type CelType } from './types.ts'

/** A compiled expression. */
export interface Program {
  readonly source: string
  readonly type: CelType
  run(activation: Activation): Result
}

/** Why an expression does not compile, in the words of cel-go. */
export interface Failure {
  readonly error: string
}

export const isFailure = (compiled: Program | Failure): compiled is Failure => 'error' in compiled

/** Longer sources are refused by cel-go's parser. */
const LONGEST = 100_000

/**
 * Parses and checks an expression against what it may name. `expected` lists the types that it may have; none stands for
 * any. Pure: the same source and declarations give an equal program.
 */
export function compile(source: string, declarations: Declarations, expected: readonly CelType[] = []): Program | Failure {
  if (source.length > LONGEST) return failed(`expression code point size exceeds limit: size: ${source.length}, limit ${LONGEST}`)
  try {
    return compiled(source, declarations, expected)
  } catch (reason) {
    if (reason instanceof RangeError) return failed('expression is nested too deeply')
    throw reason
  }
}

function compiled(source: string, declarations: Declarations, expected: readonly CelType[]): Program | Failure {
  const { expr, issues } = parse(source)
  if (!expr) return failed(issuesText(source, inOrder(issues)))
  const checked = check(expr, declarations)
  if (checked.issues.length > 0) return failed(issuesText(source, inOrder(checked.issues)))
  const wrong = wrongType(checked.type, expected)
  return wrong ? { error: wrong } : program(source, expr, checked.type)
}

const failed = (text: string): Failure => ({ error: `compilation failed: ${text}` })

function wrongType(type: CelType, expected: readonly CelType[]): string | undefined {
  if (expected.length === 0 || expected.some((wanted) => typeText(wanted) === typeText(type))) return undefined
  const texts = expected.map(typeText)
  return texts.length === 1 ? `must evaluate to ${texts[0]}` : `must evaluate to one of [${texts.join(' ')}]`
}

const program = (source: string, expr: Expr, type: CelType): Program => ({ source, type, run: (activation) => evaluate(expr, activation) })
