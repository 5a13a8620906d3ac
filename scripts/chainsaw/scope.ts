import type { JsonValue } from '../../src/sim/api/meta.ts'
import { assertTree } from '../../src/sim/testing/chainsaw/assertion.ts'
import { evaluate, expressionOf, fillIn, type Bindings } from '../../src/sim/testing/chainsaw/expression.ts'
import type { Binding, Expectation, Output, Timeouts } from '../../src/sim/testing/chainsaw/test.ts'

/** An operation did not do what the test wants. */
export class Failed extends Error {
  override readonly name = 'Failed'
}

/** What an operation knows: the namespace, the bindings so far, how long things may take. */
export interface Scope {
  readonly namespace: string
  readonly bindings: Bindings
  readonly timeouts: Timeouts
}

/** The scope with `list` evaluated one after the other, each seeing the ones before. */
export function bound(scope: Scope, list: readonly Binding[], value: JsonValue = null): Scope {
  let { bindings } = scope
  for (const item of list) {
    const name = String(fillIn(item.name, bindings))
    const expression = typeof item.value === 'string' ? expressionOf(item.value) : undefined
    bindings = { ...bindings, [name]: expression === undefined ? fillIn(item.value, bindings) : evaluate(expression, value, bindings) }
  }
  return { ...scope, bindings }
}

/** The scope with the outputs whose `match` fits `value`. */
export function withOutputs(scope: Scope, outputs: readonly Output[], value: JsonValue, own: Bindings): Scope {
  let { bindings } = scope
  for (const output of outputs) {
    const seen = { ...bindings, ...own }
    if (output.match !== undefined && assertTree(output.match, value, seen).length > 0) continue
    const { bindings: next } = bound({ ...scope, bindings: seen }, [output], value)
    bindings = { ...bindings, [output.name]: next[output.name]! }
  }
  return { ...scope, bindings }
}

/** Applies `expect` to the outcome of a write: throws Failed unless what must hold holds. Without a fitting one, an error fails. */
export function expectOutcome(expectations: readonly Expectation[], value: JsonValue, error: string | null, bindings: Bindings): void {
  const seen = { ...bindings, error }
  const fitting = expectations.filter(({ match }) => match === undefined || assertTree(match, value, seen).length === 0)
  const mismatches = fitting.flatMap(({ check }) => assertTree(check, value, seen))
  if (mismatches.length > 0) throw new Failed(error === null ? mismatches.join('; ') : `${mismatches.join('; ')} ($error: ${error})`)
  if (fitting.length === 0 && error !== null) throw new Failed(error)
}
